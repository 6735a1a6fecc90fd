//! The words of a query and what each is looked for by.
//!
//! Invariant: the shares of a word's stems and sub-word terms within one tongue add up to that tongue's likelihood (at most 1) times the word's
//! weight, so that no language is ranked above another for having more kinds of terms.

use model::Language;

use super::questions;
use super::terms::{Analyser, Kind, Tongue};
use super::words::{Word, Words};

/// A word of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// As normalised.
    pub(crate) exact: String,
    /// What its form as written counts for beside other words, 0 to 1: less where it only asks, nothing where a whole key
    /// stands for it.
    pub(crate) weight: f32,
    /// What else it is looked for by.
    pub(crate) terms: Vec<AskedTerm>,
}

/// A term a word is looked for by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AskedTerm {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Its part of the word's weight, before the settings' weights by kind; the word's own weight is in it.
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
        let weight = tongues.iter().map(|(tongue, _)| questions::weight(*tongue, &word)).fold(1.0, f32::min);
        let mut as_written = false;
        for (tongue, likely) in tongues {
            let first = terms.len();
            analyser.terms(*tongue, &word, &mut |kind, text| {
                terms.push(AskedTerm { kind, text: text.to_owned(), share: *likely });
            });
            let parts = terms[first..].iter().filter(|term| term.kind != Kind::Whole).count();
            for term in &mut terms[first..] {
                term.share *= if term.kind == Kind::Whole { weight } else { weight / parts as f32 };
            }
            as_written |= terms.len() - first == parts;
        }
        let weight = if as_written { weight } else { 0.0 };
        found.push(Asked { exact: word.text.clone(), weight, terms: merged(terms) });
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
