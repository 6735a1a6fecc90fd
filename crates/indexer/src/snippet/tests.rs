use model::{CanonicalUrl, Directives, Language, Timestamp};
use proptest::prelude::*;

use super::*;

fn document(text: &str, description: Option<&str>, permitted: Option<u32>) -> Document {
    Document {
        key: CanonicalUrl::parse("https://a.test/").expect("a URL").key(),
        url: "https://a.test/".to_owned(),
        title: "Title".to_owned(),
        text: text.to_owned(),
        description: description.map(str::to_owned),
        author: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        image: None,
        language: Language::new("en"),
        published: None,
        modified: None,
        fetched: Timestamp::UNIX_EPOCH,
        directives: Directives { snippet_chars_max: permitted, ..Directives::default() },
    }
}

fn cut(text: &str, wanted: &[&str], max: usize) -> Snippet {
    let wanted = wanted.iter().map(|term| (*term).to_owned()).collect();
    snippet(&document(text, None, None), &wanted, max, &mut Analyser::default())
}

#[test]
fn the_place_with_most_different_terms_wins() {
    let filler = "Some filler here. ".repeat(20);
    let text = format!("apple apple apple. {filler} An apple and a pear meet. {filler}");
    let found = cut(&text, &["appl", "pear"], 60);
    assert!(found.text.contains("apple and a pear"), "{:?}", found.text);
    assert!(found.text.starts_with('…') && found.text.ends_with('…'), "{:?}", found.text);
    let marked: Vec<&str> = found.highlights.iter().map(|(a, b)| &found.text[*a..*b]).collect();
    assert_eq!(marked, ["apple", "pear"]);
}

#[test]
fn white_space_is_folded_and_short_texts_are_whole() {
    let found = cut("  One\n\n two\tthree  ", &["two"], 100);
    assert_eq!(found, Snippet { text: "One two three".to_owned(), highlights: vec![(4, 7)] });
    assert_eq!(cut("", &["x"], 100), Snippet::default());
    assert_eq!(cut("abcdefghij", &[], 5).text, "abcd…");
    assert_eq!(cut("abc def", &[], 1).text, "…");
}

#[test]
fn the_description_is_shown_when_the_text_has_nothing() {
    let document = document("Nothing here.", Some("All about pears."), None);
    let wanted = std::iter::once("pear".to_owned()).collect();
    assert_eq!(snippet(&document, &wanted, 100, &mut Analyser::default()).text, "All about pears.");
}

proptest! {
    #[test]
    fn never_longer_than_permitted(text in "([a-zа-я]{0,12}[ \n.]{0,3}){0,60}", permitted in 0u32..80, max in 0usize..80) {
        let document = document(&text, Some("b a c"), Some(permitted));
        let wanted = ["a", "б", "ab"].into_iter().map(str::to_owned).collect();
        let found = snippet(&document, &wanted, max, &mut Analyser::default());
        prop_assert!(found.text.chars().count() <= max.min(permitted as usize));
        let mut end = 0;
        for (from, to) in &found.highlights {
            prop_assert!(end <= *from && from < to && found.text.get(*from..*to).is_some());
            end = *to;
        }
    }
}
