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
use crate::derive::Derived;
use crate::graph::{Inlinks, LinkGraph, renew_authority};
use crate::lock::WriterLock;
use crate::progress::{Progress, add, get};
use crate::stores::{archive_dir, erasing_marker, hide_taken_down, index_dir};
use crate::takedowns::Takedowns;
use crate::{Error, Settings};

mod judge;

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
    /// Sites whose authority was worked out from the link graph.
    pub sites: usize,
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
    let dir = index_dir(data);
    // An erasure was cut short: positions from before it mean nothing, so nothing half done can be gone on with.
    let is_void = erasing_marker(data).exists();
    if is_void {
        GenerationWriter::begin(&dir, &settings.index)?.abandon()?;
    }
    let mut generation = GenerationWriter::begin(&dir, &settings.index)?;
    let live = live_index(data, settings)?;
    let replaying = Replaying { archive: &archive, settings, since: None, stop };
    let sites = renew_links(data, &replaying, &**clock, is_void)?;
    generation.set_inbound(Inlinks::open(data, Arc::clone(clock))? as _);
    if request.since.is_some() && generation.checkpoint() == Position::default() {
        let live = live.as_ref().ok_or_else(|| {
            Error::Input(
                "there is no live index to carry documents over from; reindex without --since".to_owned(),
            )
        })?;
        carry_over(live, &mut generation, started)?;
    }
    let mut batches = 0;
    let replaying = Replaying { since: request.since, ..replaying };
    let end = replaying.run(generation.checkpoint(), |derived, end| {
        add(&progress.records, derived.len() as u64);
        write_index(derived.into_iter().map(|one| (one.key, one.change)).collect(), &mut generation)?;
        batches += 1;
        if batches % BATCHES_PER_COMMIT == 0 { Ok(generation.commit(end, clock.now())?) } else { Ok(()) }
    })?;
    generation.commit(end, clock.now())?;
    let documents = generation.documents()?;
    let number = generation.generation();
    let summary = |documents, stopped| ReindexSummary {
        event: "summary",
        records: get(&progress.records),
        documents,
        sites,
        generation: number,
        seconds: (model::time::until(started, clock.now()).as_secs_f64() * 1000.0).round() / 1000.0,
        stopped,
    };
    if stop.is_cancelled() {
        return Ok(summary(documents, true));
    }
    if request.verify
        && request.since.is_none()
        && let Some(live) = &live
    {
        let new = Index::as_if_live(&dir, &generation, settings.index.clone())?;
        judge::compare(live, &new, clock.now())?;
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

/// The live index, if it can be read: a reindex is also what mends one that cannot.
fn live_index(data: &Path, settings: &Settings) -> Result<Option<Index>, Error> {
    let opened = Index::open(&index_dir(data), settings.index.clone());
    let index = opened.and_then(|index| index.stats().map(|_| index)).inspect_err(|error| {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the live index cannot be read; it is replaced"
        );
    });
    if let Ok(index) = &index {
        hide_taken_down(index, &Takedowns::load(data)?);
    }
    Ok(index.ok())
}

/// A replay of the archive by batches.
struct Replaying<'a> {
    archive: &'a WarcArchive,
    settings: &'a Settings,
    /// Only records requested since.
    since: Option<Timestamp>,
    stop: &'a CancellationToken,
}

impl Replaying<'_> {
    /// Hands over what was derived from each batch after `from`, and where the batch ends; returns where the replay ended.
    fn run(
        &self,
        from: Position,
        mut take_in: impl FnMut(Vec<Derived>, Position) -> Result<(), Error>,
    ) -> Result<Position, Error> {
        let mut end = from;
        let mut batch: Vec<FetchRecord> = Vec::new();
        let mut records = self.archive.replay(from)?;
        loop {
            let item = if self.stop.is_cancelled() { None } else { records.next().transpose()? };
            let last = item.is_none();
            if let Some(item) = item {
                end = item.next;
                if self.since.is_none_or(|since| item.record.requested_at >= since) {
                    batch.push(item.record);
                }
            }
            if batch.len() >= BATCH || (last && !batch.is_empty()) {
                let threads = self.settings.crawl.parser_threads();
                let derived = derive_all(&batch, &self.settings.derive(), threads);
                batch.clear();
                take_in(derived, end)?;
            }
            if last {
                // After an erasure the archive ends in a new segment, beyond its last record.
                return Ok(if self.stop.is_cancelled() { end } else { end.max(self.archive.end()) });
            }
        }
    }
}

/// Brings the link graph up to the archive's end, from nothing where it cannot be used, and works out the authority of sites:
/// documents are then indexed with what all pages say of them.
fn renew_links(
    data: &Path,
    replaying: &Replaying<'_>,
    clock: &dyn Clock,
    is_void: bool,
) -> Result<usize, Error> {
    let takedowns = Takedowns::load(data)?;
    let mut graph = if is_void {
        LinkGraph::recreate(data, takedowns)?
    } else {
        LinkGraph::open_or_recreate(data, takedowns)?
    };
    let mut batches = 0;
    let from = graph.checkpoint();
    let end = replaying.run(from, |mut derived, end| {
        graph.take_in(&mut derived)?;
        batches += 1;
        if batches % BATCHES_PER_COMMIT == 0 { graph.commit(end, clock.now()) } else { Ok(()) }
    })?;
    graph.commit(end, clock.now())?;
    renew_authority(data, clock.now())
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
