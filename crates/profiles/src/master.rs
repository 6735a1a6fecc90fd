//! The master key, which wraps all others.
//!
//! Invariant: it is held in memory and read from the environment or one file, never stored with what it wraps unless this program
//! made it there for development. A new master key is on disk before anything is wrapped by it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

use crate::secret::{Key, random};
use crate::{Error, database};

/// The variable that holds the master key.
const VARIABLE: &str = "SILTEME_MASTER_KEY";

/// The master key in force, and where it came from.
#[derive(Debug)]
pub(crate) struct Master {
    key: Key,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Environment,
    File { path: PathBuf, is_default: bool },
}

impl Master {
    /// From the environment, the file named, or the file in `dir`, which is made if `may_create`.
    pub(crate) fn find(dir: &Path, file: Option<&Path>, may_create: bool) -> Result<Self, Error> {
        if let Ok(text) = std::env::var(VARIABLE) {
            return Ok(Self { key: parse(&Zeroizing::new(text), VARIABLE)?, source: Source::Environment });
        }
        let path = file.map_or_else(|| dir.join("master.key"), Path::to_owned);
        if may_create && file.is_none() && create(&path)? {
            tracing::warn!(
                file = %path.display(),
                "made a master key beside the keys: good for development; elsewhere set SILTEME_MASTER_KEY or [profiles] master_key_file"
            );
        }
        Ok(Self { key: read(&path)?, source: Source::File { path, is_default: file.is_none() } })
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    pub(crate) fn is_beside_keys(&self) -> bool {
        matches!(self.source, Source::File { is_default: true, .. })
    }

    /// Unwraps a key. When it does not open, the master key may have been replaced since it was read.
    pub(crate) fn open(&mut self, place: &[u8], wrapped: &[u8]) -> Result<Key, Error> {
        if let Some(key) = unwrap(&self.key, place, wrapped) {
            return Ok(key);
        }
        if let Source::File { path, .. } = &self.source {
            // A rotation that was killed between wrapping and renaming leaves the key in force beside the old one.
            for path in [path.clone(), next_to(path)] {
                let Ok(fresh) = read(&path) else { continue };
                if let Some(key) = unwrap(&fresh, place, wrapped) {
                    self.key = fresh;
                    return Ok(key);
                }
            }
        }
        Err(Error::Keys(format!(
            "the master key does not open the keyring; set {VARIABLE} or [profiles] master_key_file to the one in force"
        )))
    }

    /// A new master key, on disk: in `to`, or beside the one in force until [`Master::settle`].
    pub(crate) fn prepare(&self, to: Option<&Path>) -> Result<Self, Error> {
        let key = Key::random();
        let source = match (to, &self.source) {
            (Some(to), _) if to.exists() => {
                return Err(Error::Input("the file for the new master key exists already".to_owned()));
            }
            (Some(to), _) => {
                write(to, &key)?;
                Source::File { path: to.to_owned(), is_default: false }
            }
            (None, Source::File { path, .. }) => {
                write(&next_to(path), &key)?;
                self.source.clone()
            }
            (None, Source::Environment) => {
                return Err(Error::Input(format!(
                    "the master key is in {VARIABLE}; name a file for the new one"
                )));
            }
        };
        Ok(Self { key, source })
    }

    /// Puts a prepared key in the place of the old one.
    pub(crate) fn settle(&self) -> Result<(), Error> {
        let Source::File { path, .. } = &self.source else { return Ok(()) };
        let next = next_to(path);
        if next.exists() {
            std::fs::rename(&next, path).map_err(Error::io("write", path))?;
        }
        Ok(())
    }
}

fn unwrap(master: &Key, place: &[u8], wrapped: &[u8]) -> Option<Key> {
    master.open(place, wrapped).and_then(|bytes| Key::from_bytes(&bytes))
}

fn next_to(path: &Path) -> PathBuf {
    path.with_extension("next")
}

fn read(path: &Path) -> Result<Key, Error> {
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(path)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(Error::io("read", path))?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, origin: &str) -> Result<Key, Error> {
    HEXLOWER_PERMISSIVE
        .decode(text.trim().as_bytes())
        .ok()
        .map(Zeroizing::new)
        .and_then(|bytes| Key::from_bytes(&bytes))
        .ok_or_else(|| Error::Keys(format!("{origin} is not a master key; it has 64 hexadecimal digits")))
}

/// Makes a new master key unless there is one; whether it did. Of processes that try at once all end with the same.
fn create(path: &Path) -> Result<bool, Error> {
    if path.exists() {
        return Ok(false);
    }
    let own = path.with_extension(HEXLOWER_PERMISSIVE.encode(&random::<8>()));
    write(&own, &Key::random())?;
    let made = match std::fs::hard_link(&own, path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        linked => linked.map(|()| true),
    };
    std::fs::remove_file(&own).map_err(Error::io("delete", &own))?;
    made.map_err(Error::io("write", path))
}

/// Writes a key as text, whole or not at all.
fn write(path: &Path, key: &Key) -> Result<(), Error> {
    let temporary = path.with_added_extension("new");
    let text = Zeroizing::new(format!("{}\n", HEXLOWER_PERMISSIVE.encode(key.bytes())));
    let mut file = database::file(&temporary)?;
    file.set_len(0)
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.sync_all())
        .map_err(Error::io("write", &temporary))?;
    std::fs::rename(&temporary, path).map_err(Error::io("write", path))
}
