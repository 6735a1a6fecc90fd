//! The keys that were given out: to whom, for what, why, until when.
//!
//! Invariant: a key is shown once, when it is made; the file keeps its SHA-256. Keys are 256 random bits, so no slow hash is
//! needed. A revoked grant stays in the file: the record of who had access when outlives the access.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::access::Role;

/// Begins every key, so that a leaked one is recognised for what it is.
const PREFIX: &str = "slk_";
/// Random bytes of a key.
const SECRET_BYTES: usize = 32;
/// Longest name and basis, characters.
const TEXT_MAX: usize = 200;

/// A key's role, holder and term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Names the grant; eight hexadecimal digits.
    pub id: String,
    /// Who holds the key: a service or a member of staff.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Why it was given: contract, order, agreement of confidentiality (privacy policy 3.3, 3.8).
    pub basis: String,
    /// When it was given.
    pub granted: Timestamp,
    /// From when on it no longer works.
    pub expires: Option<Timestamp>,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
    /// Requests a second; none: as the settings say.
    pub requests_per_second: Option<u32>,
    /// SHA-256 of the key, hexadecimal.
    hash: String,
}

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// As [`Grant::name`].
    pub name: String,
    /// As [`Grant::role`].
    pub role: Role,
    /// As [`Grant::basis`].
    pub basis: String,
    /// As [`Grant::expires`].
    pub expires: Option<Timestamp>,
    /// As [`Grant::requests_per_second`].
    pub requests_per_second: Option<u32>,
}

/// A grant together with its key, which is told this once.
#[derive(Debug, Clone)]
pub struct Granted {
    /// What is kept.
    pub grant: Grant,
    /// The key.
    pub key: String,
}

/// Why grants cannot be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// The file cannot be read or written.
    #[error("the keys in {path} cannot be read or written")]
    Disk {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The file is damaged.
    #[error(
        "the keys in {path} are damaged; put the file back from a backup, or move it away and give out new keys"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        #[source]
        source: serde_json::Error,
    },
    /// A text is empty or too long.
    #[error("{0} is empty or longer than {TEXT_MAX} characters")]
    Text(&'static str),
    /// There is no such grant.
    #[error("there is no key {0}; `silteme keys list` shows all")]
    Unknown(String),
}

/// The file of grants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Grants {
    path: Arc<Path>,
    read: Arc<Mutex<Read>>,
}

/// What was read last, and from which state of the file.
#[derive(Debug, Default)]
struct Read {
    stamp: Option<(SystemTime, u64)>,
    grants: Vec<Grant>,
}

impl Grants {
    /// The grants of a data directory.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self { path: data.join("keys.json").into(), read: Arc::default() }
    }

    /// Gives out a key.
    ///
    /// # Errors
    /// When a text is empty or too long, or the disk fails.
    pub fn add(&self, new: NewGrant, now: Timestamp) -> Result<Granted, GrantError> {
        for (what, text) in [("the name", &new.name), ("the basis", &new.basis)] {
            if text.trim().is_empty() || text.chars().count() > TEXT_MAX {
                return Err(GrantError::Text(what));
            }
        }
        let key = format!("{PREFIX}{}", hex(&rand::random::<[u8; SECRET_BYTES]>()));
        let grant = Grant {
            id: hex(&rand::random::<[u8; 4]>()),
            name: new.name,
            role: new.role,
            basis: new.basis,
            granted: now,
            expires: new.expires,
            revoked: None,
            requests_per_second: new.requests_per_second,
            hash: hash(&key),
        };
        self.change(|grants| {
            grants.push(grant.clone());
            Ok(())
        })?;
        Ok(Granted { grant, key })
    }

    /// Takes a key back; it does not work from the next request on.
    ///
    /// # Errors
    /// When there is no such grant, or the disk fails.
    pub fn revoke(&self, id: &str, now: Timestamp) -> Result<Grant, GrantError> {
        self.change(|grants| {
            let grant = grants.iter_mut().find(|grant| grant.id == id);
            let grant = grant.ok_or_else(|| GrantError::Unknown(id.to_owned()))?;
            grant.revoked.get_or_insert(now);
            Ok(grant.clone())
        })
    }

    /// Every grant there ever was, in the order of giving.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<Grant>, GrantError> {
        Ok(self.current()?.grants.clone())
    }

    /// The grant of a key, if it is valid now.
    pub(crate) fn holder(&self, key: &str, now: Timestamp) -> Result<Option<Grant>, GrantError> {
        if !key.starts_with(PREFIX) {
            return Ok(None);
        }
        let hash = hash(key);
        let current = self.current()?;
        let grant = current.grants.iter().find(|grant| grant.hash == hash);
        Ok(grant.filter(|grant| grant.is_valid(now)).cloned())
    }

    /// The grants as the file has them now; read again only when it has changed.
    fn current(&self) -> Result<std::sync::MutexGuard<'_, Read>, GrantError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = match fs::metadata(&self.path) {
            Ok(metadata) => Some((metadata.modified().map_err(|e| self.disk(e))?, metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.disk(error)),
        };
        if read.stamp != stamp {
            *read = Read { stamp, grants: self.load()? };
        }
        Ok(read)
    }

    fn load(&self) -> Result<Vec<Grant>, GrantError> {
        match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| GrantError::Damaged { path: self.path.to_path_buf(), source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.disk(error)),
        }
    }

    /// Changes the file: one process at a time, whole or not at all.
    fn change<R>(
        &self,
        change: impl FnOnce(&mut Vec<Grant>) -> Result<R, GrantError>,
    ) -> Result<R, GrantError> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|e| self.disk(e))?;
        let lock = File::create(self.path.with_extension("lock")).map_err(|e| self.disk(e))?;
        lock.lock().map_err(|e| self.disk(e))?;
        let mut grants = self.load()?;
        let done = change(&mut grants)?;
        let text = serde_json::to_vec_pretty(&grants)
            .map_err(|source| GrantError::Damaged { path: self.path.to_path_buf(), source })?;
        let written = self.path.with_extension("new");
        write_private(&written, &text)
            .and_then(|()| fs::rename(&written, &self.path))
            .and_then(|()| File::open(folder)?.sync_all())
            .map_err(|e| self.disk(e))?;
        Ok(done)
    }

    fn disk(&self, source: io::Error) -> GrantError {
        GrantError::Disk { path: self.path.to_path_buf(), source }
    }
}

impl Grant {
    /// Whether the key works at this time.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}

/// Writes a file that only its owner may read.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key))
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
