//! What publishers withdrew and the files still hold: `noindex`, 404 and 410, and the end of availability.
//!
//! Answers leave such pages out at once (the index and `unavailable_after` see to it). Their bytes go with a purge that is due
//! once the oldest has waited for half of `[index] purge_within`; whoever has the stores open for writing runs it.
//!
//! Invariant: a line is durable before the index commits the removal, and goes only after the bytes are gone or the publisher
//! has taken the withdrawal back; so a kill at any instant leaves nothing behind for good.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use archive::{ArchiveSource, Reach};
use indexer::LinkSource;
use model::{CanonicalUrl, Timestamp};

use crate::Error;
use crate::derive::{Derived, Withdrawn};
use crate::forget::take_out;
use crate::stores::Stores;

/// The file of withdrawals under a data directory.
#[derive(Debug, Clone)]
pub(crate) struct Withdrawals {
    path: PathBuf,
}

impl Withdrawals {
    pub(crate) fn of(data: &Path) -> Self {
        Self { path: data.join("withdrawn.ndjson") }
    }

    /// Notes, durably, what was withdrawn.
    ///
    /// # Errors
    /// [`Error::Disk`] when it cannot be written.
    pub(crate) fn note(&self, derived: &[Derived]) -> Result<(), Error> {
        let mut lines = Vec::new();
        for one in derived.iter().filter_map(|one| one.withdrawn.as_ref()) {
            push_line(&mut lines, one);
        }
        if lines.is_empty() {
            return Ok(());
        }
        // A line torn by an earlier kill must not swallow the first of these.
        lines.insert(0, b'\n');
        let append = || {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            file.write_all(&lines)?;
            file.sync_data()
        };
        append().map_err(|e| Error::disk("write", &self.path, e))
    }

    /// Everything noted, the latest of each URL.
    ///
    /// # Errors
    /// [`Error::Disk`] when it cannot be read.
    pub(crate) fn read(&self) -> Result<BTreeMap<String, Withdrawn>, Error> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(e) => return Err(Error::disk("read", &self.path, e)),
        };
        let mut noted: BTreeMap<String, Withdrawn> = BTreeMap::new();
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(|e| Error::disk("read", &self.path, e))?;
            if let Ok(one) = serde_json::from_slice::<Withdrawn>(&line) {
                // Whoever withdraws again does not move the deadline.
                noted
                    .entry(one.url.clone())
                    .and_modify(|known| known.at = known.at.min(one.at))
                    .or_insert(one);
            }
        }
        Ok(noted)
    }

    /// Keeps only these, atomically and durably.
    ///
    /// # Errors
    /// [`Error::Disk`] when it cannot be written.
    pub(crate) fn replace<'a>(&self, kept: impl Iterator<Item = &'a Withdrawn>) -> Result<(), Error> {
        let mut lines = Vec::new();
        for one in kept {
            push_line(&mut lines, one);
        }
        let temporary = self.path.with_extension("tmp");
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(&lines)?;
            file.sync_all()?;
            fs::rename(&temporary, &self.path)?;
            self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        };
        write().map_err(|e| Error::disk("replace", &self.path, e))
    }
}

fn push_line(lines: &mut Vec<u8>, one: &Withdrawn) {
    if let Ok(line) = serde_json::to_vec(one) {
        lines.extend_from_slice(&line);
        lines.push(b'\n');
    }
}

/// Whether a purge is due at `now`: the oldest withdrawal has waited for half of `within`.
///
/// # Errors
/// [`Error::Disk`] when the file cannot be read.
pub(crate) fn is_due(data: &Path, within: Duration, now: Timestamp) -> Result<bool, Error> {
    let noted = Withdrawals::of(data).read()?;
    Ok(noted.values().any(|one| one.at <= now && model::time::until(one.at, now) >= within / 2))
}

/// Takes every withdrawn page out of all files, if that is due; returns how many.
///
/// # Errors
/// Failures of the stores; what is left is still noted.
pub fn purge_withdrawn(stores: &mut Stores) -> Result<u64, Error> {
    let now = stores.clock.now();
    if !is_due(&stores.data, stores.settings.index.purge_within.0, now)? {
        return Ok(0);
    }
    let withdrawals = Withdrawals::of(&stores.data);
    let (due, mut kept): (Vec<_>, Vec<_>) = withdrawals.read()?.into_values().partition(|one| one.at <= now);
    let mut doomed = HashSet::new();
    let mut keys = Vec::new();
    for mut one in due {
        if let Some(back) = stores.index.get(&[one.key], now)?.into_iter().flatten().next() {
            // Taken back; perhaps until another day.
            if let Some(until) = back.document.directives.unavailable_after {
                one.at = until;
                kept.push(one);
            }
            continue;
        }
        keys.push(one.key);
        keys.extend(CanonicalUrl::parse(&one.url).map(|url| url.key()));
        if stores.archive.lookup(&one.url)?.iter().any(|entry| entry.status < 400) {
            doomed.insert(one.url);
        }
    }
    stores.links.remove(&keys)?;
    take_out(stores, &keys, &|url| doomed.contains(url), Reach::Visits)?;
    withdrawals.replace(kept.iter())?;
    tracing::info!(pages = doomed.len(), "withdrawn pages purged");
    Ok(doomed.len() as u64)
}

#[cfg(test)]
mod tests;
