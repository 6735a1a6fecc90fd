//! What can go wrong with the archive itself. Invariant: outcomes of the web are never here.

use std::io;
use std::path::{Path, PathBuf};

use model::Position;

/// A failure of the disk, of the archive's files, or of the caller's use of them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}; check that it exists, is ours and the disk is sound, then try again", path.display())]
    Io {
        /// What was attempted, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No room for a batch; nothing of it was kept, everything before it is intact.
    #[error("the disk of {} is full; nothing of the last batch was kept and nothing older is harmed; free some space and start again", path.display())]
    DiskFull {
        /// The segment being written.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// An earlier failure could not be undone in place.
    #[error("{} could not be put back to its last good batch after an earlier failure; start again, opening repairs it", path.display())]
    Unsettled {
        /// The segment being written.
        path: PathBuf,
    },
    /// Another process writes this archive.
    #[error("{} is being written by process {}; stop it or wait until it is done", dir.display(), pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string()))]
    Locked {
        /// The archive's folder.
        dir: PathBuf,
        /// The writer, as far as its lock file tells.
        pid: Option<u32>,
    },
    /// Bytes on disk are not what was written.
    #[error("{} is damaged at byte {offset}: {reason}; restore the file from a backup or go on without this record", path.display())]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Where the unreadable record begins.
        offset: u64,
        /// What does not fit.
        reason: String,
    },
    /// A checkpoint that this archive never reached.
    #[error("position {}:{} lies beyond the end {}:{} of the archive in {}; the archive is older than what was derived from it: restore it, or rebuild with reindex", from.segment, from.offset, end.segment, end.offset, dir.display())]
    BeyondEnd {
        /// The archive's folder.
        dir: PathBuf,
        /// What was asked for.
        from: Position,
        /// What there is.
        end: Position,
    },
    /// A body larger than an archive record may be.
    #[error(
        "the body of {url} has {bytes} bytes, above the archive's limit of {max}; lower the fetcher's body limit"
    )]
    TooLarge {
        /// Of the record.
        url: String,
        /// Of the body as received.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Settings that make no sense.
    #[error("{0}")]
    Settings(String),
}

impl Error {
    /// For `map_err`: an I/O failure with what was attempted and on which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| {
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                Self::DiskFull { path, source }
            } else {
                Self::Io { action, path, source }
            }
        }
    }
}
