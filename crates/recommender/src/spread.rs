//! The answer is spread: not the same text twice, not one host all over, not ten times the same story.
//!
//! Invariant: greedy and bounded: candidates × limit comparisons of at most [`WORDS_MAX`] words.

use std::collections::HashMap;

use indexer::Hit;

use crate::request::{Recommendation, Request, Settings};
use crate::score::Scored;

/// Words of title and text that a link is compared by.
const WORDS_MAX: usize = 150;

/// First letters of a word that are compared, so that endings do not matter (five: retrieval.md).
const LETTERS: usize = 5;

/// From this likeness on (shared part of all words) two links say the same and only the better one is shown.
const SAME: f32 = 0.7;

/// With equal titles a much smaller likeness of the texts is enough.
const SAME_TITLE: f32 = 0.3;

struct Features {
    title: Vec<u64>,
    words: Vec<u64>,
}

struct Open {
    scored: Scored,
    features: Features,
    /// Likeness to the most alike link chosen so far.
    likeness: f32,
}

/// Chooses up to `request.limit` links, by score against likeness to what is chosen (maximal marginal relevance).
pub(crate) fn choose(scored: Vec<Scored>, request: &Request, settings: &Settings) -> Vec<Recommendation> {
    let diversity = request.diversity.unwrap_or(settings.diversity).clamp(0.0, 1.0);
    let per_host_max = request.per_host_max.unwrap_or(settings.per_host_max).max(1);
    let best = scored.first().map_or(0.0, |scored| scored.score).max(f32::MIN_POSITIVE);
    let mut open: Vec<Open> = scored
        .into_iter()
        .map(|scored| Open { features: Features::of(&scored.candidate.hit), scored, likeness: 0.0 })
        .collect();
    let mut hosts: HashMap<String, usize> = HashMap::new();
    let mut chosen = Vec::new();
    while chosen.len() < request.limit {
        let worth = |open: &Open| (1.0 - diversity) * open.scored.score / best - diversity * open.likeness;
        let mut place = 0;
        for (at, candidate) in open.iter().enumerate() {
            // Only what is better moves the place, so equals keep the order of their scores.
            if worth(candidate) > worth(&open[place]) {
                place = at;
            }
        }
        if open.is_empty() {
            break;
        }
        let taken = open.remove(place);
        let on_host = hosts.entry(taken.scored.candidate.hit.host.clone()).or_default();
        *on_host += 1;
        let host_is_full = *on_host >= per_host_max;
        open.retain_mut(|other| {
            let likeness = taken.features.likeness(&other.features);
            other.likeness = other.likeness.max(likeness);
            let full = host_is_full && other.scored.candidate.hit.host == taken.scored.candidate.hit.host;
            !full && !taken.features.same(&other.features, likeness)
        });
        chosen.push(recommendation(taken.scored, chosen.len() + 1));
    }
    chosen
}

fn recommendation(scored: Scored, rank: usize) -> Recommendation {
    let candidate = scored.candidate;
    let rank = u32::try_from(rank).unwrap_or(u32::MAX);
    let hit = Hit { rank, score: scored.score, ..candidate.hit };
    Recommendation { hit, score: scored.score, reason: candidate.reason }
}

impl Features {
    fn of(hit: &Hit) -> Self {
        let document = &hit.document;
        let title = words(&document.title, WORDS_MAX);
        let text = if document.text.is_empty() {
            document.description.as_deref().unwrap_or_default()
        } else {
            &document.text
        };
        let mut all = words(text, WORDS_MAX);
        all.extend(&title);
        all.sort_unstable();
        all.dedup();
        Self { title, words: all }
    }

    /// The shared part of all words, 0 to 1 (Jaccard).
    fn likeness(&self, other: &Self) -> f32 {
        let (mut a, mut b) = (self.words.iter().peekable(), other.words.iter().peekable());
        let mut shared = 0usize;
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    a.next();
                    b.next();
                }
            }
        }
        let all = self.words.len() + other.words.len() - shared;
        if all == 0 { 0.0 } else { shared as f32 / all as f32 }
    }

    fn same(&self, other: &Self, likeness: f32) -> bool {
        let same_title = !self.title.is_empty() && self.title == other.title;
        likeness >= if same_title { SAME_TITLE } else { SAME }
    }
}

/// The first words of a text in their order, each as a hash of its first letters in lower case (FNV-1a).
fn words(text: &str, max: usize) -> Vec<u64> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(max)
        .map(|word| {
            // Numbers tell apart what is otherwise alike: match 10 and match 11, 2025 and 2026.
            let letters = if word.contains(char::is_numeric) { usize::MAX } else { LETTERS };
            word.chars()
                .flat_map(char::to_lowercase)
                .take(letters)
                .fold(0xcbf2_9ce4_8422_2325, |hash: u64, c| {
                    (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
                })
        })
        .collect()
}
