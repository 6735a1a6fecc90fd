//! `GET /v1/search`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use indexer::LinkSource;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::parameters::{Written, limit};
use crate::problem::Problem;
use crate::view::HitView;

/// What to search for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParameters {
    /// Words; "a phrase" in quotes; -word to exclude. Empty: newest first.
    #[serde(default)]
    q: String,
    /// Only this language: kk, ru, en, …
    language: Option<String>,
    /// Only this host.
    host: Option<String>,
    /// Only this site (registrable domain).
    site: Option<String>,
    /// Only published (else fetched) at or after this instant (RFC 3339) or day.
    since: Option<String>,
    /// Only published (else fetched) before this instant (RFC 3339) or day.
    until: Option<String>,
    /// Results, at most; 10 unless said otherwise, never more than the server is set to give (100 by default).
    #[param(minimum = 1)]
    limit: Option<usize>,
    /// `next` of the answer before.
    cursor: Option<String>,
}

/// Links that match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    /// Best first.
    results: Vec<HitView>,
    /// Cursor of the next stretch, if there may be one.
    next: Option<String>,
}

/// Full-text search.
#[utoipa::path(get, path = "/v1/search", operation_id = "search", tag = "links", params(SearchParameters), responses(
    (status = 200, description = "Links that match, best first", body = SearchAnswer),
    (status = 400, description = "The query cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn search(
    State(app): State<App>,
    parameters: Result<Query<SearchParameters>, QueryRejection>,
) -> Result<Json<SearchAnswer>, Problem> {
    let Query(parameters) = parameters?;
    let written = Written {
        language: parameters.language.as_deref(),
        host: parameters.host.as_deref(),
        site: parameters.site.as_deref(),
        since: parameters.since.as_deref(),
        until: parameters.until.as_deref(),
    };
    let query = indexer::Query {
        filter: written.filter()?,
        cursor: parameters.cursor.filter(|cursor| !cursor.is_empty()),
        ..indexer::Query::new(parameters.q, limit(&app.settings, parameters.limit)?, app.clock.now())
    };
    let answer = app.blocking(move |app| app.index.search(&query)).await?;
    Ok(Json(SearchAnswer {
        results: answer.hits.into_iter().map(HitView::from).collect(),
        next: answer.next,
    }))
}
