//! What time and operators do: retention, deadlines, backups, new keys. Invariant: what is due goes by the injected clock alone,
//! and a backup never holds a key.

use std::path::Path;

use rusqlite::params;
use serde::Serialize;

use super::{Profiles, permit, subject};
use crate::actor::{Actor, Scope};
use crate::desk::Desk;
use crate::keyring::{Handle, Tombstone};
use crate::person::PersonId;
use crate::ticket::TicketFilter;
use crate::{Error, database, day};

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
            done.expired_rows += desk.drop_keyless()?;
            for handle in due(desk, today)? {
                let person = match desk.load(&handle) {
                    Ok(Some(person)) => person,
                    // One damaged row must not keep everybody else's data; `verify` tells of it.
                    Ok(None) | Err(Error::Damaged { .. }) => continue,
                    Err(e) => return Err(e),
                };
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
            desk.tx.execute("DELETE FROM lookups WHERE expires <= ?1", [today])?;
            done.expired_rows += desk.tx.execute("DELETE FROM tickets WHERE expires <= ?1", [today])?;
            done.expired_rows += desk.keys.expire(today)?;
            let open = self.select_tickets(desk, &TicketFilter { open: true, ..TicketFilter::default() })?;
            done.open_tickets = open.len();
            done.overdue_tickets = open.iter().filter(|ticket| ticket.due <= desk.now).count();
            Ok(())
        })?;
        let before = model::time::earlier(self.now(), self.inner.register.keep("audit"));
        done.expired_lines = self.inner.audit.expire(before)?;
        self.inner.disclosures.expire(before)?;
        self.checkpoint()?;
        Ok(done)
    }

    /// Copies the data (not the keys) into a new folder. To restore, put the folder in the place of the data's: of who was
    /// erased since, nothing in it can be read, and the next start drops their rows.
    ///
    /// # Errors
    /// [`Error::Residency`] for an undeclared place; [`Error::Input`] when the folder holds something; [`Error::Io`].
    pub fn backup(&self, to: &Path, actor: &Actor) -> Result<(), Error> {
        permit(actor, Scope::Maintain)?;
        self.inner.settings.residency.check(to)?;
        database::folder(to)?;
        if std::fs::read_dir(to).map_err(Error::io("read", to))?.next().is_some() {
            return Err(Error::Input("the folder of a backup must be new or empty".to_owned()));
        }
        self.note(actor, "backup", None, None)?;
        let path = to.join("profiles.sqlite");
        database::file(&path)?;
        self.stores().db.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        for chain in [&self.inner.audit, &self.inner.disclosures] {
            let copy = to.join(chain.path().file_name().unwrap_or_default());
            let mut copied = database::file(&copy)?;
            let mut log = database::file(chain.path())?;
            std::io::copy(&mut log, &mut copied)
                .and_then(|_| copied.sync_all())
                .map_err(Error::io("write", &copy))?;
        }
        Ok(())
    }

    /// Puts a new master key in force: written to the file `to`, or in place of the old one's file. Returns how many keys it
    /// wraps. Other processes notice by themselves unless they have the old one from the environment.
    ///
    /// # Errors
    /// [`Error::Input`] when the file exists, or none is named and the old key came from the environment.
    pub fn rotate_keys(&self, to: Option<&Path>, actor: &Actor) -> Result<usize, Error> {
        permit(actor, Scope::Maintain)?;
        self.note(actor, "rotate_keys", None, None)?;
        self.stores().keys.rotate(to)
    }

    /// What remains of somebody erased: that, when, and the proof of consent; the latest first.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Storage`].
    pub fn tombstones(&self, id: &PersonId, actor: &Actor) -> Result<Vec<Tombstone>, Error> {
        permit(actor, Scope::Find)?;
        self.note(actor, "tombstones", None, None)?;
        self.stores().keys.tombstones(&subject(&self.inner.ring, id))
    }
}

/// Persons whose row is due.
fn due(desk: &Desk<'_>, today: i64) -> Result<Vec<Handle>, Error> {
    let mut found = desk.tx.prepare("SELECT person FROM rows WHERE kind = 'person' AND expires <= ?1")?;
    Ok(found.query_map(params![today], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
