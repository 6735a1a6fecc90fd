//! Outcomes of responses, as foreign servers word them.

use bytes::Bytes;
use url::Url;

use super::{Body, HeaderLine, Outcome, Response};
use crate::time::Timestamp;

const AT: &str = "2026-11-23T12:00:00Z";

fn at() -> Timestamp {
    AT.parse().unwrap()
}

fn outcome(status: u16, headers: &[(&str, &[u8])]) -> Outcome {
    let response = Response {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: headers
            .iter()
            .map(|(name, value)| HeaderLine {
                name: (*name).to_owned(),
                value: Bytes::copy_from_slice(value),
            })
            .collect(),
        body: Body::default(),
    };
    Outcome::of_response(&response, &Url::parse("https://e.kz/a/b?c").unwrap(), at())
}

fn retry_at(value: &[u8]) -> Option<String> {
    match outcome(503, &[("Retry-After", value)]) {
        Outcome::RetryLater { status: 503, until } => until.map(|until| until.to_string()),
        other => panic!("{other:?}"),
    }
}

fn target(location: &[u8]) -> Option<String> {
    match outcome(302, &[("LOCATION", location)]) {
        Outcome::Redirected { to, permanent: false } => Some(to),
        Outcome::HttpError { status: 302 } => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn retry_after_is_read_in_either_form() {
    for (value, until) in [
        ("120", "2026-11-23T12:02:00Z"),
        ("0", AT),
        (" 7 ", "2026-11-23T12:00:07Z"),
        ("Mon, 23 Nov 2026 13:00:00 GMT", "2026-11-23T13:00:00Z"),
        // The two obsolete forms that RFC 9110 section 5.6.7 still asks for.
        ("Monday, 23-Nov-26 13:00:00 GMT", "2026-11-23T13:00:00Z"),
        ("Mon Nov 23 13:00:00 2026", "2026-11-23T13:00:00Z"),
        ("Mon, 23 Nov 2026 18:00:00 +0500", "2026-11-23T13:00:00Z"),
        // A past date asks for nothing more.
        ("Sun, 22 Nov 2026 12:00:00 GMT", AT),
        // Ten years, in seconds: kept; how long we believe it is the fetcher's decision.
        ("315360000", "2036-11-20T12:00:00Z"),
    ] {
        assert_eq!(retry_at(value.as_bytes()).as_deref(), Some(until), "{value}");
    }
}

#[test]
fn retry_after_beyond_all_time_is_the_end_of_time() {
    for value in ["18446744073709551615", "99999999999999999999999999"] {
        assert_eq!(retry_at(value.as_bytes()), Some(Timestamp::MAX.to_string()), "{value}");
    }
}

#[test]
fn retry_after_that_says_nothing_leaves_the_length_open() {
    for value in [&b""[..], b"soon", b"-5", b"+5", b"1.5", b"5s", b"0x10", b"\xff\xfe", b"Mon, 99 Nov 2026"] {
        assert_eq!(retry_at(value), None, "{value:?}");
    }
    assert_eq!(outcome(429, &[]), Outcome::RetryLater { status: 429, until: None });
}

#[test]
fn retry_after_counts_for_no_other_status() {
    assert_eq!(outcome(500, &[("Retry-After", b"9")]), Outcome::HttpError { status: 500 });
}

#[test]
fn location_is_resolved_as_browsers_do() {
    for (location, to) in [
        (&b"https://other.kz/x"[..], "https://other.kz/x"),
        (b"/x", "https://e.kz/x"),
        (b"x", "https://e.kz/a/x"),
        (b"?d", "https://e.kz/a/b?d"),
        (b"//other.kz", "https://other.kz/"),
        (b"..", "https://e.kz/"),
        (b"  /x\t", "https://e.kz/x"),
        (b"\\x", "https://e.kz/x"),
        (b"/a b", "https://e.kz/a%20b"),
        (b"/a%20b", "https://e.kz/a%20b"),
        ("/жаңалық".as_bytes(), "https://e.kz/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B"),
        ("https://қаз.kz/".as_bytes(), "https://xn--80ao21a.kz/"),
        // Latin-1 and windows-1251 go back as the bytes they came as.
        (b"/caf\xe9?q=\xe9", "https://e.kz/caf%E9?q=%E9"),
        (b"/\xcd\xee\xe2", "https://e.kz/%CD%EE%E2"),
        // The fragment is dropped when the target becomes a visit, not here.
        (b"/x#y", "https://e.kz/x#y"),
    ] {
        assert_eq!(target(location).as_deref(), Some(to), "{}", String::from_utf8_lossy(location));
    }
}

#[test]
fn location_that_leads_nowhere_is_an_error_of_the_site() {
    for location in
        [&b""[..], b"  ", b"http://", b"https://a b/", b"ftp://e.kz/", b"javascript:void(0)", b"http://\xff/"]
    {
        assert_eq!(target(location), None, "{}", String::from_utf8_lossy(location));
    }
    assert_eq!(outcome(301, &[]), Outcome::HttpError { status: 301 });
}

#[test]
fn every_status_has_its_outcome() {
    let to = || "https://e.kz/x".to_owned();
    for (status, expected) in [
        (200, Outcome::Fetched),
        (206, Outcome::Fetched),
        (204, Outcome::Fetched),
        (304, Outcome::NotModified),
        (300, Outcome::HttpError { status: 300 }),
        (301, Outcome::Redirected { to: to(), permanent: true }),
        (302, Outcome::Redirected { to: to(), permanent: false }),
        (303, Outcome::Redirected { to: to(), permanent: false }),
        (305, Outcome::HttpError { status: 305 }),
        (307, Outcome::Redirected { to: to(), permanent: false }),
        (308, Outcome::Redirected { to: to(), permanent: true }),
        (404, Outcome::HttpError { status: 404 }),
        (410, Outcome::HttpError { status: 410 }),
        (429, Outcome::RetryLater { status: 429, until: None }),
        (503, Outcome::RetryLater { status: 503, until: None }),
        (599, Outcome::HttpError { status: 599 }),
    ] {
        assert_eq!(outcome(status, &[("location", b"/x")]), expected, "{status}");
    }
}

#[test]
fn outcomes_survive_serialisation() {
    for given in [
        outcome(200, &[]),
        outcome(302, &[("location", b"/x")]),
        outcome(429, &[("retry-after", b"60")]),
        outcome(404, &[]),
    ] {
        let text = serde_json::to_string(&given).unwrap();
        assert!(text.contains(given.word()), "{text}");
        assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), given);
    }
}

#[test]
fn headers_are_found_in_any_case_and_in_order() {
    let line = |name: &str, value: &'static str| HeaderLine { name: name.to_owned(), value: value.into() };
    let response = Response {
        version: "HTTP/2".to_owned(),
        status: 200,
        headers: vec![line("Link", "a"), line("Vary", "b"), line("LINK", "c")],
        body: Body::default(),
    };
    assert_eq!(response.header("link"), Some(&b"a"[..]));
    assert_eq!(response.headers_named("link").collect::<Vec<_>>(), [b"a", b"c"]);
    assert_eq!(response.header("etag"), None);
}
