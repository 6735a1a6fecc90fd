//! What the frontier knows, for people. Invariant: every URL has a reason for not being visited right now.

use model::{Outcome, Site, Span, Timestamp, UrlKey};

use crate::error::Error;
use crate::pace::{Pace, PaceState};
use crate::port::{FrontierStore, SiteRow, UrlRow, Wanted};
use crate::queue::Turn;
use crate::status::{SiteStatus, UrlState, UrlStatus};

pub(super) fn url_status(
    store: &dyn FrontierStore,
    key: UrlKey,
    pace: impl Fn(&Site, Option<PaceState>) -> Pace,
) -> Result<Option<UrlStatus>, Error> {
    let found = store.read(&Wanted { urls: &[key], ..Wanted::default() })?;
    let Some(row) = found.urls.into_iter().flatten().next() else { return Ok(None) };
    let url = url::Url::parse(&row.url).map_err(|source| Error::corrupt("URL", source))?;
    let site = Site::of(&url);
    let found = store.read(&Wanted { sites: std::slice::from_ref(&site), ..Wanted::default() })?;
    let site_row = found.sites.into_iter().next();
    let held = site_row.as_ref().map(|row| (row.next_allowed, row.fence.is_some()));
    let pace = pace(&site, site_row.and_then(|row| row.pace));
    let due = match row.turn {
        Turn::At(due) if !row.on_loan => Some(due),
        _ => None,
    };
    let (site_allowed, site_on_loan) = held.unwrap_or((Timestamp::MIN, false));
    let site_allowed = site_allowed.max(pace.next_allowed());
    let next_visit = (!row.on_loan).then(|| due.map_or(site_allowed, |due| due.max(site_allowed)));
    let why = why(&row, due, site_allowed, site_on_loan, &pace);
    let last = row.last.as_ref();
    Ok(Some(UrlStatus {
        key,
        site,
        kind: row.kind,
        depth: row.depth,
        hops: row.hops,
        job: row.job.clone(),
        state: row.status(),
        why,
        due,
        next_visit,
        attempts: row.attempts,
        last_outcome: last.map(|last| last.outcome.clone()),
        last_visit: last.map(|last| last.at),
        etag: last.and_then(|last| last.etag.clone()),
        last_modified: last.and_then(|last| last.last_modified.clone()),
        content_hash: last.and_then(|last| last.content_hash),
        interval: last.filter(|last| !last.interval.is_zero()).map(|last| Span(last.interval)),
        url: row.url,
        via: row.via,
    }))
}

pub(super) fn site_statuses(
    store: &dyn FrontierStore,
    wanted: &Wanted<'_>,
    pace: impl Fn(&Site, Option<PaceState>) -> Pace,
) -> Result<Vec<SiteStatus>, Error> {
    let found = store.read(wanted)?;
    let robots = found.robots.into_iter().chain(std::iter::repeat_with(Vec::new));
    let status = |(row, robots): (SiteRow, Vec<crate::lease::RobotsEntry>)| {
        let pace = pace(&row.site, row.pace);
        SiteStatus {
            site: row.site,
            next_allowed: row.next_allowed.max(pace.next_allowed()),
            delay: Span(pace.delay()),
            why: pace.reason(),
            crawl_delay: pace.asked_delay().map(Span),
            strikes: pace.strikes(),
            fence: row.fence,
            counts: row.counts,
            robots: robots.into_iter().map(|entry| entry.origin).collect(),
            good_at: pace.good_at(),
            failing_since: pace.failing_since(),
            pace,
        }
    };
    Ok(found.sites.into_iter().zip(robots).map(status).collect())
}

/// Why it waits, or that it does not, in words.
fn why(
    row: &UrlRow,
    due: Option<Timestamp>,
    site_allowed: Timestamp,
    site_on_loan: bool,
    pace: &Pace,
) -> String {
    if row.on_loan {
        return "it is on loan to a worker, or visited and not settled yet".to_owned();
    }
    let site = if site_on_loan {
        "its site is on loan, and its turn comes when the site is back".to_owned()
    } else {
        format!("its site may be asked from {site_allowed} on: {}", pace.reason())
    };
    match due {
        Some(due) if due > site_allowed => format!("{} until {due}", waits_for(row)),
        Some(due) => format!("{} until {due}; {site}", waits_for(row)),
        None => format!("in the queue of its site; {site}"),
    }
}

fn waits_for(row: &UrlRow) -> String {
    let attempts = row.attempts;
    match (row.state, row.last.as_ref().map(|last| &last.outcome)) {
        (_, Some(Outcome::RobotsUnavailable { reason, .. })) => {
            format!("the robots.txt of its host cannot be had ({reason}); waits")
        }
        (_, Some(Outcome::RetryLater { status, .. })) => format!("its host answered {status}; waits"),
        (_, Some(Outcome::Failed { detail, .. })) => {
            format!("{attempts} failed attempts, the last: {detail}; waits")
        }
        (_, Some(Outcome::HttpError { status })) if !matches!(status, 404 | 410) => {
            format!("{attempts} failed attempts, the last answered {status}; waits")
        }
        (UrlState::Gone, _) => "it was not there; rests".to_owned(),
        (UrlState::Refused, Some(Outcome::Disallowed { rule, line })) => {
            format!("robots.txt forbids it by {rule:?} in line {line}; not judged again")
        }
        (UrlState::Refused, Some(Outcome::Refused { reason })) => {
            format!("declined ({reason}); not tried again")
        }
        (UrlState::Dropped, _) => "its publisher wants it in no answer; rests".to_owned(),
        _ => "visited; rests".to_owned(),
    }
}
