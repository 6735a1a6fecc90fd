//! What each outcome makes of a URL, as tables.

use std::time::Duration;

use model::{CanonicalUrl, FailureKind, Outcome, ResourceKind, Site, Timestamp, Visit};

use super::{News, settle};
use crate::port::UrlRow;
use crate::queue::{Lane, Turn};
use crate::settings::Recrawl;
use crate::settlement::Settlement;
use crate::status::UrlState;

const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

fn row(kind: ResourceKind) -> UrlRow {
    let url = CanonicalUrl::parse("https://a.kz/x").unwrap();
    UrlRow {
        key: url.key(),
        url: url.url().to_string(),
        kind,
        depth: 1,
        hops: 0,
        via: None,
        job: "job".to_owned(),
        state: UrlState::Queued,
        turn: Turn::Fresh { rank: 2 },
        on_loan: true,
        attempts: 0,
        last: None,
    }
}

fn settlement(outcome: Outcome, at: Timestamp) -> Settlement {
    let row = row(ResourceKind::Page);
    let visit = Visit {
        key: row.key,
        url: row.url,
        kind: row.kind,
        depth: 1,
        hops: 0,
        etag: None,
        last_modified: None,
        via: None,
        job: row.job,
        attempts: 0,
    };
    Settlement::new(visit, Site::of_domain("a.kz"), outcome, at)
}

/// Settles an outcome at the row's last visit plus an hour; returns the wait in seconds.
fn step(row: &mut UrlRow, outcome: Outcome, hash: Option<u64>) -> u64 {
    let at = row.last.as_ref().map_or(START, |last| model::time::later(last.at, Duration::from_secs(HOUR)));
    let settlement = Settlement { content_hash: hash, ..settlement(outcome, at) };
    settle(row, &settlement, &Recrawl::default(), &News::default());
    assert!(!row.on_loan);
    let Turn::At(due) = row.turn else { panic!("a visited URL has an instant") };
    model::time::until(at, due).as_secs()
}

fn failed() -> Outcome {
    Outcome::Failed { kind: FailureKind::Connect, detail: "refused".to_owned() }
}

#[test]
fn the_first_interval_goes_by_kind() {
    for (kind, expected) in
        [(ResourceKind::Page, DAY), (ResourceKind::Feed, 30 * MINUTE), (ResourceKind::Sitemap, DAY)]
    {
        let mut row = row(kind);
        assert_eq!(step(&mut row, Outcome::Fetched, Some(1)), expected);
        assert_eq!(row.state, UrlState::Scheduled);
    }
}

#[test]
fn an_article_is_looked_at_a_few_times_and_then_rests() {
    let mut row = row(ResourceKind::Page);
    let steps = [
        (Outcome::Fetched, Some(1), DAY),
        (Outcome::Fetched, Some(1), DAY * 3),
        (Outcome::NotModified, None, DAY * 9),
        (Outcome::Fetched, Some(2), DAY * 36 / 5),
        (Outcome::Fetched, None, DAY * 36 / 5),
        (Outcome::Fetched, Some(2), DAY * 36 / 5),
        (Outcome::Fetched, Some(2), DAY * 108 / 5),
        (Outcome::Fetched, Some(2), DAY * 324 / 5),
        (Outcome::Fetched, Some(2), DAY * 90),
        (Outcome::Fetched, Some(2), DAY * 90),
    ];
    for (outcome, hash, expected) in steps {
        assert_eq!(step(&mut row, outcome.clone(), hash), expected, "{outcome:?} {hash:?}");
    }
}

#[test]
fn a_page_that_always_changes_is_no_hub_for_that() {
    let mut row = row(ResourceKind::Page);
    let waits: Vec<u64> = (0..60).map(|n| step(&mut row, Outcome::Fetched, Some(n))).collect();
    assert_eq!(waits[59], DAY / 4);
}

/// Visits a hub at its turns for `days`, while a new link appears every `minutes`; returns the intervals.
fn visits_of_hub(row: &mut UrlRow, days: u64, minutes: u64, wish: Option<Duration>) -> Vec<u64> {
    let (mut at, mut seen, mut intervals) = (0, 0, Vec::new());
    let mut fresh_at = None;
    while at < days * DAY {
        let present = at / (minutes * MINUTE);
        let fresh = u32::try_from(present - seen).unwrap();
        seen = present;
        let now = model::time::later(START, Duration::from_secs(at));
        fresh_at = if fresh > 0 { Some(now) } else { fresh_at };
        let news = News { fresh, fresh_at, wish, junk: None };
        let settlement = Settlement { content_hash: Some(at), ..settlement(Outcome::Fetched, now) };
        settle(row, &settlement, &Recrawl::default(), &news);
        let Turn::At(due) = row.turn else { panic!("a visited URL has an instant") };
        intervals.push(model::time::until(now, due).as_secs());
        at += intervals[intervals.len() - 1];
    }
    intervals
}

