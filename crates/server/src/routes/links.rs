//! `GET /v1/links`: single links and their likes.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use indexer::{LinkSource, Seed, Similar};
use model::{CanonicalUrl, UrlKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::etag;
use crate::app::App;
use crate::parameters::{Written, limit};
use crate::problem::Problem;
use crate::view::{HitView, LinkView};

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
    /// Only this site (registrable domain).
    site: Option<String>,
    /// Results, at most; 10 unless said otherwise, never more than the server is set to give (100 by default).
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
#[utoipa::path(get, path = "/v1/links", operation_id = "link_by_url", tag = "links", params(ByUrl), responses(
    (status = 200, description = "The link, with an entity tag", body = LinkView),
    (status = 304, description = "The link is still as `If-None-Match` says"),
    (status = 400, description = "Not a URL", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Not in the index", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn by_url(
    State(app): State<App>,
    headers: HeaderMap,
    parameters: Result<Query<ByUrl>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(parameters) = parameters?;
    let url = CanonicalUrl::parse(&parameters.url)
        .map_err(|e| Problem::bad_request(format!("url {:?}: {e}", parameters.url)))?;
    etag::answer(&link(&app, url.key()).await?, &headers)
}

/// A link by its id.
#[utoipa::path(get, path = "/v1/links/{id}", operation_id = "link", tag = "links",
    params(("id" = String, Path, description = "32 hexadecimal digits")), responses(
    (status = 200, description = "The link, with an entity tag", body = LinkView),
    (status = 304, description = "The link is still as `If-None-Match` says"),
    (status = 400, description = "The path is not UTF-8", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Not in the index", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn by_id(
    State(app): State<App>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    etag::answer(&link(&app, key(&id)?).await?, &headers)
}

/// Links like this one.
#[utoipa::path(get, path = "/v1/links/{id}/similar", operation_id = "similar_links", tag = "links",
    params(("id" = String, Path, description = "32 hexadecimal digits"), SimilarParameters), responses(
    (status = 200, description = "Links like it, best first", body = SimilarAnswer),
    (status = 400, description = "A filter cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Not in the index", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn similar(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    parameters: Result<Query<SimilarParameters>, QueryRejection>,
) -> Result<Json<SimilarAnswer>, Problem> {
    let (Path(id), Query(parameters)) = (id?, parameters?);
    let key = key(&id)?;
    let written = Written {
        language: parameters.language.as_deref(),
        host: parameters.host.as_deref(),
        site: parameters.site.as_deref(),
        ..Written::default()
    };
    let limit = limit(&app.settings, parameters.limit)?;
    let filter = written.filter()?;
    let similar = Similar { filter, ..Similar::new(Seed::Link(key), limit, app.clock.now()) };
    link(&app, key).await?;
    let hits = app.blocking(move |app| app.index.similar(&similar)).await?;
    Ok(Json(SimilarAnswer { results: hits.into_iter().map(HitView::from).collect() }))
}

async fn link(app: &App, key: UrlKey) -> Result<LinkView, Problem> {
    let now = app.clock.now();
    let hits = app.blocking(move |app| app.index.get(&[key], now)).await?;
    let hit = hits.into_iter().flatten().next();
    hit.map(LinkView::from).ok_or_else(|| Problem::not_found("this link is not in the index"))
}

fn key(id: &str) -> Result<UrlKey, Problem> {
    UrlKey::from_hex(&id.to_ascii_lowercase())
        .ok_or_else(|| Problem::not_found("not a link id of 32 hexadecimal digits"))
}
