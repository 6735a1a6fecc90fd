//! The port: where the frontier is kept.
//!
//! A store keeps rows, queues and counters and knows no policy: what is admitted, when a URL is due and how fast a site is
//! asked are decided before it is called. Batches are shaped so that a shared store (field.md section 6) can take one in
//! one round trip.
//!
//! Invariant: `apply` and `lease` are atomic and durable when they return; applying the same batch again changes nothing
//! but `unvisited` queues, which the fence guards.

use std::time::Duration;

use model::{Outcome, Position, ResourceKind, Site, Timestamp, UrlKey};

use crate::error::Error;
use crate::job::JobRules;
use crate::lease::{LeaseRequest, RobotsEntry};
use crate::offer::Offer;
use crate::pace::PaceState;
use crate::queue::{Lane, Turn};
use crate::status::{Counts, StateCounts, UrlState};
use crate::takedown::{Rule, Takedown};

/// Where the frontier is kept. One writer; instants are kept to the millisecond, rounded up.
pub trait FrontierStore: Send {
    /// Applies a batch, whole or not at all, durably. The parts take effect in the order of [`Batch`]'s fields.
    ///
    /// # Errors
    /// When the store fails; then nothing of the batch has happened.
    fn apply(&mut self, batch: &Batch<'_>) -> Result<Applied, Error>;

    /// Lends sites that are not on loan, are allowed at `now` and have something due: those allowed or due longest first.
    /// Successive requests should not lower `revisits_due_by`; if they do, that order is only approximate.
    ///
    /// # Errors
    /// When the store fails; then nothing is on loan.
    fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error>;

    /// The earliest instant at which `lease` would lend something, if nothing else happens; may lie before now.
    ///
    /// # Errors
    /// When the store fails.
    fn next_due(&self, request: &LeaseRequest) -> Result<Option<Timestamp>, Error>;

    /// Reads what is wanted, as of one instant. Which URLs are on loan ([`UrlRow::on_loan`]) only the process that lent
    /// them can tell; how many are, and which sites, all can.
    ///
    /// # Errors
    /// When the store fails.
    fn read(&self, wanted: &Wanted<'_>) -> Result<Found, Error>;
}

/// Changes that happen together, in the order of the fields.
#[derive(Debug)]
pub struct Batch<'a> {
    /// No lease of a site that is new in this batch before this instant.
    pub now: Timestamp,
    /// Jobs whose rules are set; others stay as they are.
    pub jobs: &'a [JobRules],
    /// Sites that come back. With a fence that is not the site's present one: no effect.
    pub returns: Vec<ReturnedSite<'a>>,
    /// Every URL on loan becomes due as it was before.
    pub reclaim: bool,
    /// Rows that replace those of the same key, or are new; they end the URL's loan. Keys are distinct.
    pub rows: Vec<SettledRow<'a>>,
    /// Sites not to be asked before an instant; has no effect when they are silent for longer already.
    pub silences: Vec<(&'a Site, Timestamp)>,
    /// URLs that become known unless they are. Keys are distinct.
    pub offers: Vec<NewUrl<'a>>,
    /// What replaces earlier memos of the same key; empty bytes remove one.
    pub memos: Vec<Memo>,
    /// How far the archive has been taken in.
    pub checkpoint: Option<Position>,
    /// What is to be forgotten: its rows are removed and its rule is kept; of a whole host or prefix also the robots.txt copies
    /// and the memo of the site by its own name. A store may do this in a step of its own after the rest of the batch.
    pub forget: Option<&'a Takedown>,
}

/// What policy has learnt of something, beyond its row: opaque bytes here, as robots.txt copies are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// Of what.
    pub of: MemoKey,
    /// At most some kilobytes.
    pub bytes: Vec<u8>,
}

/// What a [`Memo`] is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemoKey {
    /// A site.
    Site(Site),
    /// A crawl job.
    Job(String),
    /// Something of which there is one.
    Named(&'static str),
}

/// A site that comes back from a loan.
#[derive(Debug)]
pub struct ReturnedSite<'a> {
    /// The site.
    pub site: &'a Site,
    /// The loan.
    pub fence: u64,
    /// To be remembered.
    pub pace: PaceState,
    /// No earlier lease of the site.
    pub next_allowed: Timestamp,
    /// Copies of robots.txt that replace those of the same origin.
    pub robots: &'a [RobotsEntry],
    /// URLs that become due as they were before.
    pub unvisited: &'a [UrlKey],
}

