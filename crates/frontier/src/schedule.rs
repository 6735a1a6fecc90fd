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

/// Growth of the rest of a page that did not change and brings no new links: an article is looked at after a day, three,
/// nine and twenty-seven, then it rests for as long as anything may.
const REST_FACTOR: u32 = 3;
/// Pages that bring no new links are not visited more often than this part of their first interval, however often their
/// text changes: what changes on them every hour is a counter or a list beside the article.
const RESTLESS_PART: u32 = 4;
/// Part of a freshness wish that is left for waiting in the queue, as a divisor.
const WISH_RESERVE: u32 = 5;
/// Wishes are about what still brings something: hubs without a new link for so long are only looked at as they deserve.
const LIVELY: Duration = Duration::from_hours(7 * 24);

/// No URL comes round sooner, whatever a server or a clock says.
const WAIT_MIN: Duration = Duration::from_secs(1);

/// What a visit meant for the site, beyond its own page.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    /// Links that nobody had known.
    pub(crate) fresh: u32,
    /// When the URL last brought such a link, as far as is known.
    pub(crate) fresh_at: Option<Timestamp>,
    /// The freshness that its job wishes for.
    pub(crate) wish: Option<Duration>,
    /// What stands there instead of a page, in words.
    pub(crate) junk: Option<String>,
}

/// Whether a URL is visited for its links: a feed, a sitemap, a seed, or a page that has brought new ones.
pub(crate) fn is_hub(row: &UrlRow, fresh: u32, recrawl: &Recrawl) -> bool {
    let visited = row.last.as_ref().map_or(Duration::ZERO, |last| last.interval);
    match row.kind {
        ResourceKind::Feed | ResourceKind::Sitemap => true,
        ResourceKind::Robots => false,
        // Of a first visit every link is new, so it proves nothing.
        ResourceKind::Page => {
            (row.depth == 0 && row.hops == 0)
                || (!visited.is_zero() && (fresh > 0 || visited < base(row, recrawl) / RESTLESS_PART))
        }
    }
}

/// The row after a visit.
pub(crate) fn settle(row: &mut UrlRow, settlement: &Settlement, recrawl: &Recrawl, news: &News) {
    if let Some(junk) = &news.junk {
        return settle_junk(row, settlement, recrawl, junk);
    }
    let at = ceil_millis(settlement.at);
    let is_hub = is_hub(row, news.fresh, recrawl);
    let before = row.last.take();
    let visited = before.as_ref().is_some_and(|last| !last.interval.is_zero());
    let interval = before.as_ref().map_or(Duration::ZERO, |last| last.interval);
    let (state, wait, interval) = match &settlement.outcome {
        Outcome::Fetched | Outcome::NotModified => {
            let unchanged = unchanged(settlement, before.as_ref());
            let elapsed = before.as_ref().map(|last| model::time::until(last.at, at));
            let interval = match (visited.then_some(interval), elapsed) {
                (None, _) | (_, None) => base(row, recrawl),
                (Some(interval), Some(elapsed)) if is_hub => {
                    hub_interval(interval, elapsed, news, at, recrawl)
                }
                (Some(interval), _) => page_interval(interval, unchanged, recrawl),
            };
            let interval = if is_hub { wished(interval, news, at, recrawl) } else { interval };
            row.attempts = 0;
            // A 304 brings no page to read the publisher's wish from: it is what it was.
            let still_dropped = settlement.outcome == Outcome::NotModified && row.state == UrlState::Dropped;
            let dropped = settlement.dropped || still_dropped;
            (if dropped { UrlState::Dropped } else { UrlState::Scheduled }, interval, interval)
        }
        Outcome::Redirected { permanent, .. } => {
            row.attempts = 0;
            let base = base(row, recrawl);
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

/// The next interval of what is visited for its links: half-way, on the scale of factors, to the time in which one new
/// link is to be expected; half as long again when there was none (Common Crawl's news crawler, field.md section 2).
fn hub_interval(
    before: Duration,
    elapsed: Duration,
    news: &News,
    at: Timestamp,
    recrawl: &Recrawl,
) -> Duration {
    let next = if news.fresh > 0 {
        let expected = elapsed.as_secs_f64().max(1.0) / f64::from(news.fresh);
        Duration::from_secs_f64((before.as_secs_f64().max(1.0) * expected).sqrt().min(1e9))
    } else {
        before.saturating_mul(3) / 2
    };
    let is_retired = news.fresh == 0
        && news.fresh_at.is_some_and(|fresh| model::time::until(fresh, at) >= recrawl.retire.0);
    let longest = if is_retired { recrawl.interval_max.0 } else { recrawl.hub_max.0 };
    bounded(if is_retired { recrawl.interval_max.0 } else { next }, recrawl.interval_min.0, longest)
}

/// The next interval of a page that is visited for itself.
fn page_interval(before: Duration, unchanged: Option<bool>, recrawl: &Recrawl) -> Duration {
    let next = match unchanged {
        Some(true) => before.saturating_mul(REST_FACTOR),
        Some(false) => before.saturating_mul(4) / 5,
        None => before,
    };
    let shortest = recrawl.interval_min.0.max(recrawl.page.0 / RESTLESS_PART);
    bounded(next, shortest, recrawl.interval_max.0)
}

/// A hub's interval under the wish of its job, if it is lively.
fn wished(interval: Duration, news: &News, at: Timestamp, recrawl: &Recrawl) -> Duration {
    let Some(wish) = news.wish else { return interval };
    let is_lively =
        news.fresh > 0 || news.fresh_at.is_none_or(|fresh| model::time::until(fresh, at) < LIVELY);
    if !is_lively {
        return interval;
    }
    let within = wish.saturating_sub(wish / WISH_RESERVE);
    bounded(interval.min(within), recrawl.interval_min.0, recrawl.interval_max.0)
}

/// To the second, as it is kept.
fn bounded(interval: Duration, min: Duration, max: Duration) -> Duration {
    Duration::from_secs(interval.clamp(min, max.max(min)).as_secs().max(1))
}

/// A junk page: nothing of it is kept, and the URL is tried again when its host may have come to its senses.
fn settle_junk(row: &mut UrlRow, settlement: &Settlement, recrawl: &Recrawl, junk: &str) {
    let at = ceil_millis(settlement.at);
    let before = row.last.take();
    let wait = if row.depth == 0 { base(row, recrawl).max(recrawl.retry.0) } else { recrawl.refused.0 };
    row.attempts = row.attempts.saturating_add(1);
    row.state = UrlState::Refused;
    row.turn = Turn::At(ceil_millis(later(at, wait.max(WAIT_MIN))));
    row.on_loan = false;
    row.last = Some(LastVisit {
        at,
        outcome: Outcome::Refused { reason: junk.to_owned() },
        etag: None,
        last_modified: None,
        content_hash: None,
        interval: before.map_or(Duration::ZERO, |last| last.interval),
    });
}

/// The first interval.
fn base(row: &UrlRow, recrawl: &Recrawl) -> Duration {
    let span = match row.kind {
        ResourceKind::Page if row.depth == 0 && row.hops == 0 => recrawl.page.min(recrawl.front),
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
