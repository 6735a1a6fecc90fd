//! How often each key may ask (governor's GCRA, RFC 6585 section 4 for the answer).
//!
//! Invariant: one bucket per grant and one for callers without a key; a burst is one second's worth.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Callers remembered at once; beyond it all begin anew, with a burst each, so that memory has a bound.
const CALLERS_MAX: usize = 100_000;

/// Requests a second of each caller.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: Mutex<HashMap<String, (NonZeroU32, DefaultDirectRateLimiter)>>,
    clock: DefaultClock,
}

impl Limits {
    /// Takes one request of a caller out of `per_second`; if there is none, how long until there is.
    pub(crate) fn take(&self, caller: &str, per_second: u32) -> Result<(), Duration> {
        let Some(rate) = NonZeroU32::new(per_second) else { return Ok(()) };
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.len() >= CALLERS_MAX {
            buckets.clear();
        }
        if buckets.get(caller).is_none_or(|(known, _)| *known != rate) {
            buckets.insert(caller.to_owned(), (rate, RateLimiter::direct(Quota::per_second(rate))));
        }
        let Some((_, bucket)) = buckets.get(caller) else { return Ok(()) };
        bucket.check().map_err(|until| until.wait_time_from(self.clock.now()))
    }
}
