//! The one door to persons' data. Invariant: every method checks the role first, and what reads personal data writes its line in
//! the audit log before it returns any; if that fails, it returns none.

mod attributes;
mod consents;
mod disclosures;
mod history;
mod rights;
mod tickets;
mod upkeep;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Clock, Timestamp};
use rusqlite::{Connection, TransactionBehavior};

use crate::actor::{Actor, Scope};
use crate::audit::AuditEntry;
use crate::chain::Chain;
use crate::desk::{Desk, MIGRATIONS, Person};
use crate::keyring::{Keyring, Ring, Stone};
use crate::person::PersonId;
use crate::policy::Policies;
use crate::register::Register;
use crate::settings::{Settings, lies_in};
use crate::{Error, database, day};

pub(crate) use self::consents::admit;
pub use self::disclosures::{Disclosed, Disclosure, Transfer};
pub(crate) use self::history::touch;
pub use self::rights::{Export, Query};
pub use self::upkeep::Housekeeping;

/// What [`Profiles::open`] needs.
pub struct Opening<'a> {
    /// Folder of the data: `DATA/profiles`.
    pub dir: &'a Path,
    /// Folder of the keys; see [`Settings::keys_dir`].
    pub keys_dir: &'a Path,
    /// `[profiles]`.
    pub settings: &'a Settings,
    /// The clock that deadlines and retention go by.
    pub clock: Arc<dyn Clock>,
}

/// Persons' data, open. Clones share it; other processes may have it open too.
#[derive(Clone)]
pub struct Profiles {
    inner: Arc<Inner>,
}

struct Inner {
    stores: Mutex<Stores>,
    ring: Ring,
    policies: Policies,
    register: Register,
    settings: Settings,
    clock: Arc<dyn Clock>,
    audit: Chain,
    disclosures: Chain,
    dir: PathBuf,
}

struct Stores {
    db: Connection,
    keys: Keyring,
}

impl Profiles {
    /// Opens the data and finishes what a killed process left: erasures whose key is gone already, rows of a restored backup
    /// whose person was erased since.
    ///
    /// # Errors
    /// [`Error::Residency`] for an undeclared place; [`Error::Setting`] for a wrong register or a changed policy;
    /// [`Error::Keys`] when keys and data do not belong together; [`Error::Storage`] and [`Error::Io`] from the disk.
    pub fn open(opening: &Opening<'_>) -> Result<Self, Error> {
        let settings = opening.settings.clone();
        settings.check().map_err(Error::Setting)?;
        // All of the data folder: beside persons lie counters, logs, the index.
        settings.residency.check(opening.dir.parent().unwrap_or(opening.dir))?;
        settings.residency.check(opening.keys_dir)?;
        if lies_in(opening.keys_dir, opening.dir.parent().unwrap_or(opening.dir))? {
            return Err(Error::Setting(
                "[profiles] keys lies in the data folder, so every backup would hold the keys; name another folder".to_owned(),
            ));
        }
        let register = Register::load(settings.register.as_deref(), &settings)?;
        let policies = Policies::load(settings.policies.as_deref(), Arc::clone(&opening.clock))?;
        database::folder(opening.dir)?;
        let path = opening.dir.join("profiles.sqlite");
        let is_new = !path.exists();
        let keys = Keyring::open(opening.keys_dir, settings.master_key_file.as_deref(), is_new)?;
        keys.pin(&policies)?;
        let ring = keys.ring().clone();
        let db = database::open(&path, MIGRATIONS)?;
        let chain = |name| Chain::new(opening.dir, opening.keys_dir, name, &ring.chain);
        let profiles = Self {
            inner: Arc::new(Inner {
                audit: chain("audit"),
                disclosures: chain("disclosures"),
                stores: Mutex::new(Stores { db, keys }),
                ring,
                policies,
                register,
                settings,
                clock: Arc::clone(&opening.clock),
                dir: opening.dir.to_owned(),
            }),
        };
        profiles.recover()?;
        Ok(profiles)
    }

