//! One transaction over the rows of persons.
//!
//! Invariant: a row's body is encrypted under its person's key and bound to its kind and id; in plain columns stand random-looking
//! ids, the kind and an expiry day. The order of rows shows the order in which they came, nothing else does.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keyring::{Handle, Keyring, Ring};
use crate::person::{Core, PersonId};
use crate::register::{Kind, Register};
use crate::secret::{Key, random};
use crate::{Error, day};

/// Each entry leads from one version of the schema to the next; new tables are added at the end.
pub(crate) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE rows (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        person BLOB NOT NULL,
        kind TEXT NOT NULL,
        expires INTEGER,
        body BLOB NOT NULL
    );
    CREATE INDEX rows_person ON rows (person, kind, seq);
    CREATE INDEX rows_expires ON rows (expires) WHERE expires IS NOT NULL;
    CREATE TABLE lookups (mac BLOB PRIMARY KEY, person BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX lookups_person ON lookups (person);
    CREATE TABLE tickets (
        id BLOB PRIMARY KEY, subject BLOB NOT NULL, open INTEGER NOT NULL, expires INTEGER, body BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX tickets_subject ON tickets (subject);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
",
    "
    ALTER TABLE lookups ADD COLUMN expires INTEGER;
    CREATE INDEX lookups_expires ON lookups (expires) WHERE expires IS NOT NULL;
",
];

/// What persons are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Id,
    Email,
    Phone,
    /// The token of a session.
    Session,
    /// Issuer and subject of an outside provider, with a line feed between them.
    Provider,
}

impl By {
    fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Session => "session",
            Self::Provider => "provider",
        }
    }
}

/// A person whose rows can be read.
pub(crate) struct Person {
    pub(crate) handle: Handle,
    pub(crate) core: Core,
    bodies: Key,
    ids: Key,
}

/// A transaction with what is needed to read and write in it.
pub(crate) struct Desk<'a> {
    pub(crate) tx: Transaction<'a>,
    pub(crate) keys: &'a mut Keyring,
    pub(crate) ring: &'a Ring,
    pub(crate) register: &'a Register,
    pub(crate) now: model::Timestamp,
    /// Persons whose keys were made in this transaction; it takes the keys back if it fails.
    pub(crate) added: Vec<Handle>,
}

