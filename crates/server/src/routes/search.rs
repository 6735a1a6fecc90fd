//! `GET /v1/search`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use indexer::{Filter, LinkSource};
use model::{Language, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::{App, HitView};

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
    /// Only published (else fetched) at or after this instant (RFC 3339).
    since: Option<String>,
    /// Only published (else fetched) before this instant (RFC 3339).
    until: Option<String>,
    /// Results, at most; 10 unless said otherwise.
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
#[utoipa::path(get, path = "/v1/search", params(SearchParameters), responses(
    (status = 200, description = "Links that match, best first", body = SearchAnswer),
    (status = 400, description = "The query cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn search(
    State(app): State<App>,
    parameters: Result<Query<SearchParameters>, QueryRejection>,
) -> Result<Json<SearchAnswer>, Problem> {
    let Query(parameters) = parameters.map_err(|e| Problem::bad_request(e.body_text()))?;
    let filter = filter(
        parameters.language.as_deref(),
        parameters.host,
        parameters.site,
        parameters.since.as_deref(),
        parameters.until.as_deref(),
    )?;
    let limit = limit(&app, parameters.limit)?;
    let query = indexer::Query {
        filter,
        cursor: parameters.cursor,
        ..indexer::Query::new(parameters.q, limit, app.clock.now())
    };
    let answer = app.blocking(move |app| app.index.search(&query)).await?;
    Ok(Json(SearchAnswer { results: answer.hits.into_iter().map(HitView::from).collect(), next: answer.next }))
}

/// A filter from what a request says.
pub(crate) fn filter(
    language: Option<&str>,
    host: Option<String>,
    site: Option<String>,
    since: Option<&str>,
    until: Option<&str>,
) -> Result<Filter, Problem> {
    Ok(Filter {
        languages: language.filter(|code| !code.is_empty()).map(self::language).transpose()?.into_iter().collect(),
        host: host.map(|host| host.to_ascii_lowercase()),
        site: site.map(|site| site.to_ascii_lowercase()),
        since: since.map(|text| instant("since", text)).transpose()?,
        until: until.map(|text| instant("until", text)).transpose()?,
    })
}

/// A language code.
pub(crate) fn language(code: &str) -> Result<Language, Problem> {
    let language = Language::new(code);
    if language == Language::unknown() && code != "und" {
        return Err(Problem::bad_request(format!("language {code:?} is not a code such as kk, ru or en")));
    }
    Ok(language)
}

fn instant(name: &str, text: &str) -> Result<Timestamp, Problem> {
    text.parse()
        .or_else(|_| format!("{text}T00:00:00Z").parse())
        .map_err(|_| Problem::bad_request(format!("{name} {text:?} is not a time; write 2026-11-22T08:00:00Z")))
}

/// How many results, between 1 and the setting.
pub(crate) fn limit(app: &App, asked: Option<usize>) -> Result<usize, Problem> {
    let max = app.settings.limit_max;
    match asked {
        None => Ok(10.min(max)),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(limit) => Err(Problem::bad_request(format!("limit {limit} is not between 1 and {max}"))),
    }
}
