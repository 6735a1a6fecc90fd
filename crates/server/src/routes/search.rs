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
    /// Words; "a phrase" in quotes; -word to exclude; site:, host:, language:, section:, tag:, story:, since:, until: to
    /// narrow. Empty: newest first.
    #[serde(default)]
    q: String,
    /// Only this language: kk, ru, en, …
    language: Option<String>,
    /// Only this host.
    host: Option<String>,
    /// Only this site (registrable domain).
    site: Option<String>,
    /// Only this section, whatever the case of its letters.
    section: Option<String>,
    /// Only with this tag, whatever the case of its letters.
    tag: Option<String>,
    /// Only of this story (`story` of a link).
    story: Option<String>,
    /// Only published (else fetched) at or after this instant (RFC 3339) or day.
    since: Option<String>,
    /// Only published (else fetched) before this instant (RFC 3339) or day.
    until: Option<String>,
    /// Results, at most; 10 unless said otherwise, never more than the server is set to give (100 by default).
    #[param(minimum = 1)]
    limit: Option<usize>,
    /// `next` of the answer before.
    cursor: Option<String>,
    /// Whether to count all matches, also by language, site and section.
    #[serde(default)]
    facets: bool,
}

/// Links that match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    /// Best first.
    results: Vec<HitView>,
    /// Cursor of the next stretch, if there may be one.
    next: Option<String>,
    /// Words of the query that stand nowhere, with what was looked for too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrections: Vec<CorrectionView>,
    /// All matches, counted; only when `facets` was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    facets: Option<FacetsView>,
}

/// A word that stands nowhere, and the most like one that does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Correction)]
pub(crate) struct CorrectionView {
    /// As asked.
    written: String,
    /// What was looked for too.
    taken: String,
}

/// All matches by property: the most frequent values, at most 20 each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facets)]
pub(crate) struct FacetsView {
    /// All matches.
    total: u64,
    /// By language code.
    languages: Vec<FacetView>,
    /// By registrable domain.
    sites: Vec<FacetView>,
    /// By section, in lower case.
    sections: Vec<FacetView>,
}

/// How many matches have a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facet)]
pub(crate) struct FacetView {
    /// The value.
    value: String,
    /// Matches with it.
    count: u64,
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
        section: parameters.section.as_deref(),
        tag: parameters.tag.as_deref(),
        story: parameters.story.as_deref(),
        since: parameters.since.as_deref(),
        until: parameters.until.as_deref(),
    };
    let query = indexer::Query {
        filter: written.filter()?,
        cursor: parameters.cursor.filter(|cursor| !cursor.is_empty()),
        count: parameters.facets,
        facets: parameters.facets,
        ..indexer::Query::new(parameters.q, limit(&app.settings, parameters.limit)?, app.clock.now())
    };
    let answer = app.blocking(move |app| app.index.search(&query)).await?;
    let corrections = answer.corrections.into_iter();
    let total = answer.total.unwrap_or_default();
    Ok(Json(SearchAnswer {
        results: answer.hits.into_iter().map(HitView::from).collect(),
        next: answer.next,
        corrections: corrections.map(|c| CorrectionView { written: c.written, taken: c.taken }).collect(),
        facets: answer.facets.map(|facets| FacetsView {
            total,
            languages: facet(facets.languages),
            sites: facet(facets.sites),
            sections: facet(facets.sections),
        }),
    }))
}

fn facet(counts: Vec<(String, u64)>) -> Vec<FacetView> {
    counts.into_iter().map(|(value, count)| FacetView { value, count }).collect()
}
