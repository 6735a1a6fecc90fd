//! Every route, and the OpenAPI document made from them.

mod changes;
mod document;
mod etag;
mod links;
mod operations;
mod recommendations;
mod search;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::Problem;
use crate::{gate, pages};

/// Nothing from elsewhere, nothing that runs, nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The routes that the OpenAPI document describes.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(document::empty())
        .routes(routes!(search::search))
        .routes(routes!(links::by_url))
        .routes(routes!(links::by_id))
        .routes(routes!(links::similar))
        .routes(routes!(recommendations::recommendations))
        .routes(routes!(changes::changes))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
}

/// The OpenAPI 3.1 document, pretty-printed.
#[must_use]
pub fn openapi() -> String {
    document::text(api().into_openapi())
}

/// The whole server.
pub fn router(app: App) -> Router {
    let (api, described) = api().split_for_parts();
    let described = document::text(described);
    let headers = [("content-type", "application/json"), ("cache-control", "max-age=300")];
    api.route("/openapi.json", get(move || std::future::ready((headers, described.clone()))))
        .route("/", get(pages::home))
        .route("/recommendations", get(pages::recommendations))
        .fallback(|| async { Problem::not_found("no such path; see /openapi.json") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(DefaultBodyLimit::max(app.settings.body_max.as_len()))
        .layer(from_fn_with_state(app.clone(), gate::pass))
        .layer(header("cache-control", "no-store"))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("content-security-policy", POLICY))
        .with_state(app)
}

/// Adds a header to answers that do not have it.
fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests;
