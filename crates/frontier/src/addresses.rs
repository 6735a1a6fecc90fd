//! Politeness towards IP addresses: sites that share a machine share its patience.
//!
//! Pure: `(ledger, address, now) → (ledger', may it leave?)`. Kept in memory and not on disk: nothing is sent to any
//! address for one distance after a start, so no request comes too early after a crash either.
//!
//! Invariant: between two requests granted to one address lies at least [`Addresses::distance`]; an address that refuses
//! connections or does not answer is asked at ever longer distances, and a failure never shortens one.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use model::time::{later, until};
use model::{FailureKind, Outcome, Timestamp};

use crate::settings::Politeness;

/// Addresses remembered; beyond it those that rest no more are dropped, which changes nothing for them.
const ADDRESSES_MAX: usize = 100_000;
/// 2^10 distances: 51 s at the default of 50 ms.
const STRIKES_MAX: u8 = 10;

/// When each address may be asked again.
#[derive(Debug)]
pub struct Addresses {
    distance: Duration,
    longest: Duration,
    /// Nothing at all before.
    started: Timestamp,
    known: HashMap<IpAddr, Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The first place that is free.
    next: Timestamp,
    /// When the last request left.
    left: Option<Timestamp>,
    /// Connections that failed since the last that did not.
    strikes: u8,
}

impl Addresses {
    /// Nobody is asked before `started` and one distance, because whoever wrote here before may just have asked.
    #[must_use]
    pub fn new(policy: &Politeness, started: Timestamp) -> Self {
        let distance = policy.address_distance();
        let longest = policy.delay_max.0;
        Self { distance, longest, started: later(started, distance), known: HashMap::new() }
    }

    /// From now on another policy is in force; places granted before stay granted.
    pub fn set_policy(&mut self, policy: &Politeness) {
        self.distance = policy.address_distance();
        self.longest = policy.delay_max.0;
    }

    /// The least time between two requests to an address that answers.
    #[must_use]
    pub fn distance(&self) -> Duration {
        self.distance
    }

    /// Grants a request to an address at the instant returned, which is at most `patience` from `now`, and keeps that
    /// place for it. Whoever cannot wait so long takes no place: those who wait for a crowded address must not keep the
    /// crawl from others.
    ///
    /// # Errors
    /// When to come again.
    pub fn grant(
        &mut self,
        address: IpAddr,
        now: Timestamp,
        patience: Duration,
    ) -> Result<Timestamp, Timestamp> {
        if self.distance.is_zero() {
            return Ok(now);
        }
        let key = machine(address);
        let strikes = self.known.get(&key).map_or(0, |entry| entry.strikes);
        let left = self.known.get(&key).and_then(|entry| entry.left);
        let next = self.known.get(&key).map_or(self.started, |entry| entry.next).max(now);
        if until(now, next) > patience {
            return Err(next);
        }
        if self.known.len() >= ADDRESSES_MAX {
            self.known.retain(|_, entry| entry.next > now);
        }
        self.known.insert(key, Entry { next: later(next, self.rest(strikes)), left, strikes });
        Ok(next)
    }

    /// A request that has its place leaves at `now`, unless the one before it left late and is too close. Places keep their
    /// distance by themselves, but a timer may make any of them late.
    ///
    /// # Errors
    /// When to try again.
    pub fn leave(&mut self, address: IpAddr, now: Timestamp) -> Result<(), Timestamp> {
        let distance = self.distance;
        let Some(entry) = self.known.get_mut(&machine(address)) else { return Ok(()) };
        if let Some(left) = entry.left.filter(|left| *left <= now) {
            let allowed = later(left, distance);
            if allowed > now {
                return Err(allowed);
            }
        }
        entry.left = Some(now);
        entry.next = entry.next.max(later(now, distance));
        Ok(())
    }

    /// Takes in how a request to an address ended.
    pub fn answered(&mut self, address: IpAddr, outcome: &Outcome, now: Timestamp) {
        let key = machine(address);
        let Some(entry) = self.known.get(&key).copied() else { return };
        // Later failures (TLS, resets, broken HTTP) are the site's, and a CDN has thousands of sites.
        let failed =
            matches!(outcome, Outcome::Failed { kind: FailureKind::Connect | FailureKind::Timeout, .. });
        let strikes = if failed { (entry.strikes + 1).min(STRIKES_MAX) } else { entry.strikes / 2 };
        let next = if failed { entry.next.max(later(now, self.rest(strikes))) } else { entry.next };
        self.known.insert(key, Entry { next, strikes, ..entry });
    }

    fn rest(&self, strikes: u8) -> Duration {
        self.distance.max(self.distance.saturating_mul(1 << strikes).min(self.longest))
    }
}

/// What one machine is reached by: an IPv4 address, or the 64-bit prefix a network gives to one subscriber (RFC 6177).
fn machine(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests;
