//! The thread that derives: parse, index, settle. The only way back into the frontier.
//!
//! Invariant: a record is settled only after its document is with the index writer, and every projection carries a
//! checkpoint, so that a crash anywhere is repaired by replaying the archive.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use indexer::{IndexWriter, Writer};
use model::{Clock, FetchRecord, Position};

use super::archiving::Archived;
use crate::Error;
use crate::derive::{Change, DeriveSettings, Derived, derive};
use crate::graph::LinkGraph;
use crate::progress::{Progress, add};
use crate::stores::SharedFrontier;
use crate::withdrawals::Withdrawals;

/// Content hashes remembered to count duplicates within a run; 8 MB of memory at the most.
const CONTENT_SEEN_MAX: usize = 1_000_000;
/// How often the settling thread looks whether an index commit is due while nothing arrives.
const COMMIT_LOOK_INTERVAL: Duration = Duration::from_millis(500);

pub(super) struct Settling<'a> {
    pub(super) frontier: &'a SharedFrontier,
    pub(super) index: &'a mut Writer,
    pub(super) links: &'a mut LinkGraph,
    pub(super) withdrawals: &'a Withdrawals,
    pub(super) derive: &'a DeriveSettings,
    pub(super) progress: &'a Arc<Progress>,
    pub(super) clock: &'a dyn Clock,
    /// Parser threads, at least 1.
    pub(super) threads: usize,
    /// Records handed over by workers and not settled yet.
    pub(super) unsettled: &'a super::Unsettled,
}

impl Settling<'_> {
    pub(super) fn run(mut self, archived: &Receiver<Archived>) -> Result<(), Error> {
        let mut seen = HashSet::new();
        let mut end = None;
        loop {
            match archived.recv_timeout(COMMIT_LOOK_INTERVAL) {
                Ok(batch) => {
                    end = Some(batch.end);
                    self.take_in(&batch.records, batch.end, &mut seen)?;
                    self.unsettled.settled(batch.records.len() as u64);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = self.clock.now();
            if let Some(end) = end
                && self.index.commit_due(now)
            {
                self.index.commit(end, now)?;
                self.links.commit_if_due(end, now)?;
            }
        }
        let Some(end) = end else { return Ok(()) };
        let now = self.clock.now();
        self.index.commit(end, now)?;
        self.links.commit(end, now)
    }

    fn take_in(
        &mut self,
        records: &[FetchRecord],
        end: Position,
        seen: &mut HashSet<u64>,
    ) -> Result<(), Error> {
        let derived = derive_all(records, self.derive, self.threads);
        self.withdrawals.note(&derived)?;
        for one in &derived {
            add(&self.progress.links, u64::from(one.links_count));
            let hash = one.settlement.as_ref().and_then(|settlement| settlement.content_hash);
            if let (Change::Put(_), Some(hash)) = (&one.change, hash)
                && seen.len() < CONTENT_SEEN_MAX
                && !seen.insert(hash)
            {
                add(&self.progress.duplicates, 1);
            }
        }
        let changed = apply(derived, self.index, self.links, self.frontier, end, self.clock)?;
        add(&self.progress.documents, changed.documents);
        Ok(())
    }
}

/// What a batch changed in the index.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Changed {
    pub(crate) documents: u64,
}

/// Writes what was derived to the index and the link graph (not committed) and to the frontier (durable).
pub(crate) fn apply(
    mut derived: Vec<Derived>,
    index: &mut dyn IndexWriter,
    links: &mut LinkGraph,
    frontier: &SharedFrontier,
    end: Position,
    clock: &dyn Clock,
) -> Result<Changed, Error> {
    links.take_in(&mut derived)?;
    let changes = derived.iter_mut().map(|one| (one.key, std::mem::replace(&mut one.change, Change::Keep)));
    let changed = write_index(changes.collect(), index)?;
    settle(derived, frontier, end, clock)?;
    Ok(changed)
}

/// Settles what was derived, durably, with the place in the archive it reaches to.
///
/// # Errors
/// When the frontier fails; then it is derived and settled again when the archive is next caught up with.
pub fn settle(
    derived: Vec<Derived>,
    frontier: &SharedFrontier,
    end: Position,
    clock: &dyn Clock,
) -> Result<(), Error> {
    let mut settlements = Vec::new();
    let mut offers = Vec::new();
    for one in derived {
        settlements.extend(one.settlement);
        offers.extend(one.offers);
    }
    let mut frontier = frontier.lock();
    let now = clock.now();
    if !offers.is_empty() {
        frontier.offer(&offers, now)?;
    }
    frontier.settle(&settlements, end, now)?;
    Ok(())
}

/// Writes changes to the index in record order: a later record of a URL wins.
pub(crate) fn write_index(
    changes: Vec<(model::UrlKey, Change)>,
    index: &mut dyn IndexWriter,
) -> Result<Changed, Error> {
    let mut changed = Changed::default();
    for (key, change) in changes {
        match change {
            Change::Put(document) => {
                index.put(std::slice::from_ref(&*document))?;
                changed.documents += 1;
            }
            Change::Delete(why) => {
                index.delete(&[key], why)?;
            }
            Change::Keep => {}
        }
    }
    Ok(changed)
}

/// Derives a batch on `threads` threads; results in the order of `records`.
pub(crate) fn derive_all(records: &[FetchRecord], settings: &DeriveSettings, threads: usize) -> Vec<Derived> {
    let share = records.len().div_ceil(threads.max(1)).max(1);
    if records.len() <= share {
        return records.iter().map(|record| derive(record, settings)).collect();
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = records
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || chunk.iter().map(|record| derive(record, settings)).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    })
}
