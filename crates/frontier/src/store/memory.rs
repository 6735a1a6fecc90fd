//! The store in memory: for tests, and as the plain statement of what a store does.
//!
//! Invariant: every question is answered by looking at every site, with no index to get out of step; the embedded store has
//! to give the same answers.

use std::collections::{BTreeMap, BTreeSet};

use model::{CanonicalUrl, Position, Site, Timestamp, UrlKey};

use crate::error::Error;
use crate::instant::{ceil_millis, floor_millis};
use crate::job::JobRules;
use crate::lease::{LeaseRequest, RobotsEntry};
use crate::pace::PaceState;
use crate::port::{
    Applied, Batch, Budget, Found, FrontierStore, KeptRules, Ledger, LentSite, MemoKey, NewUrl, ReturnedSite,
    SettledRow, SiteRow, UrlRow, Wanted, number_of, site_number,
};
use crate::queue::{Lane, Turn, choose};
use crate::status::{Counts, StateCounts, UrlState};
use crate::takedown::{Rule, RuleKind, Takedown};

/// A frontier that is gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    urls: BTreeMap<UrlKey, Entry>,
    sites: BTreeMap<u64, SiteEntry>,
    jobs: BTreeMap<String, JobEntry>,
    takedowns: BTreeSet<Rule>,
    outcomes: BTreeMap<String, u64>,
    memos: BTreeMap<MemoKey, Vec<u8>>,
    checkpoint: Position,
    fence: u64,
    /// URLs ever made known; numbers them in the order of discovery.
    discovered: u64,
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
}

#[derive(Debug, Default)]
struct JobEntry {
    rules: Option<JobRules>,
    pages: u64,
    /// Pages and hubs by site.
    by_site: BTreeMap<u64, (u64, u64)>,
}

