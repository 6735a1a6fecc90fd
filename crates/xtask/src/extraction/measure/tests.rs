//! The measures against values worked out by hand from the benchmarks' definitions.

use serde_json::json;
use url::Url;

use super::*;

fn page(value: serde_json::Value) -> Gold {
    Gold {
        url: Url::parse("https://example.kz/").unwrap(),
        set: "test".to_owned(),
        file: "html/test-1.html".to_owned(),
        body: Vec::new(),
        language: String::new(),
        value,
    }
}

fn found(text: &str) -> Found {
    Found { text: text.to_owned(), ..Found::default() }
}

fn is_near(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|value| (value - expected).abs() < 1e-9)
}

#[test]
fn shingle_f1_is_of_mean_precision_and_mean_recall() {
    let gold = page(json!({ "text": "a b c d f" }));
    let mut score = Score::default();
    score.add(&gold, &found("a b, c d! e"));
    assert!(is_near(score.shingle_f1(), 0.5), "one of two shingles on either side");
    // Nothing found: no precision, but a recall of nought; 2 × 0.5 × 0.25 / 0.75.
    score.add(&gold, &found(""));
    assert!(is_near(score.shingle_f1(), 1.0 / 3.0));
}

#[test]
fn shingles_keep_case_and_count_repetitions() {
    let gold = page(json!({ "text": "Бір екі үш төрт" }));
    let mut score = Score::default();
    score.add(&gold, &found("бір екі үш төрт"));
    assert!(is_near(score.shingle_f1(), 0.0), "the benchmark's words keep their case");
    let mut score = Score::default();
    // aaaa twice on one side, once on the other.
    score.add(&page(json!({ "text": "a a a a" })), &found("a a a a a"));
    assert!(is_near(score.shingle_f1(), 2.0 / 3.0));
    let mut score = Score::default();
    score.add(&page(json!({ "text": "one two" })), &found("one two"));
    assert!(is_near(score.shingle_f1(), 1.0), "a short text is one shingle");
}

#[test]
fn snippets_are_found_across_punctuation_and_case() {
    let gold = page(json!({ "must_contain": ["Astana, 2026", "absent"], "must_not_contain": ["Share"] }));
    let mut score = Score::default();
    score.add(&gold, &found("in ASTANA — 2026"));
    assert!(is_near(score.wanted.value(), 0.5));
    assert!(is_near(score.unwanted.value(), 1.0));
}

#[test]
fn dates_count_only_where_the_gold_says_something() {
    let mut score = Score::default();
    let dated = Found { date: Some("2026-11-20T10:00:00+05:00".to_owned()), ..Found::default() };
    score.add(&page(json!({ "date": "2026-11-20" })), &dated);
    assert!(is_near(score.date.value(), 1.0));
    assert_eq!(score.invented.value(), None);
    score.add(&page(json!({ "title": "x" })), &dated);
    assert!(is_near(score.invented.value(), 1.0));
    score.add(&page(json!({})), &dated);
    assert!(is_near(score.invented.value(), 1.0), "a page without gold is not judged");
}
