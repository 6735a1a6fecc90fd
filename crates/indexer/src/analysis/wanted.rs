//! Terms looked for in a text, for excerpts: most words are told apart from all of them by their first two letters.
//!
//! Invariant: [`Wanted::find`] finds exactly the terms that analysis gives a word; the first letters are only a short cut.

use std::collections::{HashMap, HashSet};

use super::letters::Script;
use super::skeleton::first_letter;
use super::terms::{Analyser, Tongue};
use super::words::Word;

/// Terms looked for, each with a number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    numbers: HashMap<String, usize>,
    /// How the terms begin.
    beginnings: HashSet<Beginning>,
}

/// The first letter and the second, if there is one, folded as the ends of stems are: an English one may have i where its
/// word has y (die, dying), a Kazakh one к and п for г and б.
type Beginning = (char, Option<char>);

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
        let mut letters = word.text.chars();
        let Some(first) = letters.next() else { return false };
        let second = letters.next();
        match (word.script, tongue) {
            (Script::Cyrillic, _) => self.begins(first, second) || self.key_begins(first, second),
            (Script::Latin, Tongue::Russian | Tongue::English) if first.is_ascii() => {
                self.begins(first, second)
            }
            (Script::Other, _) => self.begins(first, second),
            _ => true,
        }
    }

    fn begins(&self, first: char, second: Option<char>) -> bool {
        let whole = second.is_some_and(|second| self.beginnings.contains(&(first, Some(folded(second)))));
        whole || self.beginnings.contains(&(first, None))
    }

    /// Whether a term may begin as the key of a Kazakh word with these first letters does.
    fn key_begins(&self, first: char, second: Option<char>) -> bool {
        // ь and ъ have no key, ю and я have two letters, and of two и one is left: then only the first letter tells.
        match (first_letter(first), second.map(first_letter)) {
            (None, _) => true,
            (Some(key), Some(Some(next))) if key != 'и' && next != 'и' => self.begins(key, Some(next)),
            (Some(key), None) if key != 'и' => self.begins(key, None),
            (Some(key), _) => self.beginnings.iter().any(|(known, _)| *known == key),
        }
    }
}

fn folded(letter: char) -> char {
    match letter {
        'y' => 'i',
        'г' => 'к',
        'б' => 'п',
        other => other,
    }
}

impl FromIterator<String> for Wanted {
    fn from_iter<I: IntoIterator<Item = String>>(terms: I) -> Self {
        let mut wanted = Self::default();
        for term in terms {
            let mut letters = term.chars();
            if let Some(first) = letters.next() {
                let second = letters.next().filter(|second| second.is_alphanumeric());
                wanted.beginnings.insert((first, second.map(folded)));
            }
            let next = wanted.numbers.len();
            wanted.numbers.entry(term).or_insert(next);
        }
        wanted
    }
}
