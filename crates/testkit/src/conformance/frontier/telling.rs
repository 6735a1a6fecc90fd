//! Promises about answers.

use frontier::store::{Batch, Memo, MemoKey, Turn, Wanted};
use frontier::{JobRules, LeaseRequest, Offer, Scope, UrlState};
use model::{ResourceKind, Site};

use super::world::{Promise, World, at, key, offer, request, site_of};
use crate::clock::EPOCH;

pub(super) const PROMISES: &[(&str, Promise)] = &[
    ("an admitted offer is kept in every part", kept),
    ("counters agree with the rows", counters),
    ("sites are listed by name, page by page", listing),
    ("jobs are kept, and registering again replaces", jobs),
    ("memos are kept, replaced and removed", memos),
    ("what is admitted is known", known),
    ("what is not there is not found", absent),
];

fn kept(world: &mut World) {
    let odd = Offer {
        kind: ResourceKind::Sitemap,
        depth: u16::MAX,
        hops: 10,
        job: "\u{436}\u{4b1}\u{43c}\u{44b}\u{441}".to_owned(),
        ..offer("http://www.a.kz:8080/%D2%93?a=1&b=%20")
    };
    let plain = Offer { via: None, ..offer("https://1.2.3.4/") };
    world.offer(&[odd.clone(), plain.clone()]);
    for expected in [odd, plain] {
        let row = world.row(expected.url.url().as_str()).unwrap();
        assert_eq!(row, frontier::store::UrlRow::of_offer(&expected, expected.depth));
    }
}

fn counters(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://a.kz/2", "https://a.kz/3", "https://b.kz/1", "https://c.kz/1"]);
    for (url, state) in [("https://a.kz/1", UrlState::Gone), ("https://b.kz/1", UrlState::Dropped)] {
        world.settle(url, |row| {
            row.state = state;
            row.turn = Turn::At(at(1_000));
        });
    }
    let one = LeaseRequest { visits_per_site_max: 1, sites_max: 1, ..request() };
    let lent = world.lease(&LeaseRequest { job: Some("job".to_owned()), ..one }, EPOCH).remove(0);
    let found = world
        .store
        .read(&Wanted { ledger: true, sites: &[site_of("https://a.kz/")], ..Wanted::default() })
        .unwrap();
    let counts = found.ledger.unwrap().counts;
    assert_eq!((counts.queued, counts.leased, counts.gone, counts.dropped), (2, 1, 1, 1));
    assert_eq!((counts.sites, counts.sites_leased), (3, 1));
    let a = &found.sites[0];
    let leased = u64::from(lent.site == a.site);
    assert_eq!((a.counts.queued, a.counts.leased, a.counts.gone), (2 - leased, leased, 1));
    assert_eq!(a.fence, (leased == 1).then_some(lent.fence));
}

fn listing(world: &mut World) {
    world.pages(&["https://c.kz/", "https://a.kz/", "https://d.kz/", "https://b.kz/"]);
    let list = |after: Option<&str>, sites_max| {
        let after = after.map(Site::of_domain);
        let wanted = Wanted { sites_max, sites_after: after.as_ref(), ..Wanted::default() };
        let found = world.store.read(&wanted).unwrap();
        found.sites.into_iter().map(|row| row.site.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(list(None, 3), ["a.kz", "b.kz", "c.kz"]);
    assert_eq!(list(Some("c.kz"), 3), ["d.kz"]);
    assert_eq!(list(Some("bb.kz"), 1), ["c.kz"]);
    assert!(list(None, 0).is_empty());
}

fn jobs(world: &mut World) {
    let rules = |world: &World| {
        world.store.read(&Wanted { rules: true, ..Wanted::default() }).unwrap().rules.unwrap()
    };
    world.settle("https://a.kz/", |row| "never registered".clone_into(&mut row.job));
    assert!(rules(world).jobs.is_empty());
    world.register(&["b", "a"]);
    let changed = JobRules {
        name: "b".to_owned(),
        scope: Scope::Prefix,
        seeds: vec!["https://a.kz/".to_owned()],
        include: vec!["x\"y".to_owned()],
        exclude: vec!["\\d".to_owned()],
        depth_max: Some(3),
        pages_max: Some(u64::MAX),
        pages_per_site_max: None,
        fresh_within: None,
    };
    let mut batch = Batch::new(EPOCH);
    batch.jobs = std::slice::from_ref(&changed);
    world.store.apply(&batch).unwrap();
    let kept = rules(world).jobs;
    assert_eq!(kept.iter().map(|job| job.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(kept[1], changed);
}

fn memos(world: &mut World) {
    let keys = [
        MemoKey::Site(site_of("https://a.kz/")),
        MemoKey::Job("a.kz".to_owned()),
        MemoKey::Named("a.kz"),
        MemoKey::Job("never".to_owned()),
    ];
    let keep = |world: &mut World, bytes: [&[u8]; 3]| {
        let mut batch = Batch::new(EPOCH);
        batch.memos = keys
            .iter()
            .zip(bytes)
            .map(|(of, bytes)| Memo { of: of.clone(), bytes: bytes.to_vec() })
            .collect();
        world.store.apply(&batch).unwrap();
    };
    let kept = |world: &World| world.store.read(&Wanted { memos: &keys, ..Wanted::default() }).unwrap().memos;
    keep(world, [b"one", b"two", &[0, 255]]);
    assert_eq!(kept(world), [Some(b"one".to_vec()), Some(b"two".to_vec()), Some(vec![0, 255]), None]);
    keep(world, [b"", b"new", b""]);
    assert_eq!(kept(world), [None, Some(b"new".to_vec()), None, None]);
}

fn known(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://b.kz/1"]);
    let keys = ["https://b.kz/1", "https://a.kz/2", "https://a.kz/1"].map(key);
    let found = world.store.read(&Wanted { known: &keys, ..Wanted::default() }).unwrap();
    assert_eq!(found.known, [true, false, true]);
}

fn absent(world: &mut World) {
    let nobody = site_of("https://nobody.kz/");
    let found = world
        .store
        .read(&Wanted {
            urls: &[key("https://nobody.kz/")],
            sites: std::slice::from_ref(&nobody),
            sites_on_loan: true,
            robots: true,
            ledger: true,
            rules: true,
            ..Wanted::default()
        })
        .unwrap();
    assert_eq!((found.urls, found.sites, found.robots.len()), (vec![None], Vec::new(), 0));
    assert_eq!(found.ledger.unwrap(), frontier::store::Ledger::default());
    assert_eq!(found.rules.unwrap(), frontier::store::KeptRules::default());
}
