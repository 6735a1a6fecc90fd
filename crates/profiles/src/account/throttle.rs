//! How often something may be tried. Invariant: names are keyed hashes and nothing reaches the disk, so nothing is stored of those
//! who have no account; an attempt counts before it is judged, so attempts made at the same time do not get around the limit.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;

use crate::Error;

/// Names remembered, about 10 MB; then the one not heard of for longest goes. To push one name out, an attacker has to make
/// as many attempts on others.
const NAMES_MAX: usize = 100_000;

/// Attempts that failed, by keyed hash.
#[derive(Debug)]
pub(super) struct Throttle {
    /// Attempts before the first wait.
    pub(super) free: u32,
    pub(super) wait_first: Duration,
    pub(super) wait_max: Duration,
    /// Forgotten when there were none for so long.
    pub(super) kept: Duration,
    names: Mutex<HashMap<[u8; 32], Attempts>>,
}

#[derive(Debug, Clone, Copy)]
struct Attempts {
    count: u32,
    last: Timestamp,
}

impl Throttle {
    pub(super) fn new(free: u32, wait_first: Duration, wait_max: Duration, kept: Duration) -> Self {
        Self { free, wait_first, wait_max, kept, names: Mutex::default() }
    }

    /// Counts an attempt, or refuses it because the last ones failed.
    pub(super) fn attempt(&self, name: [u8; 32], now: Timestamp) -> Result<(), Error> {
        let mut names = self.names();
        let known = names.get(&name).copied().filter(|known| model::time::until(known.last, now) < self.kept);
        let count = known.map_or(0, |known| known.count);
        if let Some(known) = known {
            let left = self.wait(count).saturating_sub(model::time::until(known.last, now));
            if !left.is_zero() {
                return Err(Error::Wait { after: left });
            }
        }
        if names.len() >= NAMES_MAX && !names.contains_key(&name) {
            self.make_room(&mut names, now);
        }
        names.insert(name, Attempts { count: count.saturating_add(1), last: now });
        Ok(())
    }

    /// Forgets the attempts of a name, because one succeeded.
    pub(super) fn clear(&self, name: &[u8; 32]) {
        self.names().remove(name);
    }

    /// How long the next attempt waits after `count` ones.
    fn wait(&self, count: u32) -> Duration {
        let Some(doublings) = count.checked_sub(self.free) else { return Duration::ZERO };
        self.wait_first.saturating_mul(2_u32.saturating_pow(doublings)).min(self.wait_max)
    }

    fn make_room(&self, names: &mut HashMap<[u8; 32], Attempts>, now: Timestamp) {
        names.retain(|_, known| model::time::until(known.last, now) < self.kept);
        if names.len() >= NAMES_MAX {
            let oldest = names.iter().min_by_key(|(_, known)| known.last).map(|(name, _)| *name);
            oldest.map(|name| names.remove(&name));
        }
    }

    fn names(&self) -> MutexGuard<'_, HashMap<[u8; 32], Attempts>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
