//! Documents in memory and how well they match a plan.
//!
//! Invariant: the formula is the embedded index's, over exact lengths instead of rounded ones.

use std::collections::{BTreeMap, HashMap};

use model::{Document, Position, Timestamp, UrlKey};

use crate::analysis::{Analyser, Tongue, Word, Words};
use crate::best::{Order, Place, Sieve};
use crate::changes::Entry;
use crate::lookup::{Filter, Hidden, Removal};
use crate::plan::{Plan, Spot};
use crate::schema::{self, date, language_code, tie};

/// BM25's k1 and b, as the embedded index has them.
const K1: f32 = 1.2;
const B: f32 = 0.75;

#[derive(Default)]
pub(super) struct State {
    pub(super) documents: BTreeMap<UrlKey, Held>,
    pub(super) pending: BTreeMap<UrlKey, Pending>,
    pub(super) log: Vec<Entry>,
    pub(super) checkpoint: Position,
    pub(super) hidden: Option<Hidden>,
}

pub(super) enum Pending {
    Put(Box<Held>),
    Remove(Removal),
}

/// A document with what it can be found by.
pub(super) struct Held {
    pub(super) document: Document,
    pub(super) place: schema::Place,
    words: Vec<String>,
    spots: HashMap<Spot, Counted>,
}

/// Terms of one field with how often they stand there.
#[derive(Default)]
struct Counted {
    counts: HashMap<String, u32>,
    len: u32,
}

impl Held {
    pub(super) fn new(document: &Document, analyser: &mut Analyser) -> Self {
        let mut held = Self {
            document: document.clone(),
            place: schema::Place::of(&document.url),
            words: Vec::new(),
            spots: HashMap::new(),
        };
        held.read(&document.title, true, analyser);
        held.read(&document.text, false, analyser);
        if document.text.is_empty() {
            held.read(document.description.as_deref().unwrap_or_default(), false, analyser);
        }
        for extra in document.tags.iter().chain(&document.author).chain(&document.section) {
            held.read(extra, false, analyser);
        }
        held
    }

    fn read(&mut self, text: &str, title: bool, analyser: &mut Analyser) {
        let tongue = Tongue::of(&self.document.language);
        let mut words = Words::new(text);
        let mut word = Word::default();
        let spots = &mut self.spots;
        while words.next_into(&mut word) {
            spots.entry(Spot::Words).or_default().add(&word.text);
            self.words.push(word.text.clone());
            analyser.terms(tongue, &word, &mut |_, term| {
                spots.entry(Spot::Terms).or_default().add(term);
                if title {
                    spots.entry(Spot::Title).or_default().add(term);
                }
            });
        }
        // No phrase spans two texts.
        self.words.push(String::new());
    }

    fn count(&self, spot: Spot, term: &str) -> u32 {
        self.spots.get(&spot).and_then(|spot| spot.counts.get(term)).copied().unwrap_or_default()
    }

    fn len(&self, spot: Spot) -> u32 {
        self.spots.get(&spot).map_or(0, |spot| spot.len)
    }

    fn phrases(&self, phrase: &[String]) -> usize {
        self.words.windows(phrase.len().max(1)).filter(|window| *window == phrase).count()
    }

    fn passes(&self, filter: &Filter, sieve: &Sieve) -> bool {
        let expires = self.document.directives.unavailable_after.map(Timestamp::as_second);
        filter.host.as_ref().is_none_or(|host| host.to_lowercase() == self.place.host)
            && filter.site.as_ref().is_none_or(|site| site.to_lowercase() == self.place.site)
            && sieve.passes(language_code(&self.document.language), date(&self.document).as_second(), expires)
    }
}

impl Counted {
    fn add(&mut self, term: &str) {
        *self.counts.entry(term.to_owned()).or_default() += 1;
        self.len += 1;
    }
}

impl State {
    pub(super) fn shown(&self, document: &Document, now: Timestamp) -> bool {
        document.directives.may_show(now)
            && !self.hidden.as_ref().is_some_and(|hidden| hidden(&document.key, &document.url))
    }

    pub(super) fn document_frequency(&self, spot: Spot, term: &str) -> u64 {
        self.documents.values().filter(|held| held.count(spot, term) > 0).count() as u64
    }

    /// Every match with its place, best first.
    pub(super) fn matches(
        &self,
        plan: &Plan,
        filter: &Filter,
        order: Order,
        now: Timestamp,
    ) -> Vec<(Place, &Held)> {
        let sieve = Sieve::new(filter, now);
        let documents = self.documents.len() as f32;
        let mean = |spot| self.documents.values().map(|held| held.len(spot) as f32).sum::<f32>() / documents;
        let means = [mean(Spot::Words), mean(Spot::Terms), mean(Spot::Title)];
        let rarity = |spot, term: &str| {
            let found = self.document_frequency(spot, term) as f32;
            (1.0 + (documents - found + 0.5) / (found + 0.5)).ln() * (1.0 + K1)
        };
        let weights: Vec<f32> =
            plan.any.iter().map(|clause| clause.weight * rarity(clause.spot, &clause.text)).collect();
        let phrase_weights: Vec<f32> = (plan.phrases.iter())
            .map(|phrase| phrase.iter().map(|word| rarity(Spot::Words, word)).sum::<f32>())
            .map(|rarity| plan.phrase_weight.unwrap_or_default() * rarity)
            .collect();
        let mut found = Vec::new();
        for held in self.documents.values().filter(|held| held.passes(filter, &sieve)) {
            let mut score = 0.0;
            let mut any = plan.any.is_empty() || plan.must_phrases();
            for (clause, weight) in plan.any.iter().zip(&weights) {
                let count = held.count(clause.spot, &clause.text) as f32;
                any |= count > 0.0;
                let norm = 1.0 - B + B * held.len(clause.spot) as f32 / means[clause.spot as usize];
                score += weight * count / (count + K1 * norm);
            }
            for (phrase, weight) in plan.phrases.iter().zip(&phrase_weights) {
                let count = held.phrases(phrase) as f32;
                let norm = 1.0 - B + B * held.len(Spot::Words) as f32 / means[Spot::Words as usize];
                score += weight * count / (count + K1 * norm);
            }
            let excluded = plan.none.iter().any(|(spot, term)| held.count(*spot, term) > 0)
                || plan.no_phrases.iter().any(|phrase| held.phrases(phrase) > 0);
            let phrases = !plan.must_phrases() || plan.phrases.iter().all(|phrase| held.phrases(phrase) > 0);
            if any && !excluded && phrases {
                let value = order.value(score, date(&held.document).as_second());
                found.push((Place { value, tie: tie(&held.document.key) }, held));
            }
        }
        found.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(*place));
        found
    }
}
