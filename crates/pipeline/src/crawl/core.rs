//! What a crawl is without its threads and files: leases, workers and the fetcher, on the runtime of the caller.
//!
//! Invariant: every decision of a crawl (which site, when, how many) falls here or below; `crawl` and the simulator only
//! choose what becomes of the records. So what the simulator proves of it holds for the real thing.

use std::sync::Arc;
use std::time::Duration;

use fetcher::{Fetcher, Transport};
use frontier::Politeness;
use model::{Clock, FetchRecord};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::dispatch::Dispatch;
use super::pacing::Manners;
use super::worker::Worker;
use super::{CrawlSettings, Unsettled};
use crate::Error;
use crate::stores::SharedFrontier;
use crate::takedowns::Takedowns;

/// One run of the deciding part of a crawl.
pub struct CrawlCore<T: Transport> {
    /// Which URL next, and when. Its seeds have been offered.
    pub frontier: SharedFrontier,
    /// How a visit is made.
    pub fetcher: Arc<Fetcher<T>>,
    /// How many sites and visits at once.
    pub settings: CrawlSettings,
    /// The clock of frontier and pace; the fetcher's must be the same, and it must not be stepped during the run
    /// ([`super::SteadyClock`]).
    pub clock: Arc<dyn Clock>,
    /// Visit only what this job admitted; `None`: everything that is due.
    pub job: Option<String>,
    /// Visits in this run, at most.
    pub visits_max: u64,
    /// How long this run may take, at most.
    pub time_max: Option<Duration>,
    /// Which revisits belong to the run.
    pub revisits: Revisits,
    /// Where an operator's changes of the policy towards sites arrive; in force before the next request.
    pub politeness: Option<watch::Receiver<Politeness>>,
    /// Ends the run gracefully: what is in flight is finished.
    pub stop: CancellationToken,
    /// Records handed over and not settled yet; whoever settles them counts them down.
    pub unsettled: Arc<Unsettled>,
}

/// Which revisits belong to a run. What was never visited always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Revisits {
    /// Those due when it starts, so that it ends.
    #[default]
    DueAtStart,
    /// Every one as it comes due: such a run goes on until a limit or `stop`. A feed then does not wait for the slowest
    /// site of a run to be done.
    AsTheyComeDue,
}

impl<T: Transport> CrawlCore<T> {
    /// Visits what is due and hands every record to `records`, until nothing is due, a limit is met, `stop`, or the
    /// receiver is gone; says which. `takedowns` are honoured as other processes write them.
    ///
    /// Dropping the future is a kill: leases stay out, and the next [`frontier::Frontier::recover`] takes them back.
    ///
    /// # Errors
    /// When the frontier or the journal of takedowns fails.
    pub async fn run(
        self,
        records: mpsc::Sender<FetchRecord>,
        takedowns: Option<&mut Takedowns>,
    ) -> Result<&'static str, Error> {
        let Self {
            frontier,
            fetcher,
            settings,
            clock,
            job,
            visits_max,
            time_max,
            revisits,
            politeness,
            stop,
            unsettled,
        } = self;
        let started = clock.now();
        let manners = Arc::new(Manners::new(frontier.clone(), politeness, fetcher.request_max(), started));
        let dispatch = Dispatch {
            frontier: &frontier,
            settings: &settings,
            worker: Box::new(|| Worker {
                fetcher: Arc::clone(&fetcher),
                clock: Arc::clone(&clock),
                manners: Arc::clone(&manners),
                records: records.clone(),
                unsettled: Arc::clone(&unsettled),
                stop: stop.clone(),
            }),
            clock: Arc::clone(&clock),
            job,
            visits_left: visits_max,
            deadline: time_max.map(|time| model::time::later(started, time)),
            started,
            revisits,
            stop: stop.child_token(),
            unsettled: Arc::clone(&unsettled),
            takedowns,
        };
        dispatch.run(&records).await
    }
}
