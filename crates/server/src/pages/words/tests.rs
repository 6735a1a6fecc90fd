//! Which language a reader gets.

use axum::http::{HeaderMap, HeaderValue, header};

use super::{ALL, choose};

fn chosen(asked: Option<&str>, accepted: Option<&str>) -> &'static str {
    let mut headers = HeaderMap::new();
    headers.extend(accepted.map(|value| (header::ACCEPT_LANGUAGE, HeaderValue::from_str(value).unwrap())));
    choose(asked, &headers).code
}

#[test]
fn what_is_asked_for_counts_before_what_the_browser_prefers() {
    for (asked, accepted, expected) in [
        (Some("ru"), Some("en"), "ru"),
        (Some("RU-kz"), None, "ru"),
        (Some("klingon"), Some("en"), "en"),
        (Some(""), Some("ru"), "ru"),
        (None, None, "kk"),
        (None, Some(""), "kk"),
        (None, Some("de, fr"), "kk"),
        (None, Some("de, en-GB;q=0.8, ru;q=0.9"), "ru"),
        (None, Some("en;q=0.5,kk;q=0.5"), "en"),
        (None, Some("ru;q=0, en;q=0.1"), "en"),
        (None, Some("kk-Latn-KZ, ru"), "kk"),
        (None, Some("ru ; q=0.3 , en ; q=0.4"), "en"),
        (None, Some("ru;q=nan, en;q=high, kk;q=0.1"), "kk"),
        // A language whose code merely begins like one of ours.
        (None, Some("kkj, rue, enm, ru;q=0.1"), "ru"),
        (None, Some("*"), "kk"),
    ] {
        assert_eq!(chosen(asked, accepted), expected, "{asked:?} {accepted:?}");
    }
}

#[test]
fn a_preference_list_without_end_is_not_read_to_its_end() {
    let endless = "de,".repeat(1_000) + "en";
    assert_eq!(chosen(None, Some(&endless)), "kk");
}

#[test]
fn reasons_have_a_place_for_what_they_are_about() {
    for words in ALL {
        for reason in [words.similar_to, words.about] {
            assert_eq!(reason.matches("{}").count(), 1, "{reason}");
        }
        assert!(!words.fresh.contains("{}"));
    }
}
