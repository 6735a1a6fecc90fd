//! What happened, line by line.
//!
//! Invariant: a line holds simulated time and nothing of the machine, so the same seed gives the same bytes.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where lines go. The digest is kept whether or not the lines are.
pub struct Log(Mutex<State>);

struct State {
    digest: u64,
    lines: u64,
    kept: Option<Box<dyn Write + Send>>,
    failed: bool,
    silent: bool,
}

impl Log {
    /// Keeps a digest only.
    #[must_use]
    pub fn digest_only() -> Self {
        Self::new(None, false)
    }

    /// Keeps nothing, for speed.
    #[must_use]
    pub fn off() -> Self {
        Self::new(None, true)
    }

    /// Writes lines to `kept` as well.
    #[must_use]
    pub fn kept(kept: Box<dyn Write + Send>) -> Self {
        Self::new(Some(kept), false)
    }

    fn new(kept: Option<Box<dyn Write + Send>>, silent: bool) -> Self {
        // The offset basis of FNV-1a.
        Self(Mutex::new(State { digest: 0xCBF2_9CE4_8422_2325, lines: 0, kept, failed: false, silent }))
    }

    /// One line: `SECONDS WHAT`.
    pub fn line(&self, at: Duration, what: impl FnOnce() -> String) {
        let mut state = self.state();
        if state.silent {
            return;
        }
        let line = format!("{:.3} {}\n", at.as_secs_f64(), what());
        state.lines += 1;
        for byte in line.bytes() {
            // FNV-1a, 64 bit.
            state.digest = (state.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        if let Some(kept) = &mut state.kept
            && kept.write_all(line.as_bytes()).is_err()
        {
            state.failed = true;
        }
    }

    /// Number of lines and digest of their bytes.
    #[must_use]
    pub fn digest(&self) -> (u64, u64) {
        let state = self.state();
        (state.lines, state.digest)
    }

    /// Hands what was kept to the system; false when a line could not be written.
    pub fn flush(&self) -> bool {
        let mut state = self.state();
        let flushed = state.kept.as_mut().is_none_or(|kept| kept.flush().is_ok());
        flushed && !state.failed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
