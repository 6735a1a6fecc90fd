//! One transaction's view of the sites it touches: read once, changed in memory, written once.
//!
//! Invariant: counters, `ready`, `revisit` and `turn` change in the same transaction as the rows they sum up, so that no
//! question ever needs a scan.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::codec::{number_of_lane, number_of_state};
use crate::error::Error;
use crate::queue::Lane;
use crate::status::UrlState;

/// Everything a transaction has touched.
pub(super) struct Work<'c> {
    connection: &'c Connection,
    sites: HashMap<i64, SiteWork>,
    totals: [i64; 6],
    sites_new: i64,
    sites_lent: i64,
    pub(super) fence: i64,
    pub(super) horizon: i64,
}

/// A site as the transaction sees it.
pub(super) struct SiteWork {
    pub(super) name: String,
    pub(super) next_allowed: i64,
    pub(super) pace: Option<Vec<u8>>,
    pub(super) fence: Option<i64>,
    counts: [i64; 6],
    changed: bool,
    pub(super) shares: Vec<ShareWork>,
}

/// A job's part of a site as the transaction sees it.
pub(super) struct ShareWork {
    pub(super) job: i64,
    pub(super) pages: i64,
    pub(super) hubs: i64,
    pub(super) ready: Option<i64>,
    pub(super) revisit: Option<i64>,
    turn: Option<i64>,
    /// Something left a queue: `ready` and `revisit` are to be looked up again.
    stale: bool,
    changed: bool,
}

impl<'c> Work<'c> {
    pub(super) fn begin(connection: &'c Connection) -> Result<Self, Error> {
        let (fence, horizon) = connection
            .prepare_cached("SELECT fence, horizon FROM state")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self {
            connection,
            sites: HashMap::new(),
            totals: [0; 6],
            sites_new: 0,
            sites_lent: 0,
            fence,
            horizon,
        })
    }

    /// A site, if it exists.
    pub(super) fn site(&mut self, id: i64) -> Result<Option<&mut SiteWork>, Error> {
        if !self.sites.contains_key(&id)
            && let Some(site) = self.load(id)?
        {
            self.sites.insert(id, site);
        }
        Ok(self.sites.get_mut(&id))
    }

    /// A site, made if it does not exist.
    pub(super) fn site_or_new(
        &mut self,
        id: i64,
        name: &str,
        next_allowed: i64,
    ) -> Result<&mut SiteWork, Error> {
        if !self.sites.contains_key(&id) {
            let site = match self.load(id)? {
                Some(site) => site,
                None => self.create(id, name, next_allowed)?,
            };
            self.sites.insert(id, site);
        }
        self.sites.get_mut(&id).ok_or_else(|| Error::corrupt("site", "it vanished"))
    }

    /// Counts a URL that changes its state; `None` is a URL that is not, or no more.
    pub(super) fn count(
        &mut self,
        id: i64,
        from: Option<UrlState>,
        to: Option<UrlState>,
    ) -> Result<(), Error> {
        for (state, change) in [(from, -1), (to, 1)] {
            let Some(state) = state.map(|state| usize::from(number_of_state(state))) else { continue };
            self.totals[state] += change;
            if let Some(site) = self.site(id)? {
                site.counts[state] += change;
                site.changed = true;
            }
        }
        Ok(())
    }

    /// Lends a site; returns the fence.
    pub(super) fn lend(&mut self, id: i64) -> Result<i64, Error> {
        self.fence += 1;
        let fence = self.fence;
        if let Some(site) = self.site(id)? {
            site.fence = Some(fence);
            site.changed = true;
        }
        self.sites_lent += 1;
        Ok(fence)
    }

    /// Takes a site back; false when this is not its present loan.
    pub(super) fn take_back(
        &mut self,
        id: i64,
        fence: u64,
        pace: Vec<u8>,
        next_allowed: i64,
    ) -> Result<bool, Error> {
        let Some(site) = self.site(id)? else { return Ok(false) };
        if site.fence.is_none_or(|present| present.cast_unsigned() != fence) {
            return Ok(false);
        }
        site.fence = None;
        site.pace = Some(pace);
        site.next_allowed = next_allowed;
        site.changed = true;
        self.sites_lent -= 1;
        Ok(true)
    }

    /// Writes back what was changed.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        let t = self.totals;
        self.connection
            .prepare_cached(
                "UPDATE state SET fence = ?, horizon = ?, sites = sites + ?, sites_leased = sites_leased + ?, \
                 queued = queued + ?, leased = leased + ?, scheduled = scheduled + ?, gone = gone + ?, \
                 refused = refused + ?, dropped = dropped + ?",
            )?
            .execute(params![
                self.fence, self.horizon, self.sites_new, self.sites_lent, t[0], t[1], t[2], t[3], t[4], t[5]
            ])?;
        Ok(())
    }

    /// Writes back sites and shares, and keeps them for further use.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        for (id, site) in &mut self.sites {
            site.write(*id, self.horizon, self.connection)?;
        }
        Ok(())
    }

    fn create(&mut self, id: i64, name: &str, next_allowed: i64) -> Result<SiteWork, Error> {
        self.connection
            .prepare_cached("INSERT INTO site (id, name, next_allowed) VALUES (?, ?, ?)")?
            .execute(params![id, name, next_allowed])?;
        self.sites_new += 1;
        Ok(SiteWork {
            name: name.to_owned(),
            next_allowed,
            pace: None,
            fence: None,
            counts: [0; 6],
            changed: false,
            shares: Vec::new(),
        })
    }

    fn load(&self, id: i64) -> Result<Option<SiteWork>, Error> {
        let site = self
            .connection
            .prepare_cached("SELECT name, next_allowed, pace, fence FROM site WHERE id = ?")?
            .query_row([id], |row| {
                Ok(SiteWork {
                    name: row.get(0)?,
                    next_allowed: row.get(1)?,
                    pace: row.get(2)?,
                    fence: row.get(3)?,
                    counts: [0; 6],
                    changed: false,
                    shares: Vec::new(),
                })
            })
            .optional()?;
        let Some(mut site) = site else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT job, pages, hubs, ready, revisit, turn FROM share WHERE site = ? ORDER BY job",
        )?;
        let shares = statement.query_map([id], |row| {
            Ok(ShareWork {
                job: row.get(0)?,
                pages: row.get(1)?,
                hubs: row.get(2)?,
                ready: row.get(3)?,
                revisit: row.get(4)?,
                turn: row.get(5)?,
                stale: false,
                changed: false,
            })
        })?;
        site.shares = shares.collect::<Result<_, _>>()?;
        Ok(Some(site))
    }
}

