//! `GET /v1/changes`: upserts and deletions for a recommender that keeps its own copy.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use indexer::{Change, LinkSource};
use model::Document;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::search::limit;
use crate::App;
use crate::problem::Problem;

/// From where, and how many.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesParameters {
    /// `next` of the stretch before; absent: from the beginning.
    cursor: Option<String>,
    /// Changes, at most.
    #[param(minimum = 1)]
    limit: Option<usize>,
}

/// One line of the answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "change", rename_all = "lowercase")]
pub(crate) enum ChangeLine {
    /// A link is new or says something else.
    Upsert {
        /// When it was committed, RFC 3339.
        at: String,
        /// 32 hexadecimal digits.
        id: String,
        /// Where it leads.
        url: String,
        /// Its title.
        title: String,
        /// Its language.
        language: String,
        /// When it was published, RFC 3339.
        published: Option<String>,
        /// An excerpt as far as the publisher permits one.
        snippet: String,
    },
    /// A link is no longer there.
    Delete {
        /// When that was committed, RFC 3339.
        at: String,
        /// 32 hexadecimal digits.
        id: String,
        /// Where it led, unless it was withdrawn.
        url: Option<String>,
    },
    /// The last line.
    Cursor {
        /// Where to go on.
        next: String,
        /// Whether there was more already.
        more: bool,
    },
}

/// What changed since a cursor, as NDJSON; the last line is the next cursor.
#[utoipa::path(get, path = "/v1/changes", params(ChangesParameters), responses(
    (status = 200, description = "One change a line, then the cursor", body = ChangeLine, content_type = "application/x-ndjson"),
    (status = 400, description = "The cursor cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn changes(
    State(app): State<App>,
    parameters: Result<Query<ChangesParameters>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(parameters) = parameters.map_err(|e| Problem::bad_request(e.body_text()))?;
    let limit = limit(&app, parameters.limit.or(Some(app.settings.limit_max)))?;
    let now = app.clock.now();
    let changes = app.blocking(move |app| app.index.changes(parameters.cursor.as_deref(), limit, now)).await?;
    let mut body = Vec::new();
    let last = ChangeLine::Cursor { next: changes.next, more: changes.more };
    for line in changes.changes.into_iter().map(ChangeLine::from).chain(std::iter::once(last)) {
        serde_json::to_writer(&mut body, &line).map_err(|e| Problem::internal(&e))?;
        body.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body))
}

impl From<Change> for ChangeLine {
    fn from(change: Change) -> Self {
        match change {
            Change::Upsert { at, document } => Self::Upsert {
                at: at.to_string(),
                id: document.key.to_string(),
                snippet: excerpt(&document),
                url: document.url,
                title: document.title,
                language: document.language.to_string(),
                published: document.published.map(|at| at.to_string()),
            },
            Change::Delete { at, key, url } => Self::Delete { at: at.to_string(), id: key.to_string(), url },
        }
    }
}

/// The beginning of a text, as far as its publisher permits.
fn excerpt(document: &Document) -> String {
    /// As long as the search's own snippets.
    const CHARS_MAX: usize = 240;
    let permitted = document.directives.snippet_chars_max.map_or(CHARS_MAX, |max| (max as usize).min(CHARS_MAX));
    document.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(permitted).collect()
}
