//! The fast store keeps the promises of the port, as the frontier's own stores do; and so does the disk over each.

use frontier::{Frontier, FrontierStore, JobRules, LeaseRequest, Offer, Scope, Settings, Settlement};
use model::{CanonicalUrl, Outcome, Position, ResourceKind, Timestamp};
use simulator::store::{Disk, IndexedStore, Kind};

#[test]
fn the_indexed_store_conforms() {
    testkit::conformance::frontier::run(&mut || Box::new(IndexedStore::default()));
}

#[test]
fn the_disk_conforms() {
    let fresh = || -> Box<dyn FrontierStore> { Box::new(Disk::new(Kind::Indexed).unwrap()) };
    testkit::conformance::frontier::run(&mut || fresh());
}

/// Found by seed 6: a retry parked for ten years hid the revisits of its site from leases, but not from `next_due`.
#[test]
fn a_retry_far_ahead_does_not_hide_a_revisit() {
    let at = |seconds: i64| Timestamp::from_second(1_767_225_600 + seconds).unwrap();
    let mut frontier = Frontier::over(Box::new(IndexedStore::default()), Settings::default()).unwrap();
    let rules = JobRules { name: "job".to_owned(), scope: Scope::Any, ..JobRules::default() };
    frontier.register(rules, at(0)).unwrap();
    let offers = ["https://a.kz/1", "https://a.kz/2"].map(|url| Offer {
        url: CanonicalUrl::parse(url).unwrap(),
        kind: ResourceKind::Page,
        depth: 0,
        hops: 0,
        via: None,
        job: "job".to_owned(),
        dated: None,
    });
    frontier.offer(&offers, at(0)).unwrap();
    let request = |by| LeaseRequest {
        sites_max: 1,
        visits_per_site_max: 2,
        revisits_due_by: at(by),
        job: Some("job".to_owned()),
    };
    let lease = frontier.lease(&request(0), at(0)).unwrap().remove(0);
    let outcomes = [Outcome::Fetched, Outcome::RetryLater { status: 429, until: Some(at(300_000_000)) }];
    let settlements: Vec<Settlement> = lease
        .visits
        .into_iter()
        .zip(outcomes)
        .map(|(visit, outcome)| Settlement {
            visit,
            site: lease.site.clone(),
            outcome,
            at: at(1),
            etag: None,
            last_modified: None,
            content_hash: Some(1),
            dropped: false,
            discovered: Vec::new(),
            signs: frontier::Signs::default(),
        })
        .collect();
    let returned = frontier::SiteReturn {
        site: lease.site.clone(),
        fence: lease.fence,
        pace: lease.pace,
        robots: Vec::new(),
        unvisited: Vec::new(),
    };
    frontier.release(vec![returned], at(1)).unwrap();
    frontier.settle(&settlements, Position::default(), at(1)).unwrap();
    // The site itself is silent for `silence_max`, 30 days.
    let then = 40 * 86_400;
    assert!(frontier.next_due(&request(then), at(then)).unwrap() == Some(at(then)));
    assert_eq!(frontier.lease(&request(then), at(then)).unwrap().len(), 1);
}