/// A row after a visit.
#[derive(Debug)]
pub struct SettledRow<'a> {
    /// The site of the URL.
    pub site: &'a Site,
    /// The row.
    pub row: UrlRow,
    /// [`Outcome::word`] values to be counted.
    pub outcomes: Vec<&'static str>,
}

/// An admitted offer.
#[derive(Debug)]
pub struct NewUrl<'a> {
    /// The offer. If it is a seed and its URL is known under another job, the URL goes over to this job and is due at once.
    pub offer: &'a Offer,
    /// Its place among the URLs never tried.
    pub rank: u16,
    /// What it counts against.
    pub budget: Budget,
}

/// What a new URL counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Nothing.
    Free,
    /// Pages of its job, and of its job on its site, up to these numbers.
    Pages {
        /// Of the job.
        job_max: u64,
        /// Of the job on the site.
        site_max: u64,
    },
    /// Feeds and sitemaps of its job on its site, up to this number.
    Hubs {
        /// Of the job on the site.
        site_max: u64,
    },
}

/// What a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Offers that became known.
    pub admitted: u32,
    /// Offers that were known.
    pub known: u32,
    /// Offers over a budget.
    pub over_budget: u32,
    /// Rows removed by `forget`.
    pub forgotten: u64,
}

/// A site lent.
#[derive(Debug, Clone, PartialEq)]
pub struct LentSite {
    /// The site.
    pub site: Site,
    /// Number of the loan.
    pub fence: u64,
    /// What is remembered of its pace; `None` when it was never asked.
    pub pace: Option<PaceState>,
    /// What the store holds it back until; at or before now.
    pub next_allowed: Timestamp,
    /// Its robots.txt copies.
    pub robots: Vec<RobotsEntry>,
    /// Due URLs, in order.
    pub rows: Vec<UrlRow>,
}

/// A URL as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct UrlRow {
    /// Its key.
    pub key: UrlKey,
    /// As requested.
    pub url: String,
    /// What is believed to be there.
    pub kind: ResourceKind,
    /// Links from a seed.
    pub depth: u16,
    /// Redirects that led to it.
    pub hops: u8,
    /// The page it was found on.
    pub via: Option<String>,
    /// The job that admitted it.
    pub job: String,
    /// Where it stands when it is not on loan; never [`UrlState::Leased`].
    pub state: UrlState,
    /// When it is its turn when it is not on loan.
    pub turn: Turn,
    /// Whether it is on loan.
    pub on_loan: bool,
    /// Failed attempts since the last success.
    pub attempts: u16,
    /// The last visit, if there was one.
    pub last: Option<LastVisit>,
}

/// What the last visit of a URL brought.
#[derive(Debug, Clone, PartialEq)]
pub struct LastVisit {
    /// When it ended (to the millisecond, rounded up).
    pub at: Timestamp,
    /// What it meant.
    pub outcome: Outcome,
    /// `ETag` of the copy held.
    pub etag: Option<String>,
    /// `Last-Modified` of the copy held.
    pub last_modified: Option<String>,
    /// Hash of the content.
    pub content_hash: Option<u64>,
    /// Revisit interval arrived at, to the second; zero before the first success.
    pub interval: Duration,
}

