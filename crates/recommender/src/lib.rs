#![doc = include_str!("../README.md")]

mod candidates;
mod error;
mod request;
mod score;
mod spread;
mod unwanted;

use indexer::LinkSource;
use model::Interests;

pub use crate::error::Error;
pub use crate::request::{Reason, ReasonCode, Recommendation, Request, Settings};

use crate::unwanted::Unwanted;

/// Links for these interests, best first; fewer than asked for, or none, when the index has no more that may be shown, or
/// when more would break the limit per host. At most `Settings::candidates_max`.
///
/// # Errors
/// When the index fails.
pub fn recommend(
    source: &dyn LinkSource,
    interests: &Interests,
    request: &Request,
    settings: &Settings,
) -> Result<Vec<Recommendation>, Error> {
    let unwanted = Unwanted::of(interests, request);
    let candidates = candidates::gather(source, interests, request, settings, &unwanted)?;
    let scored = score::score(candidates, request, settings);
    Ok(spread::choose(scored, request, settings))
}
