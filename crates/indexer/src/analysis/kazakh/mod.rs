//! Kazakh stems, on keys ([`super::skeleton`]), so that every spelling of a word gives the same stem.
//!
//! A word is taken apart in every way its endings allow (harmony and assimilation checked); the way that costs least wins. Costs
//! are learned from texts without annotation: of an ending in its place, of a stem. No lexicon is needed for that, only
//! text; of the stems found, the 1,500 most fruitful are kept (`learned.txt`).
//!
//! Invariant: total and deterministic; never leaves fewer than two letters.

mod endings;
mod learn;
mod learned;
mod letters;
mod walk;

use std::sync::LazyLock;

use endings::State;
pub(super) use learn::learn;
use learned::{LEARNED, Learned};
use letters::Stem;
use walk::{Ending, Endings, Visitor, Word};

static MACHINE: LazyLock<Endings> = LazyLock::new(Endings::new);

/// Cuts `key` down to its stem.
pub(super) fn stem(key: &mut String) {
    if let Some((stem, _)) = best(key) {
        key.clear();
        stem.write(key);
    }
}

/// How improbable `key` is as a Kazakh word, in sixteenths of a nat; none if it can be no word.
pub(super) fn cost(key: &str) -> Option<u16> {
    best(key).map(|(_, cost)| cost)
}

fn best(key: &str) -> Option<(Stem, u16)> {
    let mut best = Best { learned: &LEARNED, cost: 0, least: u16::MAX, stem: None };
    MACHINE.walk(&Word::read(key)?, &mut best);
    best.stem.map(|stem| (stem, best.least))
}

/// Looks for the way that costs least.
struct Best<'a> {
    learned: &'a Learned,
    /// Of the endings taken off.
    cost: u16,
    least: u16,
    stem: Option<Stem>,
}

impl Visitor for Best<'_> {
    fn enter(&mut self, right: State, ending: &Ending) -> bool {
        self.cost += self.learned.ending(right, ending.row);
        self.cost + self.learned.stem_min < self.least
    }

    fn leave(&mut self, right: State, ending: &Ending) {
        self.cost -= self.learned.ending(right, ending.row);
    }

    fn stop(&mut self, right: State, verb: bool, stem: Stem) {
        let cost = self.cost + self.learned.stem(right, verb, stem);
        if cost < self.least {
            self.least = cost;
            self.stem = Some(stem);
        }
    }
}

#[cfg(test)]
mod tests;