impl FrontierStore for MemoryStore {
    fn apply(&mut self, batch: &Batch<'_>) -> Result<Applied, Error> {
        let mut applied = Applied::default();
        for rules in batch.jobs {
            self.jobs.entry(rules.name.clone()).or_default().rules = Some(rules.clone());
        }
        for returned in &batch.returns {
            self.take_back(returned);
        }
        if batch.reclaim {
            self.urls.values_mut().for_each(|entry| entry.row.on_loan = false);
        }
        for settled in &batch.rows {
            self.put(settled, batch.now);
        }
        for (site, until) in &batch.silences {
            if let Some(entry) = self.sites.get_mut(&site_number(site)) {
                entry.next_allowed = entry.next_allowed.max(ceil_millis(*until));
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
        let mut due: Vec<(Timestamp, u64)> = self.due_sites(request).filter(|(due, _)| *due <= now).collect();
        due.sort_unstable();
        due.truncate(request.sites_max);
        Ok(due.into_iter().filter_map(|(_, number)| self.lend(number, request, now)).collect())
    }

    fn next_due(&self, request: &LeaseRequest) -> Result<Option<Timestamp>, Error> {
        Ok(self.due_sites(request).map(|(due, _)| due).min())
    }

    fn read(&self, wanted: &Wanted<'_>) -> Result<Found, Error> {
        let mut numbers: Vec<u64> = wanted.sites.iter().map(site_number).collect();
        let mut listed: Vec<(&Site, u64)> =
            self.sites.iter().map(|(number, entry)| (&entry.site, *number)).collect();
        listed.sort_unstable_by_key(|(site, _)| *site);
        listed.retain(|(site, _)| wanted.sites_after.is_none_or(|after| *site > after));
        numbers.extend(listed.into_iter().take(wanted.sites_max).map(|(_, number)| number));
        if wanted.sites_on_loan {
            numbers.extend(
                self.sites.iter().filter(|(_, entry)| entry.fence.is_some()).map(|(number, _)| *number),
            );
        }
        let entries = || numbers.iter().filter_map(|number| Some((*number, self.sites.get(number)?)));
        Ok(Found {
            urls: wanted.urls.iter().map(|key| self.urls.get(key).map(|entry| entry.row.clone())).collect(),
            known: wanted.known.iter().map(|key| self.urls.contains_key(key)).collect(),
            memos: wanted.memos.iter().map(|key| self.memos.get(key).cloned()).collect(),
            sites: entries().map(|(number, entry)| self.site_row(number, entry)).collect(),
            robots: if wanted.robots {
                entries().map(|(_, entry)| entry.robots.values().cloned().collect()).collect()
            } else {
                Vec::new()
            },
            ledger: wanted.ledger.then(|| self.ledger()),
            rules: wanted.rules.then(|| self.rules()),
        })
    }
}

impl MemoryStore {
    fn take_back(&mut self, returned: &ReturnedSite<'_>) {
        let number = site_number(returned.site);
        let Some(entry) = self.sites.get_mut(&number).filter(|entry| entry.fence == Some(returned.fence))
        else {
            return;
        };
        entry.fence = None;
        entry.pace = Some(returned.pace.clone());
        entry.next_allowed = ceil_millis(returned.next_allowed);
        for robots in returned.robots {
            entry.robots.insert(robots.origin.as_str().to_owned(), robots.clone());
        }
        for key in returned.unvisited.iter().filter(|key| number_of(**key) == number) {
            if let Some(entry) = self.urls.get_mut(key) {
                entry.row.on_loan = false;
            }
        }
    }

    fn put(&mut self, settled: &SettledRow<'_>, now: Timestamp) {
        self.site_entry(settled.site, now);
        self.jobs.entry(settled.row.job.clone()).or_default();
        for outcome in &settled.outcomes {
            *self.outcomes.entry((*outcome).to_owned()).or_default() += 1;
        }
        let next = self.discovered;
        let entry = self.urls.entry(settled.row.key).or_insert_with(|| {
            self.discovered += 1;
            Entry { number: next, row: settled.row.clone() }
        });
        entry.row = UrlRow { on_loan: false, ..settled.row.clone() };
    }

    fn admit(&mut self, new: &NewUrl<'_>, now: Timestamp, applied: &mut Applied) {
        let offer = new.offer;
        let key = offer.url.key();
        if let Some(entry) = self.urls.get_mut(&key) {
            applied.known += 1;
            if offer.is_seed() && entry.row.job != offer.job && !entry.row.on_loan {
                let last = entry.row.last.take();
                entry.row = UrlRow { last, ..UrlRow::of_offer(offer, new.rank) };
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
        self.urls.insert(key, Entry { number: self.discovered, row: UrlRow::of_offer(offer, new.rank) });
        self.discovered += 1;
    }

    fn forget(&mut self, takedown: &Takedown) -> u64 {
        self.takedowns.insert(takedown.rule());
        let names = |url: &str| CanonicalUrl::parse(url).is_ok_and(|url| takedown.names(&url));
        let before = self.urls.len();
        self.urls.retain(|_, entry| !names(&entry.row.url));
        for entry in self.urls.values_mut().filter(|entry| entry.row.via.as_deref().is_some_and(names)) {
            entry.row.via = None;
        }
        if takedown.rule().kind != RuleKind::Url {
            for entry in self.sites.values_mut() {
                entry.robots.retain(|origin, _| !names(&format!("{origin}/")));
            }
            self.memos
                .retain(|of, _| !matches!(of, MemoKey::Site(site) if names(&format!("https://{site}/"))));
        }
        (before - self.urls.len()) as u64
    }

    fn site_entry(&mut self, site: &Site, now: Timestamp) -> &mut SiteEntry {
        self.sites.entry(site_number(site)).or_insert_with(|| SiteEntry {
            site: site.clone(),
            pace: None,
            next_allowed: floor_millis(now),
            fence: None,
            robots: BTreeMap::new(),
        })
    }

    /// URLs of a site, by key.
    fn urls_of(&self, number: u64) -> impl Iterator<Item = &Entry> {
        let edge = |fill: u8| {
            let mut key = [fill; 16];
            key[..6].copy_from_slice(&number.to_be_bytes()[2..]);
            UrlKey(key)
        };
        self.urls.range(edge(0)..=edge(0xFF)).map(|(_, entry)| entry)
    }

    /// When each site that is not on loan has something for this request, at the earliest.
    fn due_sites(&self, request: &LeaseRequest) -> impl Iterator<Item = (Timestamp, u64)> {
        let free = self.sites.iter().filter(|(_, entry)| entry.fence.is_none());
        free.filter_map(move |(number, entry)| {
            let urls = self.urls_of(*number).filter(|url| is_wanted(url, request));
            let due = urls.map(|url| turn_instant(url.row.turn)).min()?;
            Some((due.max(entry.next_allowed), *number))
        })
    }

    fn lend(&mut self, number: u64, request: &LeaseRequest, now: Timestamp) -> Option<LentSite> {
        self.fence += 1;
        let mut due: [Vec<(u64, i64, UrlKey)>; 5] = Default::default();
        for entry in self.urls_of(number).filter(|entry| is_wanted(entry, request)) {
            let order = match entry.row.turn {
                Turn::Fresh { rank } => i64::from(rank),
                Turn::At(at) if at <= now => at.as_millisecond(),
                Turn::At(_) => continue,
            };
            due[entry.row.lane() as usize].push((entry.number, order, entry.row.key));
        }
        for lane in Lane::ALL {
            due[lane as usize].sort_unstable_by_key(|(number, order, _)| (*order, *number));
        }
        let chosen = choose(due, request.visits_per_site_max, self.fence);
        let rows = chosen
            .iter()
            .filter_map(|(_, _, key)| self.urls.get(key).map(|entry| entry.row.clone()))
            .collect();
        for (_, _, key) in &chosen {
            if let Some(entry) = self.urls.get_mut(key) {
                entry.row.on_loan = true;
            }
        }
        let entry = self.sites.get_mut(&number)?;
        entry.fence = Some(self.fence);
        Some(LentSite {
            site: entry.site.clone(),
            fence: self.fence,
            pace: entry.pace.clone(),
            next_allowed: entry.next_allowed,
            robots: entry.robots.values().cloned().collect(),
            rows,
        })
    }

    fn site_row(&self, number: u64, entry: &SiteEntry) -> SiteRow {
        let mut counts = StateCounts::default();
        for url in self.urls_of(number) {
            *counts.of_mut(url.row.status()) += 1;
        }
        SiteRow {
            site: entry.site.clone(),
            pace: entry.pace.clone(),
            next_allowed: entry.next_allowed,
            fence: entry.fence,
            counts,
        }
    }

    fn ledger(&self) -> Ledger {
        let of = |state| self.urls.values().filter(|entry| entry.row.status() == state).count() as u64;
        Ledger {
            counts: Counts {
                queued: of(UrlState::Queued),
                leased: of(UrlState::Leased),
                scheduled: of(UrlState::Scheduled),
                gone: of(UrlState::Gone),
                refused: of(UrlState::Refused),
                dropped: of(UrlState::Dropped),
                sites: self.sites.len() as u64,
                sites_leased: self.sites.values().filter(|entry| entry.fence.is_some()).count() as u64,
                outcomes: self.outcomes.clone(),
            },
            checkpoint: self.checkpoint,
        }
    }

    fn rules(&self) -> KeptRules {
        KeptRules {
            jobs: self.jobs.values().filter_map(|job| job.rules.clone()).collect(),
            takedowns: self.takedowns.iter().copied().collect(),
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

/// Whether a request could ever get this URL as it is now.
fn is_wanted(entry: &Entry, request: &LeaseRequest) -> bool {
    let row = &entry.row;
    !row.on_loan
        && request.job.as_ref().is_none_or(|job| row.job == *job)
        && (!row.lane().is_revisit() || turn_instant(row.turn) <= request.revisits_due_by)
}

fn turn_instant(turn: Turn) -> Timestamp {
    match turn {
        Turn::Fresh { .. } => Timestamp::UNIX_EPOCH,
        Turn::At(at) => at,
    }
}
