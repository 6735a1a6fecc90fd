//! Health and metrics.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use indexer::LinkSource;

use crate::app::App;
use crate::problem::Problem;

/// The process lives.
#[utoipa::path(get, path = "/healthz", operation_id = "healthz", tag = "operations", responses(
    (status = 200, description = "The process lives", body = String, content_type = "text/plain"),
))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The index answers.
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = "operations", responses(
    (status = 200, description = "The index answers", body = String, content_type = "text/plain"),
))]
pub(crate) async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    app.blocking(|app| app.index.stats().map_err(|e| Problem::not_ready(&e))).await?;
    Ok("ready\n")
}

/// Metrics in the `OpenMetrics` text format.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "operations", responses(
    (status = 200, description = "Metrics", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"),
))]
pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    // What the index cannot tell is left as it was: the other figures are needed most when the index fails.
    let look = |app: &App| {
        app.watch_hosts();
        app.index.stats()
    };
    let stats = app.blocking(look).await.ok();
    let text = app.metrics.text(stats.as_ref()).map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}
