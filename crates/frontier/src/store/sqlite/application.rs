//! A batch being applied: rows and the sums they are part of.
//!
//! Invariant: a row is written together with what it changes in the sums of its site.

use std::collections::HashMap;

use model::{CanonicalUrl, Timestamp, UrlKey};
use rusqlite::{Connection, OptionalExtension, params};

use super::codec::{
    STATES, at_of, column_of_site, due_of, millis, number_of_kind, number_of_lane, number_of_state,
    outcome_text, shorten,
};
use super::fingerprints::Fingerprints;
use super::jobs::Jobs;
use super::loans::Loans;
use super::work::Work;
use crate::error::Error;
use crate::instant::floor_millis;
use crate::port::{Applied, UrlRow, number_of};
use crate::status::UrlState;

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
    pub(super) known: &'b Fingerprints,
    pub(super) now: Timestamp,
    pub(super) done: Done,
    /// Ids of the pages offers were found on; mostly one per batch.
    vias: HashMap<&'b str, Option<i64>>,
    /// Visits settled, by outcome.
    pub(super) outcomes: HashMap<&'static str, i64>,
    /// Pages admitted, by job.
    pub(super) job_pages: HashMap<i64, i64>,
}

/// Where a URL stands in the file.
pub(super) struct Place {
    pub(super) id: i64,
    pub(super) job: i64,
    pub(super) state: UrlState,
}

impl<'c, 'b> Application<'c, 'b> {
    pub(super) fn new(
        connection: &'c Connection,
        jobs: &'b mut Jobs,
        known: &'b Fingerprints,
        loans: &'c mut Loans,
        now: Timestamp,
    ) -> Result<Self, Error> {
        Ok(Self {
            work: Work::begin(connection, loans)?,
            connection,
            jobs,
            known,
            now: floor_millis(now),
            done: Done { applied: Applied::default(), new_keys: Vec::new() },
            vias: HashMap::new(),
            outcomes: HashMap::new(),
            job_pages: HashMap::new(),
        })
    }

    pub(super) fn place(&self, key: UrlKey) -> Result<Option<Place>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT id, job, state FROM url WHERE site = ? AND tail = ?")?;
        let place = statement
            .query_row(params![column_of_site(number_of(key)), &key.0[6..]], |row| {
                let state: u8 = row.get(2)?;
                let state = STATES.get(usize::from(state)).copied().unwrap_or(UrlState::Queued);
                Ok(Place { id: row.get(0)?, job: row.get(1)?, state })
            })
            .optional()?;
        Ok(place)
    }

    /// Takes a URL out of the sums of its site, and ends its loan; the row itself is the caller's.
    pub(super) fn leave(&mut self, site: i64, key: UrlKey, place: &Place) -> Result<(), Error> {
        self.work.count(site, place.state, -1)?;
        if self.work.end_loan(key)?.is_none()
            && let Some(site) = self.work.site(site)?
        {
            site.share(place.job).left();
        }
        Ok(())
    }

    /// Puts a URL into the sums of its site.
    pub(super) fn join(&mut self, site: i64, job: i64, row: &UrlRow) -> Result<(), Error> {
        self.work.count(site, row.state, 1)?;
        let lane = number_of_lane(row.lane());
        if let Some(site) = self.work.site(site)? {
            site.share(job).joined(lane, due_of(lane, at_of(row.turn)));
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, site: i64, job: i64, row: &'b UrlRow) -> Result<(), Error> {
        let via = row.via.as_deref().map(|via| self.via(via)).transpose()?.flatten();
        self.insert_with_via(site, job, row, via)?;
        if let Some(last) = &row.last {
            let place = Place { id: self.connection.last_insert_rowid(), job, state: row.state };
            debug_assert!(last.at >= Timestamp::UNIX_EPOCH, "instants begin in 1970");
            self.update(&place, job, row)?;
        }
        Ok(())
    }

    pub(super) fn insert_with_via(
        &mut self,
        site: i64,
        job: i64,
        row: &UrlRow,
        via: Option<i64>,
    ) -> Result<(), Error> {
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

    pub(super) fn update(&self, place: &Place, job: i64, row: &UrlRow) -> Result<(), Error> {
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
    pub(super) fn via(&mut self, via: &'b str) -> Result<Option<i64>, Error> {
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

    pub(super) fn finish(mut self) -> Result<Done, Error> {
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
        self.work.flush()?;
        Ok(self.done)
    }
}
