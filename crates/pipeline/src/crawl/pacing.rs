//! Politeness of one leased site on the pipeline's clock, and what all sites share: addresses, and sites that another
//! site's robots.txt leads to.
//!
//! Invariant: a request leaves only when the pace of its site, of its address and, if it goes to a foreign site, of that
//! site allow it; and nobody else asks a foreign site meanwhile.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fetcher::{Pacing, Postponed};
use frontier::{Addresses, Pace, PaceReason, Politeness};
use model::time::{later, until};
use model::{Clock, Outcome, Site, Timestamp};
use tokio::sync::watch;
use url::Url;

use crate::stores::SharedFrontier;

/// A site that must rest longer than this gives its lease back instead of holding a worker.
const REST_IN_LEASE_MAX: Duration = Duration::from_secs(30);
/// A site that must wait longer than this for an address that many share gives its lease back.
const CROWD_PATIENCE: Duration = Duration::from_secs(5);
/// Longest rest of a site whose robots.txt redirects to one that cannot be asked now.
const REST_MAX: Duration = Duration::from_hours(1);

/// What the politeness of one site has to share with that of all others.
pub(super) struct Manners {
    addresses: Mutex<Addresses>,
    frontier: SharedFrontier,
    policy: Mutex<Politeness>,
    /// Where an operator's changes of it arrive.
    changes: Option<watch::Receiver<Politeness>>,
    /// Longest a request may take.
    request_max: Duration,
}

/// The pace of a site on loan.
pub(super) struct SitePacing {
    site: Site,
    pace: Pace,
    clock: Arc<dyn Clock>,
    manners: Arc<Manners>,
    /// Where the request under way goes.
    address: Option<IpAddr>,
    neighbour: Option<Neighbour>,
}

/// A foreign site that robots.txt redirects to, reserved for us.
struct Neighbour {
    site: Site,
    /// Its pace as far as our own requests tell.
    pace: Pace,
    /// The request under way goes there.
    asked: bool,
}

impl Manners {
    pub(super) fn new(
        frontier: SharedFrontier,
        changes: Option<watch::Receiver<Politeness>>,
        request_max: Duration,
        now: Timestamp,
    ) -> Self {
        let policy = frontier.lock().politeness();
        Self {
            addresses: Mutex::new(Addresses::new(&policy, now)),
            frontier,
            policy: Mutex::new(policy),
            changes,
            request_max,
        }
    }

    /// The policy in force at this instant; a change is passed on to addresses and later leases.
    fn policy(&self) -> Politeness {
        let mut policy = self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = self.changes.as_ref().map(|changes| *changes.borrow());
        if let Some(wanted) = wanted.filter(|wanted| *wanted != *policy) {
            // A policy that contradicts itself was refused where it was read.
            if self.frontier.lock().set_politeness(wanted).is_ok() {
                *policy = wanted;
                self.addresses(|addresses| addresses.set_policy(&wanted));
            }
        }
        *policy
    }

