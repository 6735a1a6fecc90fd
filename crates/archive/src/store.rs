//! The port: what an archive does, whatever it is kept in.
//!
//! Invariant: replay yields what was appended, in order, except `Body::decoded`, which is never kept.

use model::{FetchRecord, Outcome, Position, Timestamp};

use crate::error::Error;

/// The reading half of an archive.
pub trait ArchiveSource: Send + Sync {
    /// Every record from `from` on, in the order of appending, one at a time. `Position::default()` is the beginning.
    /// After an `Err` of [`Error::Damaged`] the iterator goes on with the next record that can be trusted, so a caller
    /// chooses between stopping and counting; after any other error it ends.
    ///
    /// # Errors
    /// When `from` lies beyond the end (the archive is older than the checkpoint) or the first segment cannot be opened.
    fn replay(&self, from: Position) -> Result<Replay<'_>, Error>;

    /// The place after the last record; where the next one will be.
    fn end(&self) -> Position;

    /// What is held of exactly this URL, oldest first. Visits that brought no response are not listed.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn lookup(&self, url: &str) -> Result<Vec<Entry>, Error>;
}

/// An archive that can be written: one writer at a time.
pub trait ArchiveStore: ArchiveSource {
    /// Appends records; durable when it returns (one fsync for all of them). Returns where each begins. On error nothing
    /// of the batch is kept.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and other failures of the disk; [`Error::TooLarge`] for a body above 256 MiB.
    fn append(&mut self, records: &[FetchRecord]) -> Result<Vec<Position>, Error>;

    /// Removes every record whose URL is `doomed`, and every redirect to such a URL, so that no byte of them is left in
    /// any file. Surviving records that shared a payload with a doomed one get their own copy, and forget a doomed `via`.
    ///
    /// Positions before the returned [`Erased::end`] are void afterwards, except `Position::default()`: a caller must
    /// have taken in every record first and then keep `end` as its checkpoint.
    /// A kill in the middle loses nothing; calling it again completes the work.
    ///
    /// # Errors
    /// When a segment cannot be read or rewritten. Segments already rewritten stay so.
    fn erase(&mut self, doomed: &dyn Fn(&str) -> bool) -> Result<Erased, Error> {
        self.erase_within(doomed, Reach::Names)
    }

    /// As [`ArchiveStore::erase`], within a reach.
    ///
    /// # Errors
    /// As [`ArchiveStore::erase`].
    fn erase_within(&mut self, doomed: &dyn Fn(&str) -> bool, reach: Reach) -> Result<Erased, Error>;
}

/// How much of a doomed URL an erasure removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its visits, redirects to it, and its mention as where another page was found: a takedown.
    Names,
    /// Its visits alone: what the page said is gone, that it exists is no secret.
    Visits,
}

/// Records in the order of appending.
pub type Replay<'a> = Box<dyn Iterator<Item = Result<Replayed, Error>> + Send + 'a>;

/// One record read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Where it begins: `replay(at)` yields it again.
    pub at: Position,
    /// Where the next record begins: the checkpoint of a reader that has taken this one in.
    pub next: Position,
    /// The record as appended, `Body::decoded` absent.
    pub record: FetchRecord,
}

/// A line of the index: one response held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The URL as requested.
    pub url: String,
    /// When it was requested.
    pub timestamp: Timestamp,
    /// Media type without parameters; `warc/revisit` for a reference to an earlier payload.
    pub mime: String,
    /// HTTP status.
    pub status: u16,
    /// `sha1:` and base32 of the payload as received.
    pub digest: String,
    /// Compressed length of the response record in bytes.
    pub length: u64,
    /// Where the record begins; `replay(at)` yields it first.
    pub at: Position,
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Records removed.
    pub records: u64,
    /// Segments rewritten.
    pub segments: u32,
    /// Surviving records that were given their own payload or lost a doomed `via`.
    pub rewritten: u64,
    /// The new end: every checkpoint must be moved here.
    pub end: Position,
}

/// The largest body a record may have, in bytes. Far above any fetcher's limit; it bounds what a reader allocates.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Refuses a record that a reader would refuse.
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

/// Whether an erasure removes a record: its URL is doomed, or (by name) all it says is that it leads to a doomed one.
pub(crate) fn is_doomed(url: &str, outcome: &Outcome, doomed: &dyn Fn(&str) -> bool, reach: Reach) -> bool {
    let leads_there = |to: &str| reach == Reach::Names && doomed(to);
    doomed(url) || matches!(outcome, Outcome::Redirected { to, .. } if leads_there(to))
}

impl Entry {
    /// The media type of a record that refers to an earlier payload.
    pub const REVISIT: &'static str = "warc/revisit";

    /// Whether the payload is held elsewhere.
    #[must_use]
    pub fn is_revisit(&self) -> bool {
        self.mime == Self::REVISIT
    }
}
