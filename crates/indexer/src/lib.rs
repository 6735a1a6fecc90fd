#![doc = include_str!("../README.md")]

pub mod analysis;
mod error;
mod index;
mod lookup;
mod memory;
mod port;
mod settings;
mod writer;

pub use crate::error::Error;
pub use crate::index::Index;
pub use crate::lookup::{
    Answer, Change, Changes, Filter, Hidden, Hit, Query, Removal, Seed, Similar, Snippet, Stats,
};
pub use crate::memory::MemoryIndex;
pub use crate::port::{IndexWriter, LinkSource};
pub use crate::settings::{Settings, Weights};
pub use crate::writer::{GenerationWriter, Writer};
