//! What can go wrong on our side. Invariant: what the web does is never an error here.

use std::path::PathBuf;

/// The disk, the data on it, or a rule we were given failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The directory or the file cannot be opened.
    #[error("frontier at {} cannot be opened; check that the directory exists, is writable and has free space", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file was written by a version of this program that stores things differently.
    #[error(
        "frontier at {} has format {found}, this program reads format {expected}; use the program that wrote it, or move the file away and run `silteme verify --repair` to rebuild it from the archive",
        path.display()
    )]
    Version {
        /// The database file.
        path: PathBuf,
        /// `user_version` found.
        found: i64,
        /// `user_version` this program writes.
        expected: i64,
    },
    /// Reading or writing failed; the batch in hand was not applied.
    #[error(
        "the frontier's database failed and nothing of this batch was stored; free disk space or repair the disk and start again"
    )]
    Store(#[from] rusqlite::Error),
    /// Something on disk cannot be read back.
    #[error(
        "the frontier's {what} cannot be read back; move its file away and run `silteme verify --repair` to rebuild it from the archive"
    )]
    Corrupt {
        /// Which part.
        what: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A pattern of a job is not a regular expression.
    #[error(
        "job {job:?}: {list} pattern {pattern:?} is not a regular expression; correct it in the job file"
    )]
    Pattern {
        /// The job.
        job: String,
        /// `include` or `exclude`.
        list: &'static str,
        /// As written.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: Box<regex::Error>,
    },
    /// A seed of a job is not a crawlable URL.
    #[error("job {job:?}: seed {seed:?} cannot be crawled; correct or remove it")]
    Seed {
        /// The job.
        job: String,
        /// As written.
        seed: String,
        /// Why not.
        #[source]
        source: model::UrlError,
    },
    /// The settings contradict themselves.
    #[error("{0}")]
    Settings(String),
    /// A change was asked of a frontier that was opened for reading.
    #[error(
        "the frontier was opened for reading only; ask the process that writes it, or stop that process first"
    )]
    ReadOnly,
}

impl Error {
    /// An [`Error::Corrupt`] with its cause.
    pub(crate) fn corrupt(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { what, source: source.into() }
    }
}
