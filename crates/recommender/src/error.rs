//! What can fail: the index and the counters.

/// Why no recommendation could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The index failed, or refused a cursor.
    #[error("the index could not be asked for candidates")]
    Index(#[from] indexer::Error),
    /// The counters failed.
    #[error("the counters could not be read")]
    Counters(#[from] feedback::Error),
}
