//! What is syntax, what is words, and what is refused.

use model::Language;
use proptest::prelude::*;

use super::*;

fn parsed(words: &str, phrases: &[&str], excluded: &[&str]) -> Parsed {
    let own = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Parsed { words: words.to_owned(), phrases: own(phrases), excluded: own(excluded), ..Parsed::default() }
}

fn read(text: &str) -> Parsed {
    parse(text).unwrap()
}

fn refusal(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn words_phrases_and_exclusions() {
    assert_eq!(read("су тасқыны"), parsed("су тасқыны ", &[], &[]));
    assert_eq!(read("\"су тасқыны\" Атырау -Орал"), parsed("Атырау ", &["су тасқыны"], &["Орал"]));
    assert_eq!(read("a -\"b c\"d"), parsed("a d ", &[], &["b c"]));
}

#[test]
fn broken_syntax_is_words() {
    assert_eq!(read("\"су тасқыны"), parsed(" су тасқыны ", &[], &[]));
    assert_eq!(read("well-known - -- +x AND ("), parsed("well-known - -- +x AND ( ", &[], &[]));
    assert_eq!(read(""), parsed("", &[], &[]));
    assert_eq!(read("\"\""), parsed("", &[""], &[]));
}

#[test]
fn filters_narrow() {
    let found = read("су site:example.kz section:\"Қоғам мен саясат\" lang:kk since:2026-01-02 story:ff");
    let expected = Filter {
        site: Some("example.kz".to_owned()),
        section: Some("Қоғам мен саясат".to_owned()),
        languages: vec![Language::new("kk")],
        since: Some("2026-01-02T00:00:00Z".parse().unwrap()),
        story: Some(255),
        ..Filter::default()
    };
    assert_eq!(found, Parsed { filter: expected, ..parsed("су ", &[], &[]) });
}

#[test]
fn what_only_looks_like_a_filter_is_words() {
    for text in ["https://example.kz/a", "12:30", "мына:сөз", "note: this", "a:b", "x:"] {
        assert_eq!(read(text), parsed(&format!("{text} "), &[], &[]), "{text}");
    }
}

#[test]
fn a_filter_that_cannot_be_used_is_refused_where_it_stands() {
    let unknown = refusal("су тасқыны autor:Абай");
    assert!(unknown.starts_with("at character 12 of the query: there is no filter \"autor\""), "{unknown}");
    assert!(refusal("lang:klingon").contains("\"klingon\" is not a language code"));
    assert!(refusal("since:yesterday").contains("write 2026-11-22"));
    assert!(refusal("story:xyz").contains("not the id of a story"));
    assert!(refusal("a -site:example.kz").starts_with("at character 3"));
}

#[test]
fn the_narrower_of_two_filters_counts() {
    let day = |text: &str| text.parse().ok();
    let outer =
        Filter { since: day("2026-01-01T00:00:00Z"), host: Some("a.kz".to_owned()), ..Filter::default() };
    let inner = Filter { since: day("2026-02-01T00:00:00Z"), ..Filter::default() };
    assert_eq!(outer.and(inner.clone()), Filter { since: inner.since, ..outer.clone() });
    assert_eq!(outer.and(Filter::default()), outer);
}

proptest! {
    #[test]
    fn any_text_without_a_colon_is_a_query(text in "[^:]{0,200}") {
        let found = read(&text);
        // Nothing is invented: every part stands in the text.
        for part in found.phrases.iter().chain(&found.excluded) {
            prop_assert!(text.contains(part.as_str()));
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = parse(&text);
    }
}
