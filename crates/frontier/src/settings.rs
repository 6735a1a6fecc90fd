//! `[politeness]`, `[recrawl]` and `[frontier]`. Invariant: every value carries its unit, and a default its source.

use std::time::Duration;

use model::Span;
use serde::{Deserialize, Serialize};

/// The three sections together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `[politeness]`.
    pub politeness: Politeness,
    /// `[recrawl]`.
    pub recrawl: Recrawl,
    /// `[frontier]`.
    pub limits: Limits,
}

/// `[politeness]`: how a site is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Politeness {
    /// Floor between the end of one response of a site and the next request to it. `0s` (for tests on loopback) also turns
    /// stretching by latency and strikes off.
    pub delay: Span,
    /// A site that answers slowly is asked more slowly: the distance is at least this many times its latency. Heritrix
    /// waits 5 times (between 3 and 30 s), Mercator waited 10 times; 1 means that it works for us at most half of the
    /// time. 0 = off.
    pub latency_factor: u32,
    /// Longest distance that latency and strikes may stretch the delay to. `Crawl-delay` is not bound by it.
    pub delay_max: Span,
    /// Silence after a 429 or 503 without usable `Retry-After`; doubled with each further one. `0s` = none.
    pub backoff: Span,
    /// Silence after a timeout, reset, failed connection, name or TLS handshake, or the second 5xx in a row; doubled with
    /// each further one. `0s` = none.
    pub backoff_failure: Span,
    /// Longest silence that doubling leads to (the site's jitter may add a quarter).
    pub backoff_max: Span,
    /// Longest silence that `Retry-After` may ask for; longer values are cut to it.
    pub silence_max: Span,
    /// A site that has failed for so long without one answer counts as dead: it is probed with single requests, at
    /// distances of a third of its outage.
    pub dead_after: Span,
    /// Longest distance between two probes of a dead site.
    pub probe_max: Span,
    /// Sites on one IP address are together asked at most as often as this many sites with addresses of their own: the
    /// distance between requests to an address is `delay` divided by it (`BUbiNG`: 4 s per host, 0.5 s per address; shared
    /// hosters and CDNs carry thousands). 1 = an address is treated as one site; 0 = addresses are not metered.
    pub sites_per_address: u32,
}

/// `[recrawl]`: when a URL is visited again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recrawl {
    /// First interval of a page; then it adapts: × 3 when unchanged (articles are looked at a few times, then rest), × 0.8
    /// when changed; a page that brings new links follows their rate.
    pub page: Span,
    /// First interval of a feed.
    pub feed: Span,
    /// First interval of a sitemap.
    pub sitemap: Span,
    /// First interval of a seed that is a page, if it is shorter than `page`: seeds are mostly front pages, and where there
    /// is neither feed nor sitemap they are where new links appear (Stract visits front pages every 12 hours, and is late:
    /// half of all readers react within 2.7 hours; field.md sections 2 and 4). Then its rate of new links decides.
    pub front: Span,
    /// Longest interval of a hub (a page, feed or sitemap that brings new links) until it is retired.
    pub hub_max: Span,
    /// Visits an hour that the hubs of one site may cost together; beyond it all of them are visited less often.
    pub hub_visits_per_hour: u32,
    /// A hub that brought no new link for so long is retired: visited every `interval_max` (field.md section 2).
    pub retire: Span,
    /// Shortest interval adaptation leads to.
    pub interval_min: Span,
    /// Longest interval adaptation leads to.
    pub interval_max: Span,
    /// First retry of a failed visit; × 4 with each further failure.
    pub retry: Span,
    /// Failures in a row after which it is only tried every `retry_rest`.
    pub attempts_max: u16,
    /// Distance of tries of what keeps failing.
    pub retry_rest: Span,
    /// Distance of looks at what was not there (404, 410).
    pub gone: Span,
    /// After how long a URL that robots.txt forbids is judged again (RFC 9309 section 2.4: a copy serves 24 hours).
    pub disallowed: Span,
    /// After how long a URL we declined ourselves (address guard, redirect limit) is tried again.
    pub refused: Span,
}

