//! What every request passes through: a name, a caller, a scope, a limit, a deadline, a count.
//!
//! Invariant: no handler runs for a caller who may not; that the table of scopes names every route is tested.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::access::{Caller, bearer, scope_of};
use crate::app::App;
use crate::problem::Problem;
use crate::request_id;

/// Names a request, finds out who asks, gives it a deadline, and counts it by route pattern and status.
pub(crate) async fn pass(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("none".to_owned(), |path| path.as_str().to_owned());
    let id = app.request_ids.name(request.headers());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), route);
    let started = Instant::now();
    let limit: Duration = app.settings.request_timeout.0;
    let answering = async {
        let token = bearer(request.headers()).map(str::to_owned);
        match admit(&app, token, request.method().clone(), &route).await {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        }
    };
    let answered = tokio::time::timeout(limit, answering).instrument(span).await;
    let mut response = answered.unwrap_or_else(|_| Problem::timeout().into_response());
    response.headers_mut().insert(request_id::HEADER, id);
    app.metrics.answered(&route, response.status().as_u16(), started.elapsed());
    response
}

/// Who asks, if they may.
async fn admit(app: &App, token: Option<String>, method: Method, route: &str) -> Result<Caller, Problem> {
    let caller = match token {
        None => Caller::Anonymous,
        Some(token) => app.caller(&token).await?,
    };
    let (name, per_second) = match &caller {
        Caller::Anonymous => ("", app.settings.anonymous_requests_per_second),
        Caller::Key(grant) => {
            (grant.id.as_str(), grant.requests_per_second.unwrap_or(app.settings.requests_per_second))
        }
        Caller::Reader(person) => (person.as_str(), app.settings.requests_per_second),
    };
    app.limits.take(name, per_second).map_err(Problem::too_many)?;
    // Unknown paths and methods are told apart from those that are not for the caller.
    let Some(scope) = scope_of(&method, route) else { return Ok(caller) };
    if caller.may(scope, app.settings.are_keys_required()) {
        return Ok(caller);
    }
    Err(match caller {
        Caller::Anonymous => Problem::unauthorized(
            "send `Authorization: Bearer KEY`; the operator gives out keys with `silteme keys add`",
        ),
        _ => Problem::forbidden(format!("this key is not for {}", scope.words())),
    })
}
