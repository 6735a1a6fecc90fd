//! Promises about offers and loans.

use frontier::store::{Budget, LastVisit, Turn};
use frontier::{LeaseRequest, Offer, UrlState};
use model::{Outcome, ResourceKind, Timestamp};

use super::world::{Promise, World, at, hub, offer, request, urls};
use crate::clock::EPOCH;

pub(super) const PROMISES: &[(&str, Promise)] = &[
    ("a known URL is not admitted again", known_once),
    ("budgets count per job and per site, for ever", budgets),
    ("a site over its budget leaves no trace", no_trace),
    ("hubs first, then retries, then by rank and discovery", order_within_a_site),
    ("the site that waits longest goes first", order_of_sites),
    ("a huge site does not keep the others waiting", fairness),
    ("no more is lent than asked for", bounds),
    ("a site is lent once at a time and fences grow", one_loan),
    ("nothing is lent before its instant, and next_due names it", instants),
    ("revisits are bound by the request, retries are not", revisits_due_by),
    ("the bound may come down again", revisits_bound_lowered),
    ("a job's request sees its own URLs only", by_job),
    ("the seed of another job goes over to it", adoption),
];

fn known_once(world: &mut World) {
    let first = world.offer(&[offer("https://a.kz/1"), offer("https://a.kz/2")]);
    assert_eq!((first.admitted, first.known), (2, 0));
    let again = world.offer(&[offer("https://a.kz/2"), offer("https://a.kz/3")]);
    assert_eq!((again.admitted, again.known), (1, 1));
    assert_eq!(world.due(EPOCH), ["https://a.kz/1", "https://a.kz/2", "https://a.kz/3"]);
    assert_eq!(world.offer(&[offer("https://a.kz/1")]).known, 1, "also on loan");
}

fn budgets(world: &mut World) {
    let pages = |job_max, site_max| Budget::Pages { job_max, site_max };
    let batch = |site: &str, from: usize| -> Vec<Offer> {
        (from..from + 3).map(|n| offer(&format!("https://{site}/{n}"))).collect()
    };
    let applied = world.offer_at(&batch("a.kz", 0), EPOCH, pages(5, 2));
    assert_eq!((applied.admitted, applied.over_budget), (2, 1));
    let applied = world.offer_at(&batch("a.kz", 10), EPOCH, pages(5, 2));
    assert_eq!((applied.admitted, applied.over_budget), (0, 3), "the site is full");
    let applied = world.offer_at(&batch("b.kz", 0), EPOCH, pages(5, 9));
    assert_eq!((applied.admitted, applied.over_budget), (3, 0));
    let applied = world.offer_at(&batch("c.kz", 0), EPOCH, pages(5, 9));
    assert_eq!((applied.admitted, applied.over_budget), (0, 3), "the job is full");
    let other: Vec<Offer> =
        batch("c.kz", 0).into_iter().map(|offer| Offer { job: "other".to_owned(), ..offer }).collect();
    assert_eq!(world.offer_at(&other, EPOCH, pages(5, 9)).admitted, 3, "another job is not");
    let applied = world.offer_at(&batch("a.kz", 20), EPOCH, Budget::Hubs { site_max: 2 });
    assert_eq!((applied.admitted, applied.over_budget), (2, 1), "hubs count apart");
    assert_eq!(world.offer(&batch("a.kz", 30)).admitted, 3, "and some are free");
}

fn no_trace(world: &mut World) {
    let full = Budget::Pages { job_max: 0, site_max: 0 };
    assert_eq!(world.offer_at(&[offer("https://a.kz/")], EPOCH, full).over_budget, 1);
    assert_eq!(world.row("https://a.kz/"), None);
    assert_eq!(world.offer(&[offer("https://a.kz/")]).admitted, 1, "it is not taken for known");
}

fn order_within_a_site(world: &mut World) {
    let deep = Offer { depth: 5, ..offer("https://a.kz/deep") };
    let offers = [
        deep,
        offer("https://a.kz/z"),
        offer("https://a.kz/retry"),
        offer("https://a.kz/b"),
        hub("https://a.kz/feed"),
    ];
    world.offer(&offers);
    world.settle("https://a.kz/retry", |row| row.turn = Turn::At(at(10)));
    assert_eq!(
        world.due(at(10)),
        ["https://a.kz/feed", "https://a.kz/retry", "https://a.kz/z", "https://a.kz/b", "https://a.kz/deep"]
    );
}

