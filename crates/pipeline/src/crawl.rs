//! The crawl: lease → fetch → archive → derive → settle, until nothing is due.

mod archiving;
mod core;
mod dispatch;
mod pacing;
pub(crate) mod settling;
mod steady;
mod unsettled;
mod worker;

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use fetcher::{Fetcher, Transport};
use frontier::{Offer, Politeness};
use model::{ResourceKind, Span, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub use self::core::{CrawlCore, Revisits};
pub use self::settling::settle;
pub use self::steady::SteadyClock;
pub use self::unsettled::Unsettled;
use crate::jobs::JunkSeed;
use crate::progress::{CrawlSummary, Progress};
use crate::stores::{SharedFrontier, Stores};
use crate::withdrawals::Withdrawals;
use crate::{Error, Job};

/// Records between fetcher and archive. A record is at most the fetcher's body limit; on average 15 kB.
const FETCHED_QUEUE: usize = 256;
/// Batches (of at most 128 records) between archive and parser.
const ARCHIVED_QUEUE: usize = 4;

/// `[crawl]`: how the stages are wired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrawlSettings {
    /// Sites asked at the same time, at most. Each still gets one request at a time.
    pub sites_in_flight_max: usize,
    /// Visits per lease of a site, 1 to 64: fewer durable writes against a slower reaction to new links.
    pub visits_per_lease_max: usize,
    /// Threads that parse; 0 = one per core.
    pub parser_threads: usize,
    /// How long a crawl waits for the next due URL before it ends (`crawl`; the scheduler just comes back).
    pub patience: Span,
}

impl Default for CrawlSettings {
    fn default() -> Self {
        Self {
            sites_in_flight_max: 256,
            visits_per_lease_max: 8,
            parser_threads: 0,
            patience: Span::seconds(60),
        }
    }
}

impl CrawlSettings {
    /// Threads that parse, at least 1.
    #[must_use]
    pub fn parser_threads(&self) -> usize {
        match self.parser_threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            threads => threads,
        }
    }
}

/// What one run is asked to do.
#[derive(Debug, Clone, Default)]
pub struct CrawlRequest {
    /// Its seeds are offered first. None: resume whatever is due.
    pub job: Option<Job>,
    /// Visit only what this job admitted, instead of everything that is due.
    pub only_job: bool,
    /// Visits in this run, at most.
    pub max_pages: Option<u64>,
    /// Wall-clock time of this run, at most.
    pub max_time: Option<Duration>,
    /// Where changes of `[politeness]` arrive while it runs.
    pub politeness: Option<watch::Receiver<Politeness>>,
}

/// Registers a job and offers its seeds; returns the seeds that cannot be crawled.
///
/// # Errors
/// [`Error::Frontier`] when the job's rules cannot be used or stored.
pub fn offer_seeds(frontier: &SharedFrontier, job: &Job, now: Timestamp) -> Result<Vec<JunkSeed>, Error> {
    let (seeds, junk) = job.parsed_seeds();
    let offers: Vec<Offer> = seeds
        .into_iter()
        .map(|url| Offer {
            url,
            kind: ResourceKind::Page,
            depth: 0,
            hops: 0,
            via: None,
            job: job.name.clone(),
            dated: None,
        })
        .collect();
    let mut frontier = frontier.lock();
    frontier.register(job.rules(), now)?;
    frontier.offer(&offers, now)?;
    Ok(junk)
}

/// Runs one crawl over open stores. `stop` ends it gracefully: what is in flight is finished and committed.
///
/// # Errors
/// When a store fails (disk full); everything settled until then is kept and the next run resumes.
pub async fn crawl<T: Transport>(
    stores: &mut Stores,
    fetcher: Arc<Fetcher<T>>,
    request: &CrawlRequest,
    progress: &Arc<Progress>,
    stop: CancellationToken,
) -> Result<CrawlSummary, Error> {
    if let Some(job) = &request.job {
        offer_seeds(&stores.frontier, job, stores.clock.now())?;
    }
    let clock = Arc::clone(&stores.clock);
    let started = clock.now();
    let settings = stores.settings.crawl.clone();
    let derive_settings = stores.settings.derive();
    let frontier = stores.frontier.clone();
    let unsettled = Arc::new(Unsettled::default());
    let (records, fetched) = mpsc::channel(FETCHED_QUEUE);
    let (to_settle, archived) = sync_channel(ARCHIVED_QUEUE);

    let (archive, index, takedowns) = (&mut stores.archive, &mut stores.writer, &mut stores.takedowns);
    let links = &mut stores.links;
    let withdrawals = Withdrawals::of(&stores.data);
    let runtime = tokio::runtime::Handle::current();
    // Threads borrow the stores, so they live in a scope; the scope blocks, so it has a blocking thread of its own.
    let ended = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let archiving = scope.spawn(move || archiving::run(archive, progress, fetched, &to_settle));
            let settling = settling::Settling {
                frontier: &frontier,
                index,
                links,
                withdrawals: &withdrawals,
                derive: &derive_settings,
                progress,
                clock: &*clock,
                threads: settings.parser_threads(),
                unsettled: &unsettled,
            };
            let settling = scope.spawn(move || settling.run(&archived));
            let core = CrawlCore {
                frontier: frontier.clone(),
                fetcher,
                settings,
                clock: Arc::clone(&clock),
                job: request.job.as_ref().filter(|_| request.only_job).map(|job| job.name.clone()),
                visits_max: request.max_pages.unwrap_or(u64::MAX),
                time_max: request.max_time,
                revisits: Revisits::DueAtStart,
                politeness: request.politeness.clone(),
                stop,
                unsettled: Arc::clone(&unsettled),
            };
            let ended = runtime.block_on(core.run(records, Some(takedowns)));
            let archiving = archiving.join().map_err(|_| Error::Stage("archiving"))?;
            let settling = settling.join().map_err(|_| Error::Stage("settling"))?;
            // The later stage fails first: its error is the cause, the others are consequences.
            settling.and(archiving)?;
            ended
        })
    })?;
    crate::forget::purge_pending(stores)?;
    crate::withdrawals::purge_withdrawn(stores)?;
    crate::graph::refresh(stores)?;
    crate::graph::renew_authority_if_old(&stores.data, clock.now())?;
    let queued = stores.frontier.lock().counts()?.queued;
    let took = model::time::until(started, clock.now());
    Ok(progress.crawl_summary(took, queued, ended))
}
