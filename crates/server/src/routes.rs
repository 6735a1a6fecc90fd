//! Every route, and the OpenAPI document made from them.

mod accounts;
mod audits;
mod changes;
mod document;
mod etag;
mod events;
mod links;
mod me;
mod oidc;
mod operations;
mod operators;
mod people;
mod people_view;
mod privacy;
mod recommendations;
mod search;
mod whose;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::Problem;
use crate::{gate, pages};

/// Nothing from elsewhere, nothing that runs, nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// One year of TLS only, hosts below it too (RFC 6797 section 6.1).
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// The routes that the OpenAPI document describes.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(document::empty())
        .merge(lookups())
        .merge(persons())
        .merge(readers())
        .merge(operation())
}

/// What is asked all day. Only these answers are compressed: none holds a secret beside what a caller wrote.
fn lookups() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(links::by_url))
        .routes(routes!(links::by_id))
        .routes(routes!(links::similar))
        .routes(routes!(recommendations::recommendations))
        .routes(routes!(changes::changes))
        .layer(CompressionLayer::new().gzip(true).zstd(true))
}

/// The rights of people, for services and support.
fn persons() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(privacy::policies))
        .routes(routes!(events::events))
        .routes(routes!(people::add))
        .routes(routes!(people::find))
        .routes(routes!(people::person, people::correct, people::erase))
        .routes(routes!(people::export))
        .routes(routes!(people::restrict, people::lift))
        .routes(routes!(people::consent, people::agree, people::withdraw))
        .routes(routes!(people::tickets))
        .routes(routes!(people::ticket))
        .routes(routes!(audits::audit))
        .routes(routes!(audits::disclosures))
}

/// The same for readers about themselves.
fn readers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me::person_own, me::correct_own, me::erase_own))
        .routes(routes!(me::export_own))
        .routes(routes!(me::consent_own, me::agree_own, me::withdraw_own))
        .routes(routes!(events::own_events))
        .routes(routes!(accounts::register))
        .routes(routes!(accounts::log_in, accounts::log_out))
        .routes(routes!(accounts::send_code))
        .routes(routes!(accounts::change_password))
        .routes(routes!(oidc::begin))
        .routes(routes!(oidc::end))
}

/// What runs the service.
fn operation() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(operators::status))
        .routes(routes!(operators::jobs))
        .routes(routes!(operators::by_host))
        .routes(routes!(operators::takedowns, operators::take_down))
        .routes(routes!(operators::reindexing, operators::reindex))
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
    let router = api
        .route("/openapi.json", get(move || std::future::ready((headers, described.clone()))))
        .route("/", get(pages::home))
        .route("/recommendations", get(pages::recommendations))
        .route("/privacy", get(pages::privacy::current))
        .route("/privacy/{version}", get(pages::privacy::version))
        .fallback(|| async { Problem::not_found("no such path; see /openapi.json") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(DefaultBodyLimit::max(app.settings.body_max.as_len()))
        .layer(from_fn_with_state(app.clone(), gate::pass))
        .layer(header_if_absent("cache-control", "no-store"))
        .layer(header_if_absent("x-content-type-options", "nosniff"))
        .layer(header_if_absent("referrer-policy", "no-referrer"))
        .layer(header_if_absent("content-security-policy", POLICY));
    let router = if app.settings.tls_certificate.is_some() {
        router.layer(header_if_absent("strict-transport-security", HSTS))
    } else {
        router
    };
    let origins = &app.settings.cors_origins;
    let router = if origins.is_empty() { router } else { router.layer(cors(origins)) };
    router.with_state(app)
}

/// Lets pages of these origins read answers in a browser; keys travel in a header, never in cookies.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods(methods)
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
}

/// Adds a header to answers that do not have it.
fn header_if_absent(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests;
