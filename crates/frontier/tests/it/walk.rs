//! The walk of a URL through the frontier.

use std::time::Duration;

use frontier::{Frontier, JobRules, LeaseRequest, Offer, Politeness, Scope, Settings, Takedown};
use model::{CanonicalUrl, Outcome, ResourceKind, Span, Timestamp};
use testkit::clock::EPOCH;

use crate::world::{any_job, at, crawl, key, link, open, position, request, seed, visit_all};

#[test]
fn a_crawl_from_one_seed_ends_and_comes_back_when_something_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    assert_eq!(frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap().admitted, 1);
    let run = LeaseRequest { revisits_due_by: EPOCH, ..request() };
    let mut now = EPOCH;
    let mut visited = 0;
    while let Some(due) = frontier.next_due(&run, now).unwrap() {
        now = due;
        for lease in frontier.lease(&run, now).unwrap() {
            visited += lease.visits.len();
            let (back, mut settlements) = visit_all(lease, &Outcome::Fetched, now);
            if settlements[0].visit.depth == 0 {
                let links = [
                    "https://a.kz/1",
                    "https://a.kz/2",
                    "https://b.kz/",
                    "https://a.kz/",
                    "https://a.kz/x.jpg",
                ];
                settlements[0].discovered = links.iter().map(|url| link(url, "https://a.kz/")).collect();
            }
            frontier.release(vec![back], now).unwrap();
            let report = frontier.settle(&settlements, position(visited as u64), now).unwrap();
            assert!(
                report.admitted == 0 || (report.admitted, report.known, report.refused) == (3, 1, 1),
                "{report:?}"
            );
        }
    }
    assert_eq!(visited, 4);
    let counts = frontier.counts().unwrap();
    assert_eq!((counts.scheduled, counts.queued, counts.leased, counts.sites), (4, 0, 0, 2));
    assert_eq!(counts.outcomes["fetched"], 4);
    assert_eq!(frontier.checkpoint().unwrap(), position(4));
    let tomorrow = LeaseRequest { revisits_due_by: Timestamp::MAX, ..request() };
    assert_eq!(frontier.next_due(&tomorrow, now).unwrap(), Some(at(3_600_000)));
}

#[test]
fn no_delay_means_no_wait() {
    let politeness = Politeness { delay: Span::seconds(0), ..Politeness::default() };
    let mut frontier = Frontier::in_memory(Settings { politeness, ..Settings::default() });
    frontier.register(any_job(), EPOCH).unwrap();
    // A clock between two milliseconds: what is due now is due now.
    let now = Timestamp::new(EPOCH.as_second(), 123_456).unwrap();
    frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2")], now).unwrap();
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let lease = frontier.lease(&one, now).unwrap().remove(0);
    let (back, _) = visit_all(lease, &Outcome::Fetched, now);
    frontier.release(vec![back], now).unwrap();
    assert_eq!(frontier.next_due(&one, now).unwrap().map(|due| due.duration_since(now).as_millis()), Some(0));
    let later = model::time::later(now, Duration::from_millis(1));
    assert_eq!(frontier.lease(&one, later).unwrap().len(), 1);
}

#[test]
fn a_lease_carries_what_the_fetcher_needs() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let feed =
        Offer { kind: ResourceKind::Feed, depth: 2, hops: 1, ..link("https://a.kz/rss", "https://a.kz/") };
    frontier.offer(&[feed], EPOCH).unwrap();
    let lease = frontier.lease(&request(), EPOCH).unwrap().remove(0);
    let visit = &lease.visits[0];
    assert_eq!((visit.url.as_str(), visit.key), ("https://a.kz/rss", key("https://a.kz/rss")));
    assert_eq!((visit.kind, visit.depth, visit.hops), (ResourceKind::Feed, 2, 1));
    assert_eq!((visit.via.as_deref(), visit.job.as_str()), (Some("https://a.kz/"), "job"));
    assert!(lease.pace.next_allowed() <= EPOCH);
    let (back, mut settlements) = visit_all(lease, &Outcome::Fetched, EPOCH);
    settlements[0].etag = Some("\"v1\"".to_owned());
    settlements[0].last_modified = Some("yesterday".to_owned());
    frontier.release(vec![back], EPOCH).unwrap();
    frontier.settle(&settlements, position(1), EPOCH).unwrap();
    let now = at(30 * 60 * 1_000);
    let visit = frontier.lease(&request(), now).unwrap().remove(0).visits.remove(0);
    assert_eq!((visit.etag.as_deref(), visit.last_modified.as_deref()), (Some("\"v1\""), Some("yesterday")));
}

