//! Sites in trouble are counted and named; healthy ones are counted only.

use std::time::Duration;

use frontier::{Frontier, Health, JobRules, LeaseRequest, Offer, Scope, Settings, SiteReturn};
use model::{CanonicalUrl, FailureKind, Outcome, ResourceKind, Timestamp};
use testkit::clock::EPOCH;

use super::hosts;

fn at(hours: u64) -> Timestamp {
    model::time::later(EPOCH, Duration::from_hours(hours))
}

fn seed(url: &str) -> Offer {
    Offer {
        url: CanonicalUrl::parse(url).unwrap(),
        kind: ResourceKind::Page,
        depth: 0,
        hops: 0,
        via: None,
        job: "job".to_owned(),
        dated: None,
    }
}

/// Every site that may be asked at `now` answers.
fn round(frontier: &mut Frontier, now: Timestamp, answer: impl Fn(&str) -> Outcome) {
    let request = LeaseRequest { sites_max: 9, visits_per_site_max: 1, revisits_due_by: now, job: None };
    for lease in frontier.lease(&request, now).unwrap() {
        let mut pace = lease.pace;
        pace.sent(now);
        pace.answered(&answer(lease.site.as_str()), Duration::from_millis(50), now);
        let unvisited = lease.visits.iter().map(|visit| visit.key).collect();
        let back = SiteReturn { site: lease.site, fence: lease.fence, pace, robots: Vec::new(), unvisited };
        frontier.release(vec![back], now).unwrap();
    }
}

#[test]
fn silent_and_stalled_hosts_raise_alerts() {
    let mut frontier = Frontier::in_memory(Settings::default());
    let rules = JobRules { name: "job".to_owned(), scope: Scope::Any, ..JobRules::default() };
    frontier.register(rules, EPOCH).unwrap();
    let seeds = ["https://well.kz/", "https://down.kz/", "https://down.kz/2", "https://busy.kz/"].map(seed);
    frontier.offer(&seeds, EPOCH).unwrap();
    assert_eq!(hosts(&frontier, at(0)).unwrap().alerts(true), Vec::<String>::new());
    for hour in 0..3 {
        round(&mut frontier, at(hour), |site| match site {
            "well.kz" => Outcome::NotModified,
            "down.kz" => Outcome::Failed { kind: FailureKind::Timeout, detail: String::new() },
            _ => Outcome::RetryLater { status: 429, until: Some(at(30)) },
        });
    }
    let report = hosts(&frontier, at(2)).unwrap();
    assert_eq!(report.by_health.get(&Health::Ok), Some(&1));
    assert_eq!(report.by_health.get(&Health::Blocked), Some(&2));
    assert_eq!(report.silent_count, 2);
    assert_eq!(report.silent[0].site.as_str(), "down.kz", "more URLs come first");
    assert_eq!(report.silent[0].since, Some(at(0)));
    let alerts = report.alerts(false);
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert!(alerts[0].contains("down.kz and 1 more"), "{alerts:?}");
    let stalled = hosts(&frontier, at(4)).unwrap();
    assert!(stalled.due_since.is_some_and(|due| due < at(3)), "{:?}", stalled.due_since);
    assert_eq!(stalled.alerts(true).len(), 2);
    assert_eq!(stalled.alerts(false).len(), 1, "nobody crawls: nothing stands still");
}
