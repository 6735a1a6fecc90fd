//! Conditional requests and refusals.

use super::*;
use crate::page::find;

fn page() -> &'static Page {
    find("orbit.test", "/notes/swallow-cubesat").unwrap()
}

fn get() -> Question<'static> {
    Question { method: "GET", ..Question::default() }
}

#[test]
fn a_plain_get_carries_both_validators() {
    let answer = answer(page(), get());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, page().body);
    assert!(answer.headers.contains(&("etag", page().etag)));
    assert!(answer.headers.contains(&("Last-Modified", "Tue, 09 Jun 2026 11:30:00 GMT")));
}

#[test]
fn a_known_entity_tag_gives_304_without_body() {
    let weak = format!("W/{}", page().etag);
    let listed = format!("\"other\", {}", page().etag);
    for tag in [page().etag, weak.as_str(), listed.as_str(), "*"] {
        let answer = answer(page(), Question { if_none_match: Some(tag), ..get() });
        assert_eq!((answer.status, answer.body), (304, &b""[..]), "{tag}");
    }
}

#[test]
fn a_foreign_entity_tag_outvotes_the_date() {
    let question = Question {
        if_none_match: Some("\"other\""),
        if_modified_since: Some("Wed, 01 Jan 2031 00:00:00 GMT"),
        ..get()
    };
    assert_eq!(answer(page(), question).status, 200);
}

#[test]
fn the_date_alone_decides_where_there_is_no_tag() {
    for (date, status) in
        [("Tue, 09 Jun 2026 11:30:00 GMT", 304), ("Tue, 09 Jun 2026 11:29:59 GMT", 200), ("yesterday", 200)]
    {
        let question = Question { if_modified_since: Some(date), ..get() };
        assert_eq!(answer(page(), question).status, status, "{date}");
    }
}

#[test]
fn redirects_and_missing_pages_are_never_304() {
    for (host, target, status) in
        [("steppe.test", "/latest", 302), ("volna.test", "/news/999-pogoda-na-vchera.html", 404)]
    {
        let page = find(host, target).unwrap();
        let answer = answer(page, Question { if_none_match: Some("*"), ..get() });
        assert_eq!(answer.status, status);
        assert!(!answer.headers.iter().any(|(name, _)| *name == "etag"));
    }
}

#[test]
fn other_methods_are_refused() {
    let answer = answer(page(), Question { method: "POST", ..Question::default() });
    assert_eq!(answer.status, 405);
    assert!(answer.headers.contains(&("allow", "GET, HEAD")));
}
