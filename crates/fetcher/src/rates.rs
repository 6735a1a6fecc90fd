//! How fast the whole process may go, and how fast it may ask one address.
//!
//! Invariant: these limits only ever add waiting to what the site's ledger ([`crate::Pacing`]) asks for. Requests to one
//! address are spaced evenly, without bursts. Loopback is this machine and is not metered per address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::settings::FetcherSettings;

/// Addresses are forgotten, when idle, each time this many requests have gone out.
const SWEEP_EVERY: u32 = 4_096;

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
type PerAddress = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, RuntimeClock, Quiet>;

/// The process-wide limits.
pub(crate) struct Rates {
    process: Option<RateLimiter<NotKeyed, InMemoryState, RuntimeClock, Quiet>>,
    address: Option<PerAddress>,
    in_flight: Semaphore,
    sent: AtomicU32,
}

impl Rates {
    pub(crate) fn new(settings: &FetcherSettings) -> Self {
        let quota = |per_second: u32, burst: u32| {
            let rate = NonZeroU32::new(per_second)?;
            Some(Quota::per_second(rate).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
        };
        let (process, address) = (settings.requests_per_second, settings.requests_per_second_per_address);
        Self {
            // A tenth of a second's worth at once, since timers tick in milliseconds.
            process: quota(process, process / 10)
                .map(|quota| RateLimiter::direct_with_clock(quota, RuntimeClock)),
            address: quota(address, 1)
                .map(|quota| RateLimiter::new(quota, DashMapStateStore::default(), RuntimeClock)),
            in_flight: Semaphore::new(settings.in_flight_max as usize),
            sent: AtomicU32::new(0),
        }
    }

    /// Waits until a request to `address` may leave. The permit is held while it is in flight. `None` when the process
    /// is shutting down.
    pub(crate) async fn admit(&self, address: Option<IpAddr>) -> Option<SemaphorePermit<'_>> {
        if let (Some(limiter), Some(ip)) = (&self.address, address.filter(|ip| !ip.is_loopback())) {
            while let Err(early) = limiter.check_key(&ip) {
                sleep_until(early.earliest_possible()).await;
            }
            if self.sent.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
                limiter.retain_recent();
            }
        }
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
