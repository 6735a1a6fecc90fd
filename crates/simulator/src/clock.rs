//! Simulated time: how much of it has passed, and what the machine's clock shows meanwhile.
//!
//! Invariant: time passes only where tokio's paused runtime skips a sleep; a step changes what the clock shows and not how
//! much time has passed.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use model::{Clock, Timestamp};
use tokio::time::Instant;

/// What the clock shows when a simulation begins: 2026-01-01T00:00:00Z.
pub const EPOCH: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The clock of the simulated machine. Made and read inside the paused runtime.
#[derive(Debug)]
pub struct WallClock {
    started: Instant,
    /// Steps so far, milliseconds.
    stepped_ms: AtomicI64,
}

impl WallClock {
    /// Shows [`EPOCH`] now.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), stepped_ms: AtomicI64::new(0) }
    }

    /// Time passed since the simulation began, whatever the clock shows.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Steps what the clock shows, as an operator or NTP does.
    pub fn step(&self, seconds: i64) {
        self.stepped_ms.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// All steps together, seconds.
    #[must_use]
    pub fn stepped(&self) -> i64 {
        self.stepped_ms.load(Ordering::Relaxed) / 1_000
    }

    /// The instant tokio shows after `elapsed`.
    #[must_use]
    pub fn instant(&self, elapsed: Duration) -> Instant {
        self.started + elapsed
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let passed = model::time::later(EPOCH, self.elapsed());
        passed
            .saturating_add(SignedDuration::from_millis(self.stepped_ms.load(Ordering::Relaxed)))
            .unwrap_or(passed)
    }
}
