//! How good a candidate is: how well it fits, and how fresh it is.
//!
//! Invariant: deterministic; equals are ordered by a hash of the request's seed and the key, never by chance.

use indexer::Hit;
use model::UrlKey;

use crate::candidates::Candidate;
use crate::request::{Request, Settings};

/// The hours at which freshness has begun to fall: the 2 of (n+1) / (age + 2)^g (field.md §4).
const HOURS_OFFSET: f32 = 2.0;

/// A page that does not tell when it was published was there before we found it; how much its freshness then counts.
const UNDATED_PART: f32 = 0.5;

/// A candidate with its score.
pub(crate) struct Scored {
    pub(crate) candidate: Candidate,
    pub(crate) score: f32,
}

/// The candidates, best first.
pub(crate) fn score(candidates: Vec<Candidate>, request: &Request, settings: &Settings) -> Vec<Scored> {
    let mut scored: Vec<Scored> = candidates
        .into_iter()
        .map(|candidate| {
            let fresh = freshness(&candidate.hit, request, settings.freshness_exponent);
            let score = settings.content_weight * candidate.content + settings.freshness_weight * fresh;
            Scored { candidate, score }
        })
        .collect();
    scored.sort_by_cached_key(|scored| {
        let key = scored.candidate.hit.document.key;
        (std::cmp::Reverse(sortable(scored.score)), shuffled(request.seed, &key), key)
    });
    scored
}

/// 1 for what is just out, less the older: (2 / (age in hours + 2))^g, the form of field.md §4 with no readers counted yet.
fn freshness(hit: &Hit, request: &Request, exponent: f32) -> f32 {
    let document = &hit.document;
    let (at, part) = match document.published.or(document.modified) {
        Some(at) => (at, 1.0),
        None => (document.fetched, UNDATED_PART),
    };
    let hours = model::time::until(at, request.now).as_secs_f32() / 3_600.0;
    part * (HOURS_OFFSET / (hours + HOURS_OFFSET)).powf(exponent)
}

/// Scores are never negative, so their bits are in their order.
fn sortable(score: f32) -> u32 {
    score.max(0.0).to_bits()
}

/// A mix of seed and key (the finaliser of `SplitMix64`).
fn shuffled(seed: u64, key: &UrlKey) -> u64 {
    let tail = key.0[8..].iter().fold(0, |sum: u64, b| sum << 8 | u64::from(*b));
    let mut mixed = seed ^ tail;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
