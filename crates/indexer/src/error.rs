//! What can fail: the disk, the index files, and requests beyond their limits. Invariant: what documents say never fails.

use std::path::{Path, PathBuf};

/// Why the index could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk refused.
    #[error("cannot {action} {}; check free space and permissions", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The search engine refused: disk full, damaged segment.
    #[error(
        "the index in {} failed to {action}; check free space; if it stays so, rebuild it with `silteme reindex`",
        path.display()
    )]
    Engine {
        /// What was tried.
        action: &'static str,
        /// The generation's folder.
        path: PathBuf,
        /// The engine's reason.
        #[source]
        source: tantivy::TantivyError,
    },
    /// Another process (or another part of this one) does the same work.
    #[error("{what} is already being done by another process (lock {}); wait until it has ended", path.display())]
    Locked {
        /// `writing to the index` or `reindexing`.
        what: &'static str,
        /// The lock file.
        path: PathBuf,
    },
    /// Made by another version of the schema or the analyser.
    #[error(
        "the index in {} was made by {found}, this program has {expected}; rebuild it with `silteme reindex`",
        path.display()
    )]
    Version {
        /// The generation's folder.
        path: PathBuf,
        /// What the index was made by.
        found: String,
        /// What this program has.
        expected: String,
    },
    /// A file of the index does not say what it should.
    #[error("{} is damaged ({detail}); rebuild the index with `silteme reindex`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The generation this writer writes to has been replaced by a reindex. Nothing is lost: drop this writer, open a new
    /// one and replay the archive from its checkpoint.
    #[error(
        "index generation {generation} has been replaced; open a new writer and replay from its checkpoint"
    )]
    Superseded {
        /// The generation written to.
        generation: u32,
    },
    /// A new generation has read less of the archive than the live one.
    #[error(
        "the new index generation has read the archive to {reached:?}, the live one to {live:?}; replay on and publish again"
    )]
    Behind {
        /// Where the new one is.
        reached: model::Position,
        /// Where the live one is.
        live: model::Position,
    },
    /// There is no older generation to go back to.
    #[error("there is no previous index generation in {} to go back to", path.display())]
    NoPrevious {
        /// The index folder.
        path: PathBuf,
    },
    /// A query beyond the limit.
    #[error("the query has {bytes} bytes, the limit is {max}; ask with fewer words")]
    QueryTooLong {
        /// As given.
        bytes: usize,
        /// `Settings::query_bytes_max`.
        max: usize,
    },
    /// A filter in a query that cannot be used.
    #[error("at character {position} of the query: {detail}")]
    Syntax {
        /// Where it stands, in characters from 1.
        position: usize,
        /// What is wrong and what to write instead.
        detail: String,
    },
    /// A cursor that this index did not give out.
    #[error("{cursor:?} is not a cursor of this index; start again without one")]
    Cursor {
        /// As given, shortened.
        cursor: String,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn engine(action: &'static str, path: &Path) -> impl FnOnce(tantivy::TantivyError) -> Self {
        let path = path.to_owned();
        move |source| Self::Engine { action, path, source }
    }

    /// Whether what was asked is at fault, not the index or the disk.
    #[must_use]
    pub fn is_askers(&self) -> bool {
        matches!(self, Self::QueryTooLong { .. } | Self::Syntax { .. } | Self::Cursor { .. })
    }

    pub(crate) fn cursor(text: &str) -> Self {
        Self::Cursor { cursor: text.chars().take(80).collect() }
    }
}
