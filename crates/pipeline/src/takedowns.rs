//! What must never be shown or crawled again: the takedown journal.
//!
//! `forget` appends one line and every answer of every process honours it from then on; purging the bytes from the stores
//! may come later, when their writer gets to it, and is recorded too. Only hashes of what was taken down are kept.
//!
//! Until the purge is done, what is to be purged stands in plain beside the journal; with the purge it goes.
//!
//! Invariant: a line, once durable, is never dropped or reordered; a torn last line (kill -9) is ignored.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use frontier::Takedown;
use model::{CanonicalUrl, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Error;

/// The journal of one data directory, as last read.
#[derive(Debug, Clone, Default)]
pub struct Takedowns {
    path: PathBuf,
    len_read: u64,
    entries: Vec<Entry>,
    purged: HashSet<u64>,
    urls: HashSet<[u8; 32]>,
    hosts: HashSet<[u8; 32]>,
    prefixes: HashSet<(usize, [u8; 32])>,
}

/// One takedown, without the name of what was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Number in the journal, from 1.
    pub id: u64,
    /// When it was asked for.
    pub at: Timestamp,
    /// `url`, `prefix` or `host`.
    pub kind: Kind,
    /// Length of the prefix in bytes; 0 for the other kinds.
    pub length: usize,
    /// SHA-256 of the canonical URL, the prefix or the host, in hexadecimal.
    pub hash: String,
    /// The operator's words.
    pub reason: Option<String>,
}

/// What a takedown names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One URL in all its spellings.
    Url,
    /// Every URL that begins so.
    Prefix,
    /// Every URL of a host.
    Host,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Taken(Entry),
    Purged { purged: u64, at: Timestamp },
}

impl Takedowns {
    /// Reads the journal under a data directory; none yet means nothing was taken down.
    ///
    /// # Errors
    /// [`Error::Disk`] when it exists and cannot be read.
    pub fn load(data: &Path) -> Result<Self, Error> {
        let mut journal = Self { path: data.join("takedowns.ndjson"), ..Self::default() };
        journal.refresh()?;
        Ok(journal)
    }

