//! `Crawl-delay` and `Request-rate`: not in RFC 9309, but asked for by many sites.
//!
//! Invariant: a value that is not understood asks for nothing; no value, however large, overflows.

use std::time::Duration;

/// Longest delay kept. Longer ones mean "never" and are the scheduler's to interpret.
const DELAY_MAX: Duration = Duration::from_hours(10 * 366 * 24);

/// `Request-rate: requests/period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRate {
    /// At least 1.
    pub requests: u32,
    /// In seconds, at least 1.
    pub seconds: u32,
}

impl RequestRate {
    /// The distance between requests it comes to.
    #[must_use]
    pub fn delay(self) -> Duration {
        Duration::from_secs(u64::from(self.seconds)) / self.requests.max(1)
    }
}

/// What the lines of one group ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pause {
    pub(super) delay: Option<Duration>,
    pub(super) rate: Option<RequestRate>,
}

impl Pause {
    /// The slower of both, value by value.
    pub(super) fn merge(&mut self, other: Self) {
        self.delay = self.delay.max(other.delay);
        if other.rate.map(RequestRate::delay) > self.rate.map(RequestRate::delay) {
            self.rate = other.rate;
        }
    }

    /// The longest delay that follows.
    pub(super) fn longest(self) -> Option<Duration> {
        self.delay.max(self.rate.map(RequestRate::delay))
    }
}

/// Seconds with an optional fraction (point or comma) and an optional `s`, `sec`, `seconds`. Negative or else: `None`.
pub(super) fn crawl_delay(value: &str) -> Option<Duration> {
    let value = value.trim();
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(value.len());
    let unit = value[end..].trim().to_ascii_lowercase();
    if !matches!(unit.as_str(), "" | "s" | "sec" | "secs" | "second" | "seconds") {
        return None;
    }
    let seconds: f64 = value[..end].replace(',', ".").parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(DELAY_MAX).min(DELAY_MAX))
}

/// `requests/period` with an optional unit `s`, `m`, `h`, `d` and an optional time of day after it, which we leave aside:
/// the rate is kept at every hour.
pub(super) fn request_rate(value: &str) -> Option<RequestRate> {
    let rate = value.split_ascii_whitespace().next()?;
    let (requests, period) = rate.split_once('/')?;
    let end = period.find(|c: char| !c.is_ascii_digit()).unwrap_or(period.len());
    let unit_seconds: u32 = match period[end..].to_ascii_lowercase().as_str() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let requests = requests.parse().ok().filter(|&requests: &u32| requests > 0)?;
    let seconds = period[..end].parse::<u32>().ok()?.saturating_mul(unit_seconds);
    (seconds > 0).then_some(RequestRate { requests, seconds })
}
