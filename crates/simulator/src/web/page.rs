//! How simulated pages say what they hold, and how that is read back.
//!
//! Invariant: a body is one line `kind hash` and one line `kind url date` per link; there is no HTML, because capacity
//! questions are about when, not about what. robots.txt alone is real and goes through the real reader.

use std::fmt::Write as _;
use std::time::Duration;

use frontier::{Offer, Settlement};
use model::{CanonicalUrl, FetchRecord, Outcome, ResourceKind, Timestamp};

use super::model::{HubKind, SiteModel};
use crate::clock::EPOCH;

/// Entries in a feed and on a front page; feeds of the field list 10 to 50.
const LISTED: usize = 20;
/// Entries in a sitemap.
const LISTED_SITEMAP: usize = 1_000;

/// The body of a hub at an instant, and how many articles it lists.
pub(super) fn hub(site: &SiteModel, kind: HubKind, published: usize) -> String {
    let (word, most) = match kind {
        HubKind::Front => ("page", LISTED),
        HubKind::Feed => ("feed", LISTED),
        HubKind::Sitemap => ("sitemap", LISTED_SITEMAP),
    };
    let mut body = format!("{word} {published}\n");
    for number in (published.saturating_sub(most)..published).rev() {
        let date = match kind {
            HubKind::Front => "-".to_owned(),
            _ => millis(site.articles[number]),
        };
        let _ = writeln!(body, "page {} {date}", site.article(number));
    }
    if kind == HubKind::Front {
        for hub in site.hubs.iter().filter(|hub| hub.kind == HubKind::Feed) {
            let _ = writeln!(body, "feed {} -", site.hub(hub));
        }
        for extra in &site.extras {
            let host = site.origins.first().map_or("", |origin| origin.host.as_str());
            let url = if extra.starts_with('/') { format!("https://{host}{extra}") } else { extra.clone() };
            let _ = writeln!(body, "page {url} -");
        }
    }
    body
}

/// The range of articles a hub lists when so many are published.
#[must_use]
pub(super) fn listed(kind: HubKind, published: usize) -> std::ops::Range<usize> {
    let most = if kind == HubKind::Sitemap { LISTED_SITEMAP } else { LISTED };
    published.saturating_sub(most)..published
}

fn millis(published: Duration) -> String {
    model::time::later(EPOCH, published).as_millisecond().to_string()
}

/// What a simulated record means: the settlement that the real parser would lead to.
pub(crate) fn settlement(record: &FetchRecord) -> Option<Settlement> {
    let visit = &record.visit;
    let url = CanonicalUrl::parse(&visit.url).ok()?;
    let mut settlement = Settlement::new(
        visit.clone(),
        url.site(),
        record.outcome.clone(),
        model::time::later(record.requested_at, record.duration),
    );
    match (&record.outcome, record.response()) {
        (Outcome::Fetched, Some(response)) => {
            settlement.etag =
                response.header("etag").map(|value| String::from_utf8_lossy(value).into_owned());
            read(&String::from_utf8_lossy(&response.body.raw), &mut settlement);
            settlement.signs.fingerprint = settlement.content_hash;
        }
        (Outcome::Redirected { to, .. }, _) => {
            let offer = CanonicalUrl::parse(to).ok().map(|url| Offer {
                url,
                kind: visit.kind,
                depth: visit.depth,
                hops: visit.hops.saturating_add(1),
                via: Some(visit.url.clone()),
                job: visit.job.clone(),
                dated: None,
            });
            settlement.discovered.extend(offer);
        }
        _ => {}
    }
    Some(settlement)
}

fn read(body: &str, settlement: &mut Settlement) {
    let mut lines = body.lines();
    if let Some((word, hash)) = lines.next().and_then(|line| line.split_once(' ')) {
        settlement.visit.kind = kind(word);
        settlement.content_hash = hash.parse().ok();
    }
    let visit = &settlement.visit;
    let offers = lines.filter_map(|line| {
        let mut words = line.split(' ');
        let (word, url, date) = (words.next()?, words.next()?, words.next()?);
        Some(Offer {
            url: CanonicalUrl::parse(url).ok()?,
            kind: kind(word),
            depth: visit.depth.saturating_add(1),
            hops: 0,
            via: Some(visit.url.clone()),
            job: visit.job.clone(),
            dated: date.parse().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok()),
        })
    });
    settlement.discovered = offers.collect();
}

fn kind(word: &str) -> ResourceKind {
    match word {
        "feed" => ResourceKind::Feed,
        "sitemap" => ResourceKind::Sitemap,
        _ => ResourceKind::Page,
    }
}
