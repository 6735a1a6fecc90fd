//! What Kazakh analysis learns from texts, for the example `learn_kazakh`. Invariant: the same texts give the same file.

use std::collections::BTreeSet;

use super::kazakh;
use super::letters::Script;
use super::skeleton::skeleton;
use super::words::{Word, Words};

/// The costs of endings and stems (the file `learned.txt` of `analysis/kazakh`) as learned from Kazakh texts in Cyrillic.
#[must_use]
pub fn learn_kazakh<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut keys = BTreeSet::new();
    let mut word = Word::default();
    for text in texts {
        let mut words = Words::new(text);
        while words.next_into(&mut word) {
            if word.script == Script::Cyrillic {
                let mut key = String::new();
                skeleton(&word.text, word.script, &mut key);
                keys.insert(key);
            }
        }
    }
    kazakh::learn(&keys)
}
