#![doc = include_str!("../README.md")]

mod request;

pub use crate::request::{Reason, ReasonCode, Recommendation, Request, Settings};

use indexer::LinkSource;
use model::Interests;

/// Why no recommendation could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The index failed.
    #[error("the index could not be asked for candidates")]
    Index(#[from] indexer::Error),
}

/// Links for these interests, best first; fewer than asked for, or none, when the index has no more.
///
/// # Errors
/// When the index fails.
pub fn recommend(
    source: &dyn LinkSource,
    interests: &Interests,
    request: &Request,
    settings: &Settings,
) -> Result<Vec<Recommendation>, Error> {
    let _ = (source, interests, request, settings);
    todo!()
}
