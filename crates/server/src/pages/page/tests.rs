//! Excerpts with marks, and links of our own.

use indexer::Snippet;

use super::{Here, Piece, pieces};
use crate::pages::{Asked, words};

fn cut(text: &str, highlights: &[(usize, usize)]) -> Vec<(String, bool)> {
    let snippet = Snippet { text: text.to_owned(), highlights: highlights.to_vec() };
    pieces(&snippet).into_iter().map(|Piece { text, is_match }| (text, is_match)).collect()
}

#[test]
fn an_excerpt_is_cut_at_its_highlights() {
    let owned = |pieces: &[(&str, bool)]| {
        pieces.iter().map(|(text, is_match)| ((*text).to_owned(), *is_match)).collect::<Vec<_>>()
    };
    assert_eq!(cut("", &[]), []);
    assert_eq!(cut("дала", &[]), owned(&[("дала", false)]));
    assert_eq!(cut("кең дала", &[(7, 15)]), owned(&[("кең ", false), ("дала", true)]));
    assert_eq!(cut("a b", &[(0, 1), (2, 3)]), owned(&[("a", true), (" ", false), ("b", true)]));
}

#[test]
fn a_link_of_ours_keeps_what_was_asked_and_encodes_it() {
    let asked = Asked { q: "a&b=<c> \"d\"".to_owned(), language: "kk".to_owned(), ..Asked::default() };
    let here = Here { path: "/", asked: &asked };
    let words = words::of("ru").unwrap();
    assert_eq!(here.href(words, None), "/?lang=ru&q=a%26b%3D%3Cc%3E+%22d%22&language=kk");
    assert_eq!(here.href(words, Some("x+y")), "/?lang=ru&q=a%26b%3D%3Cc%3E+%22d%22&language=kk&cursor=x%2By");
}
