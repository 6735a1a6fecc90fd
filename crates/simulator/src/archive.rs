//! The simulated archive and the stage behind it: records become durable, then are settled.
//!
//! Invariant: as in the real crawl, a record is durable before anything follows from it, and what was not settled when the
//! process died is replayed by the next one. Records are forgotten once settled; nobody reads them again here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Clock, FetchRecord, Position, ResourceKind};
use pipeline::{Change, DeriveSettings, Derived, PageChange, SharedFrontier, Unsettled, derive};
use tokio::sync::mpsc::Receiver;

use crate::observer::Observer;
use crate::store::Disk;
use crate::web::settlement;

/// Records made durable by one flush, at most; as in the real archiving thread.
const BATCH_MAX: usize = 128;

/// What survives a kill.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Number of the first record kept.
    first: u64,
    records: VecDeque<FetchRecord>,
}

/// The stage that takes records from the workers.
pub(crate) struct Stage<'a> {
    pub(crate) archive: &'a Archive,
    pub(crate) disk: &'a Disk,
    pub(crate) frontier: &'a SharedFrontier,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) derive: &'a DeriveSettings,
    pub(crate) observer: &'a Observer,
    pub(crate) unsettled: Arc<Unsettled>,
    /// How long a flush and a settlement take; zero: no time.
    pub(crate) flush: Duration,
}

impl Archive {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, records: &[FetchRecord]) -> Position {
        let mut kept = self.kept();
        kept.records.extend(records.iter().cloned());
        Position { segment: 0, offset: kept.first + kept.records.len() as u64 }
    }

    fn forget_before(&self, checkpoint: Position) {
        let mut kept = self.kept();
        while kept.first < checkpoint.offset && kept.records.pop_front().is_some() {
            kept.first += 1;
        }
    }

    /// Settles what the frontier has not taken in, as opening the real stores does.
    pub(crate) fn replay(
        &self,
        frontier: &SharedFrontier,
        derive: &DeriveSettings,
        clock: &dyn Clock,
    ) -> Result<usize, pipeline::Error> {
        let checkpoint = frontier.lock().checkpoint()?;
        self.forget_before(checkpoint);
        let (records, end) = {
            let kept = self.kept();
            let end = Position { segment: 0, offset: kept.first + kept.records.len() as u64 };
            (kept.records.iter().cloned().collect::<Vec<_>>(), end)
        };
        if !records.is_empty() {
            pipeline::settle(derived(&records, derive), frontier, end, clock)?;
        }
        Ok(records.len())
    }
}

impl Stage<'_> {
    pub(crate) async fn run(self, mut records: Receiver<FetchRecord>) -> Result<(), pipeline::Error> {
        while let Some(first) = records.recv().await {
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX
                && let Ok(record) = records.try_recv()
            {
                batch.push(record);
            }
            self.rest().await;
            if self.disk.is_full() {
                // Any failure of the archive ends the run; this is the one a stage can name.
                return Err(pipeline::Error::Stage("simulated archive"));
            }
            let end = self.archive.append(&batch);
            for record in &batch {
                self.observer.archived(&record.visit.url);
            }
            self.rest().await;
            pipeline::settle(derived(&batch, self.derive), self.frontier, end, self.clock)?;
            self.archive.forget_before(end);
            self.unsettled.settled(batch.len() as u64);
        }
        Ok(())
    }

    async fn rest(&self) {
        if !self.flush.is_zero() {
            tokio::time::sleep(self.flush).await;
        }
    }
}

/// robots.txt goes through the real derivation; pages have no HTML to derive from.
fn derived(records: &[FetchRecord], settings: &DeriveSettings) -> Vec<Derived> {
    let one = |record: &FetchRecord| {
        if record.visit.kind == ResourceKind::Robots {
            return derive(record, settings);
        }
        let settlement = settlement(record);
        let links = settlement.as_ref().map_or(0, |settlement| settlement.discovered.len());
        Derived {
            key: record.visit.key,
            change: Change::Keep,
            page: PageChange::Keep,
            withdrawn: None,
            settlement,
            offers: Vec::new(),
            links_count: u32::try_from(links).unwrap_or(u32::MAX),
        }
    };
    records.iter().map(one).collect()
}
