//! The archive on disk.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use model::{Clock, FetchRecord, Position};

use crate::error::Error;
use crate::settings::Settings;
use crate::store::{ArchiveSource, ArchiveStore, Entry, Erased, Replay};

pub(crate) mod digest;

/// The largest body a record may have, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;

/// An archive in a folder, open for writing.
#[derive(Debug)]
pub struct WarcArchive {
    _dir: PathBuf,
}

/// An archive in a folder, open for reading while another process may write it.
#[derive(Debug)]
pub struct WarcReader {
    _dir: PathBuf,
}

/// An archive just opened for writing, and what had to be repaired.
#[derive(Debug)]
pub struct Opened {
    /// The archive.
    pub archive: WarcArchive,
    /// Bytes of unfinished records cut from the end; 0 after a clean stop.
    pub torn_bytes: u64,
    /// Where they were moved to.
    pub torn_path: Option<PathBuf>,
}

pub(crate) fn check_size(record: &FetchRecord) -> Result<(), Error> {
    match record.response() {
        Some(response) if response.body.raw.len() > BODY_BYTES_MAX => Err(Error::TooLarge {
            url: record.visit.url.clone(),
            bytes: response.body.raw.len(),
            max: BODY_BYTES_MAX,
        }),
        _ => Ok(()),
    }
}

impl WarcArchive {
    /// Opens the archive in `dir` for writing, creating it if need be and repairing a torn tail.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process writes it; failures of the disk.
    pub fn open(dir: &Path, settings: Settings, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
        todo!("{dir:?} {settings:?} {:?}", clock.now())
    }

    /// Opens the archive in `dir` for reading, as it stands now; later appends are seen by opening it again.
    /// `None` when there is no archive.
    ///
    /// # Errors
    /// Failures of the disk.
    pub fn open_read_only(dir: &Path) -> Result<Option<WarcReader>, Error> {
        todo!("{dir:?}")
    }
}

impl ArchiveSource for WarcArchive {
    fn replay(&self, _from: Position) -> Result<Replay<'_>, Error> {
        todo!()
    }
    fn end(&self) -> Position {
        todo!()
    }
    fn lookup(&self, _url: &str) -> Result<Vec<Entry>, Error> {
        todo!()
    }
}

impl ArchiveSource for WarcReader {
    fn replay(&self, _from: Position) -> Result<Replay<'_>, Error> {
        todo!()
    }
    fn end(&self) -> Position {
        todo!()
    }
    fn lookup(&self, _url: &str) -> Result<Vec<Entry>, Error> {
        todo!()
    }
}

impl ArchiveStore for WarcArchive {
    fn append(&mut self, _records: &[FetchRecord]) -> Result<Vec<Position>, Error> {
        todo!()
    }
    fn erase(&mut self, _doomed: &dyn Fn(&str) -> bool) -> Result<Erased, Error> {
        todo!()
    }
}
