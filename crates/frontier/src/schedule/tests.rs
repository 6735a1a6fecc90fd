//! What each outcome makes of a URL, as tables.

use std::time::Duration;

use model::{CanonicalUrl, FailureKind, Outcome, ResourceKind, Site, Timestamp, Visit};

use super::settle;
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
    Settlement {
        visit: Visit {
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
        },
        site: Site::of_domain("a.kz"),
        outcome,
        at,
        etag: None,
        last_modified: None,
        content_hash: None,
        dropped: false,
        discovered: Vec::new(),
    }
}

/// Settles an outcome at the row's last visit plus an hour; returns the wait in seconds.
fn step(row: &mut UrlRow, outcome: Outcome, hash: Option<u64>) -> u64 {
    let at = row.last.as_ref().map_or(START, |last| model::time::later(last.at, Duration::from_secs(HOUR)));
    settle(row, &Settlement { content_hash: hash, ..settlement(outcome, at) }, &Recrawl::default());
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
fn intervals_follow_the_content() {
    let mut row = row(ResourceKind::Page);
    let steps = [
        (Outcome::Fetched, Some(1), DAY),
        (Outcome::Fetched, Some(1), DAY * 3 / 2),
        (Outcome::NotModified, None, DAY * 9 / 4),
        (Outcome::Fetched, Some(2), DAY * 9 / 5),
        (Outcome::Fetched, None, DAY * 9 / 5),
    ];
    for (outcome, hash, expected) in steps {
        assert_eq!(step(&mut row, outcome.clone(), hash), expected, "{outcome:?} {hash:?}");
    }
}

#[test]
fn intervals_converge_within_their_bounds() {
    let mut quiet = row(ResourceKind::Feed);
    let mut busy = row(ResourceKind::Feed);
    let (mut quiet_wait, mut busy_wait) = (0, 0);
    for n in 0..60 {
        quiet_wait = step(&mut quiet, Outcome::Fetched, Some(1));
        busy_wait = step(&mut busy, Outcome::Fetched, Some(n));
    }
    assert_eq!((quiet_wait, busy_wait), (90 * DAY, 10 * MINUTE));
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
    assert_eq!(step(&mut row, Outcome::Fetched, Some(1)), DAY * 3 / 2, "nor the interval");
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
    );
    assert_eq!(row.state, UrlState::Dropped);
    step(&mut row, Outcome::NotModified, None);
    assert_eq!(row.state, UrlState::Dropped);
    step(&mut row, Outcome::Fetched, Some(2));
    assert_eq!(row.state, UrlState::Scheduled);
}
