//! The task that hands leased sites to workers, up to a bound, until nothing is due.
//!
//! Invariant: it leases only what it can start at once, so that a lease never waits in a queue.

use std::sync::Arc;
use std::time::Duration;

use fetcher::Transport;
use frontier::{LeaseRequest, SiteReturn};
use model::{Clock, Timestamp};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{CrawlSettings, Revisits, Unsettled, worker::Worker};
use crate::Error;
use crate::stores::SharedFrontier;
use crate::takedowns::Takedowns;

/// Longest sleep between two looks at the frontier: another process may have taken something down meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

pub(super) struct Dispatch<'a, T: Transport> {
    pub(super) frontier: &'a SharedFrontier,
    pub(super) settings: &'a CrawlSettings,
    pub(super) worker: Box<dyn Fn() -> Worker<T> + Send + Sync + 'a>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) job: Option<String>,
    /// Visits this run may still start.
    pub(super) visits_left: u64,
    pub(super) deadline: Option<Timestamp>,
    pub(super) started: Timestamp,
    pub(super) revisits: Revisits,
    pub(super) stop: CancellationToken,
    pub(super) unsettled: Arc<Unsettled>,
    /// What other processes take down while this one crawls.
    pub(super) takedowns: Option<&'a mut Takedowns>,
}

impl<T: Transport> Dispatch<'_, T> {
    /// Runs until nothing is due, a limit is met, or `stop`; says which.
    pub(super) async fn run(
        mut self,
        stages_alive: &mpsc::Sender<model::FetchRecord>,
    ) -> Result<&'static str, Error> {
        let mut workers: JoinSet<SiteReturn> = JoinSet::new();
        let ended = loop {
            let returns = finished(&mut workers);
            self.give_back(returns).await?;
            if stages_alive.is_closed() {
                break "stage_failed";
            }
            if self.stop.is_cancelled() {
                break "stopped";
            }
            if self.deadline.is_some_and(|deadline| self.clock.now() >= deadline) {
                break "max_time";
            }
            if self.visits_left == 0 {
                break "max_pages";
            }
            self.honour_takedowns().await?;
            // Read before leasing: what settles in between shows up as a lease or as a notification.
            let quiet = workers.is_empty() && self.unsettled.get() == 0;
            if self.lease(&mut workers).await? {
                continue;
            }
            let next_due = self.next_due().await?;
            if quiet && workers.is_empty() && !self.worth_waiting(next_due) {
                break "nothing_due";
            }
            self.wait(&mut workers, next_due).await?;
        };
        self.stop.cancel();
        while let Some(returned) = workers.join_next().await {
            let returned = returned.map_err(|_| Error::Stage("fetching"))?;
            self.give_back(vec![returned]).await?;
        }
        Ok(ended)
    }

    /// Nothing taken down a moment ago is leased now.
    async fn honour_takedowns(&mut self) -> Result<(), Error> {
        let Some(takedowns) = &mut self.takedowns else { return Ok(()) };
        if !takedowns.refresh()? {
            return Ok(());
        }
        let now = self.clock.now();
        for (_, takedown) in takedowns.pending_plain()? {
            self.frontier.blocking(move |frontier| frontier.forget(&takedown, now)).await?;
        }
        Ok(())
    }

    /// `due_by` bounds revisits where the start of the run does not.
    fn request(&self, sites_max: usize, due_by: Timestamp) -> LeaseRequest {
        let visits_left = usize::try_from(self.visits_left).unwrap_or(usize::MAX);
        let sites_max = sites_max.min(visits_left);
        LeaseRequest {
            sites_max,
            visits_per_site_max: self
                .settings
                .visits_per_lease_max
                .min(visits_left / sites_max.max(1))
                .max(1),
            revisits_due_by: match self.revisits {
                Revisits::DueAtStart => self.started,
                Revisits::AsTheyComeDue => due_by,
            },
            job: self.job.clone(),
        }
    }

    async fn lease(&mut self, workers: &mut JoinSet<SiteReturn>) -> Result<bool, Error> {
        let free = self.settings.sites_in_flight_max.saturating_sub(workers.len());
        if free == 0 {
            return Ok(false);
        }
        let now = self.clock.now();
        let request = self.request(free, now);
        let leases = self.frontier.blocking(move |frontier| frontier.lease(&request, now)).await?;
        for lease in &leases {
            self.visits_left = self.visits_left.saturating_sub(lease.visits.len() as u64);
        }
        let any = !leases.is_empty();
        for lease in leases {
            workers.spawn((self.worker)().run(lease));
        }
        Ok(any)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let now = self.clock.now();
        let request = self.request(1, Timestamp::MAX);
        self.frontier.blocking(move |frontier| frontier.next_due(&request, now)).await
    }

    fn worth_waiting(&self, next_due: Option<Timestamp>) -> bool {
        self.revisits == Revisits::AsTheyComeDue
            || next_due
                .is_some_and(|due| model::time::until(self.clock.now(), due) <= self.settings.patience.0)
    }

    async fn wait(
        &mut self,
        workers: &mut JoinSet<SiteReturn>,
        next_due: Option<Timestamp>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let full = workers.len() >= self.settings.sites_in_flight_max;
        let mut rest = next_due.filter(|_| !full).map_or(LOOK_AGAIN, |due| model::time::until(now, due));
        if let Some(deadline) = self.deadline {
            rest = rest.min(model::time::until(now, deadline));
        }
        // A site that is due but still leased would otherwise be asked for in a tight loop.
        let rest = rest.clamp(Duration::from_millis(2), LOOK_AGAIN);
        // In this order, not in a random one, so that a simulated run is the same each time.
        tokio::select! {
            biased;
            Some(returned) = workers.join_next(), if !workers.is_empty() => {
                let returned = returned.map_err(|_| Error::Stage("fetching"))?;
                self.give_back(vec![returned]).await?;
            }
            () = self.unsettled.fewer() => {}
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
        Ok(())
    }

    async fn give_back(&mut self, returns: Vec<SiteReturn>) -> Result<(), Error> {
        if returns.is_empty() {
            return Ok(());
        }
        self.visits_left += returns.iter().map(|returned| returned.unvisited.len() as u64).sum::<u64>();
        let now = self.clock.now();
        self.frontier.blocking(move |frontier| frontier.release(returns, now)).await
    }
}

/// Sites whose workers are done; a worker that panicked surfaces in `wait`.
fn finished(workers: &mut JoinSet<SiteReturn>) -> Vec<SiteReturn> {
    let mut returns = Vec::new();
    while let Some(done) = workers.try_join_next() {
        returns.extend(done.ok());
    }
    returns
}