/// `[frontier]`: what is admitted at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Pages admitted per job and site when the job does not say (traps: field.md section 3, case 15).
    pub pages_per_site_max: u64,
    /// Feeds and sitemaps admitted per job and site.
    pub hubs_per_site_max: u64,
    /// URLs of a pattern admitted per site before their pages have brought anything new; a page's links and some more
    /// (field.md section 5: 98 per page). Traps cost rows up to this number, but no visits beyond `pattern_patience`.
    pub pattern_linked: u32,
    /// The same for URLs that feeds and sitemaps name: one whole sitemap (sitemaps.org: 50,000).
    pub pattern_listed: u32,
    /// Further URLs of a pattern for each page of it that brought something new: half a page's links.
    pub pattern_earned: u32,
    /// Visits of a pattern in a row that bring nothing new until it is stopped; a quarter of its useful visits is added.
    pub pattern_patience: u32,
    /// Hosts of a site admitted at once; further ones share the budget of one pattern (infinite subdomains).
    pub hosts_per_site_max: usize,
    /// Longest URL admitted, bytes; a Cyrillic title takes six per letter.
    pub url_length_max: usize,
    /// Most segments of a path.
    pub path_depth_max: usize,
    /// Most parameters of a query.
    pub parameters_max: usize,
    /// Path endings that are not pages; not admitted as pages. Lower case, without the dot.
    pub skip_extensions: Vec<String>,
}

impl Default for Politeness {
    fn default() -> Self {
        Self {
            delay: Span::seconds(1),
            latency_factor: 1,
            delay_max: Span::seconds(60),
            backoff: Span::seconds(60),
            backoff_failure: Span::seconds(10),
            backoff_max: Span::seconds(6 * 3600),
            silence_max: Span::seconds(30 * 86_400),
            dead_after: Span::seconds(3 * 86_400),
            probe_max: Span::seconds(30 * 86_400),
            sites_per_address: 20,
        }
    }
}

impl Default for Recrawl {
    fn default() -> Self {
        const DAY: u64 = 86_400;
        Self {
            page: Span::seconds(DAY),
            feed: Span::seconds(30 * 60),
            sitemap: Span::seconds(DAY),
            front: Span::seconds(3600),
            hub_max: Span::seconds(7 * DAY),
            hub_visits_per_hour: 60,
            retire: Span::seconds(180 * DAY),
            interval_min: Span::seconds(10 * 60),
            interval_max: Span::seconds(90 * DAY),
            retry: Span::seconds(60),
            attempts_max: 5,
            retry_rest: Span::seconds(7 * DAY),
            gone: Span::seconds(30 * DAY),
            disallowed: Span::seconds(DAY),
            refused: Span::seconds(7 * DAY),
        }
    }
}

/// Endings that name a binary format or a page's parts: what a browser would download or play, not show as a page.
const SKIPPED: &str = "3gp 7z aac apk avi avif bin bmp bz2 cab css deb dll dmg doc docx eot eps epub exe flac flv gif gz \
    heic ico iso jar jpeg jpg js m4a m4v mid mkv mov mp3 mp4 mpeg mpg msi odp ods odt ogg ogv otf pdf pkg png ppt pptx psd \
    rar rpm rtf svg swf tar tgz tif tiff ttf wav webm webp wma wmv woff woff2 xls xlsx xz zip zst";

impl Default for Limits {
    fn default() -> Self {
        Self {
            pages_per_site_max: 1_000_000,
            hubs_per_site_max: 10_000,
            pattern_linked: 500,
            pattern_listed: 50_000,
            pattern_earned: 50,
            pattern_patience: 8,
            hosts_per_site_max: 20,
            url_length_max: 2_048,
            path_depth_max: 16,
            parameters_max: 16,
            skip_extensions: SKIPPED.split_ascii_whitespace().map(str::to_owned).collect(),
        }
    }
}

