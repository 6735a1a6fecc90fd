//! Terms looked for in a text, for excerpts: most words are told apart from all of them by their first letter.
//!
//! Invariant: [`Wanted::find`] finds exactly the terms that analysis gives a word; the first letter is only a short cut.

use std::collections::{HashMap, HashSet};

use super::letters::Script;
use super::skeleton::first_letter;
use super::terms::{Analyser, Tongue};
use super::words::Word;

/// Terms looked for, each with a number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    numbers: HashMap<String, usize>,
    firsts: HashSet<char>,
}

impl Wanted {
    /// The number of a wanted term that `word` of a document in `tongue` is found by; that of the word as written first.
    pub(crate) fn find(&self, word: &Word, tongue: Tongue, analyser: &mut Analyser) -> Option<usize> {
        if !self.may_hold(word, tongue) {
            return None;
        }
        let mut found = self.numbers.get(&word.text).copied();
        if found.is_none() {
            analyser.terms(tongue, word, &mut |_, term| {
                found = found.or_else(|| self.numbers.get(term).copied());
            });
        }
        found
    }

    /// Whether nothing is wanted.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    fn may_hold(&self, word: &Word, tongue: Tongue) -> bool {
        let Some(first) = word.text.chars().next() else { return false };
        let known = self.firsts.contains(&first);
        match (word.script, tongue) {
            // The key of a Kazakh word begins with its first letter's key; ь and ъ have none.
            (Script::Cyrillic, _) => {
                known || first_letter(first).is_none_or(|key| self.firsts.contains(&key))
            }
            (Script::Latin, Tongue::Russian | Tongue::English) if first.is_ascii() => known,
            (Script::Other, _) => known,
            _ => true,
        }
    }
}

impl FromIterator<String> for Wanted {
    fn from_iter<I: IntoIterator<Item = String>>(terms: I) -> Self {
        let mut wanted = Self::default();
        for term in terms {
            wanted.firsts.extend(term.chars().next());
            let next = wanted.numbers.len();
            wanted.numbers.entry(term).or_insert(next);
        }
        wanted
    }
}
