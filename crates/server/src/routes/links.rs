//! `GET /v1/links`: single links and their likes.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use indexer::{LinkSource, Seed, Similar};
use model::{CanonicalUrl, UrlKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::search::{filter, limit};
use crate::problem::Problem;
use crate::{App, HitView, LinkView};

/// Which link.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ByUrl {
    /// The URL, in any spelling.
    url: String,
}

/// How many, and of which.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SimilarParameters {
    /// Only this language: kk, ru, en, …
    language: Option<String>,
    /// Only this host.
    host: Option<String>,
    /// Results, at most; 10 unless said otherwise.
    #[param(minimum = 1)]
    limit: Option<usize>,
}

/// Links like another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimilarAnswer {
    /// Best first; never the link asked about.
    results: Vec<HitView>,
}

/// The link of a URL.
#[utoipa::path(get, path = "/v1/links", params(ByUrl), responses(
    (status = 200, description = "The link", body = LinkView),
    (status = 400, description = "Not a URL", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Not in the index", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn by_url(
    State(app): State<App>,
    parameters: Result<Query<ByUrl>, QueryRejection>,
) -> Result<Json<LinkView>, Problem> {
    let Query(parameters) = parameters.map_err(|e| Problem::bad_request(e.body_text()))?;
    let url = CanonicalUrl::parse(&parameters.url)
        .map_err(|e| Problem::bad_request(format!("url {:?}: {e}", parameters.url)))?;
    link(&app, url.key()).await
}

/// A link by its id.
#[utoipa::path(get, path = "/v1/links/{id}", params(("id" = String, Path, description = "32 hexadecimal digits")), responses(
    (status = 200, description = "The link", body = LinkView),
    (status = 404, description = "Not in the index", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn by_id(State(app): State<App>, Path(id): Path<String>) -> Result<Json<LinkView>, Problem> {
    link(&app, key(&id)?).await
}

/// Links like this one.
#[utoipa::path(get, path = "/v1/links/{id}/similar",
    params(("id" = String, Path, description = "32 hexadecimal digits"), SimilarParameters), responses(
    (status = 200, description = "Links like it, best first", body = SimilarAnswer),
    (status = 400, description = "A filter cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Not in the index", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn similar(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Result<Query<SimilarParameters>, QueryRejection>,
) -> Result<Json<SimilarAnswer>, Problem> {
    let Query(parameters) = parameters.map_err(|e| Problem::bad_request(e.body_text()))?;
    let key = key(&id)?;
    link(&app, key).await?;
    let similar = Similar {
        seed: Seed::Link(key),
        filter: filter(parameters.language.as_deref(), parameters.host, None, None, None)?,
        limit: limit(&app, parameters.limit)?,
        now: app.clock.now(),
    };
    let hits = app.blocking(move |app| app.index.similar(&similar)).await?;
    Ok(Json(SimilarAnswer { results: hits.into_iter().map(HitView::from).collect() }))
}

async fn link(app: &App, key: UrlKey) -> Result<Json<LinkView>, Problem> {
    let now = app.clock.now();
    let hits = app.blocking(move |app| app.index.get(&[key], now)).await?;
    let hit = hits.into_iter().flatten().next();
    hit.map(|hit| Json(hit.into())).ok_or_else(|| Problem::not_found("this link is not in the index"))
}

fn key(id: &str) -> Result<UrlKey, Problem> {
    UrlKey::from_hex(id).ok_or_else(|| Problem::not_found(format!("{id:?} is not a link id of 32 hexadecimal digits")))
}
