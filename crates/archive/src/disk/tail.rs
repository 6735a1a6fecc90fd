//! The file that grows.
//!
//! Invariant: [`SegmentFile`] is all that appending asks of a file, so that a test can let any of it fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// A file open for appending.
pub(crate) trait SegmentFile: Send + Sync + std::fmt::Debug {
    /// Appends all of `bytes`.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes everything appended durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file, durably.
    fn truncate(&mut self, bytes: u64) -> io::Result<()>;
}

/// Opens the file of a segment for appending, creating it if need be.
pub(crate) type Opener = fn(&Path) -> io::Result<Box<dyn SegmentFile>>;

/// The real one.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn SegmentFile>> {
    Ok(Box::new(OpenOptions::new().append(true).create(true).open(path)?))
}

impl SegmentFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)?;
        self.sync_data()
    }
}
