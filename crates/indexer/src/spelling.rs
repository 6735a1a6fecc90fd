//! Words that their stems do not find: those that stand somewhere as written are looked for so, and for those that stand
//! nowhere the most like one that does, because they may be mistyped.
//!
//! Invariant: a word that stands anywhere, by itself or by its stem, is never corrected.

use crate::analysis::{Analyser, Asked, Kind, asked};
use crate::lookup::Correction;
use crate::plan::{Plan, Spot};

/// Shorter words are too often one letter away from another.
const LETTERS_MIN: usize = 4;
/// From here on two mistakes are forgiven, else one.
const LETTERS_FOR_TWO: usize = 8;
/// Words of a query that are corrected.
const CORRECTIONS_MAX: usize = 4;

/// The words of an index.
pub(crate) trait Vocabulary {
    type Error;

    /// In how many documents a term stands.
    fn frequency(&self, spot: Spot, term: &str) -> Result<u64, Self::Error>;

    /// Words as written within `distance` (1 or 2) mistakes of `word`, with the documents each stands in.
    fn near(&self, word: &str, distance: u8) -> Result<Vec<(String, u64)>, Self::Error>;
}

/// What to look for beside what a plan says.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// Words that only stand as written: in a text of another language than they were asked in.
    pub(crate) as_written: Vec<String>,
    /// What mistyped words may have been meant as.
    pub(crate) meant: Vec<Asked>,
    pub(crate) corrections: Vec<Correction>,
}

/// Looks up the words of a plan.
pub(crate) fn beside<V: Vocabulary>(
    plan: &Plan,
    vocabulary: &V,
    analyser: &mut Analyser,
) -> Result<Beside, V::Error> {
    let mut found = Beside::default();
    for word in &plan.words {
        if stem_stands(word, vocabulary)? {
            continue;
        }
        if vocabulary.frequency(Spot::Words, &word.exact)? > 0 {
            found.as_written.push(word.exact.clone());
            continue;
        }
        let letters = word.exact.chars().count();
        let is_word = letters >= LETTERS_MIN && word.exact.chars().all(char::is_alphabetic);
        if found.meant.len() == CORRECTIONS_MAX || !is_word {
            continue;
        }
        let distance = if letters < LETTERS_FOR_TWO { 1 } else { 2 };
        let best = vocabulary.near(&word.exact, distance)?.into_iter().min_by_key(|(near, frequency)| {
            (strsim::osa_distance(near, &word.exact), std::cmp::Reverse(*frequency), near.clone())
        });
        let Some((taken, _)) = best else { continue };
        if let Some(meant) = asked(&taken, &plan.filter.languages, analyser).into_iter().next() {
            found.meant.push(meant);
            found.corrections.push(Correction { written: word.exact.clone(), taken });
        }
    }
    Ok(found)
}

fn stem_stands<V: Vocabulary>(word: &Asked, vocabulary: &V) -> Result<bool, V::Error> {
    for stem in word.terms.iter().filter(|term| term.kind == Kind::Stem) {
        for spot in [Spot::Terms, Spot::About, Spot::Anchors] {
            if vocabulary.frequency(spot, &stem.text)? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
