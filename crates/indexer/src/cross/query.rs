//! A text becomes weighted cross-language terms.
//!
//! Invariant: at most [`QUERY_TERMS_MAX`] of them, the most telling ones.

use crate::analysis::Tongue;

use super::bridge::{Bridge, Link};

/// Terms of a query: more cost more and find no better (docs/stories.md).
const QUERY_TERMS_MAX: usize = 48;

/// What a shared term counts. A word gives two terms by its sound and one by its meaning, so that both count the same.
fn factor(link: Link) -> f32 {
    match link {
        Link::Concept => 2.0,
        Link::Number => 1.5,
        Link::Sound => 1.0,
    }
}

/// The terms by which `text` is looked for in every language, with their factors of a BM25 score, best first.
/// `document_frequency` says in how many of `documents` a term stands.
pub(crate) fn asked<E>(
    tongue: Tongue,
    text: &str,
    documents: u64,
    bridge: &mut Bridge,
    mut document_frequency: impl FnMut(&str) -> Result<u64, E>,
) -> Result<Vec<(String, f32)>, E> {
    let mut terms = Vec::new();
    bridge.terms(tongue, text, &mut |link, term| terms.push((term.to_owned(), factor(link))));
    let mut weighed = Vec::with_capacity(terms.len());
    for (term, factor) in terms {
        let found = document_frequency(&term)?;
        if found > 0 {
            // BM25 counts rarity once; its root again is what a cosine of tf-idf vectors gives beside it.
            let rarity = (1.0 + documents as f32 / found as f32).ln();
            weighed.push((term, factor * rarity.sqrt(), factor * rarity));
        }
    }
    weighed.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    weighed.truncate(QUERY_TERMS_MAX);
    Ok(weighed.into_iter().map(|(term, weight, _)| (term, weight)).collect())
}
