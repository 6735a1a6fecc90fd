//! Links like a link or a text: a query of its most telling terms, weighed by how often they stand there and how rare they are.
//!
//! Our own, because the search engine's `MoreLikeThis` drops frequencies, fails on short texts, and panics after deletes
//! (field.md §4, retrieval.md).
//!
//! Invariant: works on a text of one word; never depends on the seed being in the index.

use std::collections::HashMap;

use model::{Document, Language};

use crate::analysis::{Analyser, Kind, Tongue, Word, Words};
use crate::plan::{Clause, Plan, Spot};

/// Terms of the query: 25 are as good as more and cost 1 to 3 ms (field.md §4).
const TERMS_MAX: usize = 25;

/// Of a long text this many distinct terms, the most frequent, are looked up.
const LOOKUPS_MAX: usize = 400;

/// Words of a text that are read.
const WORDS_MAX: usize = 10_000;

/// A word of the title counts as this many of the text.
const TITLE_TIMES: u32 = 3;

/// What others should be like.
pub(crate) struct Pattern<'a> {
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    pub(crate) language: &'a Language,
}

impl<'a> Pattern<'a> {
    pub(crate) fn of(document: &'a Document) -> Self {
        let text = if document.text.is_empty() {
            document.description.as_deref().unwrap_or_default()
        } else {
            &document.text
        };
        Self { title: &document.title, text, language: &document.language }
    }
}

/// The query for what is like `pattern`. `document_frequency` says in how many of `documents` a term stands; terms that stand
/// in fewer than `frequency_min` (2 when the pattern is one of them) say nothing about others.
pub(crate) fn plan<E>(
    pattern: &Pattern<'_>,
    documents: u64,
    frequency_min: u64,
    analyser: &mut Analyser,
    mut document_frequency: impl FnMut(&str) -> Result<u64, E>,
) -> Result<Plan, E> {
    let mut terms: Vec<(String, u32)> = frequencies(pattern, analyser).into_iter().collect();
    terms.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(LOOKUPS_MAX);
    let mut weighed = Vec::with_capacity(terms.len());
    for (term, frequency) in terms {
        let found = document_frequency(&term)?;
        if found < frequency_min {
            continue;
        }
        let rarity = (1.0 + documents as f32 / found as f32).ln();
        weighed.push(((1.0 + (frequency as f32).ln()) * rarity, term));
    }
    weighed.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    weighed.truncate(TERMS_MAX);
    let most = weighed.first().map_or(1.0, |(weight, _)| *weight);
    let any =
        weighed.into_iter().map(|(weight, text)| Clause { spot: Spot::Terms, text, weight: weight / most });
    Ok(Plan { any: any.collect(), ..Plan::default() })
}

/// How often each term stands in a text: sub-word terms where the language has them, else stems.
fn frequencies(pattern: &Pattern<'_>, analyser: &mut Analyser) -> HashMap<String, u32> {
    let tongue = Tongue::of(pattern.language);
    let mut counts = HashMap::new();
    let mut word = Word::default();
    for (text, times) in [(pattern.title, TITLE_TIMES), (pattern.text, 1)] {
        let mut words = Words::new(text);
        let mut left = WORDS_MAX;
        while left > 0 && words.next_into(&mut word) {
            left -= 1;
            // Of a text of unknown language everything a word may be: what it is not stands nowhere.
            let mut chosen: Vec<(Kind, String)> = Vec::new();
            analyser.terms(tongue, &word, &mut |kind, term| {
                if tongue != Tongue::Unknown {
                    chosen.retain(|(known, _)| *known >= kind);
                }
                if chosen.iter().all(|(known, _)| *known <= kind || tongue == Tongue::Unknown) {
                    chosen.push((kind, term.to_owned()));
                }
            });
            for (_, term) in chosen {
                *counts.entry(term).or_default() += times;
            }
        }
    }
    counts
}
