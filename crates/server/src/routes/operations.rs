//! Health and metrics.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use indexer::LinkSource;

use crate::App;
use crate::problem::Problem;

/// The process lives.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "The process lives", body = String)))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The index answers.
#[utoipa::path(get, path = "/readyz", responses(
    (status = 200, description = "The index answers", body = String),
    (status = 500, description = "It does not", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    app.blocking(|app| app.index.stats()).await?;
    Ok("ready\n")
}

/// Metrics in the OpenMetrics text format.
pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let stats = app.blocking(|app| app.index.stats()).await?;
    let text = app.metrics.text(&stats).map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}
