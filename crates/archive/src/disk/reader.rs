//! Reading an archive that another process may be writing.
//!
//! Invariant: a snapshot that repairs nothing and writes nothing.

use std::path::Path;

use model::Position;

use crate::disk::catalog::{Catalog, Purpose};
use crate::error::Error;
use crate::store::{ArchiveSource, Entry, Replay};

/// An archive in a folder as it stood when it was opened, whoever writes it meanwhile.
#[derive(Debug)]
pub struct WarcReader {
    catalog: Catalog,
}

impl WarcReader {
    pub(super) fn open(dir: &Path) -> Result<Option<Self>, Error> {
        if !dir.exists() {
            return Ok(None);
        }
        Ok(Some(Self { catalog: Catalog::load(dir, Purpose::Read)? }))
    }
}

impl ArchiveSource for WarcReader {
    fn replay(&self, from: Position) -> Result<Replay<'_>, Error> {
        self.catalog.replay(from)
    }

    fn end(&self) -> Position {
        self.catalog.end()
    }

    fn lookup(&self, url: &str) -> Result<Vec<Entry>, Error> {
        self.catalog.lookup(url)
    }
}
