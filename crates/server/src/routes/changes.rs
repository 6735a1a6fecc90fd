//! `GET /v1/changes`: upserts and deletions for a recommender that keeps its own copy.

use std::collections::HashMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use indexer::{Change, Hit, LinkSource};
use model::UrlKey;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::parameters::limit;
use crate::problem::Problem;
use crate::view::LinkView;

/// From where, and how many.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesParameters {
    /// `next` of the stretch before; absent: from the beginning.
    cursor: Option<String>,
    /// Changes, at most; as many as the server is set to give (100 by default) unless said otherwise.
    #[param(minimum = 1)]
    limit: Option<usize>,
}

/// One line of the answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "change", rename_all = "lowercase")]
#[schema(as = Change)]
pub(crate) enum ChangeLine {
    /// A link is new or says something else.
    Upsert(Box<Upsert>),
    /// A link is no longer there.
    Delete(Deletion),
    /// The last line.
    Cursor(End),
}

/// A link as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upsert {
    /// When it was committed, RFC 3339.
    at: String,
    /// From this instant on the publisher does not want it shown (RFC 3339); no deletion will say so, whoever keeps a copy
    /// looks at the clock.
    unavailable_after: Option<String>,
    /// The link.
    #[serde(flatten)]
    link: LinkView,
}

/// A link that is to be removed from any copy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deletion {
    /// When that was committed, RFC 3339.
    at: String,
    /// 32 hexadecimal digits.
    id: String,
    /// Where it led, unless it was withdrawn.
    url: Option<String>,
}

/// The end of a stretch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct End {
    /// Where to go on.
    next: String,
    /// Whether there was more already.
    more: bool,
}

/// What changed since a cursor, as NDJSON; the last line is the next cursor.
#[utoipa::path(get, path = "/v1/changes", operation_id = "changes", tag = "links", params(ChangesParameters), responses(
    (status = 200, description = "One change a line, then the cursor; the schema is that of a line",
        body = ChangeLine, content_type = "application/x-ndjson"),
    (status = 400, description = "The cursor cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn changes(
    State(app): State<App>,
    parameters: Result<Query<ChangesParameters>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(parameters) = parameters?;
    let limit = limit(&app.settings, parameters.limit.or(Some(app.settings.limit_max)))?;
    let cursor = parameters.cursor.filter(|cursor| !cursor.is_empty());
    let lines = app.blocking(move |app| lines(app, cursor.as_deref(), limit)).await?;
    let mut body = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut body, &line).map_err(|e| Problem::internal(&e))?;
        body.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body))
}

/// A stretch of changes, each upsert with its link as any other route would show it now.
fn lines(app: &App, cursor: Option<&str>, limit: usize) -> Result<Vec<ChangeLine>, indexer::Error> {
    let now = app.clock.now();
    let stretch = app.index.changes(cursor, limit, now)?;
    let is_upsert = |change: &&Change| matches!(change, Change::Upsert { .. });
    let keys: Vec<UrlKey> = stretch.changes.iter().filter(is_upsert).map(Change::key).collect();
    let found = app.index.get(&keys, now)?.into_iter().flatten();
    let mut links: HashMap<UrlKey, Hit> = found.map(|hit| (hit.document.key, hit)).collect();
    let end = End { next: stretch.next, more: stretch.more };
    let lines = stretch.changes.into_iter().map(|change| line(&change, links.remove(&change.key())));
    Ok(lines.chain(std::iter::once(ChangeLine::Cursor(end))).collect())
}

/// One change; an upsert whose link has gone meanwhile is a deletion.
fn line(change: &Change, link: Option<Hit>) -> ChangeLine {
    let (at, id) = (change.at().to_string(), change.key().to_string());
    match (change, link) {
        (Change::Upsert { .. }, Some(hit)) => {
            let unavailable_after = hit.document.directives.unavailable_after.map(|end| end.to_string());
            ChangeLine::Upsert(Box::new(Upsert { at, unavailable_after, link: hit.into() }))
        }
        (Change::Upsert { .. }, None) => ChangeLine::Delete(Deletion { at, id, url: None }),
        (Change::Delete { url, .. }, _) => ChangeLine::Delete(Deletion { at, id, url: url.clone() }),
    }
}
