//! Time that tests move.
//!
//! Invariant: a [`SimulatedClock`] never reads the machine's clock; it stands still until the test (or tokio's paused
//! time) moves it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use model::{Clock, Timestamp};
use tokio::runtime::Handle;
use tokio::time::Instant;

/// The instant at which simulated worlds begin unless told otherwise: 2026-01-01T00:00:00Z.
pub const EPOCH: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// A clock whose time is the test's. Clones show the same time.
#[derive(Debug, Clone)]
pub struct SimulatedClock {
    base: Arc<Mutex<Timestamp>>,
    /// Set when tokio's time is added to the base.
    tokio: Option<(Handle, Instant)>,
}

impl SimulatedClock {
    /// A clock that stands at `start` until [`Self::set`] or [`Self::advance`].
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self { base: Arc::new(Mutex::new(start)), tokio: None }
    }

    /// A clock at `start` that moves with tokio's time: in a test with `#[tokio::test(start_paused = true)]`, every
    /// sleep that the runtime skips moves it. It may be read from any thread; it follows the runtime it was made in.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn following_tokio(start: Timestamp) -> Self {
        Self { base: Arc::new(Mutex::new(start)), tokio: Some((Handle::current(), Instant::now())) }
    }

    /// Moves time on. Of a clock that follows tokio this is a step of the wall clock only: timers do not fire.
    pub fn advance(&self, by: Duration) {
        let mut base = self.base();
        *base = model::time::later(*base, by);
    }

    /// Sets the time shown now, forwards or backwards, as an operator does who corrects the machine's clock.
    pub fn set(&self, now: Timestamp) {
        let elapsed = self.elapsed();
        *self.base() = now - elapsed;
    }

    /// Steps the wall clock by `by`, which may be negative (field.md section 3, case 11: ±1 h).
    pub fn step(&self, by: SignedDuration) {
        let mut base = self.base();
        *base += by;
    }

    /// What tokio's time adds to the base.
    fn elapsed(&self) -> SignedDuration {
        let Some((runtime, start)) = &self.tokio else { return SignedDuration::ZERO };
        // Paused time belongs to a runtime, and threads of our own (parsing, indexing) are not in it.
        let _inside = runtime.enter();
        SignedDuration::try_from(start.elapsed()).unwrap_or(SignedDuration::MAX)
    }

    fn base(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        self.base.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SimulatedClock {
    /// A clock that stands at [`EPOCH`].
    fn default() -> Self {
        Self::at(EPOCH)
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let elapsed = self.elapsed();
        *self.base() + elapsed
    }
}

#[cfg(test)]
mod tests;
