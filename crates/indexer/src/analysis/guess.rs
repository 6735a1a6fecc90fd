//! Whether a query whose language nobody told is Kazakh, by how well Kazakh endings and stems explain its words.
//!
//! Invariant: decides about weights only; whatever else the words may be, they are still looked for.

use super::kazakh;
use super::skeleton::skeleton;
use super::words::{Word, Words};

/// The most a letter of Kazakh costs, in sixteenths of a nat: without the Kazakh letters, 95 of 100 queries of the Kazakh
/// development sets cost 16 to 45, 99 of 100 Russian ones more than 44 (docs/retrieval.md).
const LETTER_COST_MAX: usize = 42;

/// Shorter words say nothing.
const WORD_LETTERS_MIN: usize = 3;

/// Whether `text` looks like Kazakh, in any script and spelling.
pub(super) fn is_kazakh(text: &str) -> bool {
    let (mut cost, mut letters) = (0, 0);
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut key = String::new();
    while words.next_into(&mut word) {
        key.clear();
        skeleton(&word.text, word.script, &mut key);
        let length = key.chars().count();
        if let Some(of_word) = kazakh::cost(&key).filter(|_| length >= WORD_LETTERS_MIN) {
            cost += usize::from(of_word);
            letters += length;
        }
    }
    cost < letters * LETTER_COST_MAX
}
