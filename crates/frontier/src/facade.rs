//! The frontier as the pipeline sees it: admission, schedule and pace over a store.
//!
//! Invariant: policy is decided here, from what the store holds, before the store is asked to change anything; so every
//! store behaves alike.

mod admit;
mod dossiers;
mod explain;
mod learn;
mod lend;
mod neighbours;
mod recall;
mod settle;

use std::collections::HashMap;
use std::path::Path;

use model::{Position, Site, Timestamp, UrlKey, Visit};

use self::dossiers::Dossiers;
use self::neighbours::Neighbours;
use crate::admission::Admission;
use crate::error::Error;
use crate::instant::ceil_millis;
use crate::job::JobRules;
use crate::keyed::KeySet;
use crate::lease::{LeaseRequest, RobotsEntry, SiteLease, SiteReturn};
use crate::notice::Notices;
use crate::offer::{Offer, OfferReport};
use crate::pace::{Pace, PaceReason};
use crate::port::{
    Batch, FrontierStore, KeptRules, Ledger, LentSite, ReturnedSite, UrlRow, Wanted, site_number,
};
use crate::settings::{Politeness, Settings};
use crate::status::{Counts, SiteStatus, UrlStatus};
use crate::store::{JournalStore, MemoryStore};
use crate::takedown::Takedown;
use crate::wish::WishBook;

