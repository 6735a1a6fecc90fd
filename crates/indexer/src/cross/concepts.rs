//! Frequent words of Kazakh, Russian and English and what they mean: one number for the same thing in every language.
//!
//! Made by hand for this project (no lexicon of others, nothing from any test set): names of things news and reference texts
//! are full of, which sound different in each language, so that [`sound`](super::sound) cannot bring them together.
//!
//! Invariant: a stem means one concept at most; the first line that claims it wins.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analysis::{Analyser, Kind, Tongue, Word, Words, skeleton};

/// The languages of the table, in the order of its columns.
const TONGUES: [Tongue; 3] = [Tongue::Kazakh, Tongue::Russian, Tongue::English];

static TABLE: LazyLock<[HashMap<String, Meaning>; 3]> =
    LazyLock::new(|| read(include_str!("concepts.txt"), &mut Analyser::default()));

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing by itself: *and*, *of*, *this*.
    Nothing,
    /// A concept, by the number of its line.
    Concept(u16),
}

/// A Kazakh word is known by its beginning from so many letters on: endings pile up beyond what a light stemmer undoes.
const BEGINNING_MIN: usize = 4;

/// The most letters of endings behind a known beginning.
const ENDINGS_MAX: usize = 6;

/// What a word in `tongue` means, if it is known by the beginning of its key (Kazakh) or by its stem.
pub(super) fn meaning(tongue: Tongue, stem: &str, key: &str) -> Option<Meaning> {
    let column = TONGUES.iter().position(|known| *known == tongue)?;
    let known = &TABLE[column];
    // The longest beginning first: a stem may have been cut too short and be another word's.
    let letters = key.chars().count();
    let ends = key.char_indices().map(|(at, _)| at).chain([key.len()]).enumerate();
    let beginnings = ends.skip(BEGINNING_MIN.max(letters.saturating_sub(ENDINGS_MAX)));
    let mut longest_first = beginnings.collect::<Vec<_>>().into_iter().rev();
    longest_first.find_map(|(_, end)| known.get(&key[..end])).or_else(|| known.get(stem)).copied()
}

fn read(table: &str, analyser: &mut Analyser) -> [HashMap<String, Meaning>; 3] {
    let mut columns: [HashMap<String, Meaning>; 3] = Default::default();
    let mut word = Word::default();
    // Whole Kazakh words claim their keys before stems do: тауар (goods) may be cut to тау (mountain).
    for stems in [false, true] {
        for (number, line) in (0..).zip(table.lines().filter(|line| !line.starts_with('#'))) {
            let (line, meaning) = match line.strip_prefix('-') {
                Some(line) => (line, Meaning::Nothing),
                None => (line, Meaning::Concept(number)),
            };
            for ((column, tongue), names) in columns.iter_mut().zip(TONGUES).zip(line.split('|')) {
                let mut words = Words::new(names);
                while words.next_into(&mut word) {
                    if stems {
                        analyser.terms(tongue, &word, &mut |kind, term| {
                            if kind == Kind::Stem {
                                column.entry(term.to_owned()).or_insert(meaning);
                            }
                        });
                    } else if tongue == Tongue::Kazakh {
                        let mut key = String::new();
                        skeleton(&word.text, word.script, &mut key);
                        column.entry(key).or_insert(meaning);
                    }
                }
            }
        }
    }
    columns
}
