#![doc = include_str!("../README.md")]

pub mod anchors;
mod authority;
mod blob;
mod error;
mod graph;
mod held;
mod layout;
mod page;
mod writer;

pub use crate::authority::Authority;
pub use crate::error::Error;
pub use crate::graph::{Graph, Stats};
pub use crate::held::each_bytes;
pub use crate::page::{Inlink, Outlink, Page, vouches};
pub use crate::writer::Writer;
