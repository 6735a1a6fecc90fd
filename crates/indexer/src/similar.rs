//! Links like a link or a text: a query of its most telling terms, weighed by how often they stand there and how rare they are.
//!
//! Our own, because the search engine's `MoreLikeThis` drops frequencies, fails on short texts, and panics after deletes
//! (field.md §4, retrieval.md).
//!
//! Invariant: works on a text of one word; never depends on the seed being in the index.

use std::collections::HashMap;

use model::{Document, Language};

use crate::analysis::{Analyser, Tongue, Word, Words};
use crate::cross;
use crate::plan::{Clause, Plan, Spot};
use crate::schema;

/// Terms of the query: 25 are as good for long texts (field.md §4), 40 better for short Kazakh ones, each word of which gives
/// two (docs/stories.md).
const TERMS_MAX: usize = 40;

/// Terms of a query for every language: a word gives one or two, and the words of the first sentences are few.
const CROSS_TERMS_MAX: usize = 48;

/// A term that stands in more documents than this, and in more than one in [`COMMON_PART`], is common.
const COMMON_MIN: u64 = 1_000;
const COMMON_PART: u64 = 25;

/// Terms taken even if they are common, so that no answer is empty.
const COMMON_TAKEN: usize = 5;

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
        Self { title: &document.title, text: schema::body(document), language: &document.language }
    }
}

/// The query for what is like `pattern`, in the words of its language or in terms of every one. `document_frequency` says in
/// how many of `documents` a term stands; terms that stand in fewer than `frequency_min` (2 when the pattern is one of them)
/// say nothing about others.
pub(crate) fn plan<E>(
    pattern: &Pattern<'_>,
    cross_language: bool,
    documents: u64,
    frequency_min: u64,
    analyser: &mut Analyser,
    mut document_frequency: impl FnMut(Spot, &str) -> Result<u64, E>,
) -> Result<Plan, E> {
    let terms = if cross_language { cross_terms(pattern) } else { own_terms(pattern, analyser) };
    let spot = if cross_language { Spot::Cross } else { Spot::Terms };
    let common = COMMON_MIN.max(documents / COMMON_PART);
    let mut weighed = Vec::with_capacity(terms.len());
    for (term, factor) in terms {
        let found = document_frequency(spot, &term)?;
        if found < frequency_min {
            continue;
        }
        let rarity = (1.0 + documents as f32 / found as f32).ln();
        // BM25 counts rarity too. Twice is what a cosine of tf-idf vectors does; the short, distinct terms of other languages
        // do better with less (docs/stories.md).
        let weight = factor * if cross_language { rarity.sqrt() } else { rarity };
        weighed.push((found > common, weight, factor * rarity, term));
    }
    // Common terms only where there are no others: they say little and all who have them must be read.
    weighed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)).then_with(|| a.3.cmp(&b.3)));
    let rare = weighed.iter().filter(|(common, ..)| !common).count();
    weighed.truncate(if cross_language { CROSS_TERMS_MAX } else { TERMS_MAX }.min(rare.max(COMMON_TAKEN)));
    let most = weighed.iter().map(|(_, weight, ..)| *weight).fold(f32::MIN_POSITIVE, f32::max);
    let any = weighed.into_iter().map(|(_, weight, _, text)| Clause { spot, text, weight: weight / most });
    Ok(Plan { any: any.collect(), ..Plan::default() })
}

/// The most frequent terms, each with what its frequency counts.
fn own_terms(pattern: &Pattern<'_>, analyser: &mut Analyser) -> Vec<(String, f32)> {
    let mut terms: Vec<(String, u32)> = frequencies(pattern, analyser).into_iter().collect();
    terms.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(LOOKUPS_MAX);
    terms.into_iter().map(|(term, frequency)| (term, 1.0 + (frequency as f32).ln())).collect()
}

fn cross_terms(pattern: &Pattern<'_>) -> Vec<(String, f32)> {
    cross::terms(Tongue::of(pattern.language), pattern.title, pattern.text)
}

/// How often each term stands in a text: stems, and sub-word terms where the language has them.
fn frequencies(pattern: &Pattern<'_>, analyser: &mut Analyser) -> HashMap<String, u32> {
    let tongue = Tongue::of(pattern.language);
    let mut counts = HashMap::new();
    let mut word = Word::default();
    for (text, times) in [(pattern.title, TITLE_TIMES), (pattern.text, 1)] {
        let mut words = Words::new(text);
        let mut left = WORDS_MAX;
        while left > 0 && words.next_into(&mut word) {
            left -= 1;
            analyser.terms(tongue, &word, &mut |_, term| match counts.get_mut(term) {
                Some(count) => *count += times,
                None => drop(counts.insert(term.to_owned(), times)),
            });
        }
    }
    counts
}
