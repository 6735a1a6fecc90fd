//! The keys, in a database and a folder of their own, so that no backup of the data holds them.
//!
//! Invariant: every key lies wrapped by the master key; a person's key is destroyed before any of their rows, and with it every
//! copy of those rows becomes unreadable.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use crate::consent::Consent;
use crate::master::Master;
use crate::policy::Policies;
use crate::secret::{Key, random};
use crate::{Error, database, day};

const MIGRATIONS: &[&str] = &["
    CREATE TABLE ring (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE person_keys (person BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE tombstones (subject BLOB NOT NULL, erased INTEGER NOT NULL, expires INTEGER NOT NULL, proof TEXT NOT NULL);
    CREATE INDEX tombstones_subject ON tombstones (subject);
    CREATE TABLE policies (version TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
"];

/// A person's number inside the stores: random, and in no answer or log.
pub(crate) type Handle = [u8; 16];

/// The opened keyring.
#[derive(Debug)]
pub(crate) struct Keyring {
    db: Connection,
    master: Master,
    ring: Ring,
}

/// The installation's own keys.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    /// Which data these keys belong to.
    pub(crate) installation: [u8; 16],
    /// Finds persons by id, e-mail, phone.
    pub(crate) index: Key,
    /// Names persons in tickets and tombstones.
    pub(crate) subjects: Key,
    /// Chains the audit log and the journal of disclosures.
    pub(crate) chain: Key,
    /// Encrypts what is kept of requests.
    pub(crate) tickets: Key,
}

/// What remains of somebody erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// The day of the erasure.
    pub erased: Date,
    /// The proof that their data was kept by consent.
    pub proof: Vec<Consent>,
}

impl Keyring {
    /// Opens the keyring in `dir`, making it and, if `may_create`, its keys.
    pub(crate) fn open(dir: &Path, master_file: Option<&Path>, may_create: bool) -> Result<Self, Error> {
        database::folder(dir)?;
        let path = dir.join("keys.sqlite");
        if !may_create && !path.exists() {
            return Err(Error::Keys(format!(
                "there is data of persons but {} holds no keys for it; put the keys back, or set [profiles] keys",
                dir.display()
            )));
        }
        let db = database::open(&path, MIGRATIONS)?;
        let wrapped: Option<Vec<u8>> = ring_value(&db, "ring")?;
        let mut master = Master::find(dir, master_file, wrapped.is_none())?;
        let root = match wrapped {
            Some(wrapped) => master.open(b"ring", &wrapped)?,
            None => Self::create(&db, &mut master)?,
        };
        let installation = ring_value(&db, "installation")?
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| Error::Keys("the keyring has no installation number; it is damaged".to_owned()))?;
        let ring = Ring {
            installation,
            index: root.derive("index"),
            subjects: root.derive("subjects"),
            chain: root.derive("chain"),
            tickets: root.derive("tickets"),
        };
        Ok(Self { db, master, ring })
    }

    /// Makes the first keys; of two processes that try, both end with the same ones.
    fn create(db: &Connection, master: &mut Master) -> Result<Key, Error> {
        let root = Key::random();
        let add = "INSERT OR IGNORE INTO ring VALUES (?1, ?2)";
        db.execute(add, params!["installation", random::<16>()])?;
        db.execute(add, params!["ring", master.key().seal(b"ring", root.bytes())])?;
        master.open(b"ring", &ring_value(db, "ring")?.unwrap_or_default())
    }

    pub(crate) fn ring(&self) -> &Ring {
        &self.ring
    }

    /// Whether the master key was made by this program and lies beside the keys it guards.
    pub(crate) fn is_for_development(&self) -> bool {
        self.master.is_beside_keys()
    }

    /// A new person's key.
    pub(crate) fn add(&mut self, person: &Handle) -> Result<Key, Error> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have put a new master key in force; one that does not open the ring must not wrap anything.
        self.master.open(b"ring", &ring_value(&tx, "ring")?.unwrap_or_default())?;
        let key = Key::random();
        let wrapped = self.master.key().seal(person, key.bytes());
        tx.execute("INSERT INTO person_keys VALUES (?1, ?2)", params![person, wrapped])?;
        tx.commit()?;
        Ok(key)
    }

    /// Takes back a key nothing was written with.
    pub(crate) fn discard(&self, person: &Handle) -> Result<(), Error> {
        self.db.execute("DELETE FROM person_keys WHERE person = ?1", [person])?;
        Ok(())
    }

    /// A person's key, unless it was destroyed.
    pub(crate) fn key(&mut self, person: &Handle) -> Result<Option<Key>, Error> {
        let wrapped: Option<Vec<u8>> = self
            .db
            .query_row("SELECT wrapped FROM person_keys WHERE person = ?1", [person], |row| row.get(0))
            .optional()?;
        wrapped.map(|wrapped| self.master.open(person, &wrapped)).transpose()
    }

    /// Every person who has a key.
    pub(crate) fn persons(&self) -> Result<BTreeSet<Handle>, Error> {
        let mut found = self.db.prepare("SELECT person FROM person_keys")?;
        Ok(found.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Destroys a person's key for good and leaves a tombstone.
    pub(crate) fn destroy(
        &mut self,
        person: &Handle,
        subject: &[u8; 32],
        stone: &Stone,
    ) -> Result<(), Error> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("DELETE FROM person_keys WHERE person = ?1", [person])?;
        tx.execute(
            "INSERT INTO ring VALUES ('erasures', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            [],
        )?;
        let proof = serde_json::to_string(&stone.proof).map_err(|_| Error::damaged("consent"))?;
        tx.execute(
            "INSERT INTO tombstones VALUES (?1, ?2, ?3, ?4)",
            params![subject, day::number(stone.erased), stone.expires, proof],
        )?;
        tx.commit()?;
        self.checkpoint()?;
        Ok(())
    }

    /// How many keys were ever destroyed. Data that has seen fewer holds rows of somebody erased.
    pub(crate) fn erasures(&self) -> Result<i64, Error> {
        let found = self.db.query_row("SELECT value FROM ring WHERE name = 'erasures'", [], |row| row.get(0));
        Ok(found.optional()?.unwrap_or(0))
    }

    /// The tombstones of a subject, the latest first.
    pub(crate) fn tombstones(&self, subject: &[u8; 32]) -> Result<Vec<Tombstone>, Error> {
        let mut found =
            self.db.prepare("SELECT erased, proof FROM tombstones WHERE subject = ?1 ORDER BY rowid DESC")?;
        let rows = found.query_map([subject], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (erased, proof) = row?;
            let proof = serde_json::from_str(&proof).map_err(|_| Error::damaged("tombstone"))?;
            Ok(Tombstone { erased: day::date(erased), proof })
        })
        .collect()
    }

    /// Drops tombstones that are no longer needed.
    pub(crate) fn expire(&self, today: i64) -> Result<usize, Error> {
        Ok(self.db.execute("DELETE FROM tombstones WHERE expires <= ?1", [today])?)
    }

    pub(crate) fn checkpoint(&self) -> Result<bool, Error> {
        database::checkpoint(&self.db)
    }

    /// Remembers the hash of each version seen; a text that was changed afterwards is refused.
    pub(crate) fn pin(&self, policies: &Policies) -> Result<(), Error> {
        for policy in policies.all() {
            self.db.execute(
                "INSERT OR IGNORE INTO policies VALUES (?1, ?2)",
                params![policy.version, policy.hash],
            )?;
            let known: String = self.db.query_row(
                "SELECT hash FROM policies WHERE version = ?1",
                [&policy.version],
                |row| row.get(0),
            )?;
            if known != policy.hash {
                return Err(Error::Setting(format!(
                    "the text of policy {} was changed after it was published; restore it and publish the change as a new version",
                    policy.version
                )));
            }
        }
        Ok(())
    }

    /// Wraps every key anew by a new master key, written to `to` or in place of the one in force; the old one opens nothing
    /// afterwards. Returns how many keys were wrapped.
    pub(crate) fn rotate(&mut self, to: Option<&Path>) -> Result<usize, Error> {
        let next = self.master.prepare(to)?;
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let root = self.master.open(b"ring", &ring_value(&tx, "ring")?.unwrap_or_default())?;
        tx.execute(
            "UPDATE ring SET value = ?1 WHERE name = 'ring'",
            [next.key().seal(b"ring", root.bytes())],
        )?;
        let mut keys: Vec<(Handle, Vec<u8>)> = Vec::new();
        {
            let mut all = tx.prepare("SELECT person, wrapped FROM person_keys")?;
            for row in all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
                keys.push(row?);
            }
        }
        for (person, wrapped) in &keys {
            let key = self.master.open(person, wrapped)?;
            tx.execute(
                "UPDATE person_keys SET wrapped = ?2 WHERE person = ?1",
                params![person, next.key().seal(person, key.bytes())],
            )?;
        }
        tx.commit()?;
        self.master = next;
        self.master.settle()?;
        self.checkpoint()?;
        Ok(keys.len() + 1)
    }
}

/// What an erasure leaves.
pub(crate) struct Stone {
    pub(crate) erased: Timestamp,
    /// The day it goes.
    pub(crate) expires: i64,
    pub(crate) proof: Vec<Consent>,
}

fn ring_value(db: &Connection, name: &str) -> Result<Option<Vec<u8>>, Error> {
    Ok(db.query_row("SELECT value FROM ring WHERE name = ?1", [name], |row| row.get(0)).optional()?)
}
