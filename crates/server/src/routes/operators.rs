//! What operators see and start: jobs, hosts, takedowns, reindexing.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use feedback::Counters as _;
use model::CanonicalUrl;
use pipeline::progress::get;
use pipeline::{ReindexRequest, Takedown};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::parameters::{host, instant};
use crate::problem::Problem;
use crate::works::Reindexing;

/// Longest reason of a takedown, characters.
const REASON_MAX: usize = 1_000;

/// Jobs, in the order of their names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobsAnswer {
    /// Every job.
    jobs: Vec<JobView>,
}

/// A crawl job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    /// Name of its file.
    name: String,
    /// When it runs, as cron writes it.
    schedule: Option<String>,
    /// Its next run, RFC 3339.
    #[schema(format = DateTime)]
    next_run: Option<String>,
    /// Seeds.
    seeds: usize,
}

/// What was taken down.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakedownsAnswer {
    /// In the order they were asked for.
    takedowns: Vec<Value>,
}

/// What to take down: exactly one of `url`, `prefix`, `host`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Takedown)]
pub(crate) struct TakedownAsked {
    /// One link, in any spelling.
    url: Option<String>,
    /// Every link that begins so.
    prefix: Option<String>,
    /// Every link of a host.
    host: Option<String>,
    /// Why: the number of the request, the law.
    reason: Option<String>,
}

/// How far a takedown is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForgottenAnswer {
    /// Documents purged from every store.
    forgotten: u64,
    /// Documents hidden already, whose bytes whoever writes now will purge.
    pending: u64,
    /// Whoever writes now.
    waiting_for: Option<String>,
}

/// Which records.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ReindexRequest)]
pub(crate) struct ReindexAsked {
    /// Only records fetched since (RFC 3339 or a day); others keep their documents.
    since: Option<String>,
    /// Whether to compare counts and sample queries before the swap.
    verify: bool,
}

/// How far the reindex is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReindexAnswer {
    /// `none`, `running`, `done` or `failed`.
    state: &'static str,
    /// When it began or ended, RFC 3339.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Records replayed so far.
    records: Option<u64>,
    /// Documents of the new generation, when done.
    documents: Option<u64>,
    /// Number of the new generation, when done.
    generation: Option<u32>,
    /// Why it failed.
    reason: Option<String>,
}

/// Queues, sites, freshness, alerts.
#[utoipa::path(get, path = "/v1/status", operation_id = "status", tag = "operators", responses(
    (status = 200, description = "As `silteme status --format json`", body = Value),
))]
pub(crate) async fn status(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let report = app.blocking(|app| app.works.status()).await?;
    Ok(Json(serde_json::to_value(report).map_err(|e| Problem::internal(&e))?))
}

/// The jobs and their next runs.
#[utoipa::path(get, path = "/v1/jobs", operation_id = "jobs", tag = "operators", responses(
    (status = 200, description = "Every job", body = JobsAnswer),
))]
pub(crate) async fn jobs(State(app): State<App>) -> Result<Json<JobsAnswer>, Problem> {
    let now = app.clock.now();
    let jobs = app.works.jobs.iter().map(|job| {
        Ok(JobView {
            name: job.name.clone(),
            schedule: job.schedule.clone(),
            next_run: pipeline::next_run(job, now)?.map(|at| at.to_string()),
            seeds: job.seeds.len() + job.listed.len(),
        })
    });
    Ok(Json(JobsAnswer { jobs: jobs.collect::<Result<_, pipeline::Error>>()? }))
}

/// Everything known of a host: health, pace, robots.txt, patterns.
#[utoipa::path(get, path = "/v1/hosts/{host}", operation_id = "host", tag = "operators",
    params(("host" = String, Path, description = "Host name")), responses(
    (status = 200, description = "As `silteme explain HOST --format json`", body = Value),
    (status = 400, description = "Not a host name", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is known of it", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn by_host(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(name) = name?;
    let name = host("host", &name)?;
    let explained = app.blocking(move |app| app.works.explain(&name)).await?;
    let explained = explained.ok_or_else(|| Problem::not_found("nothing is known of this host"))?;
    Ok(Json(serde_json::to_value(explained).map_err(|e| Problem::internal(&e))?))
}

/// What was taken down: hashes and reasons, never the links.
#[utoipa::path(get, path = "/v1/takedowns", operation_id = "takedowns", tag = "operators", responses(
    (status = 200, description = "Every takedown", body = TakedownsAnswer),
))]
pub(crate) async fn takedowns(State(app): State<App>) -> Result<Json<TakedownsAnswer>, Problem> {
    let entries = app.blocking(|app| app.works.takedowns()).await?;
    let takedowns = entries.iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok(Json(TakedownsAnswer { takedowns: takedowns.map_err(|e| Problem::internal(&e))? }))
}

