//! Promises about takedowns.

use frontier::store::{Batch, Memo, MemoKey, Wanted};
use frontier::{Offer, RobotsEntry, Takedown};
use model::{CanonicalUrl, Origin};

use super::world::{Promise, World, at, offer, request, urls};
use crate::clock::EPOCH;

pub(super) const PROMISES: &[(&str, Promise)] = &[
    ("a forgotten URL is gone from rows, queues, counters and mentions", forget_url),
    ("a host and a prefix are forgotten whole", forget_host_and_prefix),
    ("a URL on loan can be forgotten", forget_on_loan),
    ("with a host go its robots.txt copies and its memo", forget_beside),
];

fn forget(world: &mut World, takedown: &Takedown) -> u64 {
    let mut batch = Batch::new(EPOCH);
    batch.forget = Some(takedown);
    world.store.apply(&batch).unwrap().forgotten
}

fn forget_url(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://a.kz/2"]);
    let child = Offer { via: Some("https://a.kz/1".to_owned()), ..offer("https://b.kz/child") };
    let other = Offer { via: Some("https://a.kz/1#x".to_owned()), ..offer("https://b.kz/other") };
    world.offer(&[child, other]);
    assert_eq!(world.row("https://b.kz/child").unwrap().via.as_deref(), Some("https://a.kz/1"));
    let takedown = Takedown::Url(CanonicalUrl::parse("https://a.kz/1").unwrap());
    assert_eq!(forget(world, &takedown), 1);
    assert_eq!(forget(world, &takedown), 0);
    assert_eq!(world.row("https://a.kz/1"), None);
    assert_eq!(world.row("https://b.kz/child").unwrap().via, None);
    assert_eq!(world.row("https://b.kz/other").unwrap().via, None);
    let found = world.store.read(&Wanted { ledger: true, rules: true, ..Wanted::default() }).unwrap();
    assert_eq!(found.ledger.unwrap().counts.queued, 3);
    assert_eq!(found.rules.unwrap().takedowns, [takedown.rule()]);
    let lent = world.lease(&request(), EPOCH);
    assert_eq!(urls(lent.iter().find(|lent| lent.site.as_str() == "a.kz").unwrap()), ["https://a.kz/2"]);
}

fn forget_host_and_prefix(world: &mut World) {
    world.pages(&[
        "https://a.kz/1",
        "http://a.kz/2",
        "https://m.a.kz/1",
        "https://b.kz/p/1",
        "https://b.kz/p/2",
        "https://b.kz/q",
    ]);
    assert_eq!(forget(world, &Takedown::Host("a.kz".to_owned())), 2);
    assert_eq!(forget(world, &Takedown::Prefix("https://b.kz/p/".to_owned())), 2);
    let mut left = world.due(EPOCH);
    left.sort_unstable();
    assert_eq!(left, ["https://b.kz/q", "https://m.a.kz/1"]);
    assert_eq!(forget(world, &Takedown::Prefix("https://".to_owned())), 2, "a prefix may reach over sites");
}

fn forget_on_loan(world: &mut World) {
    world.pages(&["https://a.kz/1"]);
    let lent = world.lease(&request(), EPOCH).remove(0);
    assert_eq!(forget(world, &Takedown::Host("a.kz".to_owned())), 1);
    world.give_back(&lent, at(1), &[lent.rows[0].key]);
    assert!(world.lease(&request(), at(1)).is_empty());
    let counts =
        world.store.read(&Wanted { ledger: true, ..Wanted::default() }).unwrap().ledger.unwrap().counts;
    assert_eq!((counts.queued, counts.leased, counts.sites_leased), (0, 0, 0));
}

fn forget_beside(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://m.a.kz/1"]);
    let copies = ["https://a.kz", "https://m.a.kz"].map(|origin| RobotsEntry {
        origin: Origin::of(&url::Url::parse(origin).unwrap()),
        copy: origin.as_bytes().to_vec(),
    });
    let lent = world.lease(&request(), EPOCH).remove(0);
    world.give_back_with(&lent, lent.fence, EPOCH, &copies, &[]);
    let of = [MemoKey::Site(lent.site.clone()), MemoKey::Named("other")];
    let mut batch = Batch::new(EPOCH);
    batch.memos = of.iter().map(|of| Memo { of: of.clone(), bytes: vec![1] }).collect();
    world.store.apply(&batch).unwrap();
    forget(world, &Takedown::Url(CanonicalUrl::parse("https://a.kz/").unwrap()));
    let wanted = Wanted { sites: &[lent.site], robots: true, memos: &of, ..Wanted::default() };
    let found = world.store.read(&wanted).unwrap();
    assert_eq!(
        (found.robots, found.memos[0].is_some()),
        (vec![copies.to_vec()], true),
        "one page is not the host"
    );
    assert_eq!(forget(world, &Takedown::Host("a.kz".to_owned())), 1);
    let found = world.store.read(&wanted).unwrap();
    assert_eq!(found.robots, [copies[1..].to_vec()]);
    assert_eq!(found.memos, [None, Some(vec![1])]);
}
