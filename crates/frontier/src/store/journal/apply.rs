//! One batch, as records.
//!
//! Invariant: an offer that is known and no seed touches no file; a share something left is looked up again before the
//! batch ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::core::Core;
use super::queue::Position;
use super::record::{Counted, QueuePlace, Record, Was};
use super::row::{Row, Via, millis, shorten};
use super::site::NEVER;
use super::table::Mark;
use super::walk::Walk;
use crate::error::Error;
use crate::instant::floor_millis;
use crate::job::JobRules;
use crate::offer::Offer;
use crate::port::{
    Applied, Batch, Budget, Memo, NewUrl, ReturnedSite, SettledRow, UrlRow, number_of, site_number,
};
use crate::queue::{Lane, Turn};
use crate::status::UrlState;

/// A batch being applied.
pub(super) struct Application<'c, 'b> {
    pub(super) core: &'c mut Core,
    /// New sites are not leased before.
    now: u64,
    applied: Applied,
    /// The pages offers were found on; mostly one per batch.
    vias: HashMap<&'b str, Via<'static>>,
    /// The last job named, by number.
    job: Option<(&'b str, u16)>,
    /// Shares of which something left a queue.
    pub(super) stale: BTreeSet<(u64, u16)>,
}

/// Everything of a batch but what it forgets.
pub(super) fn apply(core: &mut Core, batch: &Batch<'_>) -> Result<Applied, Error> {
    let mut application = Application::new(core, millis(floor_millis(batch.now)));
    for rules in batch.jobs {
        application.register(rules)?;
    }
    for returned in &batch.returns {
        application.take_back(returned)?;
    }
    if batch.reclaim {
        application.reclaim()?;
    }
    let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
    for settled in &batch.rows {
        settled.outcomes.iter().for_each(|word| *outcomes.entry(word).or_default() += 1);
        application.put(settled)?;
    }
    for (word, visits) in outcomes {
        application.core.emit(&Record::Outcome { word: word.into(), visits })?;
    }
    for (site, until) in &batch.silences {
        let site = site_number(site);
        if application.core.state.sites.get(site).is_some_and(|state| state.next_allowed < millis(*until)) {
            application.core.emit(&Record::Silence { site, until: millis(*until) })?;
        }
    }
    for new in &batch.offers {
        application.admit(new)?;
    }
    for memo in &batch.memos {
        application.keep(memo)?;
    }
    if let Some(model::Position { segment, offset }) = batch.checkpoint {
        application.core.emit(&Record::Checkpoint { segment, offset })?;
    }
    application.look_up()?;
    Ok(application.applied)
}

impl<'c, 'b> Application<'c, 'b> {
    pub(super) fn new(core: &'c mut Core, now: u64) -> Self {
        let applied = Applied::default();
        Self { core, now, applied, vias: HashMap::new(), job: None, stale: BTreeSet::new() }
    }

    fn register(&mut self, rules: &'b JobRules) -> Result<(), Error> {
        let json = serde_json::to_string(rules).map_err(|e| Error::corrupt("job rules", e))?;
        let id = self.job_id(&rules.name)?;
        self.core.emit(&Record::Job { id, name: rules.name.as_str().into(), rules: Some(json.into()) })?;
        Ok(())
    }

    /// The number of a job, which is made if it does not exist.
    fn job_id(&mut self, name: &'b str) -> Result<u16, Error> {
        if let Some((known, id)) = self.job
            && known == name
        {
            return Ok(id);
        }
        let id = if let Some(id) = self.core.state.job_id(name) {
            id
        } else {
            let id =
                u16::try_from(self.core.state.jobs.len()).map_err(|e| Error::corrupt("job numbers", e))?;
            self.core.emit(&Record::Job { id, name: name.into(), rules: None })?;
            id
        };
        self.job = Some((name, id));
        Ok(id)
    }

    fn keep(&mut self, memo: &Memo) -> Result<(), Error> {
        let of = memo.of.text();
        if !memo.bytes.is_empty() {
            self.core.emit(&Record::Memo { of: of.into(), bytes: memo.bytes.as_slice().into() })?;
        } else if self.core.state.memos.contains_key(of.as_str()) {
            self.core.emit(&Record::MemoGone { of: of.into() })?;
        }
        Ok(())
    }

