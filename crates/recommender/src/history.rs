//! The links a reader liked and disliked, as the index has them.
//!
//! Invariant: at most [`Interests::LINKS_MAX`] and [`Interests::DISLIKES_MAX`]; what is no longer there teaches nothing.

use std::collections::HashSet;

use indexer::{Hit, LinkSource};
use model::{Interests, Timestamp, UrlKey};

use crate::error::Error;
use crate::features::Features;
use crate::unwanted::key_of;

/// How much less each older liked link counts: the tenth counts half.
const DECAY: f32 = 0.1;

/// A link of the history.
pub(crate) struct Known {
    pub(crate) hit: Hit,
    pub(crate) features: Features,
    /// 1 for the most recent, less the older.
    pub(crate) weight: f32,
}

/// The liked and the disliked.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) liked: Vec<Known>,
    pub(crate) disliked: Vec<Known>,
}

impl History {
    pub(crate) fn of(source: &dyn LinkSource, interests: &Interests, now: Timestamp) -> Result<Self, Error> {
        Ok(Self {
            liked: known(source, &interests.links, Interests::LINKS_MAX, now)?,
            disliked: known(source, &interests.dislikes, Interests::DISLIKES_MAX, now)?,
        })
    }
}

fn known(source: &dyn LinkSource, urls: &[String], max: usize, now: Timestamp) -> Result<Vec<Known>, Error> {
    let mut seen = HashSet::new();
    let keys: Vec<UrlKey> =
        urls.iter().take(max).filter_map(|url| key_of(url)).filter(|key| seen.insert(*key)).collect();
    let hits = source.get(&keys, now)?.into_iter().flatten();
    Ok((0u16..)
        .zip(hits)
        .map(|(age, hit)| Known {
            features: Features::of(&hit.document),
            hit,
            weight: 1.0 / (1.0 + DECAY * f32::from(age)),
        })
        .collect())
}
