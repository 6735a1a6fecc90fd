//! RFC 9309 section 2.3.1, row by row.

use model::{Body, Exchange, FailureKind, HeaderLine, Request, ResourceKind, UrlKey, Visit};

use super::*;

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn record(outcome: Outcome, status: u16, headers: &[(&str, &str)], body: Body) -> FetchRecord {
    let line = |(name, value): &(&str, &str)| HeaderLine {
        name: (*name).to_owned(),
        value: (*value).to_owned().into(),
    };
    let response = Response {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: headers.iter().map(line).collect(),
        body,
    };
    let request = Request { method: "GET".to_owned(), target: "/robots.txt".to_owned(), headers: Vec::new() };
    let visit = Visit {
        key: UrlKey([0; 16]),
        url: "https://a.kz/robots.txt".to_owned(),
        kind: ResourceKind::Robots,
        depth: 0,
        hops: 0,
        etag: None,
        last_modified: None,
        via: None,
        job: "j".to_owned(),
        attempts: 0,
    };
    let exchange = Some(Exchange { request, response });
    FetchRecord { visit, requested_at: now(), duration: Duration::ZERO, remote: None, exchange, outcome }
}

fn file(text: &'static str, truncated: Option<Truncation>) -> Body {
    Body { raw: Bytes::from_static(text.as_bytes()), decoded: None, truncated }
}

fn judge(outcome: Outcome, status: u16) -> Finding {
    Finding::of(&record(outcome, status, &[], file("x", None)), 0, &FetcherSettings::default())
}

fn is_unreachable(finding: &Finding) -> bool {
    matches!(finding, Finding::Unreachable { .. })
}

#[test]
fn statuses() {
    for status in [400, 401, 403, 404, 410, 418, 451] {
        assert_eq!(judge(Outcome::HttpError { status }, status), Finding::Good(Content::Absent { status }));
    }
    for status in [304, 500, 502, 504, 599] {
        assert!(is_unreachable(&judge(Outcome::HttpError { status }, status)), "{status}");
    }
    for status in [429, 503] {
        let until = Some(now());
        let finding = judge(Outcome::RetryLater { status, until }, status);
        assert_eq!(finding, Finding::Unreachable { reason: format!("status {status}"), until });
    }
    assert_eq!(judge(Outcome::NotModified, 304), Finding::Confirmed);
    let redirected = Outcome::Redirected { to: "https://b.kz/".to_owned(), permanent: false };
    assert_eq!(judge(redirected, 302), Finding::Good(Content::Absent { status: 302 }));
    let strict = FetcherSettings { robots_forbidden_disallows: true, ..FetcherSettings::default() };
    let forbidden = record(Outcome::HttpError { status: 403 }, 403, &[], Body::default());
    assert_eq!(Finding::of(&forbidden, 0, &strict), Finding::Good(Content::Forbidden { status: 403 }));
}

#[test]
fn failures_never_allow() {
    use FailureKind::{Connect, Dns, Protocol, Reset, Timeout, Tls};
    for kind in [Dns, Connect, Tls, Timeout, Reset, Protocol] {
        assert!(is_unreachable(&judge(Outcome::Failed { kind, detail: "d".to_owned() }, 200)));
    }
    let refused = Outcome::Refused { reason: "private".to_owned() };
    assert_eq!(judge(refused.clone(), 0), Finding::Refused { reason: "private".to_owned() });
    let hop = record(refused, 0, &[], Body::default());
    assert!(is_unreachable(&Finding::of(&hop, 1, &FetcherSettings::default())));
}

#[test]
fn files_whole_cut_and_coded() {
    let of = |status, headers: &[(&str, &str)], body| {
        Finding::of(&record(Outcome::Fetched, status, headers, body), 0, &FetcherSettings::default())
    };
    let expected = Finding::Good(Content::File(Bytes::from_static(b"abc")));
    assert_eq!(of(200, &[], file("abc", None)), expected);
    assert_eq!(of(200, &[], file("abc", Some(Truncation::Length))), expected);
    for cut in [Truncation::Disconnect, Truncation::Time, Truncation::Unspecified] {
        assert!(is_unreachable(&of(200, &[], file("abc", Some(cut)))));
    }
    assert!(is_unreachable(&of(206, &[], file("abc", None))));
    assert!(is_unreachable(&of(200, &[("content-encoding", "sdch")], file("abc", None))));
    let decoded = Body { decoded: Some(Bytes::from_static(b"abc")), ..file("zzz", None) };
    assert_eq!(of(200, &[("content-encoding", "gzip")], decoded), expected);
    let long = Body { raw: vec![b'a'; Rules::LEN_MAX + 4_000].into(), ..Body::default() };
    let Finding::Good(Content::File(kept)) = of(200, &[], long) else { panic!("a long file is a file") };
    assert_eq!(kept.len(), Rules::LEN_MAX + 1);
}

#[test]
fn freshness_follows_cache_control_within_bounds() {
    let fresh = |value: &str| {
        let record = record(Outcome::Fetched, 200, &[("cache-control", value)], Body::default());
        freshness(record.response(), &FetcherSettings::default()).as_secs()
    };
    assert_eq!(fresh("public, max-age=7200"), 7_200);
    assert_eq!(fresh("max-age=31536000"), 86_400);
    assert_eq!(fresh("max-age=0"), 3_600);
    assert_eq!(fresh("no-store"), 3_600);
    assert_eq!(fresh("max-age=junk"), 86_400);
    assert_eq!(fresh(""), 86_400);
}

#[test]
fn trouble_backs_off_and_keeps_the_last_good_answer() {
    let settings = FetcherSettings::default();
    let good = record(Outcome::Fetched, 200, &[("etag", "\"a\"")], file("abc", None));
    let mut copy = Finding::of(&good, 0, &settings).apply(None, &good, 0, now(), &settings).unwrap();
    assert_eq!(copy.known.as_ref().unwrap().etag.as_deref(), Some("\"a\""));
    let bad = record(Outcome::HttpError { status: 500 }, 500, &[], Body::default());
    let mut waits = Vec::new();
    for _ in 0..12 {
        copy = Finding::of(&bad, 0, &settings).apply(Some(&copy), &bad, 0, now(), &settings).unwrap();
        waits.push(time::until(now(), copy.trouble.as_ref().unwrap().retry_at).as_secs());
    }
    assert_eq!(waits[..4], [60, 120, 240, 480]);
    assert_eq!(waits[11], 6 * 3_600);
    assert!(copy.known.is_some());
    // A host that names a later time gets it, within bounds.
    for (asked, waited) in [(100_000, 100_000), (10 * 366 * 86_400, WAIT_MAX.as_secs()), (1, 6 * 3_600)] {
        let until = Some(time::later(now(), Duration::from_secs(asked)));
        let finding = Finding::Unreachable { reason: String::new(), until };
        let copy = finding.apply(Some(&copy), &bad, 0, now(), &settings).unwrap();
        assert_eq!(time::until(now(), copy.trouble.unwrap().retry_at).as_secs(), waited);
    }
    let confirmed = Finding::Confirmed.apply(Some(&copy), &bad, 0, now(), &settings).unwrap();
    assert!(confirmed.trouble.is_none() && confirmed.known.unwrap().etag.is_some());
    // Validators belong to the URL asked, so those at the end of a redirect are not kept.
    let hop = Finding::of(&good, 1, &settings).apply(None, &good, 1, now(), &settings).unwrap();
    assert_eq!(hop.known.unwrap().etag, None);
}