impl Desk<'_> {
    /// The person of an id.
    pub(crate) fn find(&mut self, id: &PersonId) -> Result<Option<Person>, Error> {
        match self.look(By::Id, id.as_str())? {
            Some(handle) => self.load(&handle),
            None => Ok(None),
        }
    }

    /// As [`Desk::find`]; whoever is not there is an error.
    pub(crate) fn known(&mut self, id: &PersonId) -> Result<Person, Error> {
        self.find(id)?.ok_or(Error::Unknown)
    }

    /// The person of a handle; `None` when the key is gone, or when nothing was written with it.
    pub(crate) fn load(&mut self, handle: &Handle) -> Result<Option<Person>, Error> {
        let Some(key) = self.keys.key(handle)? else { return Ok(None) };
        let (bodies, ids) = (key.derive("bodies"), key.derive("ids"));
        let id = row_id(&ids, Kind::Person, "");
        let Some(core) = self.body(&bodies, Kind::Person, &id)? else { return Ok(None) };
        Ok(Some(Person { handle: *handle, core, bodies, ids }))
    }

    /// A new person with a key of their own. Their row is written by [`Desk::save`].
    pub(crate) fn add(&mut self, core: Core) -> Result<Person, Error> {
        let handle = random();
        let key = self.keys.add(&handle)?;
        self.added.push(handle);
        let person = Person { handle, core, bodies: key.derive("bodies"), ids: key.derive("ids") };
        self.link(&person, By::Id, person.core.id.as_str())?;
        Ok(person)
    }

    /// Writes the person's row. It is due when retention from the last use ends, at once when erasure was asked for, and never
    /// under a legal hold.
    pub(crate) fn save(&self, person: &Person) -> Result<(), Error> {
        let expires = match &person.core {
            core if core.held.is_some() => None,
            core if core.erasing.is_some() => Some(0),
            core => Some(day::after(core.used, self.register.keep("account"))),
        };
        self.put(person, Kind::Person, "", expires, &person.core)
    }

    /// Writes a row in place of the one of the same name.
    pub(crate) fn put(
        &self,
        person: &Person,
        kind: Kind,
        name: &str,
        expires: Option<i64>,
        body: &impl Serialize,
    ) -> Result<(), Error> {
        let (id, body) = self.seal(person, kind, name, body)?;
        self.tx
            .prepare(
                "INSERT INTO rows (id, person, kind, expires, body) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET expires = excluded.expires, body = excluded.body",
            )?
            .execute(params![id, person.handle, kind.as_str(), expires, body])?;
        Ok(())
    }

    /// Writes a row unless there is one of the same name; whether it did.
    pub(crate) fn put_new(
        &self,
        person: &Person,
        kind: Kind,
        name: &str,
        expires: Option<i64>,
        body: &impl Serialize,
    ) -> Result<bool, Error> {
        let (id, body) = self.seal(person, kind, name, body)?;
        let written = self
            .tx
            .prepare(
                "INSERT OR IGNORE INTO rows (id, person, kind, expires, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id, person.handle, kind.as_str(), expires, body])?;
        Ok(written == 1)
    }

    /// The rows of a kind, the latest first.
    pub(crate) fn rows<T: DeserializeOwned>(&self, person: &Person, kind: Kind) -> Result<Vec<T>, Error> {
        let mut found =
            self.tx.prepare("SELECT id, body FROM rows WHERE person = ?1 AND kind = ?2 ORDER BY seq DESC")?;
        let rows = found.query_map(params![person.handle, kind.as_str()], |row| {
            Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.map(|row| {
            let (id, sealed) = row?;
            open(&person.bodies, kind, &id, &sealed)
        })
        .collect()
    }

    /// One row.
    pub(crate) fn row<T: DeserializeOwned>(
        &self,
        person: &Person,
        kind: Kind,
        name: &str,
    ) -> Result<Option<T>, Error> {
        self.body(&person.bodies, kind, &row_id(&person.ids, kind, name))
    }

    /// Deletes one row; whether it was there.
    pub(crate) fn remove(&self, person: &Person, kind: Kind, name: &str) -> Result<bool, Error> {
        let id = row_id(&person.ids, kind, name);
        Ok(self.tx.prepare("DELETE FROM rows WHERE id = ?1")?.execute([id])? == 1)
    }

    /// Deletes all rows of a kind.
    pub(crate) fn remove_all(&self, person: &Person, kind: Kind) -> Result<usize, Error> {
        Ok(self.tx.execute(
            "DELETE FROM rows WHERE person = ?1 AND kind = ?2",
            params![person.handle, kind.as_str()],
        )?)
    }

    /// Deletes the earliest rows of a kind beyond the latest `max`.
    pub(crate) fn trim(&self, person: &Person, kind: Kind, max: usize) -> Result<(), Error> {
        self.tx
            .prepare(
                "DELETE FROM rows WHERE person = ?1 AND kind = ?2 AND seq <= (
                     SELECT seq FROM rows WHERE person = ?1 AND kind = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)",
            )?
            .execute(params![person.handle, kind.as_str(), i64::try_from(max).unwrap_or(i64::MAX)])?;
        Ok(())
    }

    /// Deletes everything that carries a handle.
    pub(crate) fn drop_rows(&self, handle: &Handle) -> Result<usize, Error> {
        self.tx.execute("DELETE FROM lookups WHERE person = ?1", [handle])?;
        Ok(self.tx.execute("DELETE FROM rows WHERE person = ?1", [handle])?)
    }

    /// Everybody of whom there is a row or a look-up.
    pub(crate) fn persons(&self) -> Result<BTreeSet<Handle>, Error> {
        let mut found = self.tx.prepare("SELECT person FROM rows UNION SELECT person FROM lookups")?;
        Ok(found.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Drops what an erasure that was killed, or a restored backup, left of persons whose key is gone. Looks only if there
    /// was an erasure that is not noted here.
    pub(crate) fn drop_keyless(&self) -> Result<usize, Error> {
        match self.noted_erasures()?.cmp(&self.keys.erasures()?) {
            Ordering::Equal => return Ok(0),
            Ordering::Less => {}
            // Rows without a key may then be of somebody who came later: nothing is dropped.
            Ordering::Greater => {
                return Err(Error::Keys(
                    "the keys are older than the data: an old copy was put back; put the latest keys in its place"
                        .to_owned(),
                ));
            }
        }
        let with_keys = self.keys.persons()?;
        let mut dropped = 0;
        for handle in self.persons()?.difference(&with_keys) {
            dropped += self.drop_rows(handle)?;
        }
        self.note_erasures()?;
        Ok(dropped)
    }

    /// Notes that the rows of everybody erased so far are dropped.
    pub(crate) fn note_erasures(&self) -> Result<(), Error> {
        let erasures = self.keys.erasures()?;
        self.tx.execute("INSERT OR REPLACE INTO meta VALUES ('erasures', ?1)", [erasures])?;
        Ok(())
    }

    /// How many erasures had been when that was noted last. Of a restored backup these are fewer than the keys know of.
    pub(crate) fn noted_erasures(&self) -> Result<i64, Error> {
        let found = self.tx.query_row("SELECT value FROM meta WHERE name = 'erasures'", [], |row| row.get(0));
        Ok(found.optional()?.unwrap_or(0))
    }

    /// Lets a person be found; another person who has the same value already is an error.
    pub(crate) fn link(&self, person: &Person, by: By, value: &str) -> Result<(), Error> {
        self.link_until(person, by, value, None)
    }

    /// As [`Desk::link`], until a day.
    pub(crate) fn link_until(
        &self,
        person: &Person,
        by: By,
        value: &str,
        expires: Option<i64>,
    ) -> Result<(), Error> {
        if self.look(by, value)?.is_some_and(|holder| holder != person.handle) {
            return Err(Error::Taken { what: by.as_str() });
        }
        self.tx
            .prepare("INSERT OR IGNORE INTO lookups (mac, person, expires) VALUES (?1, ?2, ?3)")?
            .execute(params![self.lookup(by, value), person.handle, expires])?;
        Ok(())
    }

    pub(crate) fn unlink(&self, by: By, value: &str) -> Result<(), Error> {
        self.tx.execute("DELETE FROM lookups WHERE mac = ?1", [self.lookup(by, value)])?;
        Ok(())
    }

    /// Ends every session of a person.
    pub(crate) fn end_sessions(&self, person: &Person) -> Result<(), Error> {
        // Of all look-ups, only those of sessions have a term.
        self.tx.execute("DELETE FROM lookups WHERE person = ?1 AND expires IS NOT NULL", [person.handle])?;
        self.remove_all(person, Kind::Session)?;
        Ok(())
    }

    pub(crate) fn look(&self, by: By, value: &str) -> Result<Option<Handle>, Error> {
        Ok(self
            .tx
            .prepare("SELECT person FROM lookups WHERE mac = ?1")?
            .query_row([self.lookup(by, value)], |row| row.get(0))
            .optional()?)
    }

    fn lookup(&self, by: By, value: &str) -> [u8; 32] {
        // Mail hosts fold case and people write their address in either; other ids are taken as they are.
        let value = if by == By::Email { value.to_lowercase() } else { value.to_owned() };
        self.ring.index.mac(&[by.as_str().as_bytes(), value.as_bytes()])
    }

    fn seal(
        &self,
        person: &Person,
        kind: Kind,
        name: &str,
        body: &impl Serialize,
    ) -> Result<([u8; 16], Vec<u8>), Error> {
        let value = serde_json::to_value(body).map_err(|_| Error::damaged(kind.as_str()))?;
        if !matches!(kind, Kind::Attribute | Kind::Derived) {
            self.register.check_row(kind, &value)?;
        }
        let id = row_id(&person.ids, kind, name);
        Ok((id, person.bodies.seal(&place(kind, &id), value.to_string().as_bytes())))
    }

    fn body<T: DeserializeOwned>(&self, key: &Key, kind: Kind, id: &[u8; 16]) -> Result<Option<T>, Error> {
        self.tx
            .prepare("SELECT body FROM rows WHERE id = ?1")?
            .query_row([id], |row| row.get::<_, Vec<u8>>(0))
            .optional()?
            .map(|sealed| open(key, kind, id, &sealed))
            .transpose()
    }
}

impl Person {
    /// A row of this person as JSON, if it opens.
    pub(crate) fn peek(&self, kind: Kind, id: &[u8; 16], sealed: &[u8]) -> Result<serde_json::Value, Error> {
        open(&self.bodies, kind, id, sealed)
    }
}

fn row_id(ids: &Key, kind: Kind, name: &str) -> [u8; 16] {
    ids.row_id(&[kind.as_str().as_bytes(), name.as_bytes()])
}

/// What a body is bound to.
fn place(kind: Kind, id: &[u8; 16]) -> Vec<u8> {
    [kind.as_str().as_bytes(), id].concat()
}

fn open<T: DeserializeOwned>(key: &Key, kind: Kind, id: &[u8; 16], sealed: &[u8]) -> Result<T, Error> {
    let plain = key.open(&place(kind, id), sealed).ok_or_else(|| Error::damaged(kind.as_str()))?;
    serde_json::from_slice(&plain).map_err(|_| Error::damaged(kind.as_str()))
}
