//! What every route shares.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexer::Index;
use model::Clock;
use pipeline::{Progress, Takedowns, hide_taken_down, index_dir};

use crate::metrics::Metrics;
use crate::{Error, Settings};

/// What a server is opened with.
pub struct Opening<'a> {
    /// The data directory.
    pub data: &'a Path,
    /// Settings of the stages.
    pub pipeline: &'a pipeline::Settings,
    /// `[recommender]`.
    pub recommender: &'a recommender::Settings,
    /// `[server]`.
    pub server: &'a Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Counters of the scheduled jobs.
    pub progress: Arc<Progress>,
}

/// The state of a running server. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) data: PathBuf,
    pub(crate) index: Index,
    pub(crate) pipeline: Arc<pipeline::Settings>,
    pub(crate) recommender: Arc<recommender::Settings>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
}

impl App {
    /// Opens the index of a data directory for answering.
    ///
    /// # Errors
    /// [`Error::Stores`] when the index is damaged or of another version.
    pub fn open(opening: &Opening<'_>) -> Result<Self, Error> {
        let index = Index::open(&index_dir(opening.data), opening.pipeline.index.clone()).map_err(pipeline::Error::from)?;
        hide_taken_down(&index, &Takedowns::load(opening.data)?);
        Ok(Self {
            data: opening.data.to_owned(),
            index,
            pipeline: Arc::new(opening.pipeline.clone()),
            recommender: Arc::new(opening.recommender.clone()),
            settings: Arc::new(opening.server.clone()),
            clock: Arc::clone(&opening.clock),
            metrics: Arc::new(Metrics::new(Arc::clone(&opening.progress))),
        })
    }

    /// Runs a lookup on a thread that may block on the disk.
    pub(crate) async fn blocking<R, E, F>(&self, work: F) -> Result<R, crate::problem::Problem>
    where
        R: Send + 'static,
        E: Into<crate::problem::Problem> + Send + 'static,
        F: FnOnce(&Self) -> Result<R, E> + Send + 'static,
    {
        let app = self.clone();
        match tokio::task::spawn_blocking(move || work(&app)).await {
            Ok(done) => done.map_err(Into::into),
            Err(error) => Err(crate::problem::Problem::internal(&error)),
        }
    }
}
