//! When a URL is visited again: what a visit brought decides state, turn and interval. Pure.
//!
//! Invariant: every visit leaves its URL with a turn, so nothing is ever forgotten by accident; and every turn lies after
//! the visit, so nothing is visited in a loop.

use std::time::Duration;

use model::time::later;
use model::{Outcome, ResourceKind, Timestamp};

use crate::instant::ceil_millis;
use crate::port::{LastVisit, UrlRow};
use crate::queue::Turn;
use crate::settings::Recrawl;
use crate::settlement::Settlement;
use crate::status::UrlState;

/// Times a page's interval until a moved page is asked again whether it still is: it has a successor that is visited.
const MOVED_FACTOR: u32 = 7;
/// Growth of the wait between failed attempts.
const RETRY_FACTOR: u32 = 4;

/// No URL comes round sooner, whatever a server or a clock says.
const WAIT_MIN: Duration = Duration::from_secs(1);

/// The row after a visit.
pub(crate) fn settle(row: &mut UrlRow, settlement: &Settlement, recrawl: &Recrawl) {
    let at = ceil_millis(settlement.at);
    let before = row.last.take();
    let visited = before.as_ref().is_some_and(|last| !last.interval.is_zero());
    let interval = before.as_ref().map_or(Duration::ZERO, |last| last.interval);
    let (state, wait, interval) = match &settlement.outcome {
        Outcome::Fetched | Outcome::NotModified => {
            let unchanged = unchanged(settlement, before.as_ref());
            let interval = adapted(row.kind, visited.then_some(interval), unchanged, recrawl);
            row.attempts = 0;
            // A 304 brings no page to read the publisher's wish from: it is what it was.
            let still_dropped = settlement.outcome == Outcome::NotModified && row.state == UrlState::Dropped;
            let dropped = settlement.dropped || still_dropped;
            (if dropped { UrlState::Dropped } else { UrlState::Scheduled }, interval, interval)
        }
        Outcome::Redirected { permanent, .. } => {
            row.attempts = 0;
            let base = base(row.kind, recrawl);
            (UrlState::Scheduled, if *permanent { base * MOVED_FACTOR } else { base }, base)
        }
        Outcome::HttpError { status: 404 | 410 } => {
            row.attempts = 0;
            (UrlState::Gone, recrawl.gone.0, interval)
        }
        // Nothing about the request will be different next time, except after 408 and 425, which ask for a repetition.
        Outcome::HttpError { status } if *status < 500 && !matches!(status, 408 | 425) => {
            row.attempts = row.attempts.saturating_add(1);
            (untried_or_scheduled(row.state), recrawl.retry_rest.0, interval)
        }
        Outcome::HttpError { .. } | Outcome::Failed { .. } => {
            row.attempts = row.attempts.saturating_add(1);
            (untried_or_scheduled(row.state), retry_wait(row.attempts, recrawl), interval)
        }
        // The host's refusal, not the page's fault: the host's silence is kept by its pace.
        Outcome::RetryLater { until, .. } => {
            let wait = until.map_or(recrawl.retry.0, |until| model::time::until(at, until));
            (untried_or_scheduled(row.state), wait.max(WAIT_MIN), interval)
        }
        Outcome::RobotsUnavailable { retry_at, .. } => {
            (untried_or_scheduled(row.state), model::time::until(at, *retry_at).max(WAIT_MIN), interval)
        }
        Outcome::Disallowed { .. } => (UrlState::Refused, recrawl.disallowed.0, interval),
        Outcome::Refused { .. } => (UrlState::Refused, recrawl.refused.0, interval),
    };
    row.state = state;
    row.turn = Turn::At(ceil_millis(later(at, wait)));
    row.on_loan = false;
    row.last = Some(last_visit(settlement, at, interval, before));
}

fn last_visit(
    settlement: &Settlement,
    at: Timestamp,
    interval: Duration,
    before: Option<LastVisit>,
) -> LastVisit {
    let fresh = LastVisit {
        at,
        outcome: settlement.outcome.clone(),
        etag: settlement.etag.clone(),
        last_modified: settlement.last_modified.clone(),
        content_hash: settlement.content_hash,
        interval,
    };
    match (before, &settlement.outcome) {
        // A new copy replaces what belonged to the old one. Where nothing is any more, no copy is held, and a later
        // conditional request would be answered with a 304 to a copy that is gone.
        (_, Outcome::Fetched | Outcome::Redirected { .. } | Outcome::HttpError { status: 404 | 410 })
        | (None, _) => fresh,
        (Some(before), _) => LastVisit {
            etag: fresh.etag.or(before.etag),
            last_modified: fresh.last_modified.or(before.last_modified),
            content_hash: fresh.content_hash.or(before.content_hash),
            ..fresh
        },
    }
}

/// Whether the content is what it was; `None` when nobody can tell.
fn unchanged(settlement: &Settlement, before: Option<&LastVisit>) -> Option<bool> {
    if settlement.outcome == Outcome::NotModified {
        return Some(true);
    }
    let before = before?.content_hash?;
    settlement.content_hash.map(|hash| hash == before)
}

/// The next interval: half as long again when nothing changed, a fifth shorter when something did (Common Crawl's news
/// crawler, field.md section 2). To the second, as it is kept.
fn adapted(
    kind: ResourceKind,
    before: Option<Duration>,
    unchanged: Option<bool>,
    recrawl: &Recrawl,
) -> Duration {
    let Some(before) = before else { return base(kind, recrawl) };
    let next = match unchanged {
        Some(true) => before.saturating_mul(3) / 2,
        Some(false) => before.saturating_mul(4) / 5,
        None => before,
    };
    Duration::from_secs(next.clamp(recrawl.interval_min.0, recrawl.interval_max.0).as_secs().max(1))
}

fn base(kind: ResourceKind, recrawl: &Recrawl) -> Duration {
    let span = match kind {
        ResourceKind::Page | ResourceKind::Robots => recrawl.page,
        ResourceKind::Feed => recrawl.feed,
        ResourceKind::Sitemap => recrawl.sitemap,
    };
    Duration::from_secs(span.0.as_secs().max(1))
}

fn retry_wait(attempts: u16, recrawl: &Recrawl) -> Duration {
    if attempts >= recrawl.attempts_max {
        return recrawl.retry_rest.0;
    }
    let factor = RETRY_FACTOR.saturating_pow(u32::from(attempts.saturating_sub(1)));
    recrawl.retry.0.saturating_mul(factor).min(recrawl.retry_rest.0)
}

/// A failure does not undo an earlier success, nor make what was gone or refused more urgent.
fn untried_or_scheduled(state: UrlState) -> UrlState {
    match state {
        UrlState::Queued | UrlState::Leased => UrlState::Queued,
        kept => kept,
    }
}

#[cfg(test)]
mod tests;
