//! Reindex: replay the archive into a new generation beside the live one, then swap.
//!
//! Invariant: until the swap nothing that readers see has changed; a killed run goes on from its last commit.

use std::path::Path;
use std::sync::Arc;

use archive::{ArchiveSource, WarcArchive};
use indexer::{GenerationWriter, Index, IndexWriter, LinkSource};
use model::{Clock, FetchRecord, Position, Timestamp};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::crawl::settling::{derive_all, write_index};
use crate::lock::WriterLock;
use crate::progress::{Progress, add, get};
use crate::stores::{archive_dir, hide_taken_down, index_dir};
use crate::takedowns::Takedowns;
use crate::{Error, Settings};

/// Records derived together; bounds memory to about 256 bodies.
const BATCH: usize = 256;
/// Batches between two commits of the new generation: what a kill costs at most.
const BATCHES_PER_COMMIT: usize = 16;

/// What a reindex is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReindexRequest {
    /// Derive only records requested since; other documents are carried over as they are.
    pub since: Option<Timestamp>,
    /// Compare the new generation with the live one before swapping.
    pub verify: bool,
}

/// The final line of a reindex.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReindexSummary {
    /// Always `summary`.
    pub event: &'static str,
    /// Records replayed in this run.
    pub records: u64,
    /// Documents in the generation.
    pub documents: u64,
    /// Number of the generation now live.
    pub generation: u32,
    /// Wall-clock time, seconds.
    pub seconds: f64,
    /// Whether the run was stopped before the swap; the same command goes on from there.
    pub stopped: bool,
}

/// Builds a new generation from the archive and swaps it in.
///
/// # Errors
/// [`Error::Busy`] while a crawl or another reindex writes; otherwise the failure of a store, the live generation untouched.
pub fn reindex(
    data: &Path,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    request: ReindexRequest,
    progress: &Progress,
    stop: &CancellationToken,
) -> Result<ReindexSummary, Error> {
    let _lock = WriterLock::take(data, "reindex")?;
    let started = clock.now();
    let opened = WarcArchive::open(&archive_dir(data), settings.archive.clone(), Arc::clone(clock))?;
    let archive = opened.archive;
    let index = Index::open(&index_dir(data), settings.index.clone())?;
    hide_taken_down(&index, &Takedowns::load(data)?);
    let mut generation = index.begin_generation()?;
    let before = index.stats().map(|stats| stats.documents).unwrap_or_default();
    if request.since.is_some() && generation.checkpoint() == Position::default() {
        carry_over(&index, &mut generation, started)?;
    }
    let end = replay(&archive, &mut generation, settings, &**clock, request.since, progress, stop)?;
    generation.commit(end, clock.now())?;
    let documents = generation.documents()?;
    let number = generation.generation();
    let summary = |documents, stopped| ReindexSummary {
        event: "summary",
        records: get(&progress.records),
        documents,
        generation: number,
        seconds: (model::time::until(started, clock.now()).as_secs_f64() * 1000.0).round() / 1000.0,
        stopped,
    };
    if stop.is_cancelled() {
        return Ok(summary(documents, true));
    }
    if request.verify && request.since.is_none() {
        check_against_live(before, documents)?;
    }
    generation.publish(end, clock.now())?;
    Ok(summary(documents, false))
}

/// Puts the generation before the live one back.
///
/// # Errors
/// [`Error::Busy`] while another process writes; [`Error::Index`] when there is no previous generation.
pub fn rollback(data: &Path, clock: &dyn Clock) -> Result<u32, Error> {
    let _lock = WriterLock::take(data, "reindex --rollback")?;
    Ok(indexer::rollback(&index_dir(data), clock.now())?)
}

fn replay(
    archive: &WarcArchive,
    generation: &mut GenerationWriter,
    settings: &Settings,
    clock: &dyn Clock,
    since: Option<Timestamp>,
    progress: &Progress,
    stop: &CancellationToken,
) -> Result<Position, Error> {
    let mut end = generation.checkpoint();
    let mut batch: Vec<FetchRecord> = Vec::new();
    let mut batches = 0;
    let mut records = archive.replay(end)?;
    loop {
        let item = if stop.is_cancelled() { None } else { records.next().transpose()? };
        let last = item.is_none();
        if let Some(item) = item {
            end = item.next;
            if since.is_none_or(|since| item.record.requested_at >= since) {
                batch.push(item.record);
            }
        }
        if batch.len() >= BATCH || (last && !batch.is_empty()) {
            add(&progress.records, batch.len() as u64);
            let derived = derive_all(&batch, &settings.derive(), settings.crawl.parser_threads());
            batch.clear();
            write_index(derived.into_iter().map(|one| (one.key, one.change)).collect(), generation)?;
            batches += 1;
            if batches % BATCHES_PER_COMMIT == 0 {
                generation.commit(end, clock.now())?;
            }
        }
        if last {
            return Ok(end);
        }
    }
}

/// Copies every document of the live generation, so that those older than `since` stay as they are.
fn carry_over(index: &Index, generation: &mut GenerationWriter, now: Timestamp) -> Result<(), Error> {
    let mut after = None;
    loop {
        let documents = index.documents(after, BATCH, now)?;
        let Some(last) = documents.last() else { return Ok(()) };
        after = Some(last.key);
        generation.put(&documents)?;
    }
}

/// A generation that lost more than a tenth of the documents is more likely a defect than a fact.
fn check_against_live(live: u64, new: u64) -> Result<(), Error> {
    if new * 10 < live * 9 {
        return Err(Error::Input(format!(
            "the new generation has {new} documents, the live one {live}; it was not swapped in. \
             Look at `silteme verify`; run `silteme reindex` without --verify if the loss is right"
        )));
    }
    Ok(())
}
