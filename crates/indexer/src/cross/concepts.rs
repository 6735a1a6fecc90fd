//! Frequent words of Kazakh, Russian and English and what they mean: one number for the same thing in every language.
//!
//! Made by hand for this project (no lexicon of others, nothing from any test set): names of things news and reference texts
//! are full of, which sound different in each language, so that [`sound`](super::sound) cannot bring them together.
//!
//! Invariant: a stem means one concept at most; the first line that claims it wins.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analysis::{Analyser, Kind, Tongue, Word, Words};

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

/// What `stem` of a word in `tongue` means, if it is known.
pub(super) fn meaning(tongue: Tongue, stem: &str) -> Option<Meaning> {
    let column = TONGUES.iter().position(|known| *known == tongue)?;
    TABLE[column].get(stem).copied()
}

fn read(table: &str, analyser: &mut Analyser) -> [HashMap<String, Meaning>; 3] {
    let mut columns: [HashMap<String, Meaning>; 3] = Default::default();
    let mut word = Word::default();
    for (number, line) in (0..).zip(table.lines().filter(|line| !line.starts_with('#'))) {
        let (line, meaning) = match line.strip_prefix('-') {
            Some(line) => (line, Meaning::Nothing),
            None => (line, Meaning::Concept(number)),
        };
        for ((column, tongue), names) in columns.iter_mut().zip(TONGUES).zip(line.split('|')) {
            let mut words = Words::new(names);
            while words.next_into(&mut word) {
                analyser.terms(tongue, &word, &mut |kind, term| {
                    if kind == Kind::Stem {
                        column.entry(term.to_owned()).or_insert(meaning);
                    }
                });
            }
        }
    }
    columns
}
