//! Promises about the way back.

use std::time::Duration;

use frontier::store::{Batch, LastVisit, ReturnedSite, SettledRow, Turn, Wanted};
use frontier::{RobotsEntry, UrlState};
use model::{Origin, Outcome, Position};

use super::world::{Promise, World, at, key, pace, request, site_of, urls};
use crate::clock::EPOCH;

pub(super) const PROMISES: &[(&str, Promise)] = &[
    ("a return with another fence is void", stale_return),
    ("what was not visited is due as before", unvisited),
    ("a settled row is kept in every part", settled_row),
    ("settling makes unknown URLs known", settle_unknown),
    ("pace and robots.txt copies come back with the next loan", pace_and_robots),
    ("an empty queue keeps its site's rest", rest_survives_empty_queue),
    ("a silence delays, and never hastens", silences),
    ("reclaiming takes everything back as it was", reclaim),
    ("a batch takes effect as a whole, checkpoint included", whole_batch),
];

fn stale_return(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://a.kz/2"]);
    let lent = world.lease(&request(), EPOCH).remove(0);
    let all = [key("https://a.kz/1"), key("https://a.kz/2")];
    for fence in [0, lent.fence - 1, lent.fence + 1] {
        world.give_back_with(&lent, fence, EPOCH, &[], &all);
        assert!(world.lease(&request(), at(10)).is_empty(), "fence {fence} instead of {}", lent.fence);
    }
    world.give_back(&lent, at(5), &all);
    let again = world.lease(&request(), at(5)).remove(0);
    world.give_back(&lent, at(6), &all);
    assert!(world.lease(&request(), at(10)).is_empty(), "an old fence does not end the new loan");
    world.give_back(&again, at(7), &all);
    assert_eq!(world.lease(&request(), at(7)).len(), 1);
}

fn unvisited(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://a.kz/2", "https://a.kz/3", "https://b.kz/1"]);
    world.settle("https://a.kz/3", |row| row.turn = Turn::At(at(3)));
    let lent = world.lease(&request(), at(5));
    let a = lent.iter().find(|lent| lent.site.as_str() == "a.kz").unwrap();
    assert_eq!(urls(a), ["https://a.kz/3", "https://a.kz/1", "https://a.kz/2"]);
    // One it was not lent, and one of another site: no effect.
    let unvisited =
        [key("https://a.kz/2"), key("https://a.kz/3"), key("https://a.kz/9"), key("https://b.kz/1")];
    world.give_back(a, at(6), &unvisited);
    assert_eq!(world.due(at(6)), ["https://a.kz/3", "https://a.kz/2"]);
}

fn settled_row(world: &mut World) {
    world.pages(&["https://a.kz/1"]);
    world.lease(&request(), EPOCH);
    let last = LastVisit {
        at: at(7),
        outcome: Outcome::Disallowed { rule: "Disallow: /\u{43a}*$".to_owned(), line: 4 },
        etag: Some("W/\"x\"".to_owned()),
        last_modified: Some("Thu, 01 Jan 2026 00:00:00 GMT".to_owned()),
        content_hash: Some(u64::MAX),
        interval: Duration::from_hours(2_160),
    };
    for state in [UrlState::Scheduled, UrlState::Gone, UrlState::Refused, UrlState::Dropped, UrlState::Queued]
    {
        world.settle("https://a.kz/1", |row| {
            assert!(row.on_loan || state != UrlState::Scheduled);
            row.state = state;
            row.attempts = 3;
            row.turn = Turn::At(at(1_000));
            row.last = Some(last.clone());
        });
        let row = world.row("https://a.kz/1").unwrap();
        assert_eq!(
            (row.status(), row.on_loan, row.attempts, row.turn),
            (state, false, 3, Turn::At(at(1_000)))
        );
        assert_eq!(row.last.as_ref(), Some(&last));
        assert_eq!(
            (row.url.as_str(), row.via.as_deref()),
            ("https://a.kz/1", Some("https://found.example/"))
        );
    }
    let none = LastVisit {
        etag: None,
        last_modified: None,
        content_hash: None,
        outcome: Outcome::NotModified,
        ..last
    };
    world.settle("https://a.kz/1", |row| row.last = Some(none.clone()));
    assert_eq!(world.row("https://a.kz/1").unwrap().last, Some(none));
}

fn settle_unknown(world: &mut World) {
    world.settle("https://a.kz/1", |row| row.turn = Turn::At(at(9)));
    assert_eq!(world.offer(&[super::world::offer("https://a.kz/1")]).known, 1);
    assert_eq!(world.due(at(9)), ["https://a.kz/1"]);
}

