//! How good a candidate is: what it is worth to anybody now, how well it fits, what speaks against it, and why.
//!
//! score = freshness weight × (worth / best worth)^power + content weight × content + words + followed − dislike
//!
//! Invariant: deterministic; equals are ordered by a hash of the request's seed and the key, never by chance.

use std::collections::HashSet;

use feedback::Counts;

use crate::candidates::Candidate;
use crate::features::{Compared, Features, Rarity, WordHash, words};
use crate::history::{History, Known};
use crate::request::{Reason, ReasonCode, Request};
use crate::settings::Settings;
use crate::unwanted::within;
use crate::worth::{Judge, Worth, hours, shuffled, undated_hours, usual_clicks};

/// Cosine from which on a link counts as wholly alike: two reports of one event share about half.
const ALIKE: f32 = 0.5;

/// Likeness from which on it is given as the reason.
const TOLD_FROM: f32 = 0.2;

/// What the index's own relevance adds at most: it is relative to the best of an answer, however poor that is.
const RELEVANCE_PART: f32 = 0.5;

/// What likeness to one liked link adds at most, so that two that agree are always better than one.
const LIKENESS_PART: f32 = 0.8;

/// What a phrase of the interests adds.
const TERM_PART: f32 = 0.7;

/// A link is called new for so many hours.
const FRESH_HOURS: f32 = 24.0;

/// Words of one phrase that are looked for.
const PHRASE_WORDS_MAX: usize = 8;

/// A candidate with its score.
pub(crate) struct Scored {
    pub(crate) candidate: Candidate,
    pub(crate) features: Features,
    /// How well it fits the interests, 0 to 1.
    pub(crate) content: f32,
    /// Whether it is from a followed source.
    pub(crate) is_followed: bool,
    pub(crate) score: f32,
    pub(crate) reasons: Vec<Reason>,
}

/// What candidates are judged by.
pub(crate) struct Scorer<'a> {
    pub(crate) history: &'a History,
    pub(crate) terms: Vec<&'a str>,
    /// Hosts and sites followed.
    pub(crate) followed: HashSet<String>,
    /// What a link counts as that reports the event of a liked one, 0 to 1.
    pub(crate) same_story: f32,
    pub(crate) request: &'a Request,
    pub(crate) settings: &'a Settings,
}

/// What is alike in one history.
struct Taste<'a> {
    known: &'a [Known],
    /// What a link of the same story counts as.
    same_story: f32,
    compared: Compared,
    stories: Vec<Option<u64>>,
}

/// The most alike link of a history.
#[derive(Clone, Copy)]
struct Nearest<'a> {
    /// Of the one that is told.
    told: f32,
    /// The most likeness there is.
    likeness: f32,
    title: &'a str,
    is_same_story: bool,
}