#[test]
fn offers_without_a_job_or_outside_it_are_refused() {
    let mut frontier = Frontier::in_memory(Settings::default());
    assert_eq!(frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap().refused, 1);
    let rules = JobRules {
        scope: Scope::Host,
        seeds: vec!["https://a.kz/".to_owned()],
        pages_max: Some(2),
        ..any_job()
    };
    frontier.register(rules.clone(), EPOCH).unwrap();
    let offers = [seed("https://a.kz/"), link("https://b.kz/", "https://a.kz/"), seed("https://a.kz/")];
    let report = frontier.offer(&offers, EPOCH).unwrap();
    assert_eq!((report.admitted, report.known, report.refused), (1, 1, 1));
    assert_eq!(frontier.refusal(&offers[0]), None);
    assert_eq!(frontier.refusal(&offers[1]), Some(frontier::Refusal::Scope));
    let more = [link("https://a.kz/1", "https://a.kz/"), link("https://a.kz/2", "https://a.kz/")];
    let report = frontier.offer(&more, EPOCH).unwrap();
    assert_eq!((report.admitted, report.refused), (1, 1), "the budget of two pages is used up");
    let broken = JobRules { include: vec!["[".to_owned()], ..rules.clone() };
    assert!(frontier.register(broken, EPOCH).is_err());
    assert_eq!(frontier.jobs().unwrap(), [rules], "a job that cannot be used leaves the old one in place");
}

#[test]
fn rules_budgets_and_takedowns_outlive_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = open(dir.path(), EPOCH);
    frontier.register(JobRules { pages_max: Some(2), ..any_job() }, EPOCH).unwrap();
    frontier.offer(&[seed("https://a.kz/1")], EPOCH).unwrap();
    assert_eq!(frontier.forget(&Takedown::Host("b.kz".to_owned()), EPOCH).unwrap(), 0);
    drop(frontier);
    let mut frontier = open(dir.path(), EPOCH);
    let offers =
        [seed("https://a.kz/1"), seed("https://b.kz/"), seed("https://a.kz/2"), seed("https://a.kz/3")];
    let report = frontier.offer(&offers, EPOCH).unwrap();
    assert_eq!((report.admitted, report.known, report.refused), (1, 1, 2));
}

#[test]
fn what_was_forgotten_on_loan_is_not_brought_back_by_its_settlement() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/gone"), seed("https://a.kz/here")], EPOCH).unwrap();
    let lease = frontier.lease(&request(), EPOCH).unwrap().remove(0);
    let takedown = Takedown::Url(CanonicalUrl::parse("https://a.kz/gone").unwrap());
    assert_eq!(frontier.forget(&takedown, EPOCH).unwrap(), 1);
    let (back, settlements) = visit_all(lease, &Outcome::Fetched, at(5));
    frontier.settle(&settlements, position(1), at(5)).unwrap();
    frontier.release(vec![back], at(5)).unwrap();
    assert!(frontier.url_status(key("https://a.kz/gone")).unwrap().is_none());
    assert!(frontier.url_status(key("https://a.kz/here")).unwrap().is_some());
    assert_eq!(frontier.counts().unwrap().leased, 0);
}

#[test]
fn a_changed_delay_counts_at_the_next_lease() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2")], EPOCH).unwrap();
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let lease = frontier.lease(&one, EPOCH).unwrap().remove(0);
    let (back, settlements) = visit_all(lease, &Outcome::Fetched, EPOCH);
    frontier.release(vec![back], EPOCH).unwrap();
    frontier.settle(&settlements, position(1), EPOCH).unwrap();
    drop(frontier);
    let politeness = Politeness { delay: Span::seconds(30), ..Politeness::default() };
    let settings = Settings { politeness, ..Settings::default() };
    let mut frontier = Frontier::open(dir.path(), settings, at(1_000)).unwrap();
    let lease = frontier.lease(&one, at(1_000)).unwrap().remove(0);
    assert_eq!(lease.pace.next_allowed(), at(30_000));
}
