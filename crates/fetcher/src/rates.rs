//! How fast the whole process may go.
//!
//! Invariant: these limits only ever add waiting to what the ledger ([`crate::Pacing`]) asks for.

use std::num::NonZeroU32;
use std::time::Instant;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::settings::FetcherSettings;

/// tokio's clock, so that simulated time holds here too.
#[derive(Debug, Clone, Copy, Default)]
struct RuntimeClock;

impl Clock for RuntimeClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

type Quiet = NoOpMiddleware<Instant>;

/// The process-wide limits.
pub(crate) struct Rates {
    process: Option<RateLimiter<NotKeyed, InMemoryState, RuntimeClock, Quiet>>,
    in_flight: Semaphore,
}

impl Rates {
    pub(crate) fn new(settings: &FetcherSettings) -> Self {
        let quota = |per_second: u32| {
            let rate = NonZeroU32::new(per_second)?;
            // A tenth of a second's worth at once, since timers tick in milliseconds.
            let burst = NonZeroU32::new(per_second / 10).unwrap_or(NonZeroU32::MIN);
            Some(Quota::per_second(rate).allow_burst(burst))
        };
        Self {
            process: quota(settings.requests_per_second)
                .map(|quota| RateLimiter::direct_with_clock(quota, RuntimeClock)),
            in_flight: Semaphore::new(settings.in_flight_max as usize),
        }
    }

    /// Waits until a request may leave. The permit is held while it is in flight. `None` when the process is shutting
    /// down.
    pub(crate) async fn admit(&self) -> Option<SemaphorePermit<'_>> {
        if let Some(limiter) = &self.process {
            while let Err(early) = limiter.check() {
                sleep_until(early.earliest_possible()).await;
            }
        }
        self.in_flight.acquire().await.ok()
    }
}

async fn sleep_until(at: Instant) {
    tokio::time::sleep(at.duration_since(RuntimeClock.now())).await;
}

#[cfg(test)]
mod tests;
