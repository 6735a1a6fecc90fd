//! A log of what readers opened is replayed, and rankings are judged by what they opened next.
//!
//! ```text
//! log ─► in the order of time: documents come into an index, clicks into counters; at each prediction every ranker puts what is
//!        there in order, knowing what was known just before ─► measures, averaged over predictions
//! ```
//!
//! Invariant: nothing that happened at or after a prediction is known to any ranker at it: documents of later dates are not in
//! the index yet (not even their words, in how rare words are), clicks not in the counters.

mod baselines;
mod log;
mod measures;
mod replay;

pub use self::log::{Fault, Log};
pub use self::measures::Measures;
pub use self::replay::{Outcome, Row, evaluate};

/// The error of an evaluation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The log could not be read.
    #[error("the log could not be read")]
    Read(#[from] std::io::Error),
    /// A ranking could not be made.
    #[error("a ranking could not be made")]
    Rank(#[from] crate::Error),
    /// The index of the replay failed.
    #[error("the index of the replay failed")]
    Index(#[from] indexer::Error),
    /// The counters of the replay failed.
    #[error("the counters of the replay failed")]
    Counters(#[from] feedback::Error),
}