    fn addresses<R>(&self, work: impl FnOnce(&mut Addresses) -> R) -> R {
        work(&mut self.addresses.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SitePacing {
    pub(super) fn new(site: Site, pace: Pace, clock: Arc<dyn Clock>, manners: Arc<Manners>) -> Self {
        Self { site, pace, clock, manners, address: None, neighbour: None }
    }

    /// The pace after the last request.
    pub(super) fn into_pace(self) -> Pace {
        self.pace
    }

    /// Tells the frontier how long a foreign site that was asked wants to rest.
    pub(super) async fn leave_neighbour(&mut self) {
        let Some(Neighbour { site, pace, .. }) = self.neighbour.take() else { return };
        let (now, rest) = (self.clock.now(), pace.next_allowed());
        let told = self.manners.frontier.blocking(move |frontier| frontier.silence(&site, rest, now)).await;
        if let Err(error) = told {
            tracing::debug!(error = &error as &dyn std::error::Error, "a neighbour's rest was not kept");
        }
    }

    async fn wait(&self, next: Timestamp) {
        loop {
            let rest = until(self.clock.now(), next);
            if rest.is_zero() {
                return;
            }
            tokio::time::sleep(rest).await;
        }
    }

    /// Waits for a foreign site to be free, and reserves it for one request.
    async fn reserve(&mut self, site: Site) -> Result<(), Postponed> {
        let own = self.neighbour.as_ref().is_some_and(|neighbour| neighbour.site == site);
        if !own {
            self.leave_neighbour().await;
        }
        let policy = self.manners.policy();
        let hold = self.manners.request_max + policy.delay.0;
        let patience = later(self.clock.now(), REST_IN_LEASE_MAX);
        let leaves = loop {
            let (now, wanted) = (self.clock.now(), site.clone());
            let reserved = self
                .manners
                .frontier
                .blocking(move |frontier| frontier.reserve(&wanted, hold, own, now))
                .await
                // The store failed: the crawl is about to end, and nothing more may leave.
                .unwrap_or(Err(Timestamp::MAX));
            match reserved {
                Ok(leaves) => break leaves,
                Err(next) if next > patience => {
                    self.pace.silence(next.min(later(now, REST_MAX)), PaceReason::Neighbour);
                    return Err(Postponed);
                }
                Err(next) => self.wait(next).await,
            }
        };
        let neighbour = self.neighbour.get_or_insert_with(|| Neighbour {
            pace: Pace::new(policy, 0),
            site,
            asked: false,
        });
        neighbour.asked = true;
        let leaves = leaves.max(neighbour.pace.next_allowed());
        self.wait(leaves).await;
        Ok(())
    }
}

impl Pacing for SitePacing {
    fn patient(&self) -> bool {
        until(self.clock.now(), self.pace.next_allowed()) <= REST_IN_LEASE_MAX
    }

    async fn ready(&mut self, url: &Url) -> Result<(), Postponed> {
        loop {
            // Looked at again after each wait: a longer delay counts for the request that is waiting.
            self.pace.set_policy(self.manners.policy());
            let next = self.pace.next_allowed();
            if until(self.clock.now(), next).is_zero() {
                break;
            }
            self.wait(next).await;
        }
        let site = Site::of(url);
        if site != self.site {
            self.reserve(site).await?;
        }
        Ok(())
    }

    async fn admit(&mut self, address: Option<IpAddr>) -> Result<(), Postponed> {
        self.address = address;
        let Some(address) = address else { return Ok(()) };
        let now = self.clock.now();
        match self.manners.addresses(|addresses| addresses.grant(address, now, CROWD_PATIENCE)) {
            Ok(leaves) => {
                self.wait(leaves).await;
                loop {
                    let now = self.clock.now();
                    match self.manners.addresses(|addresses| addresses.leave(address, now)) {
                        Ok(()) => return Ok(()),
                        Err(allowed) => self.wait(allowed).await,
                    }
                }
            }
            Err(next) => {
                self.pace.silence(next, PaceReason::Address);
                // Long enough for the lease to be given back whatever the address's rest.
                self.pace.silence(later(now, REST_IN_LEASE_MAX + CROWD_PATIENCE), PaceReason::Address);
                Err(Postponed)
            }
        }
    }

    fn sent(&mut self) {
        let now = self.clock.now();
        self.pace.sent(now);
        if let Some(neighbour) = self.neighbour.as_mut().filter(|neighbour| neighbour.asked) {
            neighbour.pace.sent(now);
        }
    }

    fn answered(&mut self, outcome: &Outcome, latency: Duration) {
        let now = self.clock.now();
        self.pace.answered(outcome, latency, now);
        if let Some(neighbour) = self.neighbour.as_mut()
            && std::mem::take(&mut neighbour.asked)
        {
            neighbour.pace.answered(outcome, latency, now);
        }
        if let Some(address) = self.address.take() {
            self.manners.addresses(|addresses| addresses.answered(address, outcome, now));
        }
    }

    fn crawl_delay(&mut self, delay: Option<Duration>) {
        self.pace.crawl_delay(delay);
    }
}