impl Scorer<'_> {
    /// The candidates, best first; `counts` are theirs, coarse.
    pub(crate) fn score(&self, candidates: Vec<Candidate>, counts: &[Counts]) -> Vec<Scored> {
        let exploration = self.request.exploration.unwrap_or(self.settings.exploration).clamp(0.0, 1.0);
        let (settings, now, seed) = (self.settings, self.request.now, self.request.seed);
        let undated_hours = undated_hours(candidates.iter().map(|candidate| &candidate.hit), now);
        let usual_clicks = usual_clicks(counts);
        let judge = Judge { settings, now, exploration, seed, usual_clicks, undated_hours };
        let worths: Vec<Worth> = candidates
            .iter()
            .zip(counts)
            .map(|(candidate, counts)| judge.worth(&candidate.hit, counts))
            .collect();
        // Among links that are all old the least old is nothing new: then content decides.
        let best = worths.iter().map(|worth| worth.value).fold(judge.unread_at(FRESH_HOURS), f32::max);
        let features: Vec<Features> =
            candidates.iter().map(|candidate| Features::of(&candidate.hit.document)).collect();
        let rarity = Rarity::among(features.iter());
        let (liked, disliked) = (
            Taste::of(&self.history.liked, &rarity, self.same_story),
            Taste::of(&self.history.disliked, &rarity, 1.0),
        );
        let phrases: Vec<Vec<WordHash>> =
            self.terms.iter().map(|term| words(term, PHRASE_WORDS_MAX)).collect();
        let mut scored: Vec<Scored> = candidates
            .into_iter()
            .zip(features)
            .zip(worths)
            .map(|((candidate, features), worth)| {
                let worth = Worth { value: worth.value / best, ..worth };
                self.judge(candidate, features, worth, &rarity, &liked, &disliked, &phrases)
            })
            .collect();
        scored.sort_by(|a, b| {
            let key = |scored: &Scored| scored.candidate.hit.document.key;
            let tie = |scored: &Scored| shuffled(self.request.seed, &key(scored));
            b.score.total_cmp(&a.score).then_with(|| tie(a).cmp(&tie(b))).then_with(|| key(a).cmp(&key(b)))
        });
        scored
    }

    #[expect(clippy::too_many_arguments, reason = "one candidate and everything it is judged by")]
    fn judge(
        &self,
        candidate: Candidate,
        features: Features,
        worth: Worth,
        rarity: &Rarity,
        liked: &Taste<'_>,
        disliked: &Taste<'_>,
        phrases: &[Vec<WordHash>],
    ) -> Scored {
        let vector = rarity.vector(&features);
        let (near, far) = (liked.nearest(&vector, &candidate), disliked.nearest(&vector, &candidate));
        let is_read = near.is_some_and(|near| near.is_same_story);
        let term = phrases.iter().position(|phrase| features.has(phrase));
        let hit = &candidate.hit;
        let is_followed = within(&hit.host, &self.followed) || self.followed.contains(&hit.site);
        // As independent evidence: more of it brings the sum nearer to 1.
        let parts = [
            RELEVANCE_PART * candidate.relevance * if is_read { self.same_story } else { 1.0 },
            LIKENESS_PART * near.map_or(0.0, |near| near.likeness),
            if term.is_some() { TERM_PART } else { 0.0 },
        ];
        // A front page says what its links say, and is none of them.
        let content = worth.part * (1.0 - parts.into_iter().map(|part| 1.0 - part).product::<f32>());
        let settings = self.settings;
        let score = settings.freshness_weight * worth.value.powf(settings.freshness_power)
            + settings.content_weight * content
            + if term.is_some() { settings.term_weight } else { 0.0 }
            + if is_followed { settings.followed_weight } else { 0.0 }
            - settings.dislike_weight * far.map_or(0.0, |far| far.likeness);
        let reasons = self.reasons(&candidate, near, term, is_followed, worth);
        Scored { candidate, features, content, is_followed, score, reasons }
    }

    /// Why, the most telling first.
    fn reasons(
        &self,
        candidate: &Candidate,
        near: Option<Nearest<'_>>,
        term: Option<usize>,
        is_followed: bool,
        worth: Worth,
    ) -> Vec<Reason> {
        let hit = &candidate.hit;
        let mut reasons = Vec::new();
        let mut add = |code, text: &str| reasons.push(Reason { code, text: text.to_owned() });
        if let Some(near) = near.filter(|near| near.told >= TOLD_FROM) {
            let code = if near.is_same_story { ReasonCode::SameStory } else { ReasonCode::SimilarTo };
            add(code, near.title);
        }
        if let Some(term) = term {
            add(ReasonCode::MatchesTerm, self.terms[term]);
        } else if candidate.relevance > 0.0 && near.is_none() && !self.terms.is_empty() {
            // Found by another form of a word than the compared letters show.
            add(ReasonCode::MatchesTerm, &self.terms.join(", "));
        }
        if is_followed {
            add(ReasonCode::FollowedSource, hit.document.site_name.as_deref().unwrap_or(&hit.host));
        }
        if worth.is_trending {
            add(ReasonCode::Trending, hit.document.language.as_str());
        }
        if worth.is_explored {
            add(ReasonCode::Explore, "");
        }
        let age = hours(hit.document.published.unwrap_or(hit.document.fetched), self.request.now);
        if reasons.is_empty() || age <= FRESH_HOURS {
            reasons.push(Reason { code: ReasonCode::Fresh, text: String::new() });
        }
        reasons
    }
}

impl<'a> Taste<'a> {
    fn of(known: &'a [Known], rarity: &Rarity, same_story: f32) -> Self {
        Self {
            known,
            same_story,
            compared: Compared::of(known.iter().map(|known| rarity.vector(&known.features))),
            stories: known.iter().map(|known| known.hit.story).collect(),
        }
    }

    /// The link of the history that speaks most of a candidate.
    fn nearest(&self, vector: &crate::features::Vector, candidate: &Candidate) -> Option<Nearest<'a>> {
        let likeness = self.compared.likeness(vector);
        let mut nearest: Option<Nearest<'a>> = None;
        let mut best = 0.0f32;
        for ((known, cosine), story) in self.known.iter().zip(likeness).zip(&self.stories) {
            let is_same_story = story.is_some() && *story == candidate.hit.story;
            let alike = (cosine / ALIKE).min(1.0);
            let likeness = known.weight * if is_same_story { self.same_story } else { alike };
            let told = known.weight * if is_same_story { 1.0 } else { alike };
            best = best.max(likeness);
            if nearest.is_none_or(|nearest| told > nearest.told) {
                nearest = Some(Nearest { told, likeness, title: &known.hit.document.title, is_same_story });
            }
        }
        nearest.map(|nearest| Nearest { likeness: best, ..nearest })
    }
}
