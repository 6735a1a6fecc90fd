//! The words of a query and what each is looked for by.
//!
//! Invariant: the shares of a word's terms within one tongue add up to that tongue's likelihood (at most 1), so that no
//! language is ranked above another for having more kinds of terms.

use model::Language;

use super::terms::{Analyser, Kind, Tongue};
use super::words::{Word, Words};

/// A word of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// As normalised.
    pub(crate) exact: String,
    /// What else it is looked for by.
    pub(crate) terms: Vec<AskedTerm>,
}

/// A term a word is looked for by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AskedTerm {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Its part of the word's weight, before the settings' weights by kind.
    pub(crate) share: f32,
}

/// The words of `text`, as asked for documents in `languages` (none: by the letters of each word).
pub(crate) fn asked(text: &str, languages: &[Language], analyser: &mut Analyser) -> Vec<Asked> {
    let mut tongues: Vec<(Tongue, f32)> = languages.iter().map(|l| (Tongue::of(l), 1.0)).collect();
    tongues.sort_by_key(|(tongue, _)| *tongue);
    tongues.dedup();
    if tongues.iter().any(|(tongue, _)| *tongue == Tongue::Unknown) {
        tongues.clear();
    }
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut found = Vec::new();
    while words.next_into(&mut word) {
        let tongues = if tongues.is_empty() { Tongue::guesses(&word) } else { &tongues };
        let mut terms: Vec<AskedTerm> = Vec::new();
        for (tongue, likely) in tongues {
            let first = terms.len();
            analyser.terms(*tongue, &word, &mut |kind, text| {
                terms.push(AskedTerm { kind, text: text.to_owned(), share: *likely });
            });
            let count = terms.len() - first;
            terms[first..].iter_mut().for_each(|term| term.share /= count as f32);
        }
        found.push(Asked { exact: word.text.clone(), terms: merged(terms) });
    }
    found
}

/// Equal terms of several tongues become one with the larger share.
fn merged(mut terms: Vec<AskedTerm>) -> Vec<AskedTerm> {
    let mut kept: Vec<AskedTerm> = Vec::with_capacity(terms.len());
    for term in terms.drain(..) {
        match kept.iter_mut().find(|known| known.text == term.text) {
            Some(known) => known.share = known.share.max(term.share),
            None => kept.push(term),
        }
    }
    kept
}
