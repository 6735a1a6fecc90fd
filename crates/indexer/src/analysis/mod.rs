//! Text becomes index terms. Invariant: pure and total; the same version gives the same terms.

use model::Language;

/// Terms of each token of a text, for `silteme analyze`: the token as written and everything it can be found by.
#[must_use]
pub fn explain(language: &Language, text: &str) -> Vec<(String, Vec<String>)> {
    let _ = language;
    text.split_whitespace().map(|t| (t.to_owned(), vec![t.to_lowercase()])).collect()
}
