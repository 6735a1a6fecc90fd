//! A store in memory that answers without looking at every site: for simulated months.
//!
//! Invariant: a site that is not on loan stands, per job, in `ready` by the instant it may be lent, and in `later` while its
//! first revisit lies beyond the bound of the last request. The promises are those of the port: the suite that the
//! frontier's own stores pass runs over this one too.

mod queue;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use frontier::store::{
    Applied, Batch, Budget, Found, FrontierStore, KeptRules, Ledger, LentSite, MemoKey, NewUrl, ReturnedSite,
    Rule, RuleKind, SettledRow, SiteRow, UrlRow, Wanted, choose, number_of, site_number,
};
use frontier::{
    Counts, Error, JobRules, LeaseRequest, PaceState, RobotsEntry, StateCounts, Takedown, UrlState,
};
use model::{CanonicalUrl, Position, Site, Timestamp, UrlKey};

use self::queue::Queue;

/// The store.
#[derive(Debug, Default)]
pub struct IndexedStore {
    rows: HashMap<UrlKey, Entry>,
    sites: BTreeMap<u64, SiteEntry>,
    jobs: BTreeMap<String, JobEntry>,
    takedowns: BTreeSet<Rule>,
    outcomes: BTreeMap<&'static str, u64>,
    memos: BTreeMap<MemoKey, Vec<u8>>,
    totals: StateCounts,
    sites_lent: u64,
    checkpoint: Position,
    fence: u64,
    discovered: u64,
    on_loan: BTreeSet<UrlKey>,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    row: UrlRow,
}

#[derive(Debug)]
struct SiteEntry {
    site: Site,
    pace: Option<PaceState>,
    next_allowed: Timestamp,
    fence: Option<u64>,
    robots: BTreeMap<String, RobotsEntry>,
    counts: StateCounts,
}

#[derive(Debug, Default)]
struct JobEntry {
    rules: Option<JobRules>,
    pages: u64,
    by_site: HashMap<u64, (u64, u64)>,
    queue: Queue,
}

impl FrontierStore for IndexedStore {
    fn apply(&mut self, batch: &Batch<'_>) -> Result<Applied, Error> {
        let mut applied = Applied::default();
        for rules in batch.jobs {
            self.jobs.entry(rules.name.clone()).or_default().rules = Some(rules.clone());
        }
        for returned in &batch.returns {
            self.take_back(returned);
        }
        if batch.reclaim {
            for key in std::mem::take(&mut self.on_loan) {
                self.change(key, |row| row.on_loan = false);
            }
        }
        for settled in &batch.rows {
            self.put(settled, batch.now);
        }
        for (site, until) in &batch.silences {
            let number = site_number(site);
            if let Some(entry) = self.sites.get_mut(&number) {
                entry.next_allowed = entry.next_allowed.max(ceil(*until));
                self.place(number);
            }
        }
        for offer in &batch.offers {
            self.admit(offer, batch.now, &mut applied);
        }
        for memo in &batch.memos {
            if memo.bytes.is_empty() {
                self.memos.remove(&memo.of);
            } else {
                self.memos.insert(memo.of.clone(), memo.bytes.clone());
            }
        }
        if let Some(checkpoint) = batch.checkpoint {
            self.checkpoint = checkpoint;
        }
        if let Some(takedown) = batch.forget {
            applied.forgotten = self.forget(takedown);
        }
        Ok(applied)
    }

    fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error> {
        let asked: Vec<&mut JobEntry> = match &request.job {
            Some(job) => self.jobs.get_mut(job).into_iter().collect(),
            None => self.jobs.values_mut().collect(),
        };
        let mut due: Vec<(Timestamp, u64)> = Vec::new();
        for job in asked {
            job.queue.bound(request.revisits_due_by, |number| {
                let free = self.sites.get(&number).filter(|site| site.fence.is_none());
                free.map(|site| site.next_allowed)
            });
            due.extend(job.queue.ready(now, request).take(request.sites_max));
        }
        due.sort_unstable();
        let mut seen = BTreeSet::new();
        due.retain(|(_, site)| seen.insert(*site));
        due.truncate(request.sites_max);
        Ok(due.into_iter().filter_map(|(_, number)| self.lend(number, request, now)).collect())
    }

    fn next_due(&self, request: &LeaseRequest) -> Result<Option<Timestamp>, Error> {
        let asked = self.jobs.iter().filter(|(name, _)| request.job.as_ref().is_none_or(|job| job == *name));
        let allowed = |number: u64| self.sites.get(&number).map_or(Timestamp::MAX, |site| site.next_allowed);
        Ok(asked.filter_map(|(_, job)| job.queue.next_due(request, allowed)).min())
    }