fn order_of_sites(world: &mut World) {
    world.offer_at(&[offer("https://late.kz/")], at(30), Budget::Free);
    world.offer_at(&[offer("https://early.kz/")], at(10), Budget::Free);
    world.offer_at(&[offer("https://middle.kz/")], at(20), Budget::Free);
    assert_eq!(world.next_due(&request()), Some(at(10)));
    let one = LeaseRequest { sites_max: 1, ..request() };
    let mut sites = Vec::new();
    for _ in 0..3 {
        sites.extend(world.lease(&one, at(40)).into_iter().map(|lent| lent.site.to_string()));
    }
    assert_eq!(sites, ["early.kz", "middle.kz", "late.kz"]);
}

fn fairness(world: &mut World) {
    let huge: Vec<Offer> = (0..500).map(|n| offer(&format!("https://huge.kz/{n}"))).collect();
    world.offer(&huge);
    let small: Vec<Offer> = (0..20).map(|n| offer(&format!("https://small{n}.kz/"))).collect();
    world.offer(&small);
    let few = LeaseRequest { sites_max: 1, visits_per_site_max: 4, ..request() };
    let mut small_seen = 0;
    for second in 0..21 {
        let lent = world.lease(&few, at(second)).remove(0);
        small_seen += usize::from(lent.site.as_str() != "huge.kz");
        world.give_back(&lent, at(second + 1), &[]);
    }
    assert!(small_seen >= 19, "{small_seen} of 20 small sites had their turn");
}

