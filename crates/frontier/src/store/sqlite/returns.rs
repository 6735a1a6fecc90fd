//! The end of loans. Invariant: what was not visited is due as it was before, because it never left its place.

use rusqlite::params;

use super::application::Application;
use super::codec::{column_of_site, due_of, millis};
use super::share::Share;
use crate::error::Error;
use crate::port::{ReturnedSite, number_of, site_number};

/// Sets the counters of URLs on loan back.
const NONE_LENT: &str =
    "lent_queued = 0, lent_scheduled = 0, lent_gone = 0, lent_refused = 0, lent_dropped = 0";

impl Application<'_, '_> {
    pub(super) fn take_back(&mut self, returned: &ReturnedSite<'_>) -> Result<(), Error> {
        let site = column_of_site(site_number(returned.site));
        let pace = postcard::to_stdvec(&returned.pace).map_err(|e| Error::corrupt("pace", e))?;
        if !self.work.take_back(site, returned.fence, pace, millis(returned.next_allowed))? {
            return Ok(());
        }
        for robots in returned.robots {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)")?
                .execute(params![site, robots.origin.as_str(), robots.copy])?;
        }
        for key in returned.unvisited.iter().filter(|key| column_of_site(number_of(**key)) == site) {
            if let Some(loan) = self.work.end_loan(*key)?
                && let Some(site) = self.work.site(site)?
            {
                site.share(loan.job).joined(loan.lane, due_of(loan.lane, loan.at));
            }
        }
        Ok(())
    }

    pub(super) fn reclaim(&mut self) -> Result<(), Error> {
        self.work.loans.end_all();
        self.work.flush()?;
        let sites = self
            .connection
            .prepare("SELECT DISTINCT site FROM share INDEXED BY share_lent WHERE lent > 0")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        self.connection.execute(&format!("UPDATE state SET {NONE_LENT}"), [])?;
        for id in sites {
            self.connection
                .prepare_cached(&format!("UPDATE site SET {NONE_LENT} WHERE id = ?"))?
                .execute([id])?;
            if let Some(site) = self.work.site(id)? {
                site.shares.iter_mut().for_each(Share::reclaimed);
            }
        }
        Ok(())
    }
}
