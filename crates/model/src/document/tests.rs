//! Languages and permissions.

use super::{Directives, Language};
use crate::time::Timestamp;

#[test]
fn languages_are_read_by_their_primary_code() {
    for (code, language) in [
        ("kk", "kk"),
        ("KK", "kk"),
        ("kk-KZ", "kk"),
        ("kk_Latn_KZ", "kk"),
        ("ru-RU", "ru"),
        ("tyv", "tyv"),
        ("und", "und"),
        ("", "und"),
        ("x", "und"),
        ("-kk", "und"),
        ("kazakh", "und"),
        ("k1", "und"),
        ("қз", "und"),
        (" kk", "und"),
    ] {
        assert_eq!(Language::new(code).as_str(), language, "{code:?}");
    }
    assert_eq!(Language::default(), Language::unknown());
    assert_eq!(Language::new("en-GB").to_string(), "en");
}

#[test]
fn a_language_is_serialised_as_its_code() {
    let text = serde_json::to_string(&Language::new("kk-KZ")).unwrap();
    assert_eq!(text, "\"kk\"");
    assert_eq!(serde_json::from_str::<Language>(&text).unwrap(), Language::new("kk"));
}

#[test]
fn a_serialised_language_is_read_like_any_other() {
    // Settings, requests and imports bring languages from outside.
    for (text, language) in [("\"RU\"", "ru"), ("\"kk-KZ\"", "kk"), ("\"русский\"", "und")] {
        assert_eq!(serde_json::from_str::<Language>(text).unwrap().as_str(), language, "{text}");
    }
}

#[test]
fn what_may_be_shown_follows_index_search_and_time() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let open = Directives::default();
    assert!(open.may_show(now));
    assert!(Directives { search: Some(true), follow: false, archive: false, ..open.clone() }.may_show(now));
    assert!(!Directives { index: false, ..open.clone() }.may_show(now));
    assert!(!Directives { search: Some(false), ..open.clone() }.may_show(now));
    // "After" includes the instant itself.
    for (end, shown) in
        [("2026-11-23T12:00:00Z", false), ("2026-11-23T12:00:01Z", true), ("2020-01-01T00:00:00Z", false)]
    {
        let limited = Directives { unavailable_after: Some(end.parse().unwrap()), ..open.clone() };
        assert_eq!(limited.may_show(now), shown, "{end}");
    }
}

#[test]
fn absent_directives_permit() {
    assert_eq!(serde_json::from_str::<Directives>("{}").unwrap(), Directives::default());
}
