//! What time and operators do: retention, deadlines. Invariant: what is due goes by the injected clock alone.

use rusqlite::params;
use serde::Serialize;

use super::Profiles;
use crate::desk::Desk;
use crate::keyring::Handle;
use crate::ticket::TicketFilter;
use crate::{Error, day};

/// What one round of upkeep did and found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Housekeeping {
    /// Persons erased after their withdrawal.
    pub erased: usize,
    /// Persons erased because they did not use the service for as long as their data may be kept.
    pub expired_persons: usize,
    /// Rows (events, scores, documents, tickets, tombstones) past their term.
    pub expired_rows: usize,
    /// Lines of the audit log past theirs.
    pub expired_lines: u64,
    /// Requests not answered in time; somebody must look at them.
    pub overdue_tickets: usize,
    /// Requests not answered yet.
    pub open_tickets: usize,
}

impl Profiles {
    /// Carries out what is due: erasures, retention. Cheap when nothing is; meant to be called every minute.
    ///
    /// # Errors
    /// [`Error::Storage`], [`Error::Io`].
    pub fn housekeep(&self) -> Result<Housekeeping, Error> {
        let mut done = Housekeeping::default();
        let today = day::number(self.now());
        self.write(|desk| {
            for handle in due(desk, today)? {
                let Some(person) = desk.load(&handle)? else { continue };
                self.finish_erasure(desk, &person)?;
                if person.core.erasing.is_some() {
                    done.erased += 1;
                } else {
                    done.expired_persons += 1;
                }
            }
            // Under a legal hold a person's row has no term, and nothing else of them goes.
            done.expired_rows += desk.tx.execute(
                "DELETE FROM rows WHERE kind <> 'person' AND expires <= ?1
                 AND person NOT IN (SELECT person FROM rows WHERE kind = 'person' AND expires IS NULL)",
                [today],
            )?;
            done.expired_rows += desk.tx.execute("DELETE FROM tickets WHERE expires <= ?1", [today])?;
            done.expired_rows += desk.keys.expire(today)?;
            let open = self.select_tickets(desk, &TicketFilter { open: true, ..TicketFilter::default() })?;
            done.open_tickets = open.len();
            done.overdue_tickets = open.iter().filter(|ticket| ticket.due <= desk.now).count();
            Ok(())
        })?;
        let before = model::time::earlier(self.now(), self.inner.register.keep("audit"));
        done.expired_lines = self.inner.audit.expire(before)?;
        self.checkpoint()?;
        Ok(done)
    }
}

/// Persons whose row is due.
fn due(desk: &Desk<'_>, today: i64) -> Result<Vec<Handle>, Error> {
    let mut found = desk.tx.prepare("SELECT person FROM rows WHERE kind = 'person' AND expires <= ?1")?;
    Ok(found.query_map(params![today], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
