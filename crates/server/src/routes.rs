//! Every route, and the OpenAPI document made from them.

mod changes;
mod links;
mod operations;
mod recommendations;
mod search;

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::{App, pages};

#[derive(OpenApi)]
#[openapi(info(
    title = "Silteme",
    description = "Search, similar links, recommendations and changes of a link index in Kazakh, Russian and English. Problems are RFC 9457 documents; lists are walked by cursor.",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
))]
struct Document;

/// The routes that the OpenAPI document describes.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(search::search))
        .routes(routes!(links::by_url))
        .routes(routes!(links::by_id))
        .routes(routes!(links::similar))
        .routes(routes!(recommendations::recommendations))
        .routes(routes!(changes::changes))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
}

/// The OpenAPI 3.1 document, pretty-printed.
#[must_use]
pub fn openapi() -> String {
    let document = api().into_openapi();
    document.to_pretty_json().unwrap_or_default()
}

/// The whole server.
pub fn router(app: App) -> Router {
    let (api, document) = api().split_for_parts();
    let document = document.to_pretty_json().unwrap_or_default();
    let json = [("content-type", "application/json")];
    api.route("/openapi.json", get(move || std::future::ready((json, document.clone()))))
        .route("/metrics", get(operations::metrics))
        .route("/", get(pages::home))
        .route("/recommendations", get(pages::recommendations))
        .fallback(nothing_there)
        .layer(from_fn_with_state(app.clone(), bound_and_count))
        .layer(RequestBodyLimitLayer::new(app.settings.body_max.as_len()))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"))
        .with_state(app)
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

async fn nothing_there() -> Problem {
    Problem::not_found("no such path; see /openapi.json")
}

/// Gives every request a deadline, and counts it by route pattern and status.
async fn bound_and_count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |path| path.as_str().to_owned());
    let started = Instant::now();
    let limit: Duration = app.settings.request_timeout.0;
    let response = match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem {
            kind: "/problems/timeout",
            title: "It took too long",
            status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
            detail: "the request was given up; try again or ask for less".to_owned(),
        }
        .into_response(),
    };
    app.metrics.answered(&route, response.status().as_u16(), started.elapsed());
    response
}

#[cfg(test)]
mod tests;
