//! A clock that a run can rely on.
//!
//! Invariant: from its start on it shows the time passed, whatever happens to the machine's clock. A pace counted on a
//! clock that an operator or NTP steps forward by an hour would let every waiting site be asked at once.

use model::{Clock, Timestamp};
use tokio::time::Instant;

/// The wall clock at its start, and time passed since. One per run, so that a correction of the machine's clock is taken
/// up between two runs.
#[derive(Debug, Clone, Copy)]
pub struct SteadyClock {
    anchor: Timestamp,
    started: Instant,
}

impl SteadyClock {
    /// Starts at what `wall` shows now.
    #[must_use]
    pub fn start(wall: &dyn Clock) -> Self {
        Self { anchor: wall.now(), started: Instant::now() }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        model::time::later(self.anchor, self.started.elapsed())
    }
}
