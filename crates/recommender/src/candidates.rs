//! Which links are looked at: those like the liked ones, those about the words, and the newest.
//!
//! Invariant: bounded by `Settings::candidates_max`, however long the history; nothing unwanted gets in.

use std::collections::BTreeMap;

use indexer::{Filter, Hit, LinkSource, Query, Seed, Similar};
use model::{Interests, UrlKey};

use crate::error::Error;
use crate::request::{Reason, ReasonCode, Request, Settings};
use crate::unwanted::{Unwanted, key_of};

/// Words and phrases of the interests that are searched for; more add cost and little else.
const TERMS_MAX: usize = 20;

/// Liked links that are followed, the most recent first. [`Interests::LINKS_MAX`] are read, but each costs a lookup of 1 to
/// 3 ms (field.md §4), and the older ones say what the newer ones said.
const SEEDS_MAX: usize = 20;

/// Links asked for beyond what is needed, because seen ones come back too.
const SEEN_MARGIN_MAX: usize = 100;

/// How much less each older liked link counts: the tenth counts half.
const SEED_DECAY: f32 = 0.1;

/// What one source can add at most, so that two sources that agree are always better than one.
const SOURCE_PART: f32 = 0.8;

/// A link with how well it fits, from 0 to 1.
pub(crate) struct Candidate {
    pub(crate) hit: Hit,
    pub(crate) content: f32,
    pub(crate) reason: Reason,
    /// What the reason's source alone gave.
    reason_part: f32,
}

/// The candidates in the order of their keys.
pub(crate) fn gather(
    source: &dyn LinkSource,
    interests: &Interests,
    request: &Request,
    settings: &Settings,
    unwanted: &Unwanted,
) -> Result<Vec<Candidate>, Error> {
    let mut filter = request.filter.clone();
    if filter.languages.is_empty() {
        filter.languages.clone_from(&interests.languages);
    }
    let seeds = seeds(source, interests, request)?;
    let terms: Vec<&String> =
        interests.terms.iter().filter(|t| !t.trim().is_empty()).take(TERMS_MAX).collect();
    let margin = unwanted.keys.len().min(SEEN_MARGIN_MAX);
    // Half for what the interests point at, half for what is new; without interests all for what is new.
    let pointed = seeds.len() + terms.len();
    let per_source = (settings.candidates_max / 2).checked_div(pointed).unwrap_or_default().max(3);
    let mut gathered = Gathered { unwanted, found: BTreeMap::new(), max: settings.candidates_max / 2 };
    for (age, (key, title)) in (0u16..).zip(seeds) {
        let seed = Seed::Link(key);
        let limit = per_source + margin;
        let hits =
            source.similar(&Similar { filter: filter.clone(), ..Similar::new(seed, limit, request.now) })?;
        let reason = Reason { code: ReasonCode::SimilarTo, text: title };
        gathered.add(hits, 1.0 / (1.0 + SEED_DECAY * f32::from(age)), per_source, &reason);
    }
    for term in terms {
        let limit = per_source + margin;
        let query =
            Query { filter: filter.clone(), verbatim: true, ..Query::new(term.as_str(), limit, request.now) };
        let reason = Reason { code: ReasonCode::MatchesTerm, text: term.clone() };
        gathered.add(source.search(&query)?.hits, 1.0, per_source, &reason);
    }
    gathered.max = settings.candidates_max;
    fresh(source, &filter, request, margin, &mut gathered)?;
    Ok(gathered.found.into_values().collect())
}

/// The liked links that are in the index, most recent first, with their titles.
fn seeds(
    source: &dyn LinkSource,
    interests: &Interests,
    request: &Request,
) -> Result<Vec<(UrlKey, String)>, Error> {
    let mut keys = Vec::new();
    for key in interests.links.iter().take(Interests::LINKS_MAX).filter_map(|url| key_of(url)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let hits = source.get(&keys, request.now)?;
    Ok(hits.into_iter().flatten().map(|hit| (hit.document.key, hit.document.title)).take(SEEDS_MAX).collect())
}

/// The newest links, a page at a time until there are enough, so that a muted host that publishes all day leaves room.
fn fresh(
    source: &dyn LinkSource,
    filter: &Filter,
    request: &Request,
    margin: usize,
    gathered: &mut Gathered<'_>,
) -> Result<(), Error> {
    const PAGES_MAX: usize = 5;
    let reason = Reason { code: ReasonCode::Fresh, text: String::new() };
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let room = gathered.max.saturating_sub(gathered.found.len());
        if room == 0 {
            break;
        }
        let page = Query { filter: filter.clone(), cursor, ..Query::new("", room + margin, request.now) };
        let answer = source.search(&page)?;
        gathered.add(answer.hits, 0.0, room, &reason);
        cursor = answer.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(())
}

struct Gathered<'a> {
    unwanted: &'a Unwanted,
    found: BTreeMap<UrlKey, Candidate>,
    max: usize,
}

impl Gathered<'_> {
    /// Adds the first `most` wanted hits; each counts `weight` times its score relative to the best of these hits.
    fn add(&mut self, hits: Vec<Hit>, weight: f32, most: usize, reason: &Reason) {
        let best = hits.first().map_or(0.0, |hit| hit.score);
        for hit in hits.into_iter().filter(|hit| self.unwanted.allows(hit)).take(most) {
            let relative = if best > 0.0 { hit.score / best } else { 0.0 };
            let part = SOURCE_PART * weight * relative.clamp(0.0, 1.0);
            if let Some(known) = self.found.get_mut(&hit.document.key) {
                // As independent evidence: more of it brings the sum nearer to 1.
                known.content = 1.0 - (1.0 - known.content) * (1.0 - part);
                if part > known.reason_part {
                    known.reason_part = part;
                    known.reason = reason.clone();
                }
            } else if self.found.len() < self.max {
                let candidate = Candidate { hit, content: part, reason: reason.clone(), reason_part: part };
                self.found.insert(candidate.hit.document.key, candidate);
            }
        }
    }
}
