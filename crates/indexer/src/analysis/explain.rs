//! Analysis laid open, for `silteme analyze`.

use model::Language;

use super::terms::{Analyser, Tongue};
use super::words::{Word, Words};

/// Each token of a text as written, with everything it can be found by in a document of `language`: first the word as
/// normalised, then its other terms; sub-word terms end in `*`, whole keys in `=`.
#[must_use]
pub fn explain(language: &Language, text: &str) -> Vec<(String, Vec<String>)> {
    let tongue = Tongue::of(language);
    let mut analyser = Analyser::default();
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut explained = Vec::new();
    while words.next_into(&mut word) {
        let mut terms = vec![word.text.clone()];
        analyser.terms(tongue, &word, &mut |_, term| {
            if !terms.iter().any(|known| known == term) {
                terms.push(term.to_owned());
            }
        });
        explained.push((text[word.from..word.to].to_owned(), terms));
    }
    explained
}

/// How many words a text has, and how many terms they give in a document of `language`: analysis and nothing else, to measure it.
#[must_use]
pub fn count(language: &Language, text: &str) -> (usize, usize) {
    let tongue = Tongue::of(language);
    let mut analyser = Analyser::default();
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut counts = (0, 0);
    while words.next_into(&mut word) {
        counts.0 += 1;
        analyser.terms(tongue, &word, &mut |_, _| counts.1 += 1);
    }
    counts
}
