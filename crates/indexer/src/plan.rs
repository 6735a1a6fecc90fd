//! A query becomes weighted terms: the same plan is carried out by every adapter.
//!
//! Invariant: bounded: at most `Settings::query_words_max` distinct words, each with a handful of terms.

use std::collections::BTreeMap;

use model::Language;

use crate::analysis::{Analyser, Asked, Kind, asked};
use crate::error::Error;
use crate::lookup::Query;
use crate::settings::{Settings, Weights};
use crate::syntax;

/// Where a term is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spot {
    /// Title and text, as written.
    Words,
    /// Title and text, stems and sub-word terms.
    Terms,
    /// Title, stems and sub-word terms.
    Title,
}

/// Weighted terms.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Plan {
    /// Alternatives with their factors, each once.
    pub(crate) any: Vec<Clause>,
    /// Word sequences that stand as written.
    pub(crate) phrases: Vec<Vec<String>>,
    /// Factor of the BM25 score of a phrase; none = all phrases must be there, and are not scored.
    pub(crate) phrase_weight: Option<f32>,
    /// Terms none of which may stand there.
    pub(crate) none: Vec<(Spot, String)>,
    /// Word sequences none of which may stand there.
    pub(crate) no_phrases: Vec<Vec<String>>,
}

/// A term, where to look for it, and its factor of the BM25 score.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    pub(crate) spot: Spot,
    pub(crate) text: String,
    pub(crate) weight: f32,
}

impl Plan {
    /// The plan of a query.
    pub(crate) fn of(query: &Query, settings: &Settings, analyser: &mut Analyser) -> Result<Self, Error> {
        let max = settings.query_bytes_max.as_len();
        if query.text.len() > max {
            return Err(Error::QueryTooLong { bytes: query.text.len(), max });
        }
        let languages = &query.filter.languages;
        let parsed = syntax::parse(&query.text);
        let mut plan = Self::default();
        let mut weights = BTreeMap::new();
        let phrases: Vec<_> = parsed.phrases.iter().map(|p| asked(p, languages, analyser)).collect();
        let words = asked(&parsed.words, languages, analyser);
        let every = words.iter().chain(phrases.iter().flatten());
        for word in distinct(every, settings.query_words_max) {
            add(&mut weights, word, &settings.weights);
        }
        plan.any = clauses(weights);
        // Alone, a phrase says what must be there. In a sentence of other words it is mostly a name in quotation marks, which
        // may be inflected where the answer stands.
        plan.phrase_weight = (!words.is_empty()).then_some(settings.weights.body * settings.weights.stem);
        plan.phrases = phrases
            .into_iter()
            .map(|phrase| phrase.into_iter().map(|word| word.exact).collect::<Vec<_>>())
            .filter(|phrase| !phrase.is_empty())
            .take(settings.query_words_max)
            .collect();
        for excluded in parsed.excluded.iter().take(settings.query_words_max) {
            plan.exclude(excluded, languages, analyser);
        }
        Ok(plan)
    }

    /// Whether it says nothing about what to find.
    pub(crate) fn is_open(&self) -> bool {
        self.any.is_empty() && self.phrases.is_empty()
    }

    /// Whether there are phrases that must be there.
    pub(crate) fn must_phrases(&self) -> bool {
        self.phrase_weight.is_none() && !self.phrases.is_empty()
    }

    fn exclude(&mut self, text: &str, languages: &[Language], analyser: &mut Analyser) {
        let mut words = asked(text, languages, analyser);
        if words.len() > 1 {
            self.no_phrases.push(words.into_iter().map(|word| word.exact).collect());
        } else if let Some(word) = words.pop() {
            let stems = word.terms.into_iter().filter(|term| term.kind == Kind::Stem);
            self.none.extend(stems.map(|term| (Spot::Terms, term.text)));
            self.none.push((Spot::Words, word.exact));
        }
    }
}

/// The words with how often each was asked for.
fn distinct<'a>(words: impl Iterator<Item = &'a Asked>, max: usize) -> Vec<&'a Asked> {
    let mut seen: Vec<&Asked> = Vec::new();
    for word in words {
        if seen.len() == max {
            break;
        }
        if !seen.iter().any(|known| known.exact == word.exact) {
            seen.push(word);
        }
    }
    seen
}

fn add(weights: &mut BTreeMap<(Spot, String), f32>, word: &Asked, settings: &Weights) {
    let mut put = |spot, text: &str, weight: f32| {
        if weight > 0.0 {
            *weights.entry((spot, text.to_owned())).or_default() += weight;
        }
    };
    put(Spot::Words, &word.exact, settings.body * settings.exact * word.weight);
    for term in &word.terms {
        let by_kind = match term.kind {
            Kind::Stem => settings.stem,
            Kind::Prefix => settings.prefix,
            Kind::Whole => settings.exact,
        };
        put(Spot::Terms, &term.text, settings.body * by_kind * term.share);
        put(Spot::Title, &term.text, settings.title * by_kind * term.share);
    }
}

fn clauses(weights: BTreeMap<(Spot, String), f32>) -> Vec<Clause> {
    weights.into_iter().map(|((spot, text), weight)| Clause { spot, text, weight }).collect()
}
