//! The stores under one data directory, opened together and made to agree.
//!
//! Invariant: after [`Stores::open`] returns, frontier, index and link graph have taken in every record of the archive, so a process
//! that was killed at any instant has left nothing behind.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use archive::{ArchiveSource, WarcArchive, WarcReader};
use frontier::Frontier;
use indexer::{Index, IndexWriter, Writer};
use links::Graph;
use model::{Clock, FetchRecord, Position};

use crate::crawl::settling::{derive_all, settle, write_index};
use crate::derive::{Change, DeriveSettings};
use crate::graph::{Inlinks, LinkGraph, links_dir};
use crate::lock::WriterLock;
use crate::takedowns::Takedowns;
use crate::withdrawals::Withdrawals;
use crate::{Error, Settings};

/// Records derived and written together when catching up; bounds memory to about 256 bodies.
const CATCH_UP_BATCH: usize = 256;
/// How long a takedown by another process may go unnoticed by a process that answers.
const JOURNAL_LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// The frontier, shared by the dispatcher and the settling thread.
#[derive(Clone)]
pub struct SharedFrontier {
    frontier: Arc<Mutex<Frontier>>,
    /// Whether it is used on the caller's own thread.
    inline: bool,
}

/// Everything under one data directory, with the right to write it.
pub struct Stores {
    /// The directory.
    pub data: PathBuf,
    /// Effective settings.
    pub settings: Settings,
    /// The clock every stage uses.
    pub clock: Arc<dyn Clock>,
    /// Which URL next, and when.
    pub frontier: SharedFrontier,
    /// The truth.
    pub archive: WarcArchive,
    /// Answers.
    pub index: Index,
    /// The one writer of the index.
    pub writer: Writer,
    /// Which page links to which.
    pub links: LinkGraph,
    /// What the index is told of each document.
    pub(crate) inlinks: Arc<Inlinks>,
    /// What must not be shown or crawled.
    pub takedowns: Takedowns,
    _lock: WriterLock,
}

impl SharedFrontier {
    /// Shares a frontier.
    #[must_use]
    pub fn new(frontier: Frontier) -> Self {
        Self { frontier: Arc::new(Mutex::new(frontier)), inline: false }
    }

    /// Shares a frontier that never blocks for long and is used on the caller's thread: under simulated time a second
    /// thread would make the order of events a matter of chance.
    #[must_use]
    pub fn inline(frontier: Frontier) -> Self {
        Self { inline: true, ..Self::new(frontier) }
    }

    /// Locks it for a short, synchronous use.
    pub fn lock(&self) -> MutexGuard<'_, Frontier> {
        self.frontier.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses it on a thread that may block: a lease or release ends in a disk flush.
    pub(crate) async fn blocking<R, F>(&self, work: F) -> Result<R, Error>
    where
        R: Send + 'static,
        F: FnOnce(&mut Frontier) -> Result<R, frontier::Error> + Send + 'static,
    {
        if self.inline {
            return Ok(work(&mut self.lock())?);
        }
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&mut this.lock()));
        Ok(done.await.map_err(|_| Error::Stage("frontier"))??)
    }
}

/// The directories of the stores.
#[must_use]
pub fn frontier_dir(data: &Path) -> PathBuf {
    data.join("frontier")
}

/// Where the WARC files are.
#[must_use]
pub fn archive_dir(data: &Path) -> PathBuf {
    data.join("archive")
}

/// Where the index generations are.
#[must_use]
pub fn index_dir(data: &Path) -> PathBuf {
    data.join("index")
}

/// The file that is there while positions of the archive are about to change.
pub(crate) fn erasing_marker(data: &Path) -> PathBuf {
    data.join("erasing")
}