    /// The policy, version by version.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.inner.policies
    }

    /// The register of fields.
    #[must_use]
    pub fn register(&self) -> &Register {
        &self.inner.register
    }

    /// Whether the master key was made by this program and lies beside the keys it guards: good for development only.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        self.stores().keys.is_for_development()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// One writing transaction: others wait, in this process and beside it.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Desk<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.transaction(TransactionBehavior::Immediate, work)
    }

    /// One reading transaction.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Desk<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.transaction(TransactionBehavior::Deferred, work)
    }

    fn transaction<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut stores = self.stores();
        let Stores { db, keys } = &mut *stores;
        let mut desk = Desk {
            tx: db.transaction_with_behavior(behavior)?,
            keys,
            ring: &self.inner.ring,
            register: &self.inner.register,
            now: self.now(),
            added: Vec::new(),
        };
        match work(&mut desk) {
            Ok(done) => {
                desk.tx.commit()?;
                Ok(done)
            }
            Err(error) => {
                // The keys lie in a database of their own, which this transaction does not roll back.
                for handle in &desk.added {
                    desk.keys.discard(handle)?;
                }
                Err(error)
            }
        }
    }

    fn stores(&self) -> MutexGuard<'_, Stores> {
        // A panic cannot leave a transaction half done: it is rolled back when dropped.
        self.inner.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names something by a hash that only this installation can make.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.inner.ring.index.mac(parts)
    }

    /// Adds a line to the audit log.
    pub(crate) fn note(
        &self,
        actor: &Actor,
        verb: &str,
        person: Option<&Person>,
        case: Option<&str>,
    ) -> Result<(), Error> {
        let subject = person.map(|person| person.core.pseudonym.as_str());
        self.inner.audit.append(self.now(), &AuditEntry::new(actor, verb, subject, case))?;
        Ok(())
    }

    /// Destroys the key, then the rows. A process killed in between leaves rows that nobody can read; the next
    /// [`Profiles::open`] drops them.
    fn erase_now(&self, desk: &mut Desk<'_>, person: &Person) -> Result<(), Error> {
        let stone = Stone {
            erased: desk.now,
            expires: day::after(desk.now, desk.register.keep("proof")),
            proof: person.core.consents.clone(),
        };
        let is_whole = desk.noted_erasures()? == desk.keys.erasures()?;
        desk.keys.destroy(&person.handle, &subject(&self.inner.ring, &person.core.id), &stone)?;
        desk.drop_rows(&person.handle)?;
        // Of an erasure that was killed earlier there may be rows left; that one stays noted as missing.
        if is_whole { desk.note_erasures() } else { Ok(()) }
    }

    /// Empties the write-ahead logs, so that no erased byte stays in them.
    fn checkpoint(&self) -> Result<bool, Error> {
        let stores = self.stores();
        Ok(database::checkpoint(&stores.db)? & stores.keys.checkpoint()?)
    }

    /// Ties data and keys together, and drops rows whose key is gone.
    fn recover(&self) -> Result<(), Error> {
        let dropped = self.write(|desk| {
            let ours = self.inner.ring.installation;
            desk.tx.execute("INSERT OR IGNORE INTO meta VALUES ('installation', ?1)", [ours])?;
            let theirs: [u8; 16] =
                desk.tx.query_row("SELECT value FROM meta WHERE name = 'installation'", [], |row| row.get(0))?;
            if theirs != ours {
                return Err(Error::Keys(
                    "the keys are of another installation than the data; set [profiles] keys to the folder made with it"
                        .to_owned(),
                ));
            }
            desk.drop_keyless()
        })?;
        if dropped > 0 {
            tracing::info!(rows = dropped, "dropped rows of persons who were erased");
            self.checkpoint()?;
        }
        Ok(())
    }
}

/// What a person goes by where nothing may lead back to them.
fn subject(ring: &Ring, id: &PersonId) -> [u8; 32] {
    ring.subjects.mac(&[id.as_str().as_bytes()])
}

fn permit(actor: &Actor, scope: Scope) -> Result<(), Error> {
    if actor.role.may(scope) { Ok(()) } else { Err(Error::NotPermitted { role: actor.role.as_str() }) }
}

impl std::fmt::Debug for Profiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profiles").field("dir", &self.inner.dir).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
