//! The frontier as the pipeline sees it: admission, schedule and pace over a store.
//!
//! Invariant: policy is decided here, from what the store holds, before the store is asked to change anything; so every
//! store behaves alike.

use std::path::Path;

use model::{Position, Site, Timestamp, UrlKey};

use crate::admission::Refusal;
use crate::error::Error;
use crate::job::JobRules;
use crate::lease::{LeaseRequest, RobotsEntry, SiteLease, SiteReturn};
use crate::offer::{Offer, OfferReport};
use crate::settings::Settings;
use crate::settlement::Settlement;
use crate::status::{Counts, SiteStatus, UrlStatus};
use crate::store::FrontierStore;
use crate::takedown::Takedown;

/// Which URL next, and when.
pub struct Frontier {
    _store: Box<dyn FrontierStore>,
    settings: Settings,
}

impl Frontier {
    /// Opens the frontier in `dir` for writing, making it if there is none. Whatever was on loan when it was last open is
    /// taken back: those URLs are due again, those sites rest for one delay from `now`.
    ///
    /// The caller sees to it that only one process has it open for writing.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Version`], [`Error::Settings`], or a failure of the store.
    pub fn open(dir: &Path, settings: Settings, now: Timestamp) -> Result<Self, Error> {
        todo!()
    }
    /// Opens the frontier in `dir` for reading, whoever is writing it; `None` when there is none yet.
    ///
    /// # Errors
    /// As [`Frontier::open`].
    pub fn open_read_only(dir: &Path, settings: Settings) -> Result<Option<Self>, Error> {
        todo!()
    }
    /// A frontier in memory.
    #[must_use]
    pub fn in_memory(settings: Settings) -> Self {
        todo!()
    }
    /// A frontier over any store.
    ///
    /// # Errors
    /// As [`Frontier::open`].
    pub fn over(store: Box<dyn FrontierStore>, settings: Settings) -> Result<Self, Error> {
        todo!()
    }
    /// Takes back everything on loan, as [`Frontier::open`] does: for a run that begins after one that was cut short in
    /// the same process. Nobody may hold a lease.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn recover(&mut self, now: Timestamp) -> Result<(), Error> {
        todo!()
    }
    /// Sets the rules of a job, durably. They apply to later offers; what was admitted before stays.
    ///
    /// # Errors
    /// [`Error::Pattern`] or [`Error::Seed`] when a rule cannot be used; then nothing was changed.
    pub fn register(&mut self, rules: JobRules, now: Timestamp) -> Result<(), Error> {
        todo!()
    }
    /// Registered jobs, by name.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn jobs(&self) -> Result<Vec<JobRules>, Error> {
        todo!()
    }
    /// Admits what is new and allowed, durably.
    ///
    /// # Errors
    /// A failure of the store; then nothing was admitted.
    pub fn offer(&mut self, offers: &[Offer], now: Timestamp) -> Result<OfferReport, Error> {
        todo!()
    }
    /// Why admission would refuse an offer whatever is known already; budgets are not asked.
    #[must_use]
    pub fn refusal(&self, offer: &Offer) -> Option<Refusal> {
        todo!()
    }
    /// Lends sites with what is due on them, durably.
    ///
    /// # Errors
    /// A failure of the store; then nothing is on loan.
    pub fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<SiteLease>, Error> {
        todo!()
    }
    /// Takes sites back. Returns with a stale fence have no effect.
    ///
    /// # Errors
    /// A failure of the store; then they are still on loan.
    pub fn release(&mut self, returns: Vec<SiteReturn>, now: Timestamp) -> Result<(), Error> {
        todo!()
    }
    /// Takes in what visits brought, with the links found and the place in the archive this reaches to: one atomic batch.
    /// Settlements of URLs taken down have no effect.
    ///
    /// # Errors
    /// A failure of the store; then nothing was settled.
    pub fn settle(
        &mut self,
        settlements: &[Settlement],
        checkpoint: Position,
        now: Timestamp,
    ) -> Result<OfferReport, Error> {
        todo!()
    }
    /// The earliest instant at which a lease of this request can succeed, if nothing else happens; never before `now`.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn next_due(&self, request: &LeaseRequest, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        todo!()
    }
    /// How far the archive has been taken in.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn checkpoint(&self) -> Result<Position, Error> {
        todo!()
    }
    /// Everything known about a URL.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn url_status(&self, key: UrlKey) -> Result<Option<UrlStatus>, Error> {
        todo!()
    }
    /// Everything known about a site.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn site_status(&self, site: &Site) -> Result<Option<SiteStatus>, Error> {
        todo!()
    }
    /// Sites by name, at most `limit`, beginning after `after`.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn sites(&self, after: Option<&Site>, limit: usize) -> Result<Vec<SiteStatus>, Error> {
        todo!()
    }
    /// The robots.txt copies held for a site.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn robots(&self, site: &Site) -> Result<Vec<RobotsEntry>, Error> {
        todo!()
    }
    /// The frontier in numbers; constant time.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn counts(&self) -> Result<Counts, Error> {
        todo!()
    }
    /// Forgets URLs and never admits them again; returns how many were known.
    ///
    /// # Errors
    /// A failure of the store; then nothing was forgotten.
    pub fn forget(&mut self, takedown: &Takedown, now: Timestamp) -> Result<u64, Error> {
        todo!()
    }
}