#[test]
fn a_hub_is_visited_about_as_often_as_it_brings_a_new_link() {
    for (kind, depth) in [(ResourceKind::Feed, 1), (ResourceKind::Sitemap, 1), (ResourceKind::Page, 0)] {
        for minutes in [30, 120, 600] {
            let mut row = UrlRow { depth, ..row(kind) };
            let intervals = visits_of_hub(&mut row, 40, minutes, None);
            let late = &intervals[intervals.len() / 2..];
            let mean = late.iter().sum::<u64>() / late.len() as u64;
            assert!(
                (minutes * MINUTE / 2..minutes * MINUTE * 2).contains(&mean),
                "{kind:?}: one link in {minutes} min is visited every {} min",
                mean / MINUTE
            );
        }
    }
}

#[test]
fn a_section_page_becomes_a_hub_by_its_links_and_an_article_does_not() {
    let mut section = row(ResourceKind::Page);
    let intervals = visits_of_hub(&mut section, 20, 60, None);
    assert!(*intervals.last().unwrap() < 3 * HOUR, "{intervals:?}");
    let mut article = row(ResourceKind::Page);
    let intervals = visits_of_hub(&mut article, 20, 100_000, None);
    assert!(*intervals.last().unwrap() >= DAY / 4, "{intervals:?}");
}

#[test]
fn a_wish_bounds_the_interval_of_lively_hubs_and_of_no_others() {
    let wish = Some(Duration::from_secs(15 * MINUTE));
    let mut lively = row(ResourceKind::Feed);
    let intervals = visits_of_hub(&mut lively, 3, 600, wish);
    assert!(intervals.iter().all(|interval| *interval <= 12 * MINUTE), "{intervals:?}");
    let mut dead = row(ResourceKind::Feed);
    dead.last = None;
    let intervals = visits_of_hub(&mut dead, 30, 100_000, wish);
    assert!(*intervals.first().unwrap() <= 12 * MINUTE);
}

#[test]
fn a_hub_without_a_new_link_for_half_a_year_is_retired() {
    let mut row = row(ResourceKind::Sitemap);
    step(&mut row, Outcome::Fetched, Some(1));
    let mut wait = |fresh_days: u64| {
        let now = model::time::later(START, Duration::from_secs(400 * DAY));
        let fresh_at = Some(model::time::earlier(now, Duration::from_secs(fresh_days * DAY)));
        let settlement = Settlement { content_hash: Some(1), ..settlement(Outcome::Fetched, now) };
        settle(&mut row, &settlement, &Recrawl::default(), &News { fresh_at, ..News::default() });
        let Turn::At(due) = row.turn else { panic!("a visited URL has an instant") };
        model::time::until(now, due).as_secs()
    };
    assert!(wait(100) <= 7 * DAY);
    assert_eq!(wait(181), 90 * DAY);
}

#[test]
fn junk_is_declined_and_says_so() {
    let mut page = row(ResourceKind::Page);
    let news = News { junk: Some("a login wall".to_owned()), ..News::default() };
    settle(&mut page, &settlement(Outcome::Fetched, START), &Recrawl::default(), &news);
    assert_eq!(page.state, UrlState::Refused);
    assert_eq!(page.last.unwrap().outcome, Outcome::Refused { reason: "a login wall".to_owned() });
    let mut front = UrlRow { depth: 0, ..row(ResourceKind::Page) };
    settle(&mut front, &settlement(Outcome::Fetched, START), &Recrawl::default(), &news);
    assert_eq!(front.turn, Turn::At(model::time::later(START, Duration::from_secs(HOUR))), "it may pass");
}

proptest::proptest! {
    #[test]
    fn every_visit_leaves_a_turn_after_it_within_bounds(
        steps in proptest::collection::vec((0u32..50, proptest::option::of(0u64..4), 1u64..100 * DAY, 0u16..2), 1..40),
        wish in proptest::option::of(600u64..100_000),
    ) {
        let recrawl = Recrawl::default();
        for kind in [ResourceKind::Page, ResourceKind::Feed, ResourceKind::Sitemap] {
            let mut row = row(kind);
            let (mut at, mut fresh_at) = (START, None);
            for (fresh, hash, gap, depth) in &steps {
                at = model::time::later(at, Duration::from_secs(*gap));
                fresh_at = if *fresh > 0 { Some(at) } else { fresh_at };
                row.depth = *depth;
                let news = News { fresh: *fresh, fresh_at, wish: wish.map(Duration::from_secs), junk: None };
                let settlement = Settlement { content_hash: *hash, ..settlement(Outcome::Fetched, at) };
                settle(&mut row, &settlement, &recrawl, &news);
                let Turn::At(due) = row.turn else { panic!("a visited URL has an instant") };
                let wait = model::time::until(at, due);
                proptest::prop_assert!(due > at && wait >= recrawl.interval_min.0 && wait <= recrawl.interval_max.0);
            }
        }
    }
}

