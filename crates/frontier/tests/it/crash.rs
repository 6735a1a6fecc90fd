//! kill -9: whatever instant the files are cut at, nothing is lost and no site is asked early.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use frontier::{Frontier, LeaseRequest, Settings, SiteReturn};
use model::Outcome;
use testkit::clock::EPOCH;
use testkit::random::Random;

use crate::world::{at, crawl, key, link, open, position, request, seed, settlement};

/// What a killed process leaves: its files.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

#[test]
fn a_site_on_loan_rests_for_one_delay_and_its_urls_are_due_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2"), seed("https://b.kz/")], EPOCH).unwrap();
    let leases = frontier.lease(&LeaseRequest { sites_max: 1, ..request() }, at(10_000)).unwrap();
    let leased = leases[0].site.clone();
    let after = dir.path().join("after");
    copy(dir.path(), &after);
    let mut frontier = open(&after, at(20_000));
    assert_eq!(frontier.counts().unwrap().leased, 0);
    let status = frontier.site_status(&leased).unwrap().unwrap();
    assert_eq!((status.next_allowed, status.fence), (at(21_000), None));
    let now: BTreeSet<_> =
        frontier.lease(&request(), at(20_000)).unwrap().into_iter().map(|lease| lease.site).collect();
    assert!(!now.contains(&leased) && now.len() == 1, "{now:?}");
    let lease = frontier.lease(&request(), at(21_000)).unwrap().remove(0);
    assert_eq!(lease.site, leased);
    assert!(lease.fence > leases[0].fence);
    assert_eq!(lease.visits, leases[0].visits);
    assert!(lease.pace.next_allowed() <= at(21_000));
}

#[test]
fn a_longer_rest_outlives_the_crash() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2")], EPOCH).unwrap();
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let lease = frontier.lease(&one, EPOCH).unwrap().remove(0);
    let mut pace = lease.pace;
    let refusal = Outcome::RetryLater { status: 429, until: Some(at(7_200_000)) };
    pace.answered(&refusal, std::time::Duration::ZERO, at(1_000));
    let back =
        SiteReturn { site: lease.site, fence: lease.fence, pace, robots: Vec::new(), unvisited: Vec::new() };
    frontier.release(vec![back], at(1_000)).unwrap();
    let after = dir.path().join("after");
    copy(dir.path(), &after);
    let frontier = open(&after, at(2_000));
    assert_eq!(frontier.next_due(&one, at(2_000)).unwrap(), Some(at(7_200_000)));
}

#[test]
fn recovering_in_the_same_process_does_the_same() {
    let mut frontier = Frontier::in_memory(Settings::default());
    frontier.register(crate::world::any_job(), EPOCH).unwrap();
    frontier.offer(&[seed("https://a.kz/")], EPOCH).unwrap();
    let lease = frontier.lease(&request(), EPOCH).unwrap().remove(0);
    frontier.recover(at(5_000)).unwrap();
    assert_eq!(frontier.next_due(&request(), at(5_000)).unwrap(), Some(at(6_000)));
    let late = SiteReturn {
        site: lease.site,
        fence: lease.fence,
        pace: lease.pace,
        robots: Vec::new(),
        unvisited: Vec::new(),
    };
    let again = frontier.lease(&request(), at(6_000)).unwrap().remove(0);
    frontier.release(vec![late], at(6_000)).unwrap();
    assert!(frontier.lease(&request(), at(9_000)).unwrap().is_empty(), "the old holder's return is void");
    assert_eq!(again.visits.len(), 1);
}

/// A crawl during which the files are copied after every step; each copy is opened and has to be whole.
#[test]
fn every_instant_of_a_crawl_can_be_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random::new(11);
    let mut frontier = crawl(dir.path());
    let mut known = BTreeSet::new();
    let mut offset = 0;
    for step in 0..40u64 {
        let now = at(step * 1_500);
        let offers: Vec<_> = (0..6)
            .map(|_| {
                link(&format!("https://s{}.kz/{}", random.below(4), random.below(60)), "https://s0.kz/0")
            })
            .collect();
        known.extend(offers.iter().map(|offer| offer.url.url().to_string()));
        frontier.offer(&offers, now).unwrap();
        check(dir.path(), step * 3, &known, &frontier, now);
        let few = LeaseRequest { sites_max: 2, visits_per_site_max: 3, ..request() };
        for lease in frontier.lease(&few, now).unwrap() {
            check(dir.path(), step * 3 + 1, &known, &frontier, now);
            let done = random.index(lease.visits.len() + 1);
            let unvisited = lease.visits[done..].iter().map(|visit| visit.key).collect();
            let mut pace = lease.pace.clone();
            pace.sent(now);
            let back =
                SiteReturn { site: lease.site, fence: lease.fence, pace, robots: Vec::new(), unvisited };
            frontier.release(vec![back], now).unwrap();
            offset += 1;
            let settled: Vec<_> =
                lease.visits[..done].iter().map(|visit| settlement(visit, Outcome::Fetched, now)).collect();
            frontier.settle(&settled, position(offset), now).unwrap();
            check(dir.path(), step * 3 + 2, &known, &frontier, now);
        }
    }
}

fn check(dir: &Path, number: u64, known: &BTreeSet<String>, alive: &Frontier, now: model::Timestamp) {
    let to = dir.join(format!("copy-{number}"));
    copy(dir, &to);
    let mut frontier = open(&to, now);
    assert_eq!(frontier.checkpoint().unwrap(), alive.checkpoint().unwrap());
    let counts = frontier.counts().unwrap();
    assert_eq!((counts.leased, counts.queued + counts.scheduled), (0, known.len() as u64));
    for site in frontier.sites(None, 100).unwrap() {
        let before = alive.site_status(&site.site).unwrap().unwrap();
        assert!(site.next_allowed >= before.next_allowed);
        if before.fence.is_some() {
            assert!(site.next_allowed >= model::time::later(now, std::time::Duration::from_secs(1)));
        }
    }
    let all = frontier.lease(&request(), model::Timestamp::MAX).unwrap();
    let due: BTreeSet<String> =
        all.into_iter().flat_map(|lease| lease.visits).map(|visit| visit.url).collect();
    assert_eq!(&due, known, "every URL ever admitted has its turn");
    assert!(known.iter().all(|url| frontier.url_status(key(url)).unwrap().is_some()));
    fs::remove_dir_all(to).unwrap();
}
