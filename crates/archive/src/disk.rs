//! The archive on disk: numbered segments in one folder, each with its index beside it.
//!
//! ```text
//! silteme-000011.warc.gz  silteme-000011.cdxj         closed: never appended to again; index sorted
//! silteme-000012.warc.gz  silteme-000012.cdxj.open    active: the last one; index in order of appending
//! silteme-000012.73021.torn                           what a kill left unfinished, moved aside
//! writer.lock                                         held by the one writer, its process id inside
//! ```
//!
//! Invariant: only the active segment grows, and only by whole, synced batches.

mod archive;
mod catalog;
mod erase;
mod lock;
mod names;
mod reader;
mod recent;
mod replay;
mod scan;
mod tail;

#[cfg(test)]
mod tests;

pub use archive::{Opened, WarcArchive};
pub use reader::WarcReader;
