//! A frontier with a job, and short ways to use it.

use std::path::Path;
use std::time::Duration;

use frontier::{Frontier, JobRules, LeaseRequest, Offer, Scope, Settings, Settlement, SiteLease, SiteReturn};
use model::{CanonicalUrl, Outcome, Position, ResourceKind, Site, Timestamp, UrlKey, Visit};
use testkit::clock::EPOCH;

/// Milliseconds after [`EPOCH`].
pub(crate) fn at(millis: u64) -> Timestamp {
    model::time::later(EPOCH, Duration::from_millis(millis))
}

pub(crate) fn seed(url: &str) -> Offer {
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

pub(crate) fn link(url: &str, via: &str) -> Offer {
    Offer { depth: 1, via: Some(via.to_owned()), ..seed(url) }
}

pub(crate) fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

pub(crate) fn site(name: &str) -> Site {
    Site::of_domain(name)
}

pub(crate) fn any_job() -> JobRules {
    JobRules { name: "job".to_owned(), scope: Scope::Any, ..JobRules::default() }
}

pub(crate) fn request() -> LeaseRequest {
    LeaseRequest { sites_max: 1_000, visits_per_site_max: 1_000, revisits_due_by: Timestamp::MAX, job: None }
}

pub(crate) fn open(dir: &Path, now: Timestamp) -> Frontier {
    Frontier::open(dir, Settings::default(), now).unwrap()
}

/// A frontier in `dir` whose job admits everything.
pub(crate) fn crawl(dir: &Path) -> Frontier {
    let mut frontier = open(dir, EPOCH);
    frontier.register(any_job(), EPOCH).unwrap();
    frontier
}

pub(crate) fn settlement(visit: &Visit, outcome: Outcome, at: Timestamp) -> Settlement {
    let site = CanonicalUrl::parse(&visit.url).unwrap().site();
    Settlement::new(visit.clone(), site, outcome, at)
}

/// Visits everything lent at `now`, each with the same outcome, and gives the site back.
pub(crate) fn visit_all(
    lease: SiteLease,
    outcome: &Outcome,
    now: Timestamp,
) -> (SiteReturn, Vec<Settlement>) {
    let SiteLease { site, fence, mut pace, visits, .. } = lease;
    for _ in &visits {
        pace.sent(now);
        pace.answered(outcome, Duration::ZERO, now);
    }
    let settlements = visits.iter().map(|visit| settlement(visit, outcome.clone(), now)).collect();
    (SiteReturn { site, fence, pace, robots: Vec::new(), unvisited: Vec::new() }, settlements)
}

pub(crate) fn position(offset: u64) -> Position {
    Position { segment: 0, offset }
}