fn bounds(world: &mut World) {
    for site in 0..5 {
        world.pages(
            &(0..5)
                .map(|n| format!("https://s{site}.kz/{n}"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
    }
    assert!(world.lease(&LeaseRequest { sites_max: 0, ..request() }, EPOCH).is_empty());
    let lent = world.lease(&LeaseRequest { sites_max: 2, visits_per_site_max: 3, ..request() }, EPOCH);
    assert_eq!(lent.iter().map(|lent| lent.rows.len()).collect::<Vec<_>>(), [3, 3]);
}

fn one_loan(world: &mut World) {
    world.pages(&["https://a.kz/1", "https://a.kz/2", "https://b.kz/1"]);
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let first = world.lease(&one, EPOCH);
    assert_eq!(first.len(), 2);
    assert!(first[0].fence < first[1].fence);
    assert!(world.lease(&request(), at(1_000_000)).is_empty(), "both sites are on loan");
    assert_eq!(world.next_due(&request()), None);
    let a = first.iter().find(|lent| lent.site.as_str() == "a.kz").unwrap();
    world.give_back(a, at(1), &[]);
    let second = world.lease(&request(), at(1));
    assert_eq!(urls(&second[0]), ["https://a.kz/2"], "the visited one is still on loan");
    assert!(second[0].fence > first[1].fence);
}

fn instants(world: &mut World) {
    assert_eq!(world.next_due(&request()), None);
    world.pages(&["https://a.kz/1", "https://a.kz/2"]);
    let one = LeaseRequest { visits_per_site_max: 1, ..request() };
    let lent = world.lease(&one, EPOCH).remove(0);
    world.give_back(&lent, at(100), &[]);
    assert_eq!(world.next_due(&request()), Some(at(100)), "the site rests");
    assert!(world.lease(&request(), at(99)).is_empty());
    let lent = world.lease(&request(), at(100)).remove(0);
    assert!(lent.next_allowed <= at(100));
    for url in ["https://a.kz/1", "https://a.kz/2"] {
        world.settle(url, |row| row.turn = Turn::At(at(500)));
    }
    world.give_back(&lent, at(200), &[]);
    assert_eq!(world.next_due(&request()), Some(at(500)), "the URLs rest");
    assert!(world.lease(&request(), at(499)).is_empty());
    assert_eq!(world.due(at(500)).len(), 2);
}

/// A page that was visited, one that failed so far, a feed that was visited: due after 100, 200 and 300 seconds.
fn three_kinds(world: &mut World) {
    let feed = Offer { kind: ResourceKind::Feed, ..offer("https://a.kz/feed") };
    world.offer(&[offer("https://a.kz/page"), offer("https://a.kz/failed"), feed]);
    for (url, state, seconds) in [
        ("https://a.kz/page", UrlState::Scheduled, 100),
        ("https://a.kz/failed", UrlState::Queued, 200),
        ("https://a.kz/feed", UrlState::Scheduled, 300),
    ] {
        world.settle(url, |row| {
            row.state = state;
            row.turn = Turn::At(at(seconds));
            row.last = Some(LastVisit {
                at: EPOCH,
                outcome: Outcome::Fetched,
                etag: None,
                last_modified: None,
                content_hash: None,
                interval: std::time::Duration::from_mins(1),
            });
        });
    }
}

fn revisits_due_by(world: &mut World) {
    three_kinds(world);
    let by = |seconds| LeaseRequest { revisits_due_by: at(seconds), ..request() };
    assert_eq!(world.next_due(&by(99)), Some(at(200)));
    assert_eq!(world.next_due(&by(100)), Some(at(100)));
    assert!(world.lease(&by(99), at(199)).is_empty());
    let lent = world.lease(&by(99), at(1_000)).remove(0);
    assert_eq!(urls(&lent), ["https://a.kz/failed"]);
    world.give_back(&lent, at(1_000), &[]);
    assert_eq!(world.next_due(&by(99)), None);
    let lent = world.lease(&by(300), at(1_000)).remove(0);
    assert_eq!(urls(&lent), ["https://a.kz/feed", "https://a.kz/page"]);
    assert!(lent.rows.iter().all(|row| row.last.is_some()));
}

fn revisits_bound_lowered(world: &mut World) {
    three_kinds(world);
    world.pages(&["https://b.kz/"]);
    let lent = world.lease(&LeaseRequest { sites_max: 1, ..request() }, at(400)).remove(0);
    world.give_back(&lent, at(400), &lent.rows.iter().map(|row| row.key).collect::<Vec<_>>());
    let early = LeaseRequest { revisits_due_by: at(50), ..request() };
    let lent = world.lease(&early, at(400));
    let mut due: Vec<&str> = lent.iter().flat_map(urls).collect();
    due.sort_unstable();
    assert_eq!(due, ["https://a.kz/failed", "https://b.kz/"]);
}

fn by_job(world: &mut World) {
    world.register(&["job", "other"]);
    let of_other = |url: &str| Offer { job: "other".to_owned(), ..offer(url) };
    world.offer(&[offer("https://a.kz/1"), of_other("https://a.kz/2"), of_other("https://b.kz/1")]);
    let other = LeaseRequest { job: Some("other".to_owned()), ..request() };
    let mut lent = world.lease(&other, EPOCH);
    lent.sort_by_key(|lent| lent.site.to_string());
    assert_eq!(lent.iter().map(urls).collect::<Vec<_>>(), [["https://a.kz/2"], ["https://b.kz/1"]]);
    let job = LeaseRequest { job: Some("job".to_owned()), ..request() };
    assert!(world.lease(&job, EPOCH).is_empty(), "the site is on loan, whichever job it is for");
    let a = lent.remove(0);
    world.give_back(&a, at(10), &[]);
    assert_eq!(world.next_due(&job), Some(at(10)), "the rest is the site's, not the job's");
    assert_eq!(world.next_due(&other), None);
    assert_eq!(urls(&world.lease(&job, at(10))[0]), ["https://a.kz/1"]);
    assert!(
        world.lease(&LeaseRequest { job: Some("nobody".to_owned()), ..request() }, Timestamp::MAX).is_empty()
    );
}

fn adoption(world: &mut World) {
    world.pages(&["https://a.kz/"]);
    world.settle("https://a.kz/", |row| {
        row.state = UrlState::Scheduled;
        row.turn = Turn::At(at(1_000));
    });
    let found = Offer { job: "other".to_owned(), ..offer("https://a.kz/") };
    let seed = Offer { depth: 0, via: None, ..found.clone() };
    world.offer(&[found]);
    assert_eq!(world.row("https://a.kz/").unwrap().job, "job", "a link does not move it");
    assert_eq!(world.offer(std::slice::from_ref(&seed)).known, 1);
    let row = world.row("https://a.kz/").unwrap();
    assert_eq!((row.job.as_str(), row.depth, row.via), ("other", 0, None));
    let other = LeaseRequest { job: Some("other".to_owned()), ..request() };
    let lent = world.lease(&other, at(1)).remove(0);
    assert_eq!(urls(&lent), ["https://a.kz/"], "due at once for the job that starts from it");
    world.offer(&[Offer { job: "job".to_owned(), ..seed.clone() }]);
    assert_eq!(world.row("https://a.kz/").unwrap().job, "other", "not while it is on loan");
    world.settle("https://a.kz/", |row| row.turn = Turn::At(at(2_000)));
    world.offer(&[seed]);
    assert_eq!(
        world.row("https://a.kz/").unwrap().turn,
        Turn::At(at(2_000)),
        "its own seed again changes nothing"
    );
}
