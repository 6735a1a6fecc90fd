//! What can fail: the index.

/// Why no recommendation could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The index failed.
    #[error("the index could not be asked for candidates")]
    Index(#[from] indexer::Error),
}
