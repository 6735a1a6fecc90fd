//! One batch in one transaction.
//!
//! Invariant: an offer that is known (by the fingerprints) and no seed touches no page of the file.

use std::collections::HashMap;

use model::{CanonicalUrl, Timestamp, UrlKey};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::codec::{
    STATES, at_of, column_of_site, due_of, millis, number_of_kind, number_of_lane, number_of_state,
    outcome_text, shorten,
};
use super::fingerprints::Fingerprints;
use super::work::Work;
use super::{Jobs, forget};
use crate::error::Error;
use crate::job::JobRules;
use crate::offer::Offer;
use crate::schedule::floor_millis;
use crate::status::UrlState;
use crate::store::{
    Applied, Batch, Budget, NewUrl, ReturnedSite, SettledRow, UrlRow, number_of, site_number,
};

/// What a batch did, to be kept in memory once it is committed.
pub(super) struct Done {
    pub(super) applied: Applied,
    pub(super) new_keys: Vec<UrlKey>,
}

/// A batch being applied.
pub(super) struct Application<'c, 'b> {
    pub(super) connection: &'c Connection,
    pub(super) jobs: &'b mut Jobs,
    pub(super) work: Work<'c>,
    known: &'b Fingerprints,
    now: Timestamp,
    done: Done,
    /// Ids of the pages offers were found on; mostly one per batch.
    vias: HashMap<&'b str, Option<i64>>,
    outcomes: HashMap<&'static str, i64>,
    job_pages: HashMap<i64, i64>,
}

/// Where a URL stands in the file.
pub(super) struct Place {
    id: i64,
    job: i64,
    state: UrlState,
    on_loan: bool,
}

/// A URL on loan, with what it takes to put it back.
struct Loan {
    site: i64,
    id: i64,
    job: i64,
    state: u8,
    /// Of the queue it goes back to.
    lane: i64,
    at: i64,
}

impl Loan {
    /// Reads `site, id, job, state, lane, at`.
    fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        let lane: i64 = row.get(4)?;
        Ok(Self {
            site: row.get(0)?,
            id: row.get(1)?,
            job: row.get(2)?,
            state: row.get(3)?,
            lane: -1 - lane,
            at: row.get(5)?,
        })
    }
}

pub(super) fn apply(
    connection: &Connection,
    jobs: &mut Jobs,
    known: &Fingerprints,
    batch: &Batch<'_>,
) -> Result<Done, Error> {
    let mut application = Application {
        work: Work::begin(connection)?,
        connection,
        jobs,
        known,
        now: floor_millis(batch.now),
        done: Done { applied: Applied::default(), new_keys: Vec::new() },
        vias: HashMap::new(),
        outcomes: HashMap::new(),
        job_pages: HashMap::new(),
    };
    for rules in batch.jobs {
        application.register(rules)?;
    }
    for returned in &batch.returns {
        application.take_back(returned)?;
    }
    if batch.reclaim {
        application.reclaim()?;
    }
    for settled in &batch.rows {
        application.put(settled)?;
    }
    for (site, until) in &batch.silences {
        if let Some(site) = application.work.site(column_of_site(site_number(site)))? {
            site.silence(millis(*until));
        }
    }
    for new in &batch.offers {
        application.admit(new)?;
    }
    if let Some(checkpoint) = batch.checkpoint {
        connection
            .prepare_cached("UPDATE state SET segment = ?, offset = ?")?
            .execute(params![checkpoint.segment, checkpoint.offset.cast_signed()])?;
    }
    if let Some(takedown) = batch.forget {
        application.done.applied.forgotten = forget::forget(&mut application, takedown)?;
    }
    application.finish()
}

