//! What operators ask for over the API: looks into the stores, takedowns, a reindex in the background.
//!
//! Invariant: at most one reindex of this server at a time; it holds no lookup back.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use model::{Clock, Timestamp};
use pipeline::{
    Explained, Forgotten, Job, Progress, ReadStores, ReindexRequest, ReindexSummary, StatusReport, Takedown,
    TakedownEntry, Takedowns,
};
use tokio_util::sync::CancellationToken;

use crate::app::Opening;
use crate::problem::Problem;

/// What it takes to work on the stores.
pub(crate) struct Works {
    data: PathBuf,
    settings: pipeline::Settings,
    clock: Arc<dyn Clock>,
    pub(crate) jobs: Vec<Job>,
    reindex: Mutex<Reindexing>,
}

/// The reindex this server was last asked for.
#[derive(Debug, Clone, Default)]
pub(crate) enum Reindexing {
    /// None yet.
    #[default]
    None,
    /// It runs.
    Running { since: Timestamp, progress: Arc<Progress> },
    /// It has ended.
    Ended { at: Timestamp, done: Result<ReindexSummary, String> },
}

impl Works {
    /// Over the stores of an opening.
    pub(crate) fn of(opening: &Opening<'_>) -> Self {
        Self {
            data: opening.data.to_owned(),
            settings: opening.pipeline.clone(),
            clock: Arc::clone(&opening.clock),
            jobs: opening.jobs.to_vec(),
            reindex: Mutex::default(),
        }
    }

    fn stores(&self) -> Result<ReadStores, Problem> {
        Ok(ReadStores::open(&self.data, &self.settings, Arc::clone(&self.clock))?)
    }

    /// Queues, hosts, freshness, alerts.
    pub(crate) fn status(&self) -> Result<StatusReport, Problem> {
        Ok(pipeline::status(&self.stores()?, &self.jobs)?)
    }

    /// Everything known of a host or URL.
    pub(crate) fn explain(&self, subject: &str) -> Result<Option<Explained>, Problem> {
        Ok(pipeline::explain(&self.stores()?, subject)?)
    }

    /// What was taken down: hashes, never the thing itself.
    pub(crate) fn takedowns(&self) -> Result<Vec<TakedownEntry>, Problem> {
        Ok(Takedowns::load(&self.data)?.entries().to_vec())
    }

    /// Takes something down.
    pub(crate) fn forget(&self, takedown: &Takedown, reason: Option<&str>) -> Result<Forgotten, Problem> {
        Ok(pipeline::forget(&self.data, &self.settings, &self.clock, takedown, reason)?)
    }

    /// The reindex last asked for.
    pub(crate) fn reindexing(&self) -> Reindexing {
        self.reindex.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts a reindex on a thread of its own.
    pub(crate) fn start_reindex(self: &Arc<Self>, request: ReindexRequest) -> Result<(), Problem> {
        let progress = Arc::new(Progress::default());
        {
            let mut reindex = self.reindex.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(*reindex, Reindexing::Running { .. }) {
                return Err(Problem::conflict("a reindex runs already; GET /v1/reindex tells how far it is"));
            }
            *reindex = Reindexing::Running { since: self.clock.now(), progress: Arc::clone(&progress) };
        }
        let works = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            // It is not stopped with the server: a killed reindex goes on where it was when asked again.
            let stop = CancellationToken::new();
            let done =
                pipeline::reindex(&works.data, &works.settings, &works.clock, request, &progress, &stop);
            if let Err(error) = &done {
                tracing::error!(error = error as &dyn std::error::Error, "the reindex failed");
            }
            let done = done.map_err(|error| match error {
                pipeline::Error::Busy { holder, .. } => {
                    format!("{holder} was writing; ask again when it has ended")
                }
                _ => "it failed; the cause is in the server's log".to_owned(),
            });
            let ended = Reindexing::Ended { at: works.clock.now(), done };
            *works.reindex.lock().unwrap_or_else(PoisonError::into_inner) = ended;
        });
        Ok(())
    }
}
