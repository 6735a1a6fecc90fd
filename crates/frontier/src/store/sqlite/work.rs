//! One transaction's view of the sites it touches: read once, changed in memory, written once.
//!
//! Invariant: counters, `ready`, `revisit` and `turn` change in the same transaction as the rows they sum up, so that no
//! question ever needs a scan.

use std::collections::HashMap;

use model::UrlKey;
use rusqlite::{Connection, OptionalExtension, params};

use super::codec::number_of_state;
use super::loans::{Loan, Loans};
use super::share::{SHARE_COLUMNS, Share};
use crate::error::Error;
use crate::status::UrlState;

/// Everything a transaction has touched.
pub(super) struct Work<'c> {
    connection: &'c Connection,
    pub(super) loans: &'c mut Loans,
    sites: HashMap<i64, SiteWork>,
    tally: Tally,
    sites_new: i64,
    sites_lent: i64,
    fence: i64,
    pub(super) horizon: i64,
}

/// A site as the transaction sees it.
pub(super) struct SiteWork {
    pub(super) name: String,
    pub(super) next_allowed: i64,
    pub(super) pace: Option<Vec<u8>>,
    fence: Option<i64>,
    tally: Tally,
    changed: bool,
    pub(super) shares: Vec<Share>,
}

/// Changes of counters, by number of state.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    /// All, those on loan included.
    all: [i64; 5],
    /// Those on loan.
    lent: [i64; 5],
}

impl<'c> Work<'c> {
    pub(super) fn begin(connection: &'c Connection, loans: &'c mut Loans) -> Result<Self, Error> {
        let (fence, horizon) = connection
            .prepare_cached("SELECT fence, horizon FROM state")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self {
            connection,
            loans,
            sites: HashMap::new(),
            tally: Tally::default(),
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

    /// Counts URLs of a state, more or fewer.
    pub(super) fn count(&mut self, id: i64, state: UrlState, change: i64) -> Result<(), Error> {
        let state = usize::from(number_of_state(state));
        self.tally.all[state] += change;
        if let Some(site) = self.site(id)? {
            site.tally.all[state] += change;
            site.changed = true;
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

    /// Lends a URL.
    pub(super) fn begin_loan(&mut self, key: UrlKey, loan: Loan) -> Result<(), Error> {
        self.count_loan(&loan, 1)?;
        self.loans.begin(key, loan);
        Ok(())
    }

    /// Ends the loan of a URL, if it is on loan; its place in the queue is the caller's.
    pub(super) fn end_loan(&mut self, key: UrlKey) -> Result<Option<Loan>, Error> {
        let Some(loan) = self.loans.end(key) else { return Ok(None) };
        self.count_loan(&loan, -1)?;
        Ok(Some(loan))
    }

    fn count_loan(&mut self, loan: &Loan, change: i64) -> Result<(), Error> {
        let state = usize::from(number_of_state(loan.state));
        self.tally.lent[state] += change;
        if let Some(site) = self.site(loan.site)? {
            site.tally.lent[state] += change;
            site.changed = true;
            site.share(loan.job).lent(change);
        }
        Ok(())
    }

    /// Writes back what was changed, and keeps it for further use.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        for (id, site) in &mut self.sites {
            site.write(*id, self.horizon, self.loans, self.connection)?;
        }
        let Tally { all, lent } = std::mem::take(&mut self.tally);
        let (sites_new, sites_lent) =
            (std::mem::take(&mut self.sites_new), std::mem::take(&mut self.sites_lent));
        self.connection
            .prepare_cached(
                "UPDATE state SET fence = ?, horizon = ?, sites = sites + ?, sites_leased = sites_leased + ?, \
                 queued = queued + ?, scheduled = scheduled + ?, gone = gone + ?, refused = refused + ?, \
                 dropped = dropped + ?, lent_queued = lent_queued + ?, lent_scheduled = lent_scheduled + ?, \
                 lent_gone = lent_gone + ?, lent_refused = lent_refused + ?, lent_dropped = lent_dropped + ?",
            )?
            .execute(params![
                self.fence, self.horizon, sites_new, sites_lent, all[0], all[1], all[2], all[3], all[4], lent[0],
                lent[1], lent[2], lent[3], lent[4]
            ])?;
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
            tally: Tally::default(),
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
                    tally: Tally::default(),
                    changed: false,
                    shares: Vec::new(),
                })
            })
            .optional()?;
        let Some(mut site) = site else { return Ok(None) };
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {SHARE_COLUMNS} FROM share WHERE site = ? ORDER BY job"))?;
        site.shares = statement.query_map([id], Share::read)?.collect::<Result<_, _>>()?;
        Ok(Some(site))
    }
}

impl SiteWork {
    /// The part of a job, made if there is none.
    pub(super) fn share(&mut self, job: i64) -> &mut Share {
        let place = self.shares.iter().position(|share| share.job == job).unwrap_or_else(|| {
            self.shares.push(Share::new(job));
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

    fn write(&mut self, id: i64, horizon: i64, loans: &Loans, connection: &Connection) -> Result<(), Error> {
        let next_allowed = if self.fence.is_some() { None } else { Some(self.next_allowed) };
        for share in &mut self.shares {
            share.settle(id, next_allowed, horizon, loans, connection)?;
        }
        if std::mem::take(&mut self.changed) {
            let Tally { all, lent } = std::mem::take(&mut self.tally);
            connection
                .prepare_cached(
                    "UPDATE site SET next_allowed = ?, pace = ?, fence = ?, queued = queued + ?, \
                     scheduled = scheduled + ?, gone = gone + ?, refused = refused + ?, dropped = dropped + ?, \
                     lent_queued = lent_queued + ?, lent_scheduled = lent_scheduled + ?, \
                     lent_gone = lent_gone + ?, lent_refused = lent_refused + ?, lent_dropped = lent_dropped + ? \
                     WHERE id = ?",
                )?
                .execute(params![
                    self.next_allowed, self.pace, self.fence, all[0], all[1], all[2], all[3], all[4], lent[0],
                    lent[1], lent[2], lent[3], lent[4], id
                ])?;
        }
        Ok(())
    }
}
