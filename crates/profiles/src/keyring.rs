//! The keys, in a database and a folder of their own, so that no backup of the data holds them.
//!
//! Invariant: every key lies wrapped by the master key; a person's key is destroyed before any of their rows, and with it every
//! copy of those rows becomes unreadable.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::consent::Consent;
use crate::policy::Policies;
use crate::secret::{Key, random};
use crate::{Error, database, day};

/// The variable that holds the master key.
const MASTER_VARIABLE: &str = "SILTEME_MASTER_KEY";

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
    master: Key,
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
    /// The day of the erasure, counted from 1970-01-01.
    pub erased_day: i64,
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
        let master = master_key(dir, master_file, wrapped.is_none())?;
        let root = match wrapped {
            Some(wrapped) => unwrap(&master, b"ring", &wrapped)?,
            None => Self::create(&db, &master)?,
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
    fn create(db: &Connection, master: &Key) -> Result<Key, Error> {
        let root = Key::random();
        let add = "INSERT OR IGNORE INTO ring VALUES (?1, ?2)";
        db.execute(add, params!["installation", random::<16>()])?;
        db.execute(add, params!["ring", master.seal(b"ring", root.bytes())])?;
        unwrap(master, b"ring", &ring_value(db, "ring")?.unwrap_or_default())
    }

    pub(crate) fn ring(&self) -> &Ring {
        &self.ring
    }

    /// A new person's key.
    pub(crate) fn add(&self, person: &Handle) -> Result<Key, Error> {
        let key = Key::random();
        let wrapped = self.master.seal(person, key.bytes());
        self.db.execute("INSERT INTO person_keys VALUES (?1, ?2)", params![person, wrapped])?;
        Ok(key)
    }

    /// A person's key, unless it was destroyed.
    pub(crate) fn key(&self, person: &Handle) -> Result<Option<Key>, Error> {
        self.db
            .prepare("SELECT wrapped FROM person_keys WHERE person = ?1")?
            .query_row([person], |row| row.get::<_, Vec<u8>>(0))
            .optional()?
            .map(|wrapped| unwrap(&self.master, person, &wrapped))
            .transpose()
    }

    /// Every person who has a key.
    pub(crate) fn persons(&self) -> Result<Vec<Handle>, Error> {
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
        let proof = serde_json::to_string(&stone.proof).map_err(|_| Error::damaged("consent"))?;
        tx.execute(
            "INSERT INTO tombstones VALUES (?1, ?2, ?3, ?4)",
            params![subject, day::number(stone.erased), stone.expires, proof],
        )?;
        tx.commit()?;
        self.checkpoint()?;
        Ok(())
    }

    /// Destroys a key of whom no row can be read; there is nothing to prove then.
    pub(crate) fn discard(&self, person: &Handle) -> Result<(), Error> {
        self.db.execute("DELETE FROM person_keys WHERE person = ?1", [person])?;
        Ok(())
    }

    /// The tombstones of a subject, the latest first.
    pub(crate) fn tombstones(&self, subject: &[u8; 32]) -> Result<Vec<Tombstone>, Error> {
        let mut found =
            self.db.prepare("SELECT erased, proof FROM tombstones WHERE subject = ?1 ORDER BY rowid DESC")?;
        let rows = found.query_map([subject], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (erased_day, proof) = row?;
            let proof = serde_json::from_str(&proof).map_err(|_| Error::damaged("tombstone"))?;
            Ok(Tombstone { erased_day, proof })
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

    /// Wraps every key anew by `master`; the old master key opens nothing afterwards.
    pub(crate) fn rotate(&mut self, master: Key) -> Result<usize, Error> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut keys: Vec<(Handle, Vec<u8>)> = Vec::new();
        {
            let mut all = tx.prepare("SELECT person, wrapped FROM person_keys")?;
            for row in all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
                keys.push(row?);
            }
        }
        for (person, wrapped) in &keys {
            let key = unwrap(&self.master, person, wrapped)?;
            tx.execute(
                "UPDATE person_keys SET wrapped = ?2 WHERE person = ?1",
                params![person, master.seal(person, key.bytes())],
            )?;
        }
        let root = unwrap(&self.master, b"ring", &ring_value(&tx, "ring")?.unwrap_or_default())?;
        tx.execute("UPDATE ring SET value = ?1 WHERE name = 'ring'", [master.seal(b"ring", root.bytes())])?;
        tx.commit()?;
        self.master = master;
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

fn unwrap(master: &Key, place: &[u8], wrapped: &[u8]) -> Result<Key, Error> {
    master.open(place, wrapped).and_then(|bytes| Key::from_bytes(&bytes)).ok_or_else(|| {
        Error::Keys(format!(
            "the master key does not open the keyring; set {MASTER_VARIABLE} or [profiles] master_key_file to the key it was made with"
        ))
    })
}

/// The file the master key is in when neither the environment nor the settings name one.
pub(crate) fn default_master(dir: &Path) -> PathBuf {
    dir.join("master.key")
}

/// From the environment, the file named, or the file in `dir`, which is made if `may_create`.
fn master_key(dir: &Path, file: Option<&Path>, may_create: bool) -> Result<Key, Error> {
    if let Ok(text) = std::env::var(MASTER_VARIABLE) {
        return parse_key(&Zeroizing::new(text), MASTER_VARIABLE);
    }
    let path = file.map_or_else(|| default_master(dir), Path::to_owned);
    if !path.exists() && file.is_none() && may_create {
        write_key(&path, &Key::random())?;
        tracing::warn!(
            file = %path.display(),
            "made a master key beside the keys: good for development; in production keep it elsewhere (SILTEME_MASTER_KEY or [profiles] master_key_file)"
        );
    }
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(&path)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(Error::io("read", &path))?;
    parse_key(&text, &path.display().to_string())
}

fn parse_key(text: &str, origin: &str) -> Result<Key, Error> {
    HEXLOWER_PERMISSIVE
        .decode(text.trim().as_bytes())
        .ok()
        .map(Zeroizing::new)
        .and_then(|bytes| Key::from_bytes(&bytes))
        .ok_or_else(|| Error::Keys(format!("{origin} is not a master key; it has 64 hexadecimal digits")))
}

/// Writes a key as text, whole or not at all; an existing file is replaced.
pub(crate) fn write_key(path: &Path, key: &Key) -> Result<(), Error> {
    let temporary = path.with_extension("new");
    let text = Zeroizing::new(format!("{}\n", HEXLOWER_PERMISSIVE.encode(key.bytes())));
    let mut file = database::file(&temporary)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::io("write", &temporary))?;
    std::fs::rename(&temporary, path).map_err(Error::io("write", path))
}
