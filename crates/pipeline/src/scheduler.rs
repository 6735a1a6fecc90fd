//! The built-in scheduler: runs jobs when they are due and purges takedowns and withdrawals that wait for a writer.
//!
//! Invariant: the stores are open for writing only while something is written, so that other commands get their turn.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fetcher::{Fetcher, ReqwestTransport};
use frontier::Politeness;
use model::{Clock, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::crawl::{CrawlRequest, SteadyClock, crawl};
use crate::progress::Progress;
use crate::schedule::Schedule;
use crate::status::record_run;
use crate::stores::Stores;
use crate::takedowns::Takedowns;
use crate::{Error, Job, Settings, withdrawals};

/// How often the scheduler looks for takedowns by other processes whose bytes are still there.
const PURGE_LOOK_INTERVAL: Duration = Duration::from_secs(10);

/// Jobs, when they run, and what they need to run.
pub struct Scheduler {
    schedule: Schedule,
    data: PathBuf,
    settings: Settings,
    clock: Arc<dyn Clock>,
    progress: Arc<Progress>,
    politeness: Option<watch::Receiver<Politeness>>,
}

impl Scheduler {
    /// Plans the jobs that have a schedule.
    ///
    /// # Errors
    /// [`Error::Job`] for a schedule that cannot be used; [`Error::Setting`] when a job may not be crawled (no contact).
    pub fn plan(
        jobs: Vec<Job>,
        data: &Path,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let fetcher = &settings.fetcher;
        for job in jobs.iter().filter(|job| job.schedule.is_some()) {
            let seeds = job.parsed_seeds().0;
            let urls = seeds.iter().map(model::CanonicalUrl::url);
            fetcher
                .agent
                .check_contact(urls, &fetcher.network)
                .map_err(|e| Error::Setting(format!("job {:?}: {e}", job.name)))?;
        }
        Ok(Self {
            schedule: Schedule::plan(jobs, clock.now())?,
            data: data.to_owned(),
            settings,
            clock,
            progress: Arc::default(),
            politeness: None,
        })
    }

    /// Lets changes of `[politeness]` count while jobs run.
    #[must_use]
    pub fn following(self, politeness: watch::Receiver<Politeness>) -> Self {
        Self { politeness: Some(politeness), ..self }
    }

    /// Counters over all runs, for metrics.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Runs until `stop`. A job that fails is logged and runs again at its next time.
    ///
    /// # Errors
    /// When the schedule itself cannot go on.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), Error> {
        for (job, at) in self.schedule.planned() {
            tracing::info!(job, %at, "job planned");
        }
        while !stop.is_cancelled() {
            let now = self.clock.now();
            for job in self.schedule.due(now)? {
                if let Err(error) = self.run_job(&job, &stop).await {
                    tracing::error!(
                        job = job.name,
                        error = &error as &dyn std::error::Error,
                        "job failed; it runs again at its next time"
                    );
                }
            }
            self.purge();
            let rest =
                self.schedule.next().map_or(PURGE_LOOK_INTERVAL, |at| rest_until(self.clock.now(), at));
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok(())
    }

    async fn run_job(&self, job: &Job, stop: &CancellationToken) -> Result<(), Error> {
        let transport = ReqwestTransport::new(&self.settings.fetcher)?;
        let clock: Arc<dyn Clock> = Arc::new(SteadyClock::start(&*self.clock));
        let fetcher = Fetcher::new(self.settings.fetcher.clone(), transport, Arc::clone(&clock))?;
        let mut settings = self.settings.clone();
        if let Some(politeness) = &self.politeness {
            settings.politeness = *politeness.borrow();
        }
        let mut stores = Stores::open(&self.data, &settings, clock, &format!("job {}", job.name))?;
        let request = CrawlRequest {
            job: Some(job.clone()),
            only_job: true,
            max_pages: job.max_pages,
            max_time: job.max_time.map(|span| span.0),
            politeness: self.politeness.clone(),
        };
        let summary =
            crawl(&mut stores, Arc::new(fetcher), &request, &self.progress, stop.child_token()).await?;
        record_run(&self.data, Some(&job.name), &summary, self.clock.now());
        tracing::info!(job = job.name, fetched = summary.fetched, documents = summary.documents, "job done");
        Ok(())
    }

    /// Opening the stores for writing purges whatever is pending or due.
    fn purge(&self) {
        let taken_down = Takedowns::load(&self.data).is_ok_and(|journal| journal.pending().next().is_some());
        let within = self.settings.index.purge_within.0;
        let withdrawn = || withdrawals::is_due(&self.data, within, self.clock.now()).unwrap_or(false);
        if !taken_down && !withdrawn() {
            return;
        }
        match Stores::open(&self.data, &self.settings, Arc::clone(&self.clock), "purge") {
            Ok(_) | Err(Error::Busy { .. }) => {}
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "what was taken down or withdrawn is hidden but not purged yet"
            ),
        }
    }
}

fn rest_until(now: Timestamp, at: Timestamp) -> Duration {
    model::time::until(now, at).min(PURGE_LOOK_INTERVAL)
}
