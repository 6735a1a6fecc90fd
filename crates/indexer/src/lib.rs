#![doc = include_str!("../README.md")]

pub mod analysis;
mod best;
mod changes;
mod cross;
mod engine;
mod error;
mod exclusion;
mod facets;
mod fnv;
mod generation;
mod inbound;
mod index;
mod layout;
mod lexicon;
mod lookup;
mod memory;
mod plan;
mod port;
mod recall;
mod rescore;
mod schema;
mod search;
mod settings;
mod similar;
mod snippet;
mod spelling;
mod stored;
pub mod story;
mod syntax;
mod view;
mod writer;

pub use crate::error::Error;
pub use crate::generation::{GenerationWriter, rollback};
pub use crate::inbound::{Inbound, Unlinked};
pub use crate::index::Index;
pub use crate::lookup::{
    Answer, Change, Changes, Correction, Facets, Filter, Hidden, Hit, Query, Removal, Seed, Similar, Snippet,
    Stats,
};
pub use crate::memory::MemoryIndex;
pub use crate::port::{IndexWriter, LinkSource};
pub use crate::settings::{Settings, Weights};
pub use crate::writer::Writer;