    /// Reads what other processes have added; true when there was anything.
    ///
    /// # Errors
    /// As [`Takedowns::load`].
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let len = match fs::metadata(&self.path) {
            Ok(meta) => meta.len(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(Error::disk("read", &self.path, e)),
        };
        if len == self.len_read {
            return Ok(false);
        }
        let text = fs::read(&self.path).map_err(|e| Error::disk("read", &self.path, e))?;
        let path = std::mem::take(&mut self.path);
        *self = Self { path, len_read: text.len() as u64, ..Self::default() };
        for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
            match serde_json::from_slice(line) {
                Ok(Line::Taken(entry)) => self.take_in(entry),
                Ok(Line::Purged { purged, .. }) => {
                    self.purged.insert(purged);
                }
                Err(error) => tracing::warn!(%error, "a line of the takedown journal is unreadable"),
            }
        }
        Ok(true)
    }

    /// Records a takedown durably and returns it; asking twice for the same thing records it once.
    ///
    /// # Errors
    /// [`Error::Disk`] when the journal cannot be written; then nothing was recorded.
    pub fn record(
        &mut self,
        takedown: &Takedown,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Entry, Error> {
        self.refresh()?;
        let (kind, text) = match takedown {
            Takedown::Url(url) => (Kind::Url, url.canonical().to_owned()),
            Takedown::Prefix(prefix) => (Kind::Prefix, prefix.clone()),
            Takedown::Host(host) => (Kind::Host, host.to_ascii_lowercase()),
        };
        let hash = hex(&Sha256::digest(&text));
        if let Some(known) = self.entries.iter().find(|entry| entry.kind == kind && entry.hash == hash) {
            return Ok(known.clone());
        }
        let id = self.entries.last().map_or(1, |entry| entry.id + 1);
        self.write_plain(id, kind, &text)?;
        let length = if kind == Kind::Prefix { text.len() } else { 0 };
        let entry = Entry { id, at, kind, length, hash, reason: reason.map(str::to_owned) };
        self.write(&Line::Taken(entry.clone()))?;
        self.take_in(entry.clone());
        Ok(entry)
    }

    /// Records that nothing of a takedown is left in any store.
    ///
    /// # Errors
    /// As [`Takedowns::record`].
    pub fn record_purged(&mut self, id: u64, at: Timestamp) -> Result<(), Error> {
        self.write(&Line::Purged { purged: id, at })?;
        self.purged.insert(id);
        let path = self.plain_path(id);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::disk("remove", &path, e)),
            _ => Ok(()),
        }
    }

    /// What is still to be purged, in plain.
    ///
    /// # Errors
    /// [`Error::Disk`] when it cannot be read.
    pub fn pending_plain(&self) -> Result<Vec<(u64, Takedown)>, Error> {
        let mut plain = Vec::new();
        for entry in self.pending() {
            let path = self.plain_path(entry.id);
            let text = fs::read_to_string(&path).map_err(|e| Error::disk("read", &path, e))?;
            let takedown = match entry.kind {
                Kind::Url => CanonicalUrl::parse(&text).ok().map(Takedown::Url),
                Kind::Prefix => Some(Takedown::Prefix(text)),
                Kind::Host => Some(Takedown::Host(text)),
            };
            plain.extend(takedown.map(|takedown| (entry.id, takedown)));
        }
        Ok(plain)
    }

    fn plain_path(&self, id: u64) -> PathBuf {
        self.path.with_file_name(format!("takedown-{id}.pending"))
    }

    /// Before the journal line, so that a line without its plain text is one that was purged.
    fn write_plain(&self, id: u64, kind: Kind, text: &str) -> Result<(), Error> {
        let path = self.plain_path(id);
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = fs::File::create(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        tracing::debug!(id, ?kind, "takedown noted for the purge");
        write().map_err(|e| Error::disk("write", &path, e))
    }

    /// Takedowns whose bytes are still in some store.
    pub fn pending(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !self.purged.contains(&entry.id))
    }

    /// Every takedown, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether a URL, in any spelling, has been taken down.
    #[must_use]
    pub fn hides(&self, url: &str) -> bool {
        if self.entries.is_empty() {
            return false;
        }
        let Ok(parsed) = CanonicalUrl::parse(url) else { return self.hides_prefix(url) };
        self.urls.contains(&digest(parsed.canonical()))
            || self.hosts.contains(&digest(parsed.host()))
            || self.hides_prefix(url)
            || self.hides_prefix(parsed.url().as_str())
            || self.hides_prefix(parsed.canonical())
    }

    fn hides_prefix(&self, url: &str) -> bool {
        self.prefixes.iter().any(|(length, hash)| {
            url.as_bytes().get(..*length).is_some_and(|head| Sha256::digest(head)[..] == hash[..])
        })
    }

    fn take_in(&mut self, entry: Entry) {
        if let Some(hash) = unhex(&entry.hash) {
            match entry.kind {
                Kind::Url => drop(self.urls.insert(hash)),
                Kind::Host => drop(self.hosts.insert(hash)),
                Kind::Prefix => drop(self.prefixes.insert((entry.length, hash))),
            }
        }
        self.entries.push(entry);
    }

    fn write(&mut self, line: &Line) -> Result<(), Error> {
        let io = |e| Error::disk("write", &self.path, e);
        if let Some(dir) = self.path.parent() {
            fs::create_dir_all(dir).map_err(io)?;
        }
        let mut text = serde_json::to_vec(line).map_err(|e| io(e.into()))?;
        text.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path).map_err(io)?;
        // A line torn by an earlier crash must not swallow this one.
        if file.metadata().map_err(io)?.len() > 0 && !ends_with_newline(&self.path).map_err(io)? {
            text.insert(0, b'\n');
        }
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(io)
    }
}

fn ends_with_newline(path: &Path) -> std::io::Result<bool> {
    Ok(fs::read(path)?.last() == Some(&b'\n'))
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
