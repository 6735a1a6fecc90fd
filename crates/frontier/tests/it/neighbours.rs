//! A robots.txt that redirects to another site: that site is asked by nobody else meanwhile, and not early.

use std::time::Duration;

use frontier::{LeaseRequest, SiteReturn};
use testkit::clock::EPOCH;

use crate::world::{at, crawl, open, request, seed, site};

const HOLD: Duration = Duration::from_mins(2);

#[test]
fn a_reserved_site_is_lent_to_nobody_until_the_hold_is_over_even_after_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://b.kz/")], EPOCH).unwrap();
    assert_eq!(frontier.reserve(&site("b.kz"), HOLD, false, at(1_000)).unwrap(), Ok(at(1_000)));
    assert!(frontier.lease(&request(), at(60_000)).unwrap().is_empty());
    assert_eq!(
        frontier.reserve(&site("b.kz"), HOLD, false, at(2_000)).unwrap(),
        Err(at(121_000)),
        "nor to another neighbour"
    );
    assert_eq!(frontier.reserve(&site("b.kz"), HOLD, true, at(2_000)).unwrap(), Ok(at(2_000)), "but again");
    drop(frontier);
    let mut frontier = open(dir.path(), at(3_000));
    assert!(frontier.lease(&request(), at(121_999)).unwrap().is_empty());
    assert_eq!(frontier.lease(&request(), at(122_000)).unwrap().len(), 1);
}

#[test]
fn a_site_that_becomes_known_while_it_is_reserved_is_lent_with_that_silence() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    assert_eq!(frontier.reserve(&site("b.kz"), HOLD, false, EPOCH).unwrap(), Ok(EPOCH));
    frontier.offer(&[seed("https://b.kz/")], at(10)).unwrap();
    let leases = frontier.lease(&request(), at(20)).unwrap();
    assert!(leases.iter().all(|lease| lease.pace.next_allowed() >= at(120_000)), "{leases:?}");
}

#[test]
fn a_resting_site_is_reserved_from_the_end_of_its_rest() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    frontier.offer(&[seed("https://b.kz/")], EPOCH).unwrap();
    frontier.silence(&site("b.kz"), at(5_000), EPOCH).unwrap();
    assert_eq!(frontier.reserve(&site("b.kz"), HOLD, false, at(1_000)).unwrap(), Ok(at(5_000)));
    assert!(frontier.lease(&request(), at(124_000)).unwrap().is_empty());
}

#[test]
fn a_site_that_is_lent_again_and_again_leaves_a_gap_for_whoever_wishes_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let pages: Vec<_> = (0..9).map(|n| seed(&format!("https://b.kz/{n}"))).collect();
    frontier.offer(&pages, EPOCH).unwrap();
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let back = |frontier: &mut frontier::Frontier, now| {
        let lease = frontier.lease(&one, now).unwrap().remove(0);
        assert!(frontier.reserve(&site("b.kz"), HOLD, false, now).unwrap().is_err(), "it is on loan");
        let mut pace = lease.pace;
        pace.sent(now);
        frontier
            .release(
                vec![SiteReturn {
                    site: lease.site,
                    fence: lease.fence,
                    pace,
                    robots: Vec::new(),
                    unvisited: Vec::new(),
                }],
                now,
            )
            .unwrap();
    };
    back(&mut frontier, at(1_000));
    assert!(frontier.lease(&one, at(2_500)).unwrap().is_empty(), "the gap");
    assert_eq!(frontier.reserve(&site("b.kz"), HOLD, false, at(2_500)).unwrap(), Ok(at(4_000)));
}