fn pace_and_robots(world: &mut World) {
    world.pages(&["https://a.kz/1"]);
    let lent = world.lease(&request(), EPOCH).remove(0);
    assert_eq!((&lent.pace, lent.robots.len()), (&None, 0));
    let entry = |host: &str, copy: &[u8]| RobotsEntry {
        origin: Origin::of(&url::Url::parse(&format!("https://{host}")).unwrap()),
        copy: copy.to_owned(),
    };
    let unvisited = [key("https://a.kz/1")];
    world.give_back_with(
        &lent,
        lent.fence,
        at(3),
        &[entry("a.kz", b"\x00one"), entry("m.a.kz", b"two")],
        &unvisited,
    );
    let lent = world.lease(&request(), at(3)).remove(0);
    assert_eq!(lent.pace, Some(pace(&lent.site, at(3))));
    assert_eq!(lent.robots, [entry("a.kz", b"\x00one"), entry("m.a.kz", b"two")]);
    world.give_back_with(&lent, lent.fence, at(3), &[entry("a.kz", b"")], &unvisited);
    assert_eq!(world.lease(&request(), at(3))[0].robots, [entry("a.kz", b""), entry("m.a.kz", b"two")]);
}

fn rest_survives_empty_queue(world: &mut World) {
    world.pages(&["https://a.kz/1"]);
    let lent = world.lease(&request(), EPOCH).remove(0);
    world.settle("https://a.kz/1", |row| row.turn = Turn::At(at(1_000_000)));
    world.give_back(&lent, at(9), &[]);
    world.pages(&["https://a.kz/2"]);
    assert_eq!(world.next_due(&request()), Some(at(9)), "field.md section 1, point 3");
    assert!(world.lease(&request(), at(8)).is_empty());
    assert_eq!(world.due(at(9)), ["https://a.kz/2"]);
}

fn silences(world: &mut World) {
    world.pages(&["https://a.kz/1"]);
    let (site, stranger) = (site_of("https://a.kz/1"), site_of("https://nobody.kz/"));
    for (until, expected) in [(50, 50), (20, 50), (60, 60)] {
        let mut batch = Batch::new(EPOCH);
        batch.silences = vec![(&site, at(until)), (&stranger, at(until))];
        world.store.apply(&batch).unwrap();
        assert_eq!(world.next_due(&request()), Some(at(expected)));
    }
    assert!(world.lease(&request(), at(59)).is_empty());
    assert_eq!(world.lease(&request(), at(60))[0].next_allowed, at(60));
}

fn reclaim(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://a.kz/2", "https://b.kz/1"]);
    world.settle("https://a.kz/2", |row| {
        row.state = UrlState::Scheduled;
        row.turn = Turn::At(EPOCH);
    });
    let lent = world.lease(&request(), EPOCH);
    // One site is back already, its visited URLs are not settled.
    world.give_back(lent.iter().find(|lent| lent.site.as_str() == "b.kz").unwrap(), at(1), &[]);
    let found = world.store.read(&Wanted { sites_on_loan: true, ..Wanted::default() }).unwrap();
    assert_eq!(found.sites.iter().map(|row| row.site.as_str()).collect::<Vec<_>>(), ["a.kz"]);
    let mut batch = Batch::new(EPOCH);
    batch.reclaim = true;
    batch.returns = vec![ReturnedSite {
        site: &found.sites[0].site,
        fence: found.sites[0].fence.unwrap(),
        pace: pace(&found.sites[0].site, at(30)),
        next_allowed: at(30),
        robots: &[],
        unvisited: &[],
    }];
    world.store.apply(&batch).unwrap();
    assert_eq!(world.due(at(29)), ["https://b.kz/1"]);
    assert_eq!(world.due(at(30)), ["https://a.kz/1", "https://a.kz/2"]);
}

fn whole_batch(world: &mut World) {
    let checkpoint = Position { segment: 3, offset: 1 << 40 };
    let (a, new) = (site_of("https://a.kz/"), super::world::offer("https://b.kz/"));
    let row = frontier::store::UrlRow {
        turn: Turn::At(at(5)),
        ..frontier::store::UrlRow::of_offer(&super::world::offer("https://a.kz/"), 1)
    };
    let mut batch = Batch::new(EPOCH);
    batch.rows = vec![SettledRow { site: &a, row, outcomes: vec!["failed", "fetched", "fetched"] }];
    batch.offers =
        vec![frontier::store::NewUrl { offer: &new, rank: 1, budget: frontier::store::Budget::Free }];
    batch.checkpoint = Some(checkpoint);
    world.store.apply(&batch).unwrap();
    let ledger = world.store.read(&Wanted { ledger: true, ..Wanted::default() }).unwrap().ledger.unwrap();
    assert_eq!(ledger.checkpoint, checkpoint);
    assert_eq!(
        ledger.counts.outcomes.into_iter().collect::<Vec<_>>(),
        [("failed".to_owned(), 1), ("fetched".to_owned(), 2)]
    );
    assert_eq!((ledger.counts.queued, ledger.counts.sites), (2, 2));
    let back = Position { segment: 0, offset: 7 };
    let mut batch = Batch::new(EPOCH);
    batch.checkpoint = Some(back);
    world.store.apply(&batch).unwrap();
    let ledger = world.store.read(&Wanted { ledger: true, ..Wanted::default() }).unwrap().ledger.unwrap();
    assert_eq!(ledger.checkpoint, back, "an archive that was rewritten is shorter");
}
