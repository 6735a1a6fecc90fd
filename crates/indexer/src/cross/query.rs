//! A text becomes the terms it is looked for by in every language.
//!
//! Invariant: at most as many as the bridge gives.

use crate::analysis::Tongue;

use super::bridge::{Bridge, Link, beginning};

/// The terms of the beginning of title and text, with what each counts if it is shared.
pub(crate) fn terms(tongue: Tongue, title: &str, text: &str) -> Vec<(String, f32)> {
    let mut terms = Vec::new();
    let passage = format!("{title}\n{}", beginning(text));
    Bridge::default().terms(tongue, &passage, &mut |link, term| terms.push((term.to_owned(), factor(link))));
    terms
}

/// What a shared term counts. A word gives two terms by its sound and one by its meaning, so that both count the same.
fn factor(link: Link) -> f32 {
    match link {
        Link::Concept => 2.0,
        Link::Number => 1.5,
        Link::Sound => 1.0,
    }
}
