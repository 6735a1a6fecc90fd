//! What every route shares.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use feedback::Feedback;
use indexer::Index;
use model::{Clock, Timestamp};
use pipeline::{Job, Progress, Takedowns, hide_taken_down, index_dir};
use profiles::{Accounts, Profiles};
use tokio::sync::Semaphore;

use crate::access::{Caller, Grants, Limits};
use crate::error::Error;
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::problem::Problem;
use crate::request_id::RequestIds;
use crate::settings::Settings;
use crate::works::Works;

/// Lookups that run at the same time; further ones wait for their turn under their deadline. A lookup is CPU work of a few
/// milliseconds, so more would only make all of them slower; well below tokio's 512 blocking threads.
const LOOKUPS_MAX: usize = 64;

/// Codes sent at the same time: more than a sender delivers, few enough to leave threads for everything else.
const SENDINGS_MAX: usize = 16;

/// What a server is opened with.
pub struct Opening<'a> {
    /// The data directory.
    pub data: &'a Path,
    /// Settings of the stages.
    pub pipeline: &'a pipeline::Settings,
    /// `[recommender]`.
    pub recommender: &'a recommender::Settings,
    /// `[feedback]`.
    pub feedback: &'a feedback::Settings,
    /// `[profiles]`.
    pub profiles: &'a profiles::Settings,
    /// `[accounts]`.
    pub accounts: &'a profiles::AccountSettings,
    /// `[server]`.
    pub server: &'a Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The jobs, scheduled or not.
    pub jobs: &'a [Job],
    /// Counters of the scheduled jobs.
    pub progress: Arc<Progress>,
}

/// The state of a running server. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) index: Index,
    pub(crate) recommender: Arc<recommender::Settings>,
    pub(crate) feedback: Feedback,
    pub(crate) profiles: Profiles,
    pub(crate) accounts: Accounts,
    pub(crate) oidc: Arc<Oidc>,
    /// Turns for hashing passwords: each takes memory and CPU that lookups need.
    pub(crate) hashing: Arc<Semaphore>,
    /// Turns for sending codes.
    pub(crate) sending: Arc<Semaphore>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) request_ids: Arc<RequestIds>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) works: Arc<Works>,
    grants: Grants,
    watch: Arc<Watch>,
    lookups: Arc<Semaphore>,
}

/// How often the sites are looked at for metrics: one pass over all of them.
const WATCH_INTERVAL: Duration = Duration::from_mins(1);

/// What it takes to look at the sites.
struct Watch {
    data: PathBuf,
    settings: pipeline::Settings,
    last: Mutex<Option<Timestamp>>,
}

impl App {
    /// Opens the index of a data directory for answering.
    ///
    /// # Errors
    /// [`Error::Stores`] when the index is damaged or of another version; [`Error::Feedback`] and [`Error::Profiles`] when what
    /// readers did, or people, cannot be opened; [`Error::DevelopmentKey`] when other machines could reach people whose keys
    /// are guarded by a key beside them.
    pub fn open(opening: &Opening<'_>) -> Result<Self, Error> {
        let index = Index::open(&index_dir(opening.data), opening.pipeline.index.clone())
            .map_err(pipeline::Error::from)?;
        hide_taken_down(&index, &Takedowns::load(opening.data)?);
        let profiles = Profiles::open(&profiles::Opening {
            dir: &opening.data.join("profiles"),
            keys_dir: &opening.profiles.keys_dir(opening.data),
            settings: opening.profiles,
            clock: Arc::clone(&opening.clock),
        })?;
        if profiles.is_for_development() && !opening.server.listen.ip().is_loopback() {
            return Err(Error::DevelopmentKey);
        }
        Ok(Self {
            index,
            recommender: Arc::new(opening.recommender.clone()),
            feedback: Feedback::open(
                &opening.data.join("feedback"),
                opening.feedback,
                Arc::clone(&opening.clock),
            )?,
            oidc: Arc::new(
                Oidc::open(&opening.accounts.oidc, Arc::clone(&opening.clock)).map_err(Error::Login)?,
            ),
            accounts: Accounts::new(&profiles, opening.accounts)?,
            hashing: Arc::new(Semaphore::new(opening.accounts.hashes_at_once)),
            sending: Arc::new(Semaphore::new(SENDINGS_MAX)),
            profiles,
            settings: Arc::new(opening.server.clone()),
            clock: Arc::clone(&opening.clock),
            metrics: Arc::new(Metrics::new(Arc::clone(&opening.progress))),
            request_ids: Arc::new(RequestIds::since(opening.clock.now())),
            limits: Arc::default(),
            works: Arc::new(Works::of(opening)),
            grants: Grants::of(opening.data),
            watch: Arc::new(Watch {
                data: opening.data.to_owned(),
                settings: opening.pipeline.clone(),
                last: Mutex::new(None),
            }),
            lookups: Arc::new(Semaphore::new(LOOKUPS_MAX)),
        })
    }

    /// Brings the metrics of the sites up to date, at most once a minute. Blocks on the disk.
    pub(crate) fn watch_hosts(&self) {
        let now = self.clock.now();
        let mut last = self.watch.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| model::time::until(last, now) < WATCH_INTERVAL && last <= now) {
            return;
        }
        *last = Some(now);
        match pipeline::hosts_of(&self.watch.data, &self.watch.settings, now) {
            Ok(report) => self.metrics.set_hosts(&report.unwrap_or_default()),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the frontier cannot be read for metrics"
                );
            }
        }
    }

    /// The keys given out.
    #[cfg(test)]
    pub(crate) fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Who a token belongs to.
    pub(crate) async fn caller(&self, token: &str) -> Result<Caller, Problem> {
        if Accounts::is_session(token) {
            let token = token.to_owned();
            let holder = self.blocking(move |app| app.accounts.holder(&token)).await?;
            return holder
                .map(Caller::Reader)
                .ok_or_else(|| Problem::unauthorized("the session has ended; log in again"));
        }
        let grant = self.grants.holder(token, self.clock.now()).map_err(|e| Problem::internal(&e))?;
        grant.map(Caller::Key).ok_or_else(|| {
            Problem::unauthorized(
                "the key is not known, has expired or was taken back; ask the operator for another",
            )
        })
    }

    /// Runs a lookup on a thread that may block on the disk, among the lookups.
    pub(crate) async fn blocking<R, E, F>(&self, work: F) -> Result<R, Problem>
    where
        R: Send + 'static,
        E: Into<Problem> + Send + 'static,
        F: FnOnce(&Self) -> Result<R, E> + Send + 'static,
    {
        self.run(&self.lookups, work).await?.map_err(Into::into)
    }

    /// Runs work that blocks, when it is its turn. It keeps its place until it ends, even when whoever asked has given up.
    pub(crate) async fn run<R, E, F>(&self, turns: &Arc<Semaphore>, work: F) -> Result<Result<R, E>, Problem>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&Self) -> Result<R, E> + Send + 'static,
    {
        let place = Arc::clone(turns).acquire_owned().await.map_err(|e| Problem::internal(&e))?;
        let (app, span) = (self.clone(), tracing::Span::current());
        let running = tokio::task::spawn_blocking(move || {
            let _place = place;
            span.in_scope(|| work(&app))
        });
        running.await.map_err(|e| Problem::internal(&e))
    }
}