    fn take_back(&mut self, returned: &ReturnedSite<'_>) -> Result<(), Error> {
        let site = site_number(returned.site);
        if self.core.state.sites.get(site).is_none_or(|state| state.fence != Some(returned.fence)) {
            return Ok(());
        }
        let pace = postcard::to_stdvec(&returned.pace).map_err(|e| Error::corrupt("pace", e))?;
        let next_allowed = millis(returned.next_allowed);
        self.core.emit(&Record::Return { site, pace: pace.into(), next_allowed })?;
        for robots in returned.robots {
            let (origin, copy) = (robots.origin.as_str().into(), robots.copy.as_slice().into());
            self.core.emit(&Record::Robots { site, origin, copy })?;
        }
        for key in returned.unvisited.iter().filter(|key| number_of(**key) == site) {
            let mark = Mark::of(*key);
            if let Some(loan) = self.core.state.loans.get(&mark).copied().filter(|loan| loan.key == *key) {
                self.core.emit(&Record::Unvisited { mark })?;
                self.core.tend(QueuePlace { site, job: loan.job, lane: loan.lane })?;
            }
        }
        Ok(())
    }

    fn reclaim(&mut self) -> Result<(), Error> {
        let places: BTreeSet<(u64, u16, Lane)> =
            self.core.state.loans.values().map(|loan| (number_of(loan.key), loan.job, loan.lane)).collect();
        if !places.is_empty() {
            self.core.emit(&Record::Reclaim)?;
        }
        for (site, job, lane) in places {
            self.core.tend(QueuePlace { site, job, lane })?;
        }
        Ok(())
    }

    fn site_or_new(&mut self, site: u64, name: &str) -> Result<(), Error> {
        if self.core.state.sites.get(site).is_none() {
            self.core.emit(&Record::Site { site, name: name.into(), next_allowed: self.now })?;
        }
        Ok(())
    }

    fn put(&mut self, settled: &'b SettledRow<'_>) -> Result<(), Error> {
        let row = &settled.row;
        let (site, mark) = (number_of(row.key), Mark::of(row.key));
        self.site_or_new(site, settled.site.as_str())?;
        let job = self.job_id(&row.job)?;
        let (was, number) = match self.core.state.loans.get(&mark) {
            Some(loan) if loan.key == row.key => (Was::OnLoan, loan.at.1),
            _ => match self.core.view().row(mark)? {
                Some(old) if old.key == row.key => {
                    self.stale.insert((site, old.job));
                    (Was::Queued { job: old.job, state: old.state }, old.number)
                }
                // Another URL has the same mark: this one is taken for known, as if it had been offered.
                Some(_) => return Ok(()),
                None => (Was::Unknown, self.core.state.discovered),
            },
        };
        let via = match &row.via {
            Some(via) => self.via(via)?,
            None => Via::None,
        };
        let name = self.core.state.sites.get(site).map_or("", |site| &site.name).to_owned();
        self.write(Row::of(row, &name, number, job, via)?, was, Counted::Free)
    }

    fn write(&mut self, row: Row<'_>, was: Was, counted: Counted) -> Result<(), Error> {
        let place = QueuePlace { site: number_of(row.key), job: row.job, lane: row.lane() };
        self.core.emit(&Record::Row { row, was, counted })?;
        self.core.tend(place)
    }

    fn admit(&mut self, new: &NewUrl<'b>) -> Result<(), Error> {
        let offer = new.offer;
        let key = offer.url.key();
        let mark = Mark::of(key);
        if self.core.state.known.get(mark)?.is_some() {
            self.applied.known += 1;
            return if offer.is_seed() { self.adopt(offer, new.rank) } else { Ok(()) };
        }
        let site = number_of(key);
        let job = self.job_id(&offer.job)?;
        let Some(counted) = self.count(site, job, new.budget) else {
            self.applied.over_budget += 1;
            return Ok(());
        };
        self.applied.admitted += 1;
        self.site_or_new(site, offer.url.site_str())?;
        let via = match &offer.via {
            Some(via) => self.via(via)?,
            None => Via::None,
        };
        let row = Row {
            key,
            number: self.core.state.discovered,
            job,
            kind: offer.kind,
            state: UrlState::Queued,
            turn: Turn::Fresh { rank: new.rank },
            depth: offer.depth,
            hops: offer.hops,
            attempts: 0,
            text: shorten(offer.url.url().as_str(), offer.url.site_str()).into(),
            via,
            last: None,
        };
        self.write(row, Was::Unknown, counted)
    }

