//! What a polite crawler owes, in numbers.
//!
//! Invariant: these follow from the settings an operator wrote, not from what the crawler made of them.

use std::time::Duration;

/// What the observer holds a crawler to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duties {
    /// From the end of a response of a site to the next request there, at least.
    pub delay: Duration,
    /// Between two requests to one address, from departure to departure; zero: not looked at.
    pub address_delay: Duration,
    /// A silence asked for by `Retry-After` is kept for at most this long.
    pub silence_max: Duration,
    /// How long a robots.txt may be gone by after it was served (RFC 9309 section 2.4).
    pub robots_age_max: Duration,
    /// How long the last good one stands in while it cannot be reached (RFC 9309 section 2.3.1.4).
    pub robots_stale_max: Duration,
    /// From one good answer to a request for robots.txt to the next request for it, at least.
    pub robots_again: Duration,
    /// From one failure to the next request for robots.txt, at least.
    pub robots_retry: Duration,
    /// When a URL may be requested again; absent: not looked at.
    pub floors: Option<Floors>,
}

/// The shortest time from the end of one visit of a URL to the next, by what the first brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floors {
    /// After 2xx or 304.
    pub fetched: Duration,
    /// After a redirect.
    pub redirected: Duration,
    /// After 404 or 410.
    pub gone: Duration,
    /// After another 4xx.
    pub refused: Duration,
    /// After everything that may be better soon.
    pub failed: Duration,
}

impl Floors {
    pub(super) fn after(&self, status: u16) -> Duration {
        match status {
            200..=299 | 304 => self.fetched,
            301 | 302 | 303 | 307 | 308 => self.redirected,
            404 | 410 => self.gone,
            408 | 425 | 429 => self.failed,
            400..=499 => self.refused,
            _ => self.failed,
        }
    }
}

impl Duties {
    /// What these settings promise. With `floors` also that nothing is fetched before it is due.
    #[must_use]
    pub fn of(settings: &pipeline::Settings, floors: bool) -> Self {
        let (politeness, recrawl) = (&settings.politeness, &settings.recrawl);
        let fetcher = &settings.fetcher.fetcher;
        Self {
            delay: politeness.delay.0,
            address_delay: settings.politeness.address_distance(),
            silence_max: politeness.silence_max.0,
            robots_age_max: fetcher.robots_age_max.0,
            robots_stale_max: fetcher.robots_stale_max.0,
            robots_again: fetcher.robots_age_min.0,
            robots_retry: fetcher.robots_retry_min.0,
            floors: floors.then(|| Floors {
                fetched: recrawl.interval_min.0,
                redirected: recrawl.page.0.min(recrawl.feed.0).min(recrawl.sitemap.0),
                gone: recrawl.gone.0,
                refused: recrawl.retry_rest.0,
                failed: recrawl.retry.0,
            }),
        }
    }
}
