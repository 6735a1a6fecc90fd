//! The end of loans. Invariant: whatever goes back to a queue goes back to the place it was taken from.

use rusqlite::{OptionalExtension, Row, params};

use super::application::Application;
use super::codec::{STATES, column_of_site, due_of, millis};
use crate::error::Error;
use crate::port::{ReturnedSite, number_of, site_number};
use crate::status::UrlState;

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

impl Application<'_, '_> {
    pub(super) fn take_back(&mut self, returned: &ReturnedSite<'_>) -> Result<(), Error> {
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

    pub(super) fn reclaim(&mut self) -> Result<(), Error> {
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
}
