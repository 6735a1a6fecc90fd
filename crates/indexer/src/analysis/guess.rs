//! Whether a query whose language nobody told is Kazakh, by how well Kazakh endings and stems explain its words.
//!
//! Invariant: decides about weights only; whatever else the words may be, they are still looked for.

use super::letters::{Script, script};
use super::skeleton::skeleton;
use super::terms::Tongue;
use super::words::{Word, Words};
use super::{kazakh, letters};

/// The most a letter of Kazakh costs, in sixteenths of a nat, where other languages have all the letters too: Russian queries
/// of names and borrowed words cost 31 and more, others 44 and more (docs/retrieval.md).
const LETTER_COST_MAX: usize = 30;

/// The same where the text has a letter that only Kazakh has: 95 of 100 Kazakh queries cost at most 45, Russian ones more than
/// 46, so one with a Kazakh name in it does too.
const MARKED_LETTER_COST_MAX: usize = 46;

/// Shorter words say nothing.
const WORD_LETTERS_MIN: usize = 3;

/// Whether `text` looks like Kazakh, in any script and spelling.
pub(super) fn is_kazakh(text: &str) -> bool {
    let (mut cost, mut length) = (0, 0);
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut key = String::new();
    while words.next_into(&mut word) {
        key.clear();
        skeleton(&word.text, word.script, &mut key);
        let letters = key.chars().count();
        if let Some(of_word) = kazakh::cost(&key).filter(|_| letters >= WORD_LETTERS_MIN) {
            cost += usize::from(of_word);
            length += letters;
        }
    }
    let is_marked = text.to_lowercase().contains(|c| letters::is_kazakh(c) || letters::is_kazakh_latin(c));
    cost < length * if is_marked { MARKED_LETTER_COST_MAX } else { LETTER_COST_MAX }
}

/// The likeliest of the three languages of `text`, for what must be read in one.
pub(crate) fn tongue(text: &str) -> Tongue {
    let is_latin = |c: char| script(c) == Script::Latin;
    match text.chars().find(|c| script(*c) != Script::Other) {
        _ if is_kazakh(text) => Tongue::Kazakh,
        Some(first) if is_latin(first) => Tongue::English,
        _ => Tongue::Russian,
    }
}