/// A site as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// The site.
    pub site: Site,
    /// What is remembered of its pace; `None` when it was never asked.
    pub pace: Option<PaceState>,
    /// No earlier lease.
    pub next_allowed: Timestamp,
    /// The outstanding loan.
    pub fence: Option<u64>,
    /// URLs by state.
    pub counts: StateCounts,
}

/// What is to be read.
#[expect(clippy::struct_excessive_bools, reason = "a question has parts that are wanted or not")]
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// Rows of these keys.
    pub urls: &'a [UrlKey],
    /// Whether these are known; only the process that writes can tell.
    pub known: &'a [UrlKey],
    /// Memos of these.
    pub memos: &'a [MemoKey],
    /// These sites.
    pub sites: &'a [Site],
    /// Also this many sites in the order of their names.
    pub sites_max: usize,
    /// Beginning after this one.
    pub sites_after: Option<&'a Site>,
    /// Also every site on loan.
    pub sites_on_loan: bool,
    /// With their robots.txt copies.
    pub robots: bool,
    /// Counters and checkpoint.
    pub ledger: bool,
    /// Jobs and takedown rules.
    pub rules: bool,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Found {
    /// One per key asked for, in that order.
    pub urls: Vec<Option<UrlRow>>,
    /// One per key asked for, in that order.
    pub known: Vec<bool>,
    /// One per memo asked for, in that order.
    pub memos: Vec<Option<Vec<u8>>>,
    /// Sites that exist: those asked for in that order, then those listed, then those on loan.
    pub sites: Vec<SiteRow>,
    /// robots.txt copies of each of `sites`, if wanted.
    pub robots: Vec<Vec<RobotsEntry>>,
    /// If wanted.
    pub ledger: Option<Ledger>,
    /// If wanted.
    pub rules: Option<KeptRules>,
}

/// What concerns no single URL or site, and changes with every batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Counters.
    pub counts: Counts,
    /// How far the archive has been taken in.
    pub checkpoint: Position,
}

/// What concerns no single URL or site, and changes rarely.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeptRules {
    /// Registered jobs, by name.
    pub jobs: Vec<JobRules>,
    /// Takedown rules, in order.
    pub takedowns: Vec<Rule>,
}

impl Batch<'_> {
    /// A batch that changes nothing.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            jobs: &[],
            returns: Vec::new(),
            reclaim: false,
            rows: Vec::new(),
            silences: Vec::new(),
            offers: Vec::new(),
            memos: Vec::new(),
            checkpoint: None,
            forget: None,
        }
    }
}

impl MemoKey {
    /// As one text, distinct for distinct keys.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Site(site) => format!("site {site}"),
            Self::Job(job) => format!("job {job}"),
            Self::Named(name) => format!("one {name}"),
        }
    }
}

impl UrlRow {
    /// The row of an offer never tried.
    #[must_use]
    pub fn of_offer(offer: &Offer, rank: u16) -> Self {
        Self {
            key: offer.url.key(),
            url: offer.url.url().as_str().to_owned(),
            kind: offer.kind,
            depth: offer.depth,
            hops: offer.hops,
            via: offer.via.clone(),
            job: offer.job.clone(),
            state: UrlState::Queued,
            turn: Turn::Fresh { rank },
            on_loan: false,
            attempts: 0,
            last: None,
        }
    }

    /// Its lane when it is not on loan.
    #[must_use]
    pub fn lane(&self) -> Lane {
        Lane::of(self.kind, self.state, self.turn)
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> UrlState {
        if self.on_loan { UrlState::Leased } else { self.state }
    }
}

/// The number of a site: the six bytes that lead its URLs' keys. Sites whose names collide share queue and pace, which is
/// only more polite.
#[must_use]
pub fn site_number(site: &Site) -> u64 {
    number_of(UrlKey::new(site, ""))
}

/// The number of the site of a URL.
#[must_use]
pub fn number_of(key: UrlKey) -> u64 {
    key.0[..6].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