impl Stores {
    /// Opens everything for writing and brings every projection up to the archive's end.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process writes there; otherwise the failure of a store.
    pub fn open(
        data: &Path,
        settings: &Settings,
        clock: Arc<dyn Clock>,
        purpose: &str,
    ) -> Result<Self, Error> {
        let lock = WriterLock::take(data, purpose)?;
        let opened = WarcArchive::open(&archive_dir(data), settings.archive.clone(), Arc::clone(&clock))?;
        if let Some(path) = opened.torn_path {
            tracing::warn!(bytes = opened.torn_bytes, kept = %path.display(), "an unfinished record was cut from the archive");
        }
        let frontier = Frontier::open(&frontier_dir(data), settings.frontier(), clock.now())?;
        let index = Index::open(&index_dir(data), settings.index.clone())?;
        let takedowns = Takedowns::load(data)?;
        hide_taken_down(&index, &takedowns);
        let links = LinkGraph::open(data, takedowns.clone())?;
        let inlinks = Inlinks::open(data, Arc::clone(&clock))?;
        let mut writer = index.writer()?;
        writer.set_inbound(Arc::clone(&inlinks) as _);
        let mut stores = Self {
            data: data.to_owned(),
            settings: settings.clone(),
            clock,
            frontier: SharedFrontier::new(frontier),
            archive: opened.archive,
            writer,
            index,
            links,
            inlinks,
            takedowns,
            _lock: lock,
        };
        stores.catch_up()?;
        crate::forget::purge_pending(&mut stores)?;
        crate::withdrawals::purge_withdrawn(&mut stores)?;
        Ok(stores)
    }

    /// Replays what the projections have not taken in yet.
    fn catch_up(&mut self) -> Result<(), Error> {
        if erasing_marker(&self.data).exists() {
            // An erasure was cut short: positions from before it mean nothing. Replaying everything is idempotent.
            tracing::warn!("an erasure was interrupted; replaying the whole archive");
            self.replay_from(Reached::default())?;
            return self.end_erasing();
        }
        let settled = self.frontier.lock().checkpoint()?;
        self.replay_from(Reached {
            settled,
            indexed: self.writer.checkpoint(),
            linked: self.links.checkpoint(),
        })
    }

    /// Replays the archive into each projection from where it has got to.
    pub(crate) fn replay_from(&mut self, reached: Reached) -> Result<(), Error> {
        let from = reached.first();
        if from >= self.archive.end() {
            return Ok(());
        }
        let mut catching_up = CatchUp {
            reached,
            frontier: &self.frontier,
            writer: &mut self.writer,
            links: &mut self.links,
            withdrawals: Withdrawals::of(&self.data),
            derive: self.settings.derive(),
            threads: self.settings.crawl.parser_threads(),
            clock: &*self.clock,
        };
        let mut batch: Vec<FetchRecord> = Vec::new();
        let mut at = from;
        let mut end = from;
        let mut replayed = 0u64;
        for item in self.archive.replay(from)? {
            let item = item?;
            // A batch never straddles a checkpoint, so each projection takes a batch in whole or not at all.
            if reached.is_crossed(at, item.at) || batch.len() >= CATCH_UP_BATCH {
                catching_up.take_in(&mut batch, at, end)?;
            }
            if batch.is_empty() {
                at = item.at;
            }
            end = item.next;
            batch.push(item.record);
            replayed += 1;
        }
        catching_up.take_in(&mut batch, at, end)?;
        let now = self.clock.now();
        if reached.indexed < end {
            self.writer.commit(end, now)?;
        }
        if reached.linked < end {
            self.links.commit(end, now)?;
        }
        tracing::info!(records = replayed, "caught up with the archive");
        Ok(())
    }

    /// Notes on disk that positions of the archive are about to change.
    pub(crate) fn begin_erasing(&self) -> Result<(), Error> {
        let path = erasing_marker(&self.data);
        std::fs::File::create(&path)
            .and_then(|file| file.sync_all())
            .map_err(|e| Error::disk("write", &path, e))
    }