/// Which URL next, and when.
pub struct Frontier {
    store: Box<dyn FrontierStore>,
    settings: Settings,
    admission: Admission,
    neighbours: Neighbours,
    dossiers: Dossiers,
    /// As read or changed since the last batch; `None`: as the store has them.
    notices: Option<Notices>,
    /// Those changed since the last batch.
    wishes: HashMap<String, WishBook>,
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
        let store = JournalStore::open(dir)?;
        let mut frontier = Self::over(Box::new(store), settings)?;
        frontier.recover(now)?;
        Ok(frontier)
    }

    /// Opens the frontier in `dir` for reading, whoever is writing it; `None` when there is none yet.
    ///
    /// # Errors
    /// As [`Frontier::open`].
    pub fn open_read_only(dir: &Path, settings: Settings) -> Result<Option<Self>, Error> {
        match JournalStore::open_read_only(dir)? {
            Some(store) => Self::over(Box::new(store), settings).map(Some),
            None => Ok(None),
        }
    }

    /// A frontier in memory.
    #[must_use]
    pub fn in_memory(settings: Settings) -> Self {
        let admission = Admission::new(settings.limits.clone());
        Self::of_parts(Box::new(MemoryStore::default()), settings, admission)
    }

    /// A frontier over any store.
    ///
    /// # Errors
    /// As [`Frontier::open`].
    pub fn over(store: Box<dyn FrontierStore>, settings: Settings) -> Result<Self, Error> {
        settings.check().map_err(Error::Settings)?;
        let mut admission = Admission::new(settings.limits.clone());
        let kept = rules_of(&*store)?;
        for rules in kept.jobs {
            admission.register(rules)?;
        }
        for rule in &kept.takedowns {
            admission.take_down(rule);
        }
        Ok(Self::of_parts(store, settings, admission))
    }

    fn of_parts(store: Box<dyn FrontierStore>, settings: Settings, admission: Admission) -> Self {
        Self {
            store,
            settings,
            admission,
            neighbours: Neighbours::default(),
            dossiers: Dossiers::default(),
            notices: None,
            wishes: HashMap::new(),
        }
    }

    /// Takes back everything on loan, as [`Frontier::open`] does: for a run that begins after one that was cut short in
    /// the same process. Nobody may hold a lease.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn recover(&mut self, now: Timestamp) -> Result<(), Error> {
        let counts = self.counts()?;
        if counts.leased == 0 && counts.sites_leased == 0 {
            return Ok(());
        }
        let found = self.store.read(&Wanted { sites_on_loan: true, ..Wanted::default() })?;
        let mut batch = Batch::new(now);
        batch.reclaim = true;
        for row in &found.sites {
            let mut pace = self.pace(&row.site, row.pace.clone());
            pace.restarted(now);
            pace.silence(row.next_allowed, PaceReason::Restart);
            batch.returns.push(ReturnedSite {
                site: &row.site,
                fence: row.fence.unwrap_or_default(),
                next_allowed: ceil_millis(pace.next_allowed()),
                pace: pace.state().clone(),
                robots: &[],
                unvisited: &[],
            });
        }
        tracing::info!(sites = batch.returns.len(), "took back what was on loan when the last run stopped");
        self.store.apply(&batch).map(drop)
    }

    /// Sets the rules of a job, durably. They apply to later offers; what was admitted before stays.
    ///
    /// # Errors
    /// [`Error::Pattern`] or [`Error::Seed`] when a rule cannot be used; then nothing was changed.
    pub fn register(&mut self, rules: JobRules, now: Timestamp) -> Result<(), Error> {
        Admission::check(&rules)?;
        let mut batch = Batch::new(now);
        batch.jobs = std::slice::from_ref(&rules);
        self.store.apply(&batch)?;
        self.admission.register(rules)
    }

    /// The policy in force towards sites.
    #[must_use]
    pub fn politeness(&self) -> Politeness {
        self.settings.politeness
    }

    /// From now on another policy is in force; leases out there are their holders' to tell.
    ///
    /// # Errors
    /// [`Error::Settings`] when it contradicts itself; then the old one stays.
    pub fn set_politeness(&mut self, policy: Politeness) -> Result<(), Error> {
        policy.check().map_err(Error::Settings)?;
        self.settings.politeness = policy;
        Ok(())
    }

    /// Registered jobs, by name.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn jobs(&self) -> Result<Vec<JobRules>, Error> {
        Ok(rules_of(&*self.store)?.jobs)
    }

    /// Admits what is new and allowed, durably.
    ///
    /// # Errors
    /// A failure of the store; then nothing was admitted.
    pub fn offer(&mut self, offers: &[Offer], now: Timestamp) -> Result<OfferReport, Error> {
        let mut report = OfferReport::default();
        let named = offers.iter().map(|offer| (offer, admit::trust_of(offer)));
        let mut gathered = self.gather(named, &mut KeySet::default(), &mut report)?;
        self.spend(&mut gathered, now, &mut report);
        let mut batch = Batch::new(now);
        batch.offers =
            gathered.candidates.iter().filter(|one| one.is_taken).map(|one| one.new_url(now)).collect();
        if !batch.offers.is_empty() {
            batch.memos = self.memos();
            let applied = self.store.apply(&batch).inspect_err(|_| self.dossiers.clear())?;
            report.admitted += applied.admitted;
            report.known += applied.known;
            report.refused += applied.over_budget;
        }
        Ok(report)
    }

    /// Takes sites back. Returns with a stale fence have no effect.
    ///
    /// # Errors
    /// A failure of the store; then they are still on loan.
    #[expect(clippy::needless_pass_by_value, reason = "a return is the end of the loan: nobody keeps a copy")]
    pub fn release(&mut self, returns: Vec<SiteReturn>, now: Timestamp) -> Result<(), Error> {
        let mut batch = Batch::new(now);
        batch.returns = returns
            .iter()
            .map(|returned| ReturnedSite {
                site: &returned.site,
                fence: returned.fence,
                next_allowed: ceil_millis(
                    returned.pace.next_allowed().max(self.neighbours.gap(&returned.site, now)),
                ),
                pace: returned.pace.state().clone(),
                robots: &returned.robots,
                unvisited: &returned.unvisited,
            })
            .collect();
        self.store.apply(&batch).map(drop)
    }

    /// The earliest instant at which a lease of this request can succeed, if nothing else happens; never before `now`.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn next_due(&self, request: &LeaseRequest, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        Ok(self.store.next_due(request)?.map(|due| due.max(now)))
    }

    /// How far the archive has been taken in.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn checkpoint(&self) -> Result<Position, Error> {
        Ok(ledger_of(&*self.store)?.checkpoint)
    }

    /// Everything known about a URL. Asked of a frontier opened for reading, a URL that another process has on loan shows
    /// the state it will go back to, and that its site is on loan.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn url_status(&self, key: UrlKey) -> Result<Option<UrlStatus>, Error> {
        explain::url_status(&*self.store, key, |site, state| self.pace(site, state))
    }

    /// Everything known about a site.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn site_status(&self, site: &Site) -> Result<Option<SiteStatus>, Error> {
        let wanted = Wanted { sites: std::slice::from_ref(site), robots: true, ..Wanted::default() };
        Ok(self.site_statuses(&wanted)?.pop())
    }

    /// Sites by name, at most `limit`, beginning after `after`.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn sites(&self, after: Option<&Site>, limit: usize) -> Result<Vec<SiteStatus>, Error> {
        self.site_statuses(&Wanted {
            sites_max: limit,
            sites_after: after,
            robots: true,
            ..Wanted::default()
        })
    }

    /// The robots.txt copies held for a site.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn robots(&self, site: &Site) -> Result<Vec<RobotsEntry>, Error> {
        let wanted = Wanted { sites: std::slice::from_ref(site), robots: true, ..Wanted::default() };
        Ok(self.store.read(&wanted)?.robots.pop().unwrap_or_default())
    }

    /// The frontier in numbers; constant time.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn counts(&self) -> Result<Counts, Error> {
        Ok(ledger_of(&*self.store)?.counts)
    }

    /// Forgets URLs and never admits them again; returns how many were known.
    ///
    /// # Errors
    /// A failure of the store; then nothing was forgotten.
    pub fn forget(&mut self, takedown: &Takedown, now: Timestamp) -> Result<u64, Error> {
        let mut batch = Batch::new(now);
        batch.forget = Some(takedown);
        batch.memos = self.memos_without(takedown)?;
        let applied = self.store.apply(&batch)?;
        self.admission.take_down(&takedown.rule());
        Ok(applied.forgotten)
    }

    fn leased(&self, lent: LentSite) -> SiteLease {
        let mut pace = self.pace(&lent.site, lent.pace);
        pace.silence(lent.next_allowed, PaceReason::Restart);
        if let Some(until) = self.neighbours.until(&lent.site) {
            pace.silence(until, PaceReason::Neighbour);
        }
        SiteLease {
            pace,
            site: lent.site,
            fence: lent.fence,
            robots: lent.robots,
            visits: lent.rows.into_iter().map(visit).collect(),
        }
    }

    /// A site's pace under the policy in force.
    fn pace(&self, site: &Site, state: Option<crate::pace::PaceState>) -> Pace {
        match state {
            Some(state) => Pace::of_state(self.settings.politeness, state),
            None => Pace::new(self.settings.politeness, site_number(site)),
        }
    }

    fn site_statuses(&self, wanted: &Wanted<'_>) -> Result<Vec<SiteStatus>, Error> {
        explain::site_statuses(&*self.store, wanted, |site, state| self.pace(site, state))
    }
}

fn ledger_of(store: &dyn FrontierStore) -> Result<Ledger, Error> {
    Ok(store.read(&Wanted { ledger: true, ..Wanted::default() })?.ledger.unwrap_or_default())
}

fn rules_of(store: &dyn FrontierStore) -> Result<KeptRules, Error> {
    Ok(store.read(&Wanted { rules: true, ..Wanted::default() })?.rules.unwrap_or_default())
}

fn visit(row: UrlRow) -> Visit {
    let (etag, last_modified) = row.last.map_or((None, None), |last| (last.etag, last.last_modified));
    Visit {
        key: row.key,
        url: row.url,
        kind: row.kind,
        depth: row.depth,
        hops: row.hops,
        etag,
        last_modified,
        via: row.via,
        job: row.job,
        attempts: row.attempts,
    }
}
