//! Settling: once, in order, and enough to rebuild from.

use std::time::Duration;

use frontier::{LeaseRequest, Settlement, UrlState};
use model::{FailureKind, Outcome, ResourceKind};
use testkit::clock::EPOCH;

use crate::world::{at, crawl, key, link, position, request, seed, settlement, site, visit_all};

#[test]
fn settling_twice_is_settling_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap();
    let lease = frontier.lease(&request(), EPOCH).unwrap().remove(0);
    let (back, mut settlements) = visit_all(lease, &Outcome::Fetched, at(10));
    settlements[0].content_hash = Some(1);
    settlements[0].discovered = vec![link("https://a.kz/1", "https://a.kz/")];
    frontier.release(vec![back], at(10)).unwrap();
    frontier.settle(&settlements, position(1), at(20)).unwrap();
    let before = (frontier.url_status(key("https://a.kz/")).unwrap(), frontier.counts().unwrap());
    let report = frontier.settle(&settlements, position(1), at(30)).unwrap();
    assert_eq!((report.admitted, report.known), (0, 1));
    assert_eq!((frontier.url_status(key("https://a.kz/")).unwrap(), frontier.counts().unwrap()), before);
}

#[test]
fn a_batch_may_hold_several_visits_of_a_url() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap();
    let visit = frontier.lease(&request(), EPOCH).unwrap().remove(0).visits.remove(0);
    let fetched = |millis, hash| Settlement {
        content_hash: Some(hash),
        ..settlement(&visit, Outcome::Fetched, at(millis))
    };
    // The third is a replay of the first.
    frontier.settle(&[fetched(10, 1), fetched(20, 1), fetched(10, 9)], position(1), at(30)).unwrap();
    let status = frontier.url_status(key("https://a.kz/")).unwrap().unwrap();
    assert_eq!((status.last_visit, status.content_hash), (Some(at(20)), Some(1)));
    assert_eq!(status.interval.unwrap().0, Duration::from_mins(90), "no new link once");
    assert_eq!(frontier.counts().unwrap().outcomes["fetched"], 2);
}

#[test]
fn a_lost_frontier_is_rebuilt_by_settling_what_the_archive_holds() {
    let first = tempfile::tempdir().unwrap();
    let mut frontier = crawl(first.path());
    frontier.offer(&[seed("https://a.kz/"), seed("https://b.kz/gone")], EPOCH).unwrap();
    let mut archive = Vec::new();
    for lease in frontier.lease(&request(), EPOCH).unwrap() {
        let gone = lease.site.as_str() == "b.kz";
        let outcome = if gone { Outcome::HttpError { status: 404 } } else { Outcome::Fetched };
        let (back, mut settlements) = visit_all(lease, &outcome, at(10));
        settlements[0].discovered = vec![link("https://a.kz/1", &settlements[0].visit.url)];
        frontier.release(vec![back], at(10)).unwrap();
        archive.extend(settlements);
    }
    frontier.settle(&archive, position(2), at(20)).unwrap();

    let second = tempfile::tempdir().unwrap();
    let mut rebuilt = crawl(second.path());
    rebuilt.settle(&archive, position(2), at(20)).unwrap();
    for url in ["https://a.kz/", "https://b.kz/gone", "https://a.kz/1"] {
        let strip = |frontier: &frontier::Frontier| {
            let status = frontier.url_status(key(url)).unwrap().unwrap();
            (status.state, status.due, status.last_outcome, status.via, status.job, status.interval)
        };
        assert_eq!(strip(&rebuilt), strip(&frontier), "{url}");
    }
    assert_eq!(rebuilt.counts().unwrap(), frontier.counts().unwrap());
}

#[test]
fn a_clock_that_steps_back_does_not_lose_a_visit() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap();
    let lease = frontier.lease(&request(), EPOCH).unwrap().remove(0);
    let (back, settlements) = visit_all(lease, &Outcome::Fetched, at(7_200_000));
    frontier.release(vec![back], at(7_200_000)).unwrap();
    frontier.settle(&settlements, position(1), at(7_200_000)).unwrap();
    let lease = frontier.lease(&request(), at(200_000_000)).unwrap().remove(0);
    // The operator sets the clock back by more than was slept.
    let (back, settlements) = visit_all(lease, &Outcome::NotModified, at(3_600_000));
    frontier.settle(&settlements, position(2), at(3_600_000)).unwrap();
    let status = frontier.url_status(key("https://a.kz/")).unwrap().unwrap();
    assert_eq!((status.state, status.last_outcome), (UrlState::Scheduled, Some(Outcome::NotModified)));
    frontier.release(vec![back], at(3_600_000)).unwrap();
    let site = frontier.site_status(&site("a.kz")).unwrap().unwrap();
    assert!(site.next_allowed >= at(7_201_000), "nothing gets earlier: {}", site.next_allowed);
}

#[test]
fn a_refusal_found_in_the_archive_silences_the_site() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |until| Outcome::RetryLater { status: 503, until };
    let timeout = Outcome::Failed { kind: FailureKind::Timeout, detail: "slow".to_owned() };
    for (name, kind, outcome, silent_for) in [
        ("asked", ResourceKind::Page, refused(Some(at(3_600_000))), 3_600_000),
        ("unasked", ResourceKind::Page, refused(None), 60_000),
        ("failed", ResourceKind::Page, timeout, 10_000),
        ("robots", ResourceKind::Robots, refused(Some(at(900_000))), 900_000),
    ] {
        let mut frontier = crawl(&dir.path().join(name));
        frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2")], EPOCH).unwrap();
        let one = LeaseRequest { visits_per_site_max: 1, ..request() };
        let mut visit = frontier.lease(&one, EPOCH).unwrap().remove(0).visits.remove(0);
        visit.kind = kind;
        // Killed before the site came back; the record is replayed.
        drop(frontier);
        let mut frontier = crawl(&dir.path().join(name));
        frontier.settle(&[settlement(&visit, outcome, EPOCH)], position(1), at(5)).unwrap();
        let due = frontier.next_due(&one, at(5)).unwrap().unwrap();
        assert!(due >= at(silent_for), "{name}: {due}");
        let visited = frontier.url_status(visit.key).unwrap().unwrap().last_visit.is_some();
        assert_eq!(visited, kind == ResourceKind::Page, "a robots.txt is no URL of the frontier's");
    }
}
