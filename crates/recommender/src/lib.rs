#![doc = include_str!("../README.md")]

mod arrivals;
mod candidates;
mod error;
pub mod evaluation;
mod features;
mod history;
mod request;
mod score;
mod settings;
mod spread;
mod unwanted;
mod worth;

use std::collections::HashSet;

use feedback::{Counters, Counts};
use indexer::LinkSource;
use model::{Interests, UrlKey};

pub use crate::error::Error;
pub use crate::request::{Answer, Goal, Reason, ReasonCode, Recommendation, Request};
pub use crate::settings::Settings;

use crate::candidates::{Candidate, Gatherer};
use crate::history::History;
use crate::score::Scorer;
use crate::unwanted::{Unwanted, bare};

/// Weight of freshness × popularity where likeness to one link is what was asked for.
const RELATED_FRESHNESS: f32 = 0.2;

/// Links for these interests, best first; fewer than asked for, or none, when the index has no more that may be shown, or
/// when more would break a cap. At most `Settings::candidates_max`.
///
/// # Errors
/// When the index or the counters fail, or a cursor is foreign.
pub fn recommend(
    source: &dyn LinkSource,
    counters: &dyn Counters,
    interests: &Interests,
    request: &Request,
    settings: &Settings,
) -> Result<Answer, Error> {
    let unwanted = Unwanted::of(interests, request);
    let mut filter = request.filter.clone();
    if filter.languages.is_empty() {
        filter.languages.clone_from(&interests.languages);
    }
    let gatherer = Gatherer { source, counters, interests, request, settings, unwanted: &unwanted, filter };
    let mut settings = settings.clone();
    let mut terms = gatherer.terms();
    let mut next = None;
    let (history, candidates) = match &request.goal {
        Goal::Personal => {
            let history = History::of(source, interests, request.now)?;
            let candidates = gatherer.personal(&history)?;
            (history, candidates)
        }
        Goal::Trending { topic, window } => {
            terms.clear();
            let window = window.unwrap_or(settings.trending_window);
            (History::default(), gatherer.trending(topic.as_deref(), window)?)
        }
        Goal::Related { link } => {
            terms.clear();
            settings.freshness_weight *= RELATED_FRESHNESS;
            let only = Interests {
                links: vec![link.clone()],
                dislikes: interests.dislikes.clone(),
                ..Interests::default()
            };
            let history = History::of(source, &only, request.now)?;
            let candidates = match history.liked.first() {
                Some(seed) => gatherer.related(seed)?,
                None => Vec::new(),
            };
            let seed = history.liked.first().map(|seed| seed.hit.document.key);
            (history, candidates.into_iter().filter(|one| Some(one.hit.document.key) != seed).collect())
        }
        Goal::Among { links } => {
            let history = History::of(source, interests, request.now)?;
            let candidates = gatherer.among(&history, links)?;
            (history, candidates)
        }
        Goal::New { cursor } => {
            let history = History::of(source, interests, request.now)?;
            let (candidates, after) = arrivals::since(&gatherer, cursor.as_deref())?;
            next = Some(after);
            (history, candidates)
        }
    };
    let followed: HashSet<String> = interests.sites.iter().map(|site| bare(site)).collect();
    let has_wishes = !(history.liked.is_empty() && terms.is_empty() && followed.is_empty());
    let counts = counts(counters, &candidates, request)?;
    // Another report of an event is what a search for related links is after, and mostly read already by who liked the first.
    let same_story = if matches!(request.goal, Goal::Related { .. }) { 1.0 } else { 0.0 };
    let scorer = Scorer { history: &history, terms, followed, same_story, request, settings: &settings };
    let mut scored = scorer.score(candidates, &counts);
    if matches!(request.goal, Goal::New { .. }) && has_wishes {
        scored.retain(|one| one.is_followed || one.content >= arrivals::FITS_FROM);
    }
    Ok(Answer { items: spread::choose(scored, request, &settings), next })
}

/// The coarse counts of the candidates.
fn counts(
    counters: &dyn Counters,
    candidates: &[Candidate],
    request: &Request,
) -> Result<Vec<Counts>, Error> {
    let keys: Vec<UrlKey> = candidates.iter().map(|candidate| candidate.hit.document.key).collect();
    let counts = counters.counts(&keys, request.now)?;
    Ok(counts.into_iter().map(Counts::coarse).collect())
}
