//! The OpenAPI document around the routes. Invariant: it lists every status a route can answer with.

use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi as Described, Ref, RefOr, Response, ResponseBuilder};

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
        (name = "operations", description = "For whoever runs the server")
    )
)]
struct Document;

/// What any route may answer when it is not its fault.
const ALWAYS: [(&str, &str); 2] = [
    ("500", "The server failed; the cause is in its log"),
    ("503", "The deadline passed, or the index does not answer"),
];

/// The document before the routes are in it.
pub(super) fn empty() -> Described {
    Document::openapi()
}

/// The document with what all routes have in common, pretty-printed, ending in a line end.
pub(super) fn text(mut document: Described) -> String {
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete] {
            operation.iter_mut().for_each(complete);
        }
    }
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn complete(operation: &mut Operation) {
    for (status, description) in ALWAYS {
        let known = &mut operation.responses.responses;
        known.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem_response(description)));
    }
}

fn problem_response(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(problem::MEDIA_TYPE, content).build()
}