#[test]
fn failures_are_retried_four_times_as_late_then_weekly() {
    let mut row = row(ResourceKind::Page);
    let waits: Vec<u64> = (0..6).map(|_| step(&mut row, failed(), None)).collect();
    assert_eq!(waits, [MINUTE, 4 * MINUTE, 16 * MINUTE, 64 * MINUTE, 7 * DAY, 7 * DAY]);
    assert_eq!((row.state, row.lane(), row.attempts), (UrlState::Queued, Lane::Retry, 6));
    assert_eq!(step(&mut row, Outcome::Fetched, Some(1)), DAY);
    assert_eq!(row.attempts, 0);
}

#[test]
fn a_failure_does_not_undo_a_success() {
    let mut row = row(ResourceKind::Page);
    step(&mut row, Outcome::Fetched, Some(1));
    row.last.as_mut().unwrap().etag = Some("\"1\"".to_owned());
    assert_eq!(step(&mut row, Outcome::HttpError { status: 502 }, None), MINUTE);
    assert_eq!((row.state, row.lane()), (UrlState::Scheduled, Lane::Page));
    let last = row.last.clone().unwrap();
    assert_eq!((last.etag.as_deref(), last.content_hash), (Some("\"1\""), Some(1)), "the copy is still held");
    assert_eq!(step(&mut row, Outcome::Fetched, Some(1)), DAY * 3, "nor the interval");
}

#[test]
fn other_outcomes_by_the_table() {
    let until = |seconds| model::time::later(START, Duration::from_secs(seconds));
    let cases = [
        (Outcome::HttpError { status: 404 }, UrlState::Gone, 30 * DAY),
        (Outcome::HttpError { status: 410 }, UrlState::Gone, 30 * DAY),
        (Outcome::HttpError { status: 403 }, UrlState::Queued, 7 * DAY),
        (Outcome::HttpError { status: 408 }, UrlState::Queued, MINUTE),
        (Outcome::HttpError { status: 300 }, UrlState::Queued, 7 * DAY),
        (Outcome::HttpError { status: 500 }, UrlState::Queued, MINUTE),
        (Outcome::RetryLater { status: 429, until: Some(until(500)) }, UrlState::Queued, 500),
        (Outcome::RetryLater { status: 503, until: None }, UrlState::Queued, MINUTE),
        (Outcome::RetryLater { status: 503, until: Some(START) }, UrlState::Queued, 1),
        (
            Outcome::RobotsUnavailable { reason: "503".to_owned(), retry_at: until(900) },
            UrlState::Queued,
            900,
        ),
        (Outcome::Disallowed { rule: "Disallow: /x".to_owned(), line: 3 }, UrlState::Refused, DAY),
        (Outcome::Refused { reason: "address".to_owned() }, UrlState::Refused, 7 * DAY),
        (Outcome::Redirected { to: "https://a.kz/y".to_owned(), permanent: false }, UrlState::Scheduled, DAY),
        (
            Outcome::Redirected { to: "https://a.kz/y".to_owned(), permanent: true },
            UrlState::Scheduled,
            7 * DAY,
        ),
    ];
    for (outcome, state, wait) in cases {
        let mut row = row(ResourceKind::Page);
        assert_eq!((step(&mut row, outcome.clone(), None), row.state), (wait, state), "{outcome:?}");
        assert_eq!(row.last.unwrap().outcome, outcome);
    }
}

#[test]
fn refusals_of_the_host_are_not_failures_of_the_page() {
    let mut row = row(ResourceKind::Page);
    for _ in 0..9 {
        step(&mut row, Outcome::RetryLater { status: 429, until: None }, None);
    }
    assert_eq!(row.attempts, 0);
}

#[test]
fn what_is_gone_is_not_asked_for_conditionally() {
    for outcome in [
        Outcome::HttpError { status: 404 },
        Outcome::Redirected { to: "https://a.kz/y".to_owned(), permanent: true },
    ] {
        let mut row = row(ResourceKind::Page);
        step(&mut row, Outcome::Fetched, Some(1));
        row.last.as_mut().unwrap().etag = Some("\"1\"".to_owned());
        step(&mut row, outcome, None);
        let last = row.last.unwrap();
        assert_eq!((last.etag, last.content_hash), (None, None));
    }
}

#[test]
fn unwanted_pages_stay_unwanted_until_they_say_otherwise() {
    let mut row = row(ResourceKind::Page);
    settle(
        &mut row,
        &Settlement { dropped: true, ..settlement(Outcome::Fetched, START) },
        &Recrawl::default(),
        &News::default(),
    );
    assert_eq!(row.state, UrlState::Dropped);
    step(&mut row, Outcome::NotModified, None);
    assert_eq!(row.state, UrlState::Dropped);
    step(&mut row, Outcome::Fetched, Some(2));
    assert_eq!(row.state, UrlState::Scheduled);
}
