//! A job's part of a site as a transaction sees it.
//!
//! Invariant: `ready` and `revisit` are the first instants of what is queued and not on loan; `turn` follows from them and
//! from the site.

use rusqlite::{Connection, Row, params};

use super::codec::number_of_lane;
use super::loans::Loans;
use super::schema::NEVER;
use crate::error::Error;
use crate::queue::Lane;

/// The columns of [`Share::read`], in its order.
pub(super) const SHARE_COLUMNS: &str = "job, pages, hubs, lent, ready, revisit, turn";

/// A row of the table `share`.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) job: i64,
    pub(super) pages: i64,
    pub(super) hubs: i64,
    lent: i64,
    /// May be [`NEVER`], as may the next two.
    pub(super) ready: i64,
    pub(super) revisit: i64,
    turn: i64,
    /// Something left a queue: `ready` and `revisit` are to be looked up again.
    stale: bool,
    changed: bool,
}

impl Share {
    /// The share of a job that had none.
    pub(super) fn new(job: i64) -> Self {
        Self {
            job,
            pages: 0,
            hubs: 0,
            lent: 0,
            ready: NEVER,
            revisit: NEVER,
            turn: NEVER,
            stale: false,
            changed: true,
        }
    }

    /// Reads [`SHARE_COLUMNS`].
    pub(super) fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            job: row.get(0)?,
            pages: row.get(1)?,
            hubs: row.get(2)?,
            lent: row.get(3)?,
            ready: row.get(4)?,
            revisit: row.get(5)?,
            turn: row.get(6)?,
            stale: false,
            changed: false,
        })
    }

    /// Something joined a lane, due at an instant (0 = at once).
    pub(super) fn joined(&mut self, lane: i64, due: i64) {
        let first = if is_revisit(lane) { &mut self.revisit } else { &mut self.ready };
        if due < *first {
            *first = due;
            self.changed = true;
        }
    }

    /// Something left a lane.
    pub(super) fn left(&mut self) {
        self.stale = true;
    }

    /// `pages` or `hubs` changed.
    pub(super) fn counted(&mut self) {
        self.changed = true;
    }

    /// This many more are on loan.
    pub(super) fn lent(&mut self, change: i64) {
        self.lent += change;
        self.changed = true;
        self.stale |= change > 0;
    }

    /// Nothing is on loan any more.
    pub(super) fn reclaimed(&mut self) {
        self.lent = 0;
        self.changed = true;
        self.stale = true;
    }

    /// Brings the row up to date; `next_allowed` is the site's, `None` while it is on loan.
    pub(super) fn settle(
        &mut self,
        site: i64,
        next_allowed: Option<i64>,
        horizon: i64,
        loans: &Loans,
        connection: &Connection,
    ) -> Result<(), Error> {
        if std::mem::take(&mut self.stale) {
            self.look_up(site, loans, connection)?;
        }
        let turn = next_allowed.map_or(NEVER, |next_allowed| self.turn_at(next_allowed, horizon));
        if turn != self.turn || self.changed {
            self.turn = turn;
            self.changed = false;
            self.write(site, connection)?;
        }
        Ok(())
    }

    /// Looks the first of each lane up in the queue.
    fn look_up(&mut self, site: i64, loans: &Loans, connection: &Connection) -> Result<(), Error> {
        let mut statement = connection.prepare_cached(
            "SELECT at, id FROM url INDEXED BY url_queue WHERE site = ? AND job = ? AND lane = ? ORDER BY at, id",
        )?;
        let mut first = |lane: Lane| -> Result<i64, Error> {
            let mut rows = statement.query(params![site, self.job, number_of_lane(lane)])?;
            // What is on loan is still in its place: at the head, and as many as workers have or have just visited.
            while let Some(row) = rows.next()? {
                if !loans.has(row.get(1)?) {
                    return Ok(row.get(0)?);
                }
            }
            Ok(NEVER)
        };
        let fresh = first(Lane::FreshPage)? < NEVER || first(Lane::FreshHub)? < NEVER;
        let ready = if fresh { 0 } else { first(Lane::Retry)? };
        let revisit = first(Lane::Hub)?.min(first(Lane::Page)?);
        if (ready, revisit) != (self.ready, self.revisit) {
            (self.ready, self.revisit) = (ready, revisit);
            self.changed = true;
        }
        Ok(())
    }

    fn turn_at(&self, next_allowed: i64, horizon: i64) -> i64 {
        let due = if self.revisit <= horizon { self.ready.min(self.revisit) } else { self.ready };
        due.max(next_allowed)
    }

    fn write(&self, site: i64, connection: &Connection) -> Result<(), Error> {
        connection
            .prepare_cached(
                "INSERT INTO share (site, job, pages, hubs, lent, ready, revisit, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
                 ON CONFLICT DO UPDATE SET pages = excluded.pages, hubs = excluded.hubs, lent = excluded.lent, \
                 ready = excluded.ready, revisit = excluded.revisit, turn = excluded.turn",
            )?
            .execute(params![
                site, self.job, self.pages, self.hubs, self.lent, self.ready, self.revisit, self.turn
            ])?;
        Ok(())
    }
}

fn is_revisit(lane: i64) -> bool {
    [Lane::Hub, Lane::Page].into_iter().any(|revisit| number_of_lane(revisit) == lane)
}