    /// What an offer counts against, unless that is used up.
    fn count(&self, site: u64, job: u16, budget: Budget) -> Option<Counted> {
        let (pages, hubs) =
            self.core.state.share(site, job).map_or((0, 0), |share| (share.pages, share.hubs));
        let job_pages = self.core.state.jobs.get(usize::from(job)).map_or(0, |job| job.pages);
        match budget {
            Budget::Free => Some(Counted::Free),
            Budget::Pages { job_max, site_max } => {
                (job_pages < job_max && u64::from(pages) < site_max).then_some(Counted::Page)
            }
            Budget::Hubs { site_max } => (u64::from(hubs) < site_max).then_some(Counted::Hub),
        }
    }

    /// A seed of one job that another job found first goes over to the job that starts from it.
    fn adopt(&mut self, offer: &'b Offer, rank: u16) -> Result<(), Error> {
        let key = offer.url.key();
        if self.core.state.loans.contains_key(&Mark::of(key)) {
            return Ok(());
        }
        let job = self.job_id(&offer.job)?;
        let Some(old) = self.core.view().row_of(key)?.filter(|old| old.job != job) else { return Ok(()) };
        let site = number_of(key);
        let fresh = UrlRow::of_offer(offer, rank);
        let name = self.core.state.sites.get(site).map_or("", |site| &site.name).to_owned();
        let row = Row { last: old.last, ..Row::of(&fresh, &name, old.number, job, Via::None)? };
        self.stale.insert((site, old.job));
        self.write(row, Was::Queued { job: old.job, state: old.state }, Counted::Free)
    }

    /// How the page something was found on is written down.
    fn via(&mut self, via: &'b str) -> Result<Via<'static>, Error> {
        if let Some(known) = self.vias.get(via) {
            return Ok(known.clone());
        }
        // Another spelling of a URL of ours is not the text we were given.
        let mark = self.core.mark_of_text(via)?;
        let kept = mark.map_or_else(|| Via::Text(via.to_owned().into()), Via::Known);
        self.vias.insert(via, kept.clone());
        Ok(kept)
    }

    /// Looks up the first instants of shares that lost something.
    pub(super) fn look_up(&mut self) -> Result<(), Error> {
        for (site, job) in std::mem::take(&mut self.stale) {
            let mut firsts = Firsts::default();
            let mut spent = Vec::new();
            {
                let view = self.core.view();
                let Some(share) = self.core.state.share(site, job) else { continue };
                for queue in &share.queues {
                    let place = QueuePlace { site, job, lane: queue.lane };
                    let mut walk = Walk::new(&view, place, queue)?;
                    let first = walk.next_row()?.map(|(entry, _)| entry.at);
                    firsts.see(queue.lane, first);
                    spent.extend(walk.spent(first).map(|spent| (place, spent)));
                }
            }
            for (place, spent) in spent {
                self.core.emit(&spent.record(place))?;
            }
            self.core.emit(&Record::Firsts { site, job, ready: firsts.ready, revisit: firsts.revisit })?;
        }
        Ok(())
    }
}

/// A share's first instants, put together lane by lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Firsts {
    pub(super) ready: u64,
    pub(super) revisit: u64,
}

impl Default for Firsts {
    fn default() -> Self {
        Self { ready: NEVER, revisit: NEVER }
    }
}

impl Firsts {
    /// A lane's first is at this position.
    pub(super) fn see(&mut self, lane: Lane, first: Option<Position>) {
        let Some((order, _)) = first else { return };
        if lane.is_revisit() {
            self.revisit = self.revisit.min(order);
        } else {
            self.ready = self.ready.min(if lane.is_fresh() { 0 } else { order });
        }
    }
}
