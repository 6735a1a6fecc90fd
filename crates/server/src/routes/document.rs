//! The OpenAPI document around the routes. Invariant: it lists every status a route can answer with.

use axum::http::Method;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Described, Ref, RefOr, Response, ResponseBuilder};

use crate::access::{Scope, scope_of};
use crate::problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Silteme",
        description = "Search, similar links, recommendations and changes of a link index in Kazakh, Russian and English. Problems are RFC 9457 documents; lists are walked by cursor. Every answer names its request in `x-request-id`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "links", description = "What is in the index"),
        (name = "recommendations", description = "What to read next"),
        (name = "people", description = "Consent and the rights of people, for services and support"),
        (name = "readers", description = "The same, for readers who have logged in"),
        (name = "auditors", description = "Who read or handed over what of whom"),
        (name = "accounts", description = "How readers prove who they are; lookups need no account"),
        (name = "operators", description = "Jobs, hosts, takedowns, reindexing"),
        (name = "operations", description = "For whoever runs the server")
    )
)]
struct Document;

/// What any route may answer when it is not its fault.
const ALWAYS: [(&str, &str); 3] = [
    ("429", "The caller asks too often; `Retry-After` tells when to ask again"),
    ("500", "The server failed; the cause is in its log"),
    ("503", "The deadline passed, or the index does not answer"),
];

/// What a route that is not for everyone may answer beyond that.
const GUARDED: [(&str, &str); 2] =
    [("401", "No key, or not a valid one"), ("403", "The key is not for this, or the person has not agreed")];

/// Name of the one way to say who asks.
const SCHEME: &str = "key";

/// The document before the routes are in it.
pub(super) fn empty() -> Described {
    let mut document = Document::openapi();
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some("A key of `silteme keys add`, or the token of a reader's session".to_owned());
    document.components.get_or_insert_default().add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    document
}

/// The document with what all routes have in common, pretty-printed, ending in a line end.
pub(super) fn text(mut document: Described) -> String {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in operations {
            let scope = scope_of(&method, path).unwrap_or(Scope::Public);
            if let Some(operation) = operation {
                complete(operation, scope);
            }
        }
    }
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn complete(operation: &mut Operation, scope: Scope) {
    let mut may_answer = ALWAYS.to_vec();
    if scope != Scope::Public {
        may_answer.extend(GUARDED);
        let key = SecurityRequirement::new(SCHEME, Vec::<String>::new());
        let mut ways = vec![key];
        if scope.is_open() {
            ways.push(SecurityRequirement::default());
        }
        operation.security = Some(ways);
    }
    for (status, description) in may_answer {
        let known = &mut operation.responses.responses;
        known.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem_response(description)));
    }
}

fn problem_response(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(problem::MEDIA_TYPE, content).build()
}
