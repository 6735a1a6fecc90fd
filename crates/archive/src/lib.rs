#![doc = include_str!("../README.md")]

pub mod export;
pub mod import;

mod disk;
mod error;
mod format;
mod group;
mod index;
mod memory;
mod settings;
mod store;

pub use crate::disk::{Opened, WarcArchive, WarcReader};
pub use crate::error::Error;
pub use crate::memory::MemoryArchive;
pub use crate::settings::{Compression, Settings};
pub use crate::store::{ArchiveSource, ArchiveStore, Entry, Erased, Reach, Replay, Replayed};
