//! The two ports of the index. Invariant: both adapters pass one conformance suite.

use model::{Document, Position, Timestamp, UrlKey};

use crate::error::Error;
use crate::lookup::{Answer, Changes, Hit, Query, Removal, Similar, Stats};

/// Where documents go. One writer per index; changes are seen by readers after a commit, all or none of them.
pub trait IndexWriter: Send {
    /// Adds documents, or replaces those with the same key. A document its publisher does not want found
    /// (`noindex`, search = no) is removed instead, as [`Removal::Withdrawn`].
    ///
    /// # Errors
    /// When the disk fails or the generation was replaced.
    fn put(&mut self, documents: &[Document]) -> Result<(), Error>;

    /// Removes documents; unknown keys are no error.
    ///
    /// # Errors
    /// As [`IndexWriter::put`].
    fn delete(&mut self, keys: &[UrlKey], why: Removal) -> Result<(), Error>;

    /// Makes everything so far durable and visible, with the place in the archive it reaches to. `now` stamps the changes.
    ///
    /// # Errors
    /// When the disk fails (nothing of this commit is then visible) or the generation was replaced.
    fn commit(&mut self, checkpoint: Position, now: Timestamp) -> Result<(), Error>;

    /// The place in the archive of the last commit: replay from here after a crash.
    fn checkpoint(&self) -> Position;

    /// Removes what was deleted from the files for real. Expensive: everything uncommitted must be committed before.
    ///
    /// # Errors
    /// When the disk fails.
    fn purge(&mut self) -> Result<(), Error>;
}

/// Where links come from.
pub trait LinkSource: Send + Sync {
    /// Full-text search.
    ///
    /// # Errors
    /// When the query is beyond its limits, the cursor is foreign, or the disk fails.
    fn search(&self, query: &Query) -> Result<Answer, Error>;

    /// The links with these keys, in their order; absent = not there, withdrawn or hidden at `now`.
    ///
    /// # Errors
    /// When the disk fails.
    fn get(&self, keys: &[UrlKey], now: Timestamp) -> Result<Vec<Option<Hit>>, Error>;

    /// Links like a link or a text, best first, never the seed.
    ///
    /// # Errors
    /// When the disk fails.
    fn similar(&self, similar: &Similar) -> Result<Vec<Hit>, Error>;

    /// What changed after `cursor` (absent: from the beginning), at most `limit` log entries.
    ///
    /// # Errors
    /// When the cursor is foreign or the disk fails.
    fn changes(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<Changes, Error>;

    /// The index in figures.
    ///
    /// # Errors
    /// When the disk fails.
    fn stats(&self) -> Result<Stats, Error>;
}
