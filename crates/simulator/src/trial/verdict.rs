//! Whether anything was lost.
//!
//! Invariant: judged when the web has long been well: what has not been settled by then never will be.

use crate::error::Error;
use crate::machine::{Machine, Process};
use crate::web::{HubKind, RobotsModel};

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
            blame(format!("{} URLs of {} were never settled", site.counts.queued, site.site));
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
            let allowed =
                site.origins.first().and_then(|origin| origin.robots.last()).is_none_or(|(_, robots)| {
                    let robots = if let RobotsModel::Redirect { file, .. } = robots { file } else { robots };
                    match robots {
                        RobotsModel::File { disallow, .. } => {
                            !disallow.iter().any(|prefix| path.starts_with(prefix.as_str()))
                        }
                        _ => true,
                    }
                });
            if allowed && !transport.freshness.has_fetched(number, article) {
                blame(format!("{} was listed and never fetched", site.article(article)));
            }
        }
    }
    Ok(())
}
