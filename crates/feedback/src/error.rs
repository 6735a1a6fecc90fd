//! What can go wrong. Invariant: no message holds an event's id, a link or anything else a reader sent.

use std::path::PathBuf;

/// Why events were not counted, or counters not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An event cannot be counted; nothing of its batch was.
    #[error("event {place} (counted from 0) is refused: {why}")]
    Refused {
        /// Its place in the batch.
        place: usize,
        /// Why.
        why: Refusal,
    },
    /// The key of recommendation ids is damaged.
    #[error("{} is not a key of 32 bytes; move it away and a new one is made", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Disk {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the counters could not be {action}")]
    Store {
        /// What was being done.
        action: &'static str,
        /// Why not.
        source: rusqlite::Error,
    },
}

/// Why one event is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Ids are 1 to 128 bytes.
    #[error("its id must be 1 to 128 bytes long")]
    Id,
    /// A click, a like, … without the link.
    #[error("it names no link")]
    NoLink,
    /// An impression of more than [`crate::Event::LINKS_MAX`] links.
    #[error("it names more than {} links", crate::Event::LINKS_MAX)]
    TooManyLinks,
    /// It happened before what is remembered of ids, so a repetition could not be told.
    #[error("it happened too long ago")]
    TooOld,
    /// It is dated more than an hour ahead.
    #[error("it is dated in the future")]
    Future,
    /// Not a recommendation id of this service.
    #[error("its recommendation id was not given out here")]
    Forged,
    /// A recommendation id given out too long ago.
    #[error("its recommendation id has expired")]
    Expired,
}

impl Error {
    /// Whether whoever sent the events is to blame.
    #[must_use]
    pub fn is_askers(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    pub(crate) fn store(action: &'static str) -> impl Fn(rusqlite::Error) -> Self {
        move |source| Self::Store { action, source }
    }

    pub(crate) fn disk(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Disk { action, path: path.to_owned(), source }
    }
}