    /// Notes that every checkpoint has been moved to the archive's new end.
    pub(crate) fn end_erasing(&self) -> Result<(), Error> {
        let path = erasing_marker(&self.data);
        std::fs::remove_file(&path).map_err(|e| Error::disk("remove", &path, e))
    }
}

/// The stores of a directory for reading, whoever may be writing them.
pub struct ReadStores {
    /// The directory.
    pub data: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Which URL next, and when; absent when nothing was ever crawled there.
    pub frontier: Option<Frontier>,
    /// The truth; absent when nothing was ever archived there.
    pub archive: Option<WarcReader>,
    /// Answers.
    pub index: Index,
    /// Which page links to which; absent when nothing was ever archived there by a version that keeps it.
    pub links: Option<Graph>,
    /// What must not be shown.
    pub takedowns: Takedowns,
    /// Effective settings.
    pub settings: Settings,
}

impl ReadStores {
    /// Opens everything for reading.
    ///
    /// # Errors
    /// When a store is damaged or of another version.
    pub fn open(data: &Path, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let index = Index::open(&index_dir(data), settings.index.clone())?;
        let takedowns = Takedowns::load(data)?;
        hide_taken_down(&index, &takedowns);
        Ok(Self {
            data: data.to_owned(),
            clock,
            frontier: Frontier::open_read_only(&frontier_dir(data), settings.frontier())?,
            archive: WarcArchive::open_read_only(&archive_dir(data))?,
            links: Graph::open(&links_dir(data))?,
            index,
            takedowns,
            settings: settings.clone(),
        })
    }
}

/// Makes an index hide what the journal lists, re-reading the journal when another process has added to it.
pub fn hide_taken_down(index: &Index, takedowns: &Takedowns) {
    let journal = Mutex::new((takedowns.clone(), None::<Instant>));
    index.set_hidden(Arc::new(move |_, url| {
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        if journal.1.is_none_or(|looked| looked.elapsed() >= JOURNAL_LOOK_INTERVAL) {
            if let Err(error) = journal.0.refresh() {
                tracing::error!(%error, "the takedown journal cannot be read; what it listed before stays hidden");
            }
            journal.1 = Some(Instant::now());
        }
        journal.0.hides(url)
    }));
}

/// How far each projection has got in the archive.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reached {
    pub(crate) settled: Position,
    pub(crate) indexed: Position,
    pub(crate) linked: Position,
}

impl Reached {
    fn first(&self) -> Position {
        self.settled.min(self.indexed).min(self.linked)
    }

    /// Whether any checkpoint lies after `at` and not after `next`.
    fn is_crossed(&self, at: Position, next: Position) -> bool {
        [self.settled, self.indexed, self.linked].iter().any(|reached| at < *reached && next >= *reached)
    }
}

/// A replay that feeds projections with checkpoints of their own.
struct CatchUp<'a> {
    reached: Reached,
    frontier: &'a SharedFrontier,
    writer: &'a mut Writer,
    links: &'a mut LinkGraph,
    withdrawals: Withdrawals,
    derive: DeriveSettings,
    threads: usize,
    clock: &'a dyn Clock,
}

impl CatchUp<'_> {
    /// Takes in the records between `at` and `end`, and empties the batch.
    fn take_in(&mut self, batch: &mut Vec<FetchRecord>, at: Position, end: Position) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut derived = derive_all(batch, &self.derive, self.threads);
        batch.clear();
        if at >= self.reached.linked {
            self.links.take_in(&mut derived)?;
        }
        if at >= self.reached.indexed {
            self.withdrawals.note(&derived)?;
            let changes =
                derived.iter_mut().map(|one| (one.key, std::mem::replace(&mut one.change, Change::Keep)));
            write_index(changes.collect(), self.writer)?;
        }
        if at >= self.reached.settled {
            settle(derived, self.frontier, end, self.clock)?;
        }
        Ok(())
    }
}
