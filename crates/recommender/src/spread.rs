//! The answer is spread: not the same text twice, not one host all over, not ten times the same story.
//!
//! Invariant: greedy and bounded: candidates × limit comparisons; no answer breaks a cap, however few links that leaves.

use std::collections::HashMap;

use indexer::Hit;

use crate::request::{Recommendation, Request};
use crate::score::Scored;
use crate::settings::Settings;

struct Open {
    scored: Scored,
    /// Likeness to the most alike link chosen so far.
    likeness: f32,
}

/// How many of each were chosen.
#[derive(Default)]
struct Taken {
    hosts: HashMap<String, usize>,
    stories: HashMap<u64, usize>,
}

/// Chooses up to `request.limit` links, by score against likeness to what is chosen (maximal marginal relevance).
pub(crate) fn choose(scored: Vec<Scored>, request: &Request, settings: &Settings) -> Vec<Recommendation> {
    let diversity = request.diversity.unwrap_or(settings.diversity).clamp(0.0, 1.0);
    let per_host_max = request.per_host_max.unwrap_or(settings.per_host_max).max(1);
    let per_story_max = request.per_story_max.unwrap_or(settings.per_story_max).max(1);
    let best = scored.first().map_or(0.0, |scored| scored.score).max(f32::MIN_POSITIVE);
    let mut open: Vec<Open> = scored.into_iter().map(|scored| Open { scored, likeness: 0.0 }).collect();
    let mut taken = Taken::default();
    let mut chosen = Vec::new();
    while chosen.len() < request.limit && !open.is_empty() {
        let worth = |open: &Open| (1.0 - diversity) * open.scored.score / best - diversity * open.likeness;
        let mut place = 0;
        for (at, candidate) in open.iter().enumerate() {
            // Only what is better moves the place, so equals keep the order of their scores.
            if worth(candidate) > worth(&open[place]) {
                place = at;
            }
        }
        let next = open.remove(place);
        let hit = &next.scored.candidate.hit;
        let host_is_full = count(&mut taken.hosts, hit.host.clone()) >= per_host_max;
        let story_is_full = hit.story.is_some_and(|story| count(&mut taken.stories, story) >= per_story_max);
        open.retain_mut(|other| {
            let likeness = next.scored.features.likeness(&other.scored.features);
            other.likeness = other.likeness.max(likeness);
            let of = &other.scored.candidate.hit;
            !(host_is_full && of.host == hit.host
                || story_is_full && of.story == hit.story
                || hit.copy.is_some() && of.copy == hit.copy
                || next.scored.features.same(&other.scored.features, likeness))
        });
        chosen.push(recommendation(next.scored, chosen.len() + 1));
    }
    chosen
}

fn count<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: K) -> usize {
    let count = counts.entry(key).or_default();
    *count += 1;
    *count
}

fn recommendation(scored: Scored, rank: usize) -> Recommendation {
    let rank = u32::try_from(rank).unwrap_or(u32::MAX);
    let hit = Hit { rank, score: scored.score, ..scored.candidate.hit };
    Recommendation { hit, score: scored.score, reasons: scored.reasons }
}
