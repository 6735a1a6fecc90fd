//! Time as an argument. Invariant: only [`SystemClock`] reads the machine's clock.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An instant in UTC with nanosecond precision; printed and parsed as RFC 3339.
pub type Timestamp = jiff::Timestamp;

/// Where a stage learns what time it is. Tests pass a simulated clock.
pub trait Clock: Send + Sync + 'static {
    /// The current instant. May step backwards when an operator corrects the machine's clock.
    fn now(&self) -> Timestamp;

    /// Takes over a correction of the machine's clock, where the clock keeps from that by itself. To be called only while
    /// nothing is measured, between two runs.
    fn follow(&self) {}
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

/// The machine's clock as it was at the start, and from there on time as it passes. When an operator or a time server sets
/// the machine's clock an hour forward, an hour has not passed for the sites we crawl: every rest that we owe them is as
/// long as before. Corrections are taken over by [`Clock::follow`].
#[derive(Debug)]
pub struct SteadyClock<C = SystemClock> {
    machine: C,
    anchor: Mutex<(Timestamp, Instant)>,
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::over(SystemClock)
    }
}

impl<C: Clock> SteadyClock<C> {
    /// A steady clock set by another one.
    #[must_use]
    pub fn over(machine: C) -> Self {
        let anchor = Mutex::new((machine.now(), Instant::now()));
        Self { machine, anchor }
    }
}

impl<C: Clock> Clock for SteadyClock<C> {
    fn now(&self) -> Timestamp {
        let (at, instant) = *self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        later(at, instant.elapsed())
    }

    fn follow(&self) {
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = (self.machine.now(), Instant::now());
    }
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
