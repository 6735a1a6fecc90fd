//! One batch in one transaction.
//!
//! Invariant: an offer that is known (by the fingerprints) and no seed touches no page of the file.

use rusqlite::{Connection, params};

use super::application::{Application, Done};
use super::codec::{at_of, column_of_site, millis, number_of_kind, number_of_lane, number_of_state, shorten};
use super::fingerprints::Fingerprints;
use super::forget;
use super::jobs::Jobs;
use super::loans::Loans;
use crate::error::Error;
use crate::job::JobRules;
use crate::offer::Offer;
use crate::port::{Batch, Budget, Memo, NewUrl, SettledRow, UrlRow, number_of, site_number};

pub(super) fn apply(
    connection: &Connection,
    jobs: &mut Jobs,
    known: &Fingerprints,
    loans: &mut Loans,
    batch: &Batch<'_>,
) -> Result<Done, Error> {
    let mut application = Application::new(connection, jobs, known, loans, batch.now)?;
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
    for memo in &batch.memos {
        application.keep(memo)?;
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

    fn keep(&self, memo: &Memo) -> Result<(), Error> {
        let of = memo.of.text();
        if memo.bytes.is_empty() {
            self.connection.prepare_cached("DELETE FROM memo WHERE of = ?")?.execute([of])?;
        } else {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO memo VALUES (?, ?)")?
                .execute(params![of, memo.bytes])?;
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
                self.leave(site, row.key, &place)?;
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
        let key = offer.url.key();
        if self.work.loans.get(key).is_some() {
            return Ok(());
        }
        let job = self.jobs.id_of(self.connection, &offer.job)?;
        let Some(place) = self.place(key)?.filter(|place| place.job != job) else {
            return Ok(());
        };
        let site = column_of_site(number_of(key));
        let row = UrlRow::of_offer(offer, rank);
        self.leave(site, key, &place)?;
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
}
