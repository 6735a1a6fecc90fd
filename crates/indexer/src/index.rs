//! The embedded index.

use std::path::{Path, PathBuf};

use model::{Document, Timestamp, UrlKey};

use crate::error::Error;
use crate::lookup::{Answer, Changes, Hidden, Hit, Query, Similar, Stats};
use crate::port::LinkSource;
use crate::settings::Settings;
use crate::writer::{GenerationWriter, Writer};

/// The index of a folder, for reading. Cheap to clone and to share; never writes; sees commits and generation swaps of
/// this and other processes at the next call. A folder without an index answers as an empty one.
#[derive(Clone)]
pub struct Index {
    dir: PathBuf,
    settings: Settings,
}

impl Index {
    /// Opens the index in `dir`, which need not exist yet.
    ///
    /// # Errors
    /// When the index was made by another version, is damaged, or the disk fails.
    pub fn open(dir: &Path, settings: Settings) -> Result<Self, Error> {
        Ok(Self { dir: dir.to_owned(), settings })
    }

    /// Hides links from every answer from now on, in this process.
    pub fn set_hidden(&self, hidden: Hidden) {
        drop(hidden);
    }

    /// The one writer of the live generation, made if there is none.
    ///
    /// # Errors
    /// [`Error::Locked`] when another writer is open; else when the disk fails.
    pub fn writer(&self) -> Result<Writer, Error> {
        Writer::open(&self.dir, &self.settings)
    }

    /// Begins a new generation beside the live one, or goes on with the unfinished one (see its checkpoint).
    ///
    /// # Errors
    /// [`Error::Locked`] when another reindex runs; else when the disk fails.
    pub fn begin_generation(&self) -> Result<GenerationWriter, Error> {
        GenerationWriter::begin(&self.dir, &self.settings)
    }

    /// Documents in the order of their keys, after `after`: for export and verification. Withdrawn and hidden ones are
    /// left out.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn documents(
        &self,
        after: Option<UrlKey>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Document>, Error> {
        let _ = (after, limit, now);
        todo!()
    }
}

impl LinkSource for Index {
    fn search(&self, _: &Query) -> Result<Answer, Error> {
        todo!()
    }
    fn get(&self, _: &[UrlKey], _: Timestamp) -> Result<Vec<Option<Hit>>, Error> {
        todo!()
    }
    fn similar(&self, _: &Similar) -> Result<Vec<Hit>, Error> {
        todo!()
    }
    fn changes(&self, _: Option<&str>, _: usize, _: Timestamp) -> Result<Changes, Error> {
        todo!()
    }
    fn stats(&self) -> Result<Stats, Error> {
        todo!()
    }
}