impl<'b> Application<'_, 'b> {
    fn register(&mut self, rules: &JobRules) -> Result<(), Error> {
        let id = self.jobs.id_of(self.connection, &rules.name)?;
        let json = serde_json::to_string(rules).map_err(|e| Error::corrupt("job rules", e))?;
        self.connection
            .prepare_cached("UPDATE job SET rules = ? WHERE id = ?")?
            .execute(params![json, id])?;
        Ok(())
    }

    fn take_back(&mut self, returned: &ReturnedSite<'_>) -> Result<(), Error> {
        let site = column_of_site(site_number(returned.site));
        let pace = postcard::to_stdvec(&returned.pace).map_err(|e| Error::corrupt("pace", e))?;
        if !self.work.take_back(site, returned.fence, pace, millis(returned.next_allowed))? {
            return Ok(());
        }
        let mut statement =
            self.connection.prepare_cached("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)")?;
        for robots in returned.robots {
            statement.execute(params![site, robots.origin.as_str(), robots.copy])?;
        }
        for key in returned.unvisited.iter().filter(|key| column_of_site(number_of(**key)) == site) {
            let loan = self
                .connection
                .prepare_cached(
                    "SELECT site, id, job, state, lane, at FROM url WHERE site = ? AND tail = ? AND lane < 0",
                )?
                .query_row(params![site, &key.0[6..]], Loan::read)
                .optional()?;
            loan.map(|loan| self.requeue(&loan)).transpose()?;
        }
        Ok(())
    }

    fn reclaim(&mut self) -> Result<(), Error> {
        let loans = self
            .connection
            .prepare("SELECT site, id, job, state, lane, at FROM url INDEXED BY url_on_loan WHERE lane < 0")?
            .query_map([], Loan::read)?
            .collect::<Result<Vec<_>, _>>()?;
        loans.iter().try_for_each(|loan| self.requeue(loan))
    }

    fn requeue(&mut self, loan: &Loan) -> Result<(), Error> {
        self.connection
            .prepare_cached("UPDATE url SET lane = ? WHERE id = ?")?
            .execute(params![loan.lane, loan.id])?;
        self.work.count(loan.site, Some(UrlState::Leased), STATES.get(usize::from(loan.state)).copied())?;
        if let Some(site) = self.work.site(loan.site)? {
            site.share(loan.job).joined(loan.lane, due_of(loan.lane, loan.at));
        }
        Ok(())
    }

    fn put(&mut self, settled: &'b SettledRow<'_>) -> Result<(), Error> {
        for outcome in &settled.outcomes {
            *self.outcomes.entry(outcome).or_default() += 1;
        }
        let row = &settled.row;
        let site = column_of_site(number_of(row.key));
        let job = self.jobs.id_of(self.connection, &row.job)?;
        let now = self.now.as_millisecond();
        self.work.site_or_new(site, settled.site.as_str(), now)?;
        match self.place(row.key)? {
            Some(place) => {
                self.leave(site, &place)?;
                self.update(&place, job, row)?;
            }
            None => {
                self.insert(site, job, row)?;
            }
        }
        self.join(site, job, row)
    }

    fn admit(&mut self, new: &NewUrl<'b>) -> Result<(), Error> {
        let offer = new.offer;
        let key = offer.url.key();
        if self.known.contains(key) {
            self.done.applied.known += 1;
            return if offer.is_seed() { self.adopt(offer, new.rank) } else { Ok(()) };
        }
        let site = column_of_site(number_of(key));
        let job = self.jobs.id_of(self.connection, &offer.job)?;
        if !self.count(site, job, offer, new.budget)? {
            self.done.applied.over_budget += 1;
            return Ok(());
        }
        self.done.applied.admitted += 1;
        let row = UrlRow::of_offer(offer, new.rank);
        let via = offer.via.as_deref().map(|via| self.via(via)).transpose()?.flatten();
        self.insert_with_via(site, job, &row, via)?;
        self.join(site, job, &row)
    }

    /// Counts an offer against its budget, unless that is used up.
    fn count(&mut self, site: i64, job: i64, offer: &Offer, budget: Budget) -> Result<bool, Error> {
        let pages = self.jobs.by_id.get(&job).map_or(0, |job| job.pages);
        let now = self.now.as_millisecond();
        if let Budget::Pages { job_max, .. } = budget
            && pages.cast_unsigned() >= job_max
        {
            return Ok(false);
        }
        // Nothing may be written for a site none of whose URLs are admitted.
        let present =
            self.work.site(site)?.and_then(|site| site.shares.iter().find(|share| share.job == job));
        let (pages_here, hubs_here) = present.map_or((0, 0), |share| (share.pages, share.hubs));
        let within = match budget {
            Budget::Free => true,
            Budget::Pages { site_max, .. } => pages_here.cast_unsigned() < site_max,
            Budget::Hubs { site_max } => hubs_here.cast_unsigned() < site_max,
        };
        if within {
            let share = self.work.site_or_new(site, offer.url.site_str(), now)?.share(job);
            match budget {
                Budget::Free => {}
                Budget::Pages { .. } => {
                    share.pages += 1;
                    *self.job_pages.entry(job).or_default() += 1;
                    if let Some(job) = self.jobs.by_id.get_mut(&job) {
                        job.pages += 1;
                    }
                }
                Budget::Hubs { .. } => share.hubs += 1,
            }
            share.counted();
        }
        Ok(within)
    }

    /// A seed of one job that another job found first goes over to the job that starts from it.
    fn adopt(&mut self, offer: &Offer, rank: u16) -> Result<(), Error> {
        let job = self.jobs.id_of(self.connection, &offer.job)?;
        let Some(place) = self.place(offer.url.key())?.filter(|place| place.job != job && !place.on_loan)
        else {
            return Ok(());
        };
        let site = column_of_site(number_of(offer.url.key()));
        let row = UrlRow::of_offer(offer, rank);
        self.leave(site, &place)?;
        let name = self.work.site(site)?.map(|site| site.name.clone()).unwrap_or_default();
        self.connection
            .prepare_cached(
                "UPDATE url SET job = ?, kind = ?, state = ?, lane = ?, at = ?, depth = 0, hops = 0, text = ?, via = NULL, \
                 via_text = NULL, attempts = 0 WHERE id = ?",
            )?
            .execute(params![
                job,
                number_of_kind(row.kind),
                number_of_state(row.state),
                number_of_lane(row.lane()),
                at_of(row.turn),
                shorten(&row.url, &name),
                place.id
            ])?;
        self.join(site, job, &row)
    }

    pub(super) fn place(&self, key: UrlKey) -> Result<Option<Place>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, job, state, lane FROM url WHERE site = ? AND tail = ?")?;
        let place = statement
            .query_row(params![column_of_site(number_of(key)), &key.0[6..]], |row| {
                let (state, lane): (u8, i64) = (row.get(2)?, row.get(3)?);
                let state = STATES.get(usize::from(state)).copied().unwrap_or(UrlState::Queued);
                Ok(Place { id: row.get(0)?, job: row.get(1)?, state, on_loan: lane < 0 })
            })
            .optional()?;
        Ok(place)
    }

    /// Takes a URL out of the sums of its site; the row itself is the caller's.
    fn leave(&mut self, site: i64, place: &Place) -> Result<(), Error> {
        self.work.count(site, Some(if place.on_loan { UrlState::Leased } else { place.state }), None)?;
        if !place.on_loan
            && let Some(site) = self.work.site(site)?
        {
            site.share(place.job).left();
        }
        Ok(())
    }

    /// Puts a URL into the sums of its site.
    fn join(&mut self, site: i64, job: i64, row: &UrlRow) -> Result<(), Error> {
        self.work.count(site, None, Some(row.state))?;
        let lane = number_of_lane(row.lane());
        if let Some(site) = self.work.site(site)? {
            site.share(job).joined(lane, due_of(lane, at_of(row.turn)));
        }
        Ok(())
    }

    fn insert(&mut self, site: i64, job: i64, row: &'b UrlRow) -> Result<(), Error> {
        let via = row.via.as_deref().map(|via| self.via(via)).transpose()?.flatten();
        self.insert_with_via(site, job, row, via)?;
        if let Some(last) = &row.last {
            let place =
                Place { id: self.connection.last_insert_rowid(), job, state: row.state, on_loan: false };
            debug_assert!(last.at >= Timestamp::UNIX_EPOCH, "instants begin in 1970");
            self.update(&place, job, row)?;
        }
        Ok(())
    }

    fn insert_with_via(&mut self, site: i64, job: i64, row: &UrlRow, via: Option<i64>) -> Result<(), Error> {
        let name = self.work.site(site)?.map(|site| site.name.as_str()).unwrap_or_default();
        self.connection
            .prepare_cached(
                "INSERT INTO url (site, tail, job, kind, state, lane, at, depth, hops, text, via, via_text) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                site,
                &row.key.0[6..],
                job,
                number_of_kind(row.kind),
                number_of_state(row.state),
                number_of_lane(row.lane()),
                at_of(row.turn),
                row.depth,
                row.hops,
                shorten(&row.url, name),
                via,
                row.via.as_deref().filter(|_| via.is_none()),
            ])?;
        self.done.new_keys.push(row.key);
        Ok(())
    }

    fn update(&self, place: &Place, job: i64, row: &UrlRow) -> Result<(), Error> {
        let last = row.last.as_ref();
        self.connection
            .prepare_cached(
                "UPDATE url SET job = ?, kind = ?, state = ?, lane = ?, at = ?, depth = ?, hops = ?, attempts = ?, \
                 last_at = ?, outcome = ?, etag = ?, last_modified = ?, content_hash = ?, interval = ? WHERE id = ?",
            )?
            .execute(params![
                job,
                number_of_kind(row.kind),
                number_of_state(row.state),
                number_of_lane(row.lane()),
                at_of(row.turn),
                row.depth,
                row.hops,
                row.attempts,
                last.map(|last| millis(last.at)),
                last.map(|last| outcome_text(&last.outcome)).transpose()?,
                last.and_then(|last| last.etag.as_deref()),
                last.and_then(|last| last.last_modified.as_deref()),
                last.and_then(|last| last.content_hash).map(u64::cast_signed),
                last.map(|last| last.interval.as_secs().cast_signed()),
                place.id,
            ])?;
        Ok(())
    }

    /// The id of the page something was found on, if it is a URL of ours.
    fn via(&mut self, via: &'b str) -> Result<Option<i64>, Error> {
        if let Some(id) = self.vias.get(via) {
            return Ok(*id);
        }
        let id = match CanonicalUrl::parse(via) {
            // Another spelling of a URL of ours is not the text we were given.
            Ok(url) if url.url().as_str() == via => self.place(url.key())?.map(|place| place.id),
            _ => None,
        };
        self.vias.insert(via, id);
        Ok(id)
    }

    fn finish(self) -> Result<Done, Error> {
        for (word, visits) in &self.outcomes {
            self.connection
                .prepare_cached(
                    "INSERT INTO outcome VALUES (?, ?) ON CONFLICT DO UPDATE SET visits = visits + excluded.visits",
                )?
                .execute(params![word, visits])?;
        }
        for (job, pages) in &self.job_pages {
            self.connection
                .prepare_cached("UPDATE job SET pages = pages + ? WHERE id = ?")?
                .execute(params![pages, job])?;
        }
        self.work.finish()?;
        Ok(self.done)
    }
}
