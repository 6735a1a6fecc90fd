//! What can go wrong on our side. Invariant: what the web does is never an error here.

use std::path::{Path, PathBuf};

/// The disk, the data on it, or a rule we were given failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The directory or the file cannot be opened.
    #[error("frontier at {} cannot be opened; check that the directory exists, is writable and has free space", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file was written by a version of this program that stores things differently.
    #[error(
        "frontier at {} has format {found}, this program reads format {expected}; use the program that wrote it, or move the frontier's directory away and run `silteme verify --repair` to rebuild it from the archive",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The format found.
        found: i64,
        /// The format this program writes.
        expected: i64,
    },
    /// Reading or writing failed; the batch in hand was not applied.
    #[error(
        "the frontier's files could not be read or written and nothing of this batch was stored; free disk space or repair the disk and go on"
    )]
    Store(#[source] std::io::Error),
    /// A file holds what this program never writes.
    #[error(
        "frontier file {} is damaged at byte {offset}: {flaw}; move the frontier's directory away and run `silteme verify --repair` to rebuild it from the archive",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        flaw: &'static str,
    },
    /// Something on disk cannot be read back.
    #[error(
        "the frontier's {what} cannot be read back; move its directory away and run `silteme verify --repair` to rebuild it from the archive"
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
    /// An [`Error::Open`] with its cause.
    pub(crate) fn opening(path: &Path, source: std::io::Error) -> Self {
        Self::Open { path: path.to_owned(), source: Box::new(source) }
    }

    /// An [`Error::Damaged`].
    pub(crate) fn damaged(path: &Path, offset: u64, flaw: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), offset, flaw }
    }

    /// An [`Error::Corrupt`] with its cause.
    pub(crate) fn corrupt(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { what, source: source.into() }
    }
}
