//! What can go wrong on our side. The web's own failures are outcomes, not errors.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of ours: settings, disk, or a store. Messages name the thing, the reason and the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process writes under the data directory.
    #[error(
        "{holder} is writing under {data}; wait for it to finish, stop it, or use another --data directory",
        data = data.display()
    )]
    Busy {
        /// The data directory.
        data: PathBuf,
        /// The process that holds the lock.
        holder: String,
    },
    /// A file operation failed.
    #[error("cannot {action} {path}; check that the disk has space and that this user may write there", path = path.display())]
    Disk {
        /// The operation, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A job file that cannot be used, or a job that does not exist.
    #[error("{0}")]
    Job(String),
    /// A setting that cannot be used.
    #[error("{0}")]
    Setting(String),
    /// Input that cannot be taken in.
    #[error("{0}")]
    Input(String),
    /// The receiver of an export stopped taking.
    #[error("the output cannot be written; check the disk space and the file given with --out")]
    Output(#[source] io::Error),
    /// The frontier failed.
    #[error("the frontier failed")]
    Frontier(#[from] frontier::Error),
    /// The archive failed.
    #[error("the archive failed")]
    Archive(#[from] archive::Error),
    /// The link graph failed.
    #[error("the link graph failed")]
    Links(#[from] links::Error),
    /// The index failed.
    #[error("the index failed")]
    Index(#[from] indexer::Error),
    /// The fetcher could not be set up.
    #[error("the fetcher could not be set up")]
    Fetcher(#[from] fetcher::Error),
    /// A stage stopped without saying why: a defect of ours.
    #[error("stage {0:?} stopped unexpectedly; please report this with the log")]
    Stage(&'static str),
}

impl Error {
    pub(crate) fn disk(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Disk { action, path: path.to_owned(), source }
    }

    /// Whether the operator's input is at fault (exit status 2) rather than the machine (exit status 3).
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Job(_) | Self::Setting(_) | Self::Input(_))
    }
}
