//! A query becomes weighted terms: the same plan is carried out by every adapter.
//!
//! Invariant: bounded: at most `Settings::query_words_max` distinct words, each with a handful of terms.

use std::collections::BTreeMap;

use model::Language;

use crate::analysis::{Analyser, Asked, Kind, asked, tongue};
use crate::cross;
use crate::error::Error;
use crate::lookup::{Filter, Query};
use crate::rescore::inverse_frequency;
use crate::settings::{Settings, Weights};
use crate::spelling::Beside;
use crate::syntax::{self, Parsed};

/// Words of a query whose neighbours are looked at; in longer ones neighbours say little.
const CLOSE_WORDS_MAX: usize = 5;

/// A word put in the place of a mistyped one counts this much: it may be wrong.
const CORRECTED: f32 = 0.7;

/// A term that stands in more documents than this, and in more than one in [`COMMON_PART`], is common: reading all of them
/// costs a millisecond and more.
const COMMON_MIN: u64 = 20_000;
const COMMON_PART: u64 = 25;

/// Where a term is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spot {
    /// Title and text, as written.
    Words,
    /// Title and text, stems and sub-word terms.
    Terms,
    /// Title, stems and sub-word terms.
    Title,
    /// What other pages call it, stems and sub-word terms.
    Anchors,
    /// Author, section, tags, site name, words of the URL; stems and sub-word terms.
    About,
    /// The beginning of title and text, what texts in other languages share.
    Cross,
}

impl Spot {
    /// All, in the order of their numbers.
    pub(crate) const ALL: [Self; 6] =
        [Self::Words, Self::Terms, Self::Title, Self::Anchors, Self::About, Self::Cross];
}

/// Weighted terms.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Plan {
    /// Alternatives with their factors, each once: what has one of them matches.
    pub(crate) any: Vec<Clause>,
    /// What makes a match better, looked at in the best matches only (`rescore`).
    pub(crate) bonus: Vec<Clause>,
    /// Neighbours in the query: better where they stand close together, in the best matches only.
    pub(crate) close: Vec<[String; 2]>,
    /// Factor of the BM25 score of neighbours.
    pub(crate) close_weight: f32,
    /// Word sequences that stand as written.
    pub(crate) phrases: Vec<Vec<String>>,
    /// Factor of the BM25 score of a phrase; none = all phrases must be there, and are not scored.
    pub(crate) phrase_weight: Option<f32>,
    /// Terms none of which may stand there.
    pub(crate) none: Vec<(Spot, String)>,
    /// Word sequences none of which may stand there.
    pub(crate) no_phrases: Vec<Vec<String>>,
    /// Which documents.
    pub(crate) filter: Filter,
    /// The words asked for, each once.
    pub(crate) words: Vec<Asked>,
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
        let parsed = if query.verbatim { Parsed::of_words(&query.text) } else { syntax::parse(&query.text)? };
        let mut plan = Self { filter: query.filter.and(parsed.filter), ..Self::default() };
        let languages = &plan.filter.languages.clone();
        let mut weights = Weighed::default();
        let phrases: Vec<_> = parsed.phrases.iter().map(|p| asked(p, languages, analyser)).collect();
        let words = asked(&parsed.words, languages, analyser);
        let every = words.iter().chain(phrases.iter().flatten());
        plan.words = distinct(every, settings.query_words_max);
        for word in &plan.words {
            add(&mut weights, word, 1.0, &settings.weights);
        }
        plan.any = clauses(weights.any);
        plan.bonus = clauses(weights.bonus);
        if query.cross_language {
            plan.any.extend(across(&parsed.words, settings.weights.cross));
        }
        plan.close = neighbours(&words);
        plan.close_weight = settings.weights.proximity;
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

    /// Also looks for what its words were not found by.
    pub(crate) fn widen(&mut self, beside: &Beside, settings: &Weights) {
        let as_written =
            |clause: &mut Clause| clause.spot == Spot::Words && beside.as_written.contains(&clause.text);
        self.any.extend(self.bonus.extract_if(.., as_written));
        let mut weights = Weighed::default();
        for word in &beside.meant {
            add(&mut weights, word, CORRECTED, settings);
        }
        self.any.extend(clauses(weights.any));
        self.bonus.extend(clauses(weights.bonus));
    }

    /// Drops what stands nowhere, and leaves what stands in a large part of the documents to the second look as long as the
    /// rest says more: `frequency` tells in how many of `documents` a term stands.
    pub(crate) fn thin<E>(
        &mut self,
        documents: u64,
        mut frequency: impl FnMut(&Clause) -> Result<u64, E>,
    ) -> Result<(), E> {
        let common = COMMON_MIN.max(documents / COMMON_PART);
        let mut rare = Vec::with_capacity(self.any.len());
        let mut often = Vec::new();
        let mut said = [0.0, 0.0];
        for clause in &self.any {
            let found = frequency(clause)?;
            if found == 0 {
                continue;
            }
            let weight = clause.weight * inverse_frequency(found as f32, documents as f32);
            said[usize::from(found > common)] += weight;
            if found > common { &mut often } else { &mut rare }.push(clause.clone());
        }
        if said[0] > said[1] {
            self.bonus.append(&mut often);
        }
        rare.append(&mut often);
        // A plan without alternatives would match everything: one that nothing is found by stays as it is.
        if !rare.is_empty() {
            self.any = rare;
        }
        Ok(())
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
            for term in stems {
                self.none.push((Spot::About, term.text.clone()));
                self.none.push((Spot::Terms, term.text));
            }
            self.none.push((Spot::Words, word.exact));
        }
    }
}