impl SiteWork {
    /// The part of a job, made if there is none.
    pub(super) fn share(&mut self, job: i64) -> &mut ShareWork {
        let place = self.shares.iter().position(|share| share.job == job).unwrap_or_else(|| {
            self.shares.push(ShareWork {
                job,
                pages: 0,
                hubs: 0,
                ready: None,
                revisit: None,
                turn: None,
                stale: false,
                changed: true,
            });
            self.shares.len() - 1
        });
        &mut self.shares[place]
    }

    /// No lease before an instant.
    pub(super) fn silence(&mut self, until: i64) {
        if until > self.next_allowed {
            self.next_allowed = until;
            self.changed = true;
        }
    }

    fn write(&mut self, id: i64, horizon: i64, connection: &Connection) -> Result<(), Error> {
        for share in &mut self.shares {
            if share.stale {
                share.look_up(id, connection)?;
            }
            let turn = if self.fence.is_some() { None } else { share.turn_at(self.next_allowed, horizon) };
            if turn != share.turn || share.changed {
                share.turn = turn;
                share.changed = false;
                share.write(id, connection)?;
            }
        }
        if std::mem::take(&mut self.changed) {
            let c = std::mem::take(&mut self.counts);
            connection
                .prepare_cached(
                    "UPDATE site SET next_allowed = ?, pace = ?, fence = ?, queued = queued + ?, leased = leased + ?, \
                     scheduled = scheduled + ?, gone = gone + ?, refused = refused + ?, dropped = dropped + ? \
                     WHERE id = ?",
                )?
                .execute(params![
                    self.next_allowed, self.pace, self.fence, c[0], c[1], c[2], c[3], c[4], c[5], id
                ])?;
        }
        Ok(())
    }
}

impl ShareWork {
    /// Something joined a lane, due at an instant (0 = at once).
    pub(super) fn joined(&mut self, lane: i64, due: i64) {
        let first = if is_revisit(lane) { &mut self.revisit } else { &mut self.ready };
        if first.is_none_or(|first| due < first) {
            *first = Some(due);
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

    /// Looks the first of each lane up in the queue.
    fn look_up(&mut self, site: i64, connection: &Connection) -> Result<(), Error> {
        self.stale = false;
        let mut statement = connection
            .prepare_cached("SELECT at FROM url INDEXED BY url_queue WHERE lane >= 0 AND site = ? AND job = ? AND lane = ? ORDER BY at LIMIT 1")?;
        let mut first = |lane: Lane| {
            statement
                .query_row(params![site, self.job, number_of_lane(lane)], |row| row.get::<_, i64>(0))
                .optional()
        };
        let fresh = first(Lane::FreshPage)?.is_some() || first(Lane::FreshHub)?.is_some();
        let ready = if fresh { Some(0) } else { first(Lane::Retry)? };
        let revisit = first(Lane::Hub)?.into_iter().chain(first(Lane::Page)?).min();
        if (ready, revisit) != (self.ready, self.revisit) {
            (self.ready, self.revisit) = (ready, revisit);
            self.changed = true;
        }
        Ok(())
    }

    fn turn_at(&self, next_allowed: i64, horizon: i64) -> Option<i64> {
        let revisit = self.revisit.filter(|revisit| *revisit <= horizon);
        self.ready.into_iter().chain(revisit).min().map(|due| due.max(next_allowed))
    }

    fn write(&self, site: i64, connection: &Connection) -> Result<(), Error> {
        connection
            .prepare_cached(
                "INSERT INTO share (site, job, pages, hubs, ready, revisit, turn) VALUES (?, ?, ?, ?, ?, ?, ?) \
                 ON CONFLICT DO UPDATE SET pages = excluded.pages, hubs = excluded.hubs, ready = excluded.ready, \
                 revisit = excluded.revisit, turn = excluded.turn",
            )?
            .execute(params![site, self.job, self.pages, self.hubs, self.ready, self.revisit, self.turn])?;
        Ok(())
    }
}

fn is_revisit(lane: i64) -> bool {
    [Lane::Hub, Lane::Page].into_iter().any(|revisit| number_of_lane(revisit) == lane)
}
