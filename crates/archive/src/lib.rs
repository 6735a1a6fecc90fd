#![doc = include_str!("../README.md")]

pub mod export;
pub mod import;

mod cdxj;
mod error;
mod memory;
mod settings;
mod store;
mod warc;

pub use crate::error::Error;
pub use crate::memory::MemoryArchive;
pub use crate::settings::{Compression, Settings};
pub use crate::store::{ArchiveSource, ArchiveStore, Entry, Erased, Replay, Replayed};
pub use crate::warc::{Opened, WarcArchive, WarcReader};