/// Takes something down: out of answers at once, never crawled again, out of every store as soon as it can be written.
#[utoipa::path(post, path = "/v1/takedowns", operation_id = "take_down", tag = "operators", request_body = TakedownAsked, responses(
    (status = 200, description = "It is hidden, and purged as far as said", body = ForgottenAnswer),
    (status = 400, description = "It cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn take_down(
    State(app): State<App>,
    body: Result<Json<TakedownAsked>, JsonRejection>,
) -> Result<Json<ForgottenAnswer>, Problem> {
    let Json(asked) = body?;
    let takedown = takedown(&asked)?;
    if asked.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MAX) {
        return Err(Problem::bad_request(format!("reason is longer than {REASON_MAX} characters")));
    }
    let done = app
        .blocking(move |app| {
            let done = app.works.forget(&takedown, asked.reason.as_deref())?;
            app.feedback.remove(&done.links)?;
            Ok::<_, Problem>(done)
        })
        .await?;
    Ok(Json(ForgottenAnswer {
        forgotten: done.forgotten,
        pending: done.pending,
        waiting_for: done.waiting_for,
    }))
}

fn takedown(asked: &TakedownAsked) -> Result<Takedown, Problem> {
    let url = |name, text: &str| {
        CanonicalUrl::parse(text).map_err(|e| Problem::bad_request(format!("{name} cannot be used: {e}")))
    };
    match (&asked.url, &asked.prefix, &asked.host) {
        (Some(text), None, None) => Ok(Takedown::Url(url("url", text)?)),
        (None, Some(text), None) => Ok(Takedown::Prefix(url("prefix", text)?.url().to_string())),
        (None, None, Some(text)) => Ok(Takedown::Host(host("host", text)?)),
        _ => Err(Problem::bad_request("write exactly one of url, prefix, host")),
    }
}

/// How far the reindex asked for last is.
#[utoipa::path(get, path = "/v1/reindex", operation_id = "reindexing", tag = "operators", responses(
    (status = 200, description = "How far it is", body = ReindexAnswer),
))]
pub(crate) async fn reindexing(State(app): State<App>) -> Json<ReindexAnswer> {
    Json(app.works.reindexing().into())
}

/// Replays the archive into a new generation, in the background; lookups go on.
#[utoipa::path(post, path = "/v1/reindex", operation_id = "reindex", tag = "operators", request_body = ReindexAsked, responses(
    (status = 202, description = "It runs; GET tells how far", body = ReindexAnswer),
    (status = 400, description = "It cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "One runs already", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn reindex(
    State(app): State<App>,
    body: Result<Json<ReindexAsked>, JsonRejection>,
) -> Result<(StatusCode, Json<ReindexAnswer>), Problem> {
    let Json(asked) = body?;
    let since = asked.since.map(|text| instant("since", &text)).transpose()?;
    app.works.start_reindex(ReindexRequest { since, verify: asked.verify })?;
    Ok((StatusCode::ACCEPTED, Json(app.works.reindexing().into())))
}

impl From<Reindexing> for ReindexAnswer {
    fn from(reindexing: Reindexing) -> Self {
        let nothing =
            Self { state: "none", at: None, records: None, documents: None, generation: None, reason: None };
        match reindexing {
            Reindexing::None => nothing,
            Reindexing::Running { since, progress } => Self {
                state: "running",
                at: Some(since.to_string()),
                records: Some(get(&progress.records)),
                ..nothing
            },
            Reindexing::Ended { at, done: Ok(summary) } => Self {
                state: "done",
                at: Some(at.to_string()),
                records: Some(summary.records),
                documents: Some(summary.documents),
                generation: Some(summary.generation),
                ..nothing
            },
            Reindexing::Ended { at, done: Err(reason) } => {
                Self { state: "failed", at: Some(at.to_string()), reason: Some(reason), ..nothing }
            }
        }
    }
}
