//! Takedown: out of answers at once, then out of every store.
//!
//! Invariant: the journal line comes first. Whatever happens after it, nothing taken down is answered or crawled again,
//! and whoever next opens the stores for writing completes the purge.

use std::path::Path;
use std::sync::Arc;

use archive::{ArchiveSource, ArchiveStore, Reach};
use frontier::Takedown;
use indexer::{Index, IndexWriter, LinkSource, Removal};
use model::{CanonicalUrl, Clock, Timestamp, UrlKey};
use serde::Serialize;

use crate::stores::{Stores, hide_taken_down, index_dir};
use crate::takedowns::Takedowns;
use crate::withdrawals::Withdrawals;
use crate::{Error, Settings};

/// Documents looked at per step of a purge.
const STEP: usize = 256;

/// The answer to a takedown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// Documents purged from every store.
    pub forgotten: u64,
    /// Documents hidden already, whose bytes the process that now writes will purge.
    pub pending: u64,
    /// That process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<String>,
    /// The links concerned, for stores that know them by key alone.
    #[serde(skip)]
    pub links: Vec<UrlKey>,
}

/// Takes something down.
///
/// # Errors
/// When the journal cannot be written (then nothing was taken down), or a store fails during the purge (then it is hidden,
/// and the purge goes on at the next command that writes).
pub fn forget(
    data: &Path,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    takedown: &Takedown,
    reason: Option<&str>,
) -> Result<Forgotten, Error> {
    let mut journal = Takedowns::load(data)?;
    let doomed = doomed_documents(data, settings, &**clock, takedown)?;
    journal.record(takedown, reason, clock.now())?;
    let count = doomed.len() as u64;
    match Stores::open(data, settings, Arc::clone(clock), "forget") {
        // Opening the stores for writing has purged what the journal lists.
        Ok(_) => Ok(Forgotten { forgotten: count, pending: 0, waiting_for: None, links: doomed }),
        Err(Error::Busy { holder, .. }) => {
            Ok(Forgotten { forgotten: 0, pending: count, waiting_for: Some(holder), links: doomed })
        }
        Err(e) => Err(e),
    }
}

/// Purges whatever the journal lists and the stores still hold; returns the number of documents removed.
///
/// # Errors
/// Failures of the stores; the journal still lists what is left.
pub fn purge_pending(stores: &mut Stores) -> Result<u64, Error> {
    stores.takedowns.refresh()?;
    let pending = stores.takedowns.pending_plain()?;
    if pending.is_empty() {
        return Ok(0);
    }
    for (_, takedown) in &pending {
        stores.frontier.lock().forget(takedown, stores.clock.now())?;
    }
    let takedowns = stores.takedowns.clone();
    let doomed = |url: &str| takedowns.hides(url);
    let keys = hidden_keys(stores, &doomed)?;
    stores.links.forget(&stores.data, &doomed)?;
    let withdrawals = Withdrawals::of(&stores.data);
    let noted = withdrawals.read()?;
    if noted.keys().any(|url| doomed(url)) {
        withdrawals.replace(noted.values().filter(|one| !doomed(&one.url)))?;
    }
    take_out(stores, &keys, &doomed, Reach::Names)?;
    for (id, _) in pending {
        stores.takedowns.record_purged(id, stores.clock.now())?;
    }
    tracing::info!(documents = keys.len(), "takedowns purged");
    Ok(keys.len() as u64)
}

/// Takes documents out of the index, deletions out of the files of index and link graph, and doomed URLs out of the archive.
///
/// # Errors
/// Failures of the stores. Positions of the archive change on the way: a kill leaves a mark that makes the next writer replay
/// everything.
pub(crate) fn take_out(
    stores: &mut Stores,
    keys: &[UrlKey],
    doomed: &dyn Fn(&str) -> bool,
    reach: Reach,
) -> Result<(), Error> {
    let now = stores.clock.now();
    let end = stores.archive.end();
    stores.writer.delete(keys, Removal::Withdrawn)?;
    stores.writer.commit(end, now)?;
    stores.writer.purge()?;
    stores.links.purge(end, now)?;
    // What a killed reindex left holds the same texts, and its checkpoint is about to become void.
    stores.index.begin_generation()?.abandon()?;
    stores.begin_erasing()?;
    let erased = stores.archive.erase_within(doomed, reach)?;
    stores.frontier.lock().settle(&[], erased.end, now)?;
    stores.writer.commit(erased.end, now)?;
    stores.links.commit(erased.end, now)?;
    stores.end_erasing()?;
    tracing::info!(records = erased.records, rewritten = erased.rewritten, "the archive was rewritten");
    Ok(())
}

/// Keys of the documents the index holds although they are taken down. Asked of an index that hides nothing.
fn hidden_keys(stores: &Stores, doomed: &dyn Fn(&str) -> bool) -> Result<Vec<UrlKey>, Error> {
    let index = Index::open(&index_dir(&stores.data), stores.settings.index.clone())?;
    matching(&index, stores.clock.now(), doomed)
}

/// Which documents a takedown concerns, before it is recorded.
fn doomed_documents(
    data: &Path,
    settings: &Settings,
    clock: &dyn Clock,
    takedown: &Takedown,
) -> Result<Vec<UrlKey>, Error> {
    let index = Index::open(&index_dir(data), settings.index.clone())?;
    hide_taken_down(&index, &Takedowns::load(data)?);
    let now = clock.now();
    let is_doomed = |url: &str| match takedown {
        Takedown::Url(_) => false,
        Takedown::Host(host) => CanonicalUrl::parse(url).is_ok_and(|url| url.host() == host),
        Takedown::Prefix(prefix) => url.starts_with(prefix.as_str()),
    };
    if let Takedown::Url(url) = takedown {
        let hits = index.get(&[url.key()], now)?.into_iter().flatten();
        return Ok(hits.map(|hit| hit.document.key).collect());
    }
    matching(&index, now, &is_doomed)
}

/// Keys of the documents of an index whose URLs are of a kind.
fn matching(index: &Index, now: Timestamp, is_one: &dyn Fn(&str) -> bool) -> Result<Vec<UrlKey>, Error> {
    let mut keys = Vec::new();
    let mut after = None;
    loop {
        let documents = index.documents(after, STEP, now)?;
        let Some(last) = documents.last() else { return Ok(keys) };
        after = Some(last.key);
        keys.extend(documents.iter().filter(|document| is_one(&document.url)).map(|document| document.key));
    }
}