    fn read(&self, wanted: &Wanted<'_>) -> Result<Found, Error> {
        let mut numbers: Vec<u64> = wanted.sites.iter().map(site_number).collect();
        if wanted.sites_max > 0 {
            let mut listed: Vec<(&Site, u64)> =
                self.sites.iter().map(|(number, entry)| (&entry.site, *number)).collect();
            listed.sort_unstable_by_key(|(site, _)| *site);
            listed.retain(|(site, _)| wanted.sites_after.is_none_or(|after| *site > after));
            numbers.extend(listed.into_iter().take(wanted.sites_max).map(|(_, number)| number));
        }
        if wanted.sites_on_loan {
            let lent = self.sites.iter().filter(|(_, entry)| entry.fence.is_some());
            numbers.extend(lent.map(|(number, _)| *number));
        }
        let entries = || numbers.iter().filter_map(|number| self.sites.get(number));
        Ok(Found {
            urls: wanted.urls.iter().map(|key| self.rows.get(key).map(|entry| entry.row.clone())).collect(),
            known: wanted.known.iter().map(|key| self.rows.contains_key(key)).collect(),
            memos: wanted.memos.iter().map(|key| self.memos.get(key).cloned()).collect(),
            sites: entries().map(SiteEntry::row).collect(),
            robots: if wanted.robots {
                entries().map(|entry| entry.robots.values().cloned().collect()).collect()
            } else {
                Vec::new()
            },
            ledger: wanted.ledger.then(|| self.ledger()),
            rules: wanted.rules.then(|| KeptRules {
                jobs: self.jobs.values().filter_map(|job| job.rules.clone()).collect(),
                takedowns: self.takedowns.iter().copied().collect(),
            }),
        })
    }
}

impl IndexedStore {
    fn forget(&mut self, takedown: &Takedown) -> u64 {
        self.takedowns.insert(takedown.rule());
        let names = |url: &str| CanonicalUrl::parse(url).is_ok_and(|url| takedown.names(&url));
        let doomed: Vec<UrlKey> =
            self.rows.values().filter(|e| names(&e.row.url)).map(|e| e.row.key).collect();
        let forgotten = doomed.len() as u64;
        for key in doomed {
            self.remove(key);
        }
        for entry in self.rows.values_mut().filter(|e| e.row.via.as_deref().is_some_and(names)) {
            entry.row.via = None;
        }
        if takedown.rule().kind != RuleKind::Url {
            for entry in self.sites.values_mut() {
                entry.robots.retain(|origin, _| !names(&format!("{origin}/")));
            }
            self.memos
                .retain(|of, _| !matches!(of, MemoKey::Site(site) if names(&format!("https://{site}/"))));
        }
        forgotten
    }

    fn take_back(&mut self, returned: &ReturnedSite<'_>) {
        let number = site_number(returned.site);
        let Some(entry) = self.sites.get_mut(&number).filter(|e| e.fence == Some(returned.fence)) else {
            return;
        };
        entry.fence = None;
        self.sites_lent -= 1;
        entry.pace = Some(returned.pace.clone());
        entry.next_allowed = ceil(returned.next_allowed);
        for robots in returned.robots {
            entry.robots.insert(robots.origin.as_str().to_owned(), robots.clone());
        }
        for key in returned.unvisited.iter().filter(|key| number_of(**key) == number) {
            self.on_loan.remove(key);
            self.change(*key, |row| row.on_loan = false);
        }
        self.place(number);
    }

    fn put(&mut self, settled: &SettledRow<'_>, now: Timestamp) {
        let row = UrlRow { on_loan: false, ..settled.row.clone() };
        for outcome in &settled.outcomes {
            *self.outcomes.entry(outcome).or_default() += 1;
        }
        let number = self.rows.get(&row.key).map_or(self.discovered, |entry| entry.number);
        self.discovered = self.discovered.max(number + 1);
        self.site_entry(settled.site, now);
        self.jobs.entry(row.job.clone()).or_default();
        self.remove(row.key);
        self.insert(number, row);
    }

    fn admit(&mut self, new: &NewUrl<'_>, now: Timestamp, applied: &mut Applied) {
        let offer = new.offer;
        let key = offer.url.key();
        if let Some(entry) = self.rows.get(&key) {
            applied.known += 1;
            if offer.is_seed() && entry.row.job != offer.job && !entry.row.on_loan {
                let (number, last) = (entry.number, entry.row.last.clone());
                self.jobs.entry(offer.job.clone()).or_default();
                self.remove(key);
                self.insert(number, UrlRow { last, ..UrlRow::of_offer(offer, new.rank) });
            }
            return;
        }
        let number = number_of(key);
        if !self.jobs.entry(offer.job.clone()).or_default().count(number, new.budget) {
            applied.over_budget += 1;
            return;
        }
        applied.admitted += 1;
        self.site_entry(&offer.url.site(), now);
        self.insert(self.discovered, UrlRow::of_offer(offer, new.rank));
        self.discovered += 1;
    }

