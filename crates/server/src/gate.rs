//! What every request passes through: a name, a deadline, a count.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::app::App;
use crate::problem::Problem;
use crate::request_id;

/// Names a request, gives it a deadline, and counts it by route pattern and status.
pub(crate) async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("none".to_owned(), |path| path.as_str().to_owned());
    let id = app.request_ids.name(request.headers());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), route);
    let started = Instant::now();
    let limit: Duration = app.settings.request_timeout.0;
    let answered = tokio::time::timeout(limit, next.run(request)).instrument(span).await;
    let mut response = answered.unwrap_or_else(|_| Problem::timeout().into_response());
    response.headers_mut().insert(request_id::HEADER, id);
    app.metrics.answered(&route, response.status().as_u16(), started.elapsed());
    response
}