impl Settings {
    /// Checks each section.
    ///
    /// # Errors
    /// A message that names section and key, what is wrong, and what to write.
    pub fn check(&self) -> Result<(), String> {
        self.politeness.check()?;
        self.recrawl.check()?;
        self.limits.check()
    }
}

impl Politeness {
    /// Least time between two requests to one IP address.
    #[must_use]
    pub fn address_distance(&self) -> Duration {
        self.delay.0.checked_div(self.sites_per_address).unwrap_or_default()
    }

    /// Checks the section.
    ///
    /// # Errors
    /// As [`Settings::check`].
    pub fn check(&self) -> Result<(), String> {
        if self.delay > self.delay_max {
            return Err(format!(
                "[politeness] delay = \"{}\" is longer than delay_max = \"{}\"; raise delay_max",
                self.delay, self.delay_max
            ));
        }
        for (key, span) in [("backoff", self.backoff), ("backoff_failure", self.backoff_failure)] {
            if span > self.backoff_max {
                return Err(format!(
                    "[politeness] {key} = \"{span}\" is longer than backoff_max = \"{}\"; raise backoff_max",
                    self.backoff_max
                ));
            }
        }
        Ok(())
    }
}

impl Recrawl {
    /// Checks the section.
    ///
    /// # Errors
    /// As [`Settings::check`].
    pub fn check(&self) -> Result<(), String> {
        let positive = [
            ("interval_min", self.interval_min),
            ("retry", self.retry),
            ("retry_rest", self.retry_rest),
            ("gone", self.gone),
            ("disallowed", self.disallowed),
            ("refused", self.refused),
            ("front", self.front),
        ];
        if let Some((key, _)) = positive.iter().find(|(_, span)| span.0 < Duration::from_secs(1)) {
            return Err(format!("[recrawl] {key} must be at least 1s; write for example {key} = \"10m\""));
        }
        for (key, span) in [("page", self.page), ("feed", self.feed), ("sitemap", self.sitemap)] {
            if span < self.interval_min || span > self.interval_max {
                return Err(format!(
                    "[recrawl] {key} = \"{span}\" must lie between interval_min = \"{}\" and interval_max = \"{}\"",
                    self.interval_min, self.interval_max
                ));
            }
        }
        if self.hub_max < self.interval_min || self.hub_max > self.interval_max {
            return Err(format!(
                "[recrawl] hub_max = \"{}\" must lie between interval_min = \"{}\" and interval_max = \"{}\"",
                self.hub_max, self.interval_min, self.interval_max
            ));
        }
        if self.hub_visits_per_hour == 0 {
            return Err("[recrawl] hub_visits_per_hour must be at least 1; write for example hub_visits_per_hour = 60"
                .to_owned());
        }
        if self.attempts_max == 0 {
            return Err(
                "[recrawl] attempts_max must be at least 1; write for example attempts_max = 5".to_owned()
            );
        }
        Ok(())
    }
}

impl Limits {
    /// Checks the section.
    ///
    /// # Errors
    /// As [`Settings::check`].
    pub fn check(&self) -> Result<(), String> {
        let usable = |extension: &&String| {
            !extension.is_empty()
                && !extension.contains('.')
                && !extension.bytes().any(|b| b.is_ascii_uppercase())
        };
        let positive = [
            ("pattern_linked", u64::from(self.pattern_linked)),
            ("pattern_patience", u64::from(self.pattern_patience)),
            ("hosts_per_site_max", self.hosts_per_site_max as u64),
        ];
        if let Some((key, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(format!(
                "[frontier] {key} must be at least 1: with 0 nothing could ever prove itself"
            ));
        }
        if self.hosts_per_site_max > 200 {
            return Err(
                "[frontier] hosts_per_site_max must be at most 200: every host is kept by name".to_owned()
            );
        }
        match self.skip_extensions.iter().find(|extension| !usable(extension)) {
            Some(extension) => Err(format!(
                "[frontier] skip_extensions holds {extension:?}; write it in lower case and without a dot, for example \"pdf\""
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
