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
}

/// `[recrawl]`: when a URL is visited again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recrawl {
    /// First interval of a page; then it adapts: × 1.5 when unchanged, × 0.8 when changed (field.md section 2).
    pub page: Span,
    /// First interval of a feed.
    pub feed: Span,
    /// First interval of a sitemap.
    pub sitemap: Span,
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
