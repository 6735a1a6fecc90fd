//! What can fail: the disk and the graph's files. Invariant: what pages say never fails.

use std::path::{Path, PathBuf};

/// Why the link graph could not do what was asked.
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
    /// The engine refused: disk full, damaged file.
    #[error(
        "the link graph in {} failed to {action}; check free space; if it stays so, rebuild it with `silteme reindex`",
        path.display()
    )]
    Engine {
        /// What was tried.
        action: &'static str,
        /// The graph's folder.
        path: PathBuf,
        /// The engine's reason.
        #[source]
        source: tantivy::TantivyError,
    },
    /// Made by another version of this program.
    #[error(
        "the link graph in {} is of version {found}, this program has {expected}; rebuild it with `silteme reindex`",
        path.display()
    )]
    Version {
        /// The graph's folder.
        path: PathBuf,
        /// What it was made by.
        found: u32,
        /// What this program has.
        expected: u32,
    },
    /// A file of the graph does not say what it should.
    #[error("{} is damaged ({detail}); rebuild the link graph with `silteme reindex`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
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

    pub(crate) fn damaged(path: &Path, detail: &dyn std::fmt::Display) -> Self {
        Self::Damaged { path: path.to_owned(), detail: detail.to_string() }
    }

    /// Whether building the graph anew from the archive mends it.
    #[must_use]
    pub fn is_mendable(&self) -> bool {
        !matches!(self, Self::Io { .. })
    }
}