    fn lend(&mut self, number: u64, request: &LeaseRequest, now: Timestamp) -> Option<LentSite> {
        self.fence += 1;
        let jobs = self.jobs.iter().filter(|(name, _)| request.job.as_ref().is_none_or(|job| job == *name));
        let mut due: [Vec<_>; 5] = Default::default();
        for (_, job) in jobs {
            job.queue.due(number, request, now, &mut due);
        }
        for lane in &mut due {
            lane.sort_unstable();
        }
        let chosen = choose(due, request.visits_per_site_max, self.fence);
        let mut rows = Vec::with_capacity(chosen.len());
        for (_, _, key) in chosen {
            rows.extend(self.rows.get(&key).map(|entry| entry.row.clone()));
            self.on_loan.insert(key);
            self.change(key, |row| row.on_loan = true);
        }
        let entry = self.sites.get_mut(&number)?;
        entry.fence = Some(self.fence);
        self.sites_lent += 1;
        let lent = LentSite {
            site: entry.site.clone(),
            fence: self.fence,
            pace: entry.pace.clone(),
            next_allowed: entry.next_allowed,
            robots: entry.robots.values().cloned().collect(),
            rows,
        };
        self.place(number);
        Some(lent)
    }

    /// Changes a row and its place in the queue.
    fn change(&mut self, key: UrlKey, with: impl FnOnce(&mut UrlRow)) {
        let Some(Entry { number, mut row }) = self.rows.remove(&key) else { return };
        self.uncount(number, &row);
        with(&mut row);
        self.insert(number, row);
    }

    fn insert(&mut self, number: u64, row: UrlRow) {
        let site = number_of(row.key);
        *count_of(&mut self.totals, row.status()) += 1;
        if let Some(entry) = self.sites.get_mut(&site) {
            *count_of(&mut entry.counts, row.status()) += 1;
        }
        if let Some(job) = self.jobs.get_mut(&row.job)
            && !row.on_loan
        {
            job.queue.insert(site, number, &row);
        }
        self.rows.insert(row.key, Entry { number, row });
        self.place(site);
    }

    fn remove(&mut self, key: UrlKey) {
        if let Some(Entry { number, row }) = self.rows.remove(&key) {
            self.uncount(number, &row);
            self.on_loan.remove(&key);
            self.place(number_of(key));
        }
    }

    fn uncount(&mut self, number: u64, row: &UrlRow) {
        let site = number_of(row.key);
        *count_of(&mut self.totals, row.status()) -= 1;
        if let Some(entry) = self.sites.get_mut(&site) {
            *count_of(&mut entry.counts, row.status()) -= 1;
        }
        if let Some(job) = self.jobs.get_mut(&row.job) {
            job.queue.remove(site, number, row);
        }
    }

    /// Puts a site where it belongs in the indexes of every job.
    fn place(&mut self, number: u64) {
        let Some(site) = self.sites.get(&number) else { return };
        let free = site.fence.is_none().then_some(site.next_allowed);
        for job in self.jobs.values_mut() {
            job.queue.place(number, free);
        }
    }

    fn site_entry(&mut self, site: &Site, now: Timestamp) {
        let floor = Timestamp::from_millisecond(now.as_millisecond().max(0)).unwrap_or(now);
        self.sites.entry(site_number(site)).or_insert_with(|| SiteEntry {
            site: site.clone(),
            pace: None,
            next_allowed: floor,
            fence: None,
            robots: BTreeMap::new(),
            counts: StateCounts::default(),
        });
    }

    fn ledger(&self) -> Ledger {
        let StateCounts { queued, leased, scheduled, gone, refused, dropped } = self.totals;
        let outcomes = self.outcomes.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect();
        let counts = Counts {
            queued,
            leased,
            scheduled,
            gone,
            refused,
            dropped,
            sites: self.sites.len() as u64,
            sites_leased: self.sites_lent,
            outcomes,
        };
        Ledger { counts, checkpoint: self.checkpoint }
    }
}

impl SiteEntry {
    fn row(&self) -> SiteRow {
        SiteRow {
            site: self.site.clone(),
            pace: self.pace.clone(),
            next_allowed: self.next_allowed,
            fence: self.fence,
            counts: self.counts,
        }
    }
}

impl JobEntry {
    /// Counts one more, unless that is over budget.
    fn count(&mut self, site: u64, budget: Budget) -> bool {
        let (pages, hubs) = self.by_site.entry(site).or_default();
        match budget {
            Budget::Free => true,
            Budget::Pages { job_max, site_max } => {
                let within = self.pages < job_max && *pages < site_max;
                self.pages += u64::from(within);
                *pages += u64::from(within);
                within
            }
            Budget::Hubs { site_max } => {
                let within = *hubs < site_max;
                *hubs += u64::from(within);
                within
            }
        }
    }
}

fn count_of(counts: &mut StateCounts, state: UrlState) -> &mut u64 {
    match state {
        UrlState::Queued => &mut counts.queued,
        UrlState::Leased => &mut counts.leased,
        UrlState::Scheduled => &mut counts.scheduled,
        UrlState::Gone => &mut counts.gone,
        UrlState::Refused => &mut counts.refused,
        UrlState::Dropped => &mut counts.dropped,
    }
}

/// To the millisecond, never earlier, as the port asks.
fn ceil(at: Timestamp) -> Timestamp {
    let nanos = at.as_nanosecond();
    let millis = nanos.div_euclid(1_000_000) + i128::from(nanos.rem_euclid(1_000_000) > 0);
    i64::try_from(millis.max(0))
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .unwrap_or(Timestamp::MAX)
}
