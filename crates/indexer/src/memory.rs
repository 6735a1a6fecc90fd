//! The index in memory.

use model::{Document, Position, Timestamp, UrlKey};

use crate::error::Error;
use crate::lookup::{Answer, Changes, Hidden, Hit, Query, Removal, Similar, Stats};
use crate::port::{IndexWriter, LinkSource};
use crate::settings::Settings;

/// An index in memory that scans its documents; for tests and demonstrations. Clones share the documents: one clone
/// writes, others read.
#[derive(Clone, Default)]
pub struct MemoryIndex {}

impl MemoryIndex {
    /// An empty index.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let _ = settings;
        Self {}
    }

    /// Hides links from every answer from now on.
    pub fn set_hidden(&self, hidden: Hidden) {
        drop(hidden);
    }
}

impl LinkSource for MemoryIndex {
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

impl IndexWriter for MemoryIndex {
    fn put(&mut self, _: &[Document]) -> Result<(), Error> {
        todo!()
    }
    fn delete(&mut self, _: &[UrlKey], _: Removal) -> Result<(), Error> {
        todo!()
    }
    fn commit(&mut self, _: Position, _: Timestamp) -> Result<(), Error> {
        todo!()
    }
    fn checkpoint(&self) -> Position {
        todo!()
    }
    fn purge(&mut self) -> Result<(), Error> {
        todo!()
    }
}
