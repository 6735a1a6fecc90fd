//! Explaining itself: every URL has a reason for not being visited right now.

use std::time::Duration;

use frontier::{LeaseRequest, PaceReason, RobotsEntry, UrlState};
use model::{Origin, Outcome};
use testkit::clock::EPOCH;

use crate::world::{at, crawl, key, link, position, request, seed, settlement, site, visit_all};

#[test]
fn a_url_tells_why_it_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let url = "https://a.kz/x";
    frontier.offer(&[link(url, "https://front.kz/")], EPOCH).unwrap();
    let status = frontier.url_status(key(url)).unwrap().unwrap();
    assert_eq!(
        (status.state, status.due, status.via.as_deref()),
        (UrlState::Queued, None, Some("https://front.kz/"))
    );
    assert!(status.why.contains("in the queue"), "{}", status.why);
    let lease = frontier.lease(&request(), EPOCH).unwrap().remove(0);
    let status = frontier.url_status(key(url)).unwrap().unwrap();
    assert_eq!((status.state, status.next_visit), (UrlState::Leased, None));
    assert!(status.why.contains("on loan"), "{}", status.why);
    let cases = [
        (Outcome::Fetched, "rests"),
        (Outcome::HttpError { status: 404 }, "not there"),
        (Outcome::HttpError { status: 500 }, "answered 500"),
        (Outcome::Disallowed { rule: "Disallow: /x".to_owned(), line: 12 }, "\"Disallow: /x\" in line 12"),
        (
            Outcome::RobotsUnavailable { reason: "503".to_owned(), retry_at: at(99_000) },
            "cannot be had (503)",
        ),
        (Outcome::Refused { reason: "private address".to_owned() }, "private address"),
        (Outcome::RetryLater { status: 429, until: None }, "answered 429"),
    ];
    for (n, (outcome, words)) in cases.into_iter().enumerate() {
        let mut settlement = settlement(&lease.visits[0], outcome.clone(), at(1_000 + n as u64));
        settlement.dropped = false;
        frontier.settle(&[settlement], position(n as u64), at(2_000)).unwrap();
        let status = frontier.url_status(key(url)).unwrap().unwrap();
        assert!(status.why.contains(words), "{outcome:?}: {}", status.why);
        assert_eq!(status.last_outcome, Some(outcome));
        assert!(status.next_visit >= status.due && status.due > status.last_visit, "{status:?}");
    }
}

#[test]
fn a_site_tells_its_pace_and_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2"), seed("https://b.kz/")], EPOCH).unwrap();
    let status = frontier.site_status(&site("a.kz")).unwrap().unwrap();
    assert_eq!((status.counts.queued, status.fence, status.next_allowed), (2, None, EPOCH));
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let lease =
        frontier.lease(&one, EPOCH).unwrap().into_iter().find(|lease| lease.site.as_str() == "a.kz").unwrap();
    let fence = lease.fence;
    let (mut back, settlements) = visit_all(lease, &Outcome::Fetched, at(1_000));
    back.pace.crawl_delay(Some(Duration::from_secs(20)));
    let origin = Origin::of(&url::Url::parse("https://a.kz/").unwrap());
    back.robots = vec![RobotsEntry { origin: origin.clone(), copy: b"rules".to_vec() }];
    assert_eq!(frontier.site_status(&site("a.kz")).unwrap().unwrap().fence, Some(fence));
    frontier.release(vec![back], at(1_000)).unwrap();
    frontier.settle(&settlements, position(1), at(1_000)).unwrap();
    let status = frontier.site_status(&site("a.kz")).unwrap().unwrap();
    assert_eq!((status.next_allowed, status.why, status.fence), (at(21_000), PaceReason::CrawlDelay, None));
    assert_eq!((status.counts.queued, status.counts.scheduled), (1, 1));
    assert_eq!(status.robots, [origin]);
    assert_eq!(frontier.robots(&site("a.kz")).unwrap()[0].copy, b"rules");
    let waiting = frontier.url_status(key("https://a.kz/2")).unwrap().unwrap();
    assert_eq!(waiting.next_visit, Some(at(21_000)));
    assert!(waiting.why.contains("Crawl-delay"), "{}", waiting.why);
    let names: Vec<String> =
        frontier.sites(None, 10).unwrap().into_iter().map(|site| site.site.to_string()).collect();
    assert_eq!(names, ["a.kz", "b.kz"]);
    assert!(frontier.site_status(&site("c.kz")).unwrap().is_none());
    assert!(frontier.url_status(key("https://c.kz/")).unwrap().is_none());
}

#[test]
fn the_whole_status_is_json() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap();
    let url = serde_json::to_value(frontier.url_status(key("https://a.kz/")).unwrap().unwrap()).unwrap();
    assert_eq!((&url["state"], &url["site"]), (&"queued".into(), &"a.kz".into()));
    let site = serde_json::to_value(frontier.site_status(&site("a.kz")).unwrap().unwrap()).unwrap();
    assert_eq!(
        (&site["delay"], &site["why"], &site["counts"]["queued"]),
        (&"1s".into(), &"delay".into(), &1.into())
    );
    assert_eq!(serde_json::to_value(frontier.counts().unwrap()).unwrap()["queued"], 1);
}
