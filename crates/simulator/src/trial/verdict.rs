//! Whether anything was lost.
//!
//! Invariant: judged when the web has long been well: what has not been settled by then never will be.

use std::time::Duration;

use frontier::UrlState;
use model::CanonicalUrl;

use crate::error::Error;
use crate::machine::{Machine, Process};
use crate::web::{HubKind, Web};

/// Sites looked at, at most; a trial has six.
const SITES_MAX: usize = 100;

/// Blames what is missing on the crawl.
pub(super) fn judge(machine: &Machine, process: &Process<'_>) -> Result<(), Error> {
    let transport = &machine.transport;
    let at = transport.clock.elapsed();
    let blame = |what: String| transport.observer.blame(at, what);
    let frontier = process.frontier().lock();
    for site in frontier.sites(None, SITES_MAX)? {
        if site.counts.leased > 0 {
            blame(format!("{} URLs of {} are still on loan", site.counts.leased, site.site));
        }
        if site.counts.queued > 0 {
            let queued = urls(&transport.web, at).filter_map(|url| {
                let status = frontier.url_status(url.key()).ok()??;
                (status.site == site.site && status.state == UrlState::Queued).then_some(status)
            });
            // An absurd Retry-After silences the site for `silence_max`, but its URL until its date: known, and not a loss.
            let silence_max = machine.settings.politeness.silence_max.0;
            let parked = model::time::later(model::Clock::now(&*transport.clock), silence_max);
            let queued: Vec<String> = queued
                .filter(|status| status.due.is_none_or(|due| due <= parked))
                .map(|status| format!("{} ({:?}, due {:?})", status.url, status.last_outcome, status.due))
                .collect();
            if queued.is_empty() {
                continue;
            }
            let names = queued.join(", ");
            blame(format!("URLs of {} were never settled: {names}", site.site));
        }
    }
    for (number, site) in transport.web.sites.iter().enumerate() {
        if !site.hubs.iter().any(|hub| hub.kind == HubKind::Feed) {
            continue;
        }
        // What the feed lists at the end was listed for hours.
        let published = site.published(at);
        for article in published.saturating_sub(20)..published {
            let path = format!("/a/{article}");
            let host = site.origins.first().map_or("", |origin| origin.host.as_str());
            let allowed = transport.observer.allows(&format!("https://{host}/robots.txt"), &path, at);
            let url = site.article(article);
            if allowed && !transport.freshness.has_fetched(number, article) && !is_parked(&frontier, &url) {
                blame(format!("{url} was listed and never fetched"));
            }
        }
    }
    Ok(())
}

/// URLs of the web that a crawl can meet.
fn urls(web: &Web, at: Duration) -> impl Iterator<Item = CanonicalUrl> {
    web.sites.iter().flat_map(move |site| {
        let first = site.origins.first().map_or("", |origin| origin.host.as_str()).to_owned();
        let hubs = site.hubs.iter().map(|hub| site.hub(hub));
        let articles = (0..site.published(at)).map(|number| site.article(number));
        let others = (0..12).flat_map(|n| ["p", "loop", "chain"].map(|kind| format!("/{kind}/{n}")));
        let extras =
            site.extras.iter().cloned().chain(others).map(move |extra| {
                if extra.starts_with('/') { format!("https://{first}{extra}") } else { extra }
            });
        hubs.chain(articles).chain(extras).filter_map(|url| CanonicalUrl::parse(&url).ok())
    })
}

/// Whether a URL waits for the date of an absurd `Retry-After`.
fn is_parked(frontier: &frontier::Frontier, url: &str) -> bool {
    let status = CanonicalUrl::parse(url).ok().and_then(|url| frontier.url_status(url.key()).ok()?);
    status.is_some_and(|status| {
        matches!(status.last_outcome, Some(model::Outcome::RetryLater { until: Some(_), .. }))
    })
}
