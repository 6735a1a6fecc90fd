//! Time as an argument. Invariant: only [`SystemClock`] reads the machine's clock.

use std::time::Duration;

/// An instant in UTC with nanosecond precision; printed and parsed as RFC 3339.
pub type Timestamp = jiff::Timestamp;

/// Where a stage learns what time it is. Tests pass a simulated clock.
pub trait Clock: Send + Sync + 'static {
    /// The current instant. May step backwards when an operator corrects the machine's clock.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What a person writes for a time: an instant (RFC 3339), or a day (YYYY-MM-DD), which stands for its first instant in UTC.
#[must_use]
pub fn instant_or_day(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

/// `at + by`, stopping at the last representable instant instead of overflowing.
#[must_use]
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::try_from(by).unwrap_or(jiff::SignedDuration::MAX))
        .unwrap_or(Timestamp::MAX)
}

/// `at - by`, stopping at the first representable instant instead of overflowing.
#[must_use]
pub fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_sub(jiff::SignedDuration::try_from(by).unwrap_or(jiff::SignedDuration::MAX))
        .unwrap_or(Timestamp::MIN)
}

/// How long from `from` until `to`; zero when `to` is not after `from`.
#[must_use]
pub fn until(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests;
