//! The words of a query and what each is looked for by.
//!
//! Invariant: the shares of a word's stems and sub-word terms within one tongue add up to that tongue's likelihood (at most 1)
//! times the word's weight, so that no language is ranked above another for having more kinds of terms.

use model::Language;

use super::guess;
use super::letters::{Script, cyrillic_twin, script};
use super::questions;
use super::terms::{Analyser, Kind, Tongue};
use super::words::{Word, Words};

/// How likely a word of a query that looks Kazakh is to be of another language.
const NOT_KAZAKH: f32 = 0.15;

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
    let is_kazakh = tongues.is_empty() && guess::is_kazakh(text);
    let is_cyrillic = text.chars().any(|c| script(c) == Script::Cyrillic);
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut twin = Word::default();
    let mut found = Vec::new();
    while words.next_into(&mut word) {
        let mut asked = asked_word(&word, &tongues, is_kazakh, analyser);
        // Among Cyrillic words, one of Latin letters only that look like Cyrillic ones may be either.
        let twins = text[word.from..word.to].chars().map(cyrillic_twin).collect::<Option<String>>();
        if let Some(twins) = twins.filter(|_| is_cyrillic)
            && Words::new(&twins).next_into(&mut twin)
        {
            asked.terms.extend(asked_word(&twin, &tongues, is_kazakh, analyser).terms);
        }
        asked.terms = merged(asked.terms);
        found.push(asked);
    }
    found
}

fn asked_word(word: &Word, tongues: &[(Tongue, f32)], is_kazakh: bool, analyser: &mut Analyser) -> Asked {
    let told = !tongues.is_empty();
    let tongues = if told { tongues } else { Tongue::guesses(word) };
    let weight = tongues.iter().map(|(tongue, _)| questions::weight(*tongue, word)).fold(1.0, f32::min);
    let mut terms: Vec<AskedTerm> = Vec::new();
    // A Kazakh word may stand in a document of any language.
    let mut as_written = if told { 0.0 } else { weight * NOT_KAZAKH };
    for (tongue, likely) in tongues {
        let likely = match tongue {
            Tongue::Kazakh if is_kazakh => weight,
            _ if is_kazakh => weight * likely * NOT_KAZAKH,
            _ => weight * likely,
        };
        let first = terms.len();
        analyser.terms(*tongue, word, &mut |kind, text| {
            terms.push(AskedTerm { kind, text: text.to_owned(), share: likely });
        });
        let parts = terms[first..].iter().filter(|term| term.kind != Kind::Whole).count();
        if terms.len() - first == parts {
            as_written = f32::max(as_written, likely);
        }
        for term in terms[first..].iter_mut().filter(|term| term.kind != Kind::Whole) {
            term.share /= parts as f32;
        }
    }
    Asked { exact: word.text.clone(), weight: as_written, terms }
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
