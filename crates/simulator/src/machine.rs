//! The simulated machine: what survives a kill, and the process that runs on it.
//!
//! Invariant: a [`Process`] holds nothing that the next one needs; dropping it, and every future it made, is kill -9.

use std::sync::Arc;
use std::time::Duration;

use fetcher::Fetcher;
use frontier::Frontier;
use model::{Clock, Timestamp};
use pipeline::{CrawlCore, Job, Revisits, Settings, SharedFrontier, SteadyClock, Unsettled, offer_seeds};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::archive::{Archive, Stage};
use crate::error::Error;
use crate::store::Disk;
use crate::transport::SimulatedTransport;

/// Records between workers and archive; as in the real crawl.
const FETCHED_QUEUE: usize = 256;
/// Turns the runtime is given to drop the tasks of a killed process.
const DROP_TURNS_MAX: usize = 10_000;

/// What survives a kill: disk, archive, clock, and the network with whoever watches it.
pub struct Machine {
    /// Of the job crawled.
    pub settings: Settings,
    /// The job crawled.
    pub job: Job,
    /// Where the frontier is kept.
    pub disk: Disk,
    /// The way to the web.
    pub transport: SimulatedTransport,
    /// How long a flush and a settlement take.
    pub flush: Duration,
    archive: Archive,
}

/// One life of the program.
pub struct Process<'a> {
    machine: &'a Machine,
    frontier: SharedFrontier,
}

impl Machine {
    /// A machine with an empty archive.
    #[must_use]
    pub fn new(
        settings: Settings,
        job: Job,
        disk: Disk,
        transport: SimulatedTransport,
        flush: Duration,
    ) -> Self {
        Self { settings, job, disk, transport, flush, archive: Archive::default() }
    }

    /// Starts the program: opens the frontier, takes back what was on loan, replays the archive, offers the seeds.
    ///
    /// # Errors
    /// When the disk is full or the frontier cannot be opened.
    pub fn boot(&self) -> Result<Process<'_>, Error> {
        let now = self.transport.clock.now();
        self.disk.reopen()?;
        let mut frontier = Frontier::over(Box::new(self.disk.clone()), self.settings.frontier())?;
        frontier.recover(now)?;
        let frontier = SharedFrontier::inline(frontier);
        let clock = &*self.transport.clock;
        let replayed = self.archive.replay(&frontier, &self.settings.derive(), clock)?;
        offer_seeds(&frontier, &self.job, now)?;
        self.transport.log.line(clock.elapsed(), || format!("process starts, {replayed} records replayed"));
        Ok(Process { machine: self, frontier })
    }

    /// Lets the runtime drop what a killed process left, and tells the observer.
    pub async fn bury(&self) {
        let observer = &self.transport.observer;
        for _ in 0..DROP_TURNS_MAX {
            tokio::task::yield_now().await;
            if observer.in_flight() == 0 {
                break;
            }
        }
        let web = &self.transport.web;
        let lent = self.disk.lent();
        let numbers =
            web.sites.iter().enumerate().filter(|(_, site)| lent.iter().any(|l| l.as_str() == site.name));
        observer.killed(&numbers.map(|(number, _)| number).collect());
        self.transport.log.line(self.transport.clock.elapsed(), || "process is dead".to_owned());
    }
}

impl Process<'_> {
    /// One run of the crawl, by the real dispatcher, workers, fetcher and frontier.
    ///
    /// # Errors
    /// When the disk is full.
    pub async fn pass(
        &self,
        revisits: Revisits,
        time_max: Option<Duration>,
        stop: CancellationToken,
    ) -> Result<&'static str, Error> {
        let machine = self.machine;
        let clock: Arc<dyn Clock> = Arc::new(SteadyClock::start(&*machine.transport.clock));
        let fetcher =
            Fetcher::new(machine.settings.fetcher.clone(), machine.transport.clone(), Arc::clone(&clock))
                .map_err(pipeline::Error::from)?;
        let unsettled = Arc::new(Unsettled::default());
        let (records, fetched) = mpsc::channel(FETCHED_QUEUE);
        let derive = machine.settings.derive();
        let stage = Stage {
            archive: &machine.archive,
            disk: &machine.disk,
            frontier: &self.frontier,
            clock: &*clock,
            derive: &derive,
            observer: &machine.transport.observer,
            unsettled: Arc::clone(&unsettled),
            flush: machine.flush,
        };
        let core = CrawlCore {
            frontier: self.frontier.clone(),
            fetcher: Arc::new(fetcher),
            settings: machine.settings.crawl.clone(),
            clock: Arc::clone(&clock),
            job: Some(machine.job.name.clone()),
            visits_max: machine.job.max_pages.unwrap_or(u64::MAX),
            time_max,
            revisits,
            politeness: None,
            stop,
            unsettled,
        };
        let (ended, settled) = tokio::join!(biased; core.run(records, None), stage.run(fetched));
        settled?;
        Ok(ended?)
    }

    /// When something is due again; `None` when nothing ever is.
    ///
    /// # Errors
    /// When the frontier fails.
    pub fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let request = frontier::LeaseRequest {
            sites_max: 1,
            visits_per_site_max: 1,
            revisits_due_by: Timestamp::MAX,
            job: Some(self.machine.job.name.clone()),
        };
        let now = self.machine.transport.clock.now();
        Ok(self.frontier.lock().next_due(&request, now)?)
    }

    /// The frontier.
    #[must_use]
    pub fn frontier(&self) -> &SharedFrontier {
        &self.frontier
    }
}

/// Runs a simulation on a runtime of its own, in paused time, on this thread.
///
/// # Errors
/// When the runtime cannot be made.
pub fn in_simulated_time<F: Future>(simulation: F) -> Result<F::Output, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .map_err(|source| Error::Io { action: "make a runtime", source })?;
    Ok(runtime.block_on(simulation))
}