/// The words, each once.
fn distinct<'a>(words: impl Iterator<Item = &'a Asked>, max: usize) -> Vec<Asked> {
    let mut seen: Vec<Asked> = Vec::new();
    for word in words {
        if seen.len() == max {
            break;
        }
        if !seen.iter().any(|known| known.exact == word.exact) {
            seen.push(word.clone());
        }
    }
    seen
}

/// What a text is looked for by in other languages.
fn across(text: &str, weight: f32) -> impl Iterator<Item = Clause> {
    let terms = cross::terms(tongue(text), "", text).into_iter();
    terms.map(move |(text, factor)| Clause { spot: Spot::Cross, text, weight: weight * factor })
}

/// Words that stand next to each other in a short query.
fn neighbours(words: &[Asked]) -> Vec<[String; 2]> {
    if words.len() > CLOSE_WORDS_MAX {
        return Vec::new();
    }
    let pairs = words.windows(2).filter(|pair| pair[0].exact != pair[1].exact);
    pairs.map(|pair| [pair[0].exact.clone(), pair[1].exact.clone()]).collect()
}

/// Factors by place and term.
#[derive(Default)]
struct Weighed {
    any: BTreeMap<(Spot, String), f32>,
    bonus: BTreeMap<(Spot, String), f32>,
}

fn add(weights: &mut Weighed, word: &Asked, factor: f32, settings: &Weights) {
    let put = |weights: &mut BTreeMap<_, f32>, spot, text: &str, weight: f32| {
        if weight > 0.0 {
            *weights.entry((spot, text.to_owned())).or_default() += weight * factor;
        }
    };
    put(&mut weights.bonus, Spot::Words, &word.exact, settings.body * settings.exact * word.weight);
    for term in &word.terms {
        let by_kind = match term.kind {
            Kind::Stem => settings.stem,
            Kind::Prefix => settings.prefix,
            Kind::Whole => settings.exact,
        };
        let weight = by_kind * term.share;
        // What has the whole key has the stem too.
        let look = if term.kind == Kind::Whole { &mut weights.bonus } else { &mut weights.any };
        put(look, Spot::Terms, &term.text, settings.body * weight);
        put(&mut weights.bonus, Spot::Title, &term.text, settings.title * weight);
        // Anchors and the like are short: what they hold is looked for by stems alone.
        if term.kind == Kind::Stem {
            put(&mut weights.any, Spot::Anchors, &term.text, settings.anchors * weight);
            put(&mut weights.any, Spot::About, &term.text, settings.about * weight);
        }
    }
}

fn clauses(weights: BTreeMap<(Spot, String), f32>) -> Vec<Clause> {
    weights.into_iter().map(|((spot, text), weight)| Clause { spot, text, weight }).collect()
}
