//! The pages for readers, in Kazakh, Russian and English, rendered from the same answers as the API.
//!
//! Invariant: no script, no cookie, nothing loaded from elsewhere; a page works in any browser and tells nobody.

mod words;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use indexer::{Filter, LinkSource};
use model::{Interests, Language};
use recommender::{ReasonCode, Request};
use serde::Deserialize;

use self::words::Words;
use crate::App;
use crate::problem::Problem;

/// Links on one page.
const PAGE_LINKS: usize = 10;

/// What a page is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// Words searched for.
    #[serde(default)]
    q: String,
    /// Language of the page.
    lang: Option<String>,
    /// Only links in this language.
    #[serde(default)]
    language: String,
    /// A liked URL, for recommendations.
    #[serde(default)]
    like: String,
    /// Where to go on.
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    words: &'a Words,
    asked: &'a Asked,
    heading: String,
    links: Vec<Shown>,
    next: Option<String>,
    documents: u64,
}

/// One link on a page.
struct Shown {
    url: String,
    title: String,
    host: String,
    language: String,
    day: String,
    snippet: String,
    reason: String,
}

/// `GET /`: search, or the newest links.
pub(crate) async fn home(
    State(app): State<App>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let words = words::choose(asked.lang.as_deref(), &headers);
    let query = indexer::Query {
        filter: filter(&asked),
        cursor: asked.cursor.clone(),
        ..indexer::Query::new(asked.q.clone(), PAGE_LINKS, app.clock.now())
    };
    let answer = app.blocking(move |app| app.index.search(&query)).await?;
    let heading = match (asked.q.trim().is_empty(), answer.hits.is_empty()) {
        (_, true) => words.nothing.to_owned(),
        (true, false) => words.newest.to_owned(),
        (false, false) => words.found.to_owned(),
    };
    let links = answer.hits.into_iter().map(|hit| Shown::of(hit, String::new())).collect();
    render(&app, words, &asked, heading, links, answer.next).await
}

/// `GET /recommendations`: links like a liked one.
pub(crate) async fn recommendations(
    State(app): State<App>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let words = words::choose(asked.lang.as_deref(), &headers);
    let interests = Interests {
        links: Some(asked.like.clone()).filter(|like| !like.is_empty()).into_iter().collect(),
        terms: Some(asked.q.clone()).filter(|terms| !terms.is_empty()).into_iter().collect(),
        languages: filter(&asked).languages,
        ..Interests::default()
    };
    let request = Request::new(PAGE_LINKS, app.clock.now());
    let recommended = app
        .blocking(move |app| recommender::recommend(&app.index, &interests, &request, &app.recommender))
        .await?;
    let heading = if recommended.is_empty() { words.nothing } else { words.recommended }.to_owned();
    let links = recommended
        .into_iter()
        .map(|one| {
            let reason = match one.reason.code {
                ReasonCode::SimilarTo => format!("{} «{}»", words.similar_to, one.reason.text),
                ReasonCode::MatchesTerm => format!("{} «{}»", words.about, one.reason.text),
                ReasonCode::Fresh => words.fresh.to_owned(),
            };
            Shown::of(one.hit, reason)
        })
        .collect();
    render(&app, words, &asked, heading, links, None).await
}

fn filter(asked: &Asked) -> Filter {
    let language = Some(&asked.language).filter(|code| !code.is_empty()).map(|code| Language::new(code));
    Filter { languages: language.into_iter().collect(), ..Filter::default() }
}

async fn render(
    app: &App,
    words: &Words,
    asked: &Asked,
    heading: String,
    links: Vec<Shown>,
    next: Option<String>,
) -> Result<Response, Problem> {
    let documents = app.blocking(|app| app.index.stats()).await?.documents;
    let page = Page { words, asked, heading, links, next, documents };
    match page.render() {
        Ok(html) => Ok((StatusCode::OK, [(header::CONTENT_LANGUAGE, words.code)], Html(html)).into_response()),
        Err(error) => Err(Problem::internal(&error)),
    }
}

impl Shown {
    fn of(hit: indexer::Hit, reason: String) -> Self {
        Self {
            day: hit.document.published.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default(),
            url: hit.document.url,
            title: hit.document.title,
            host: hit.host,
            language: hit.document.language.to_string(),
            snippet: hit.snippet.text,
            reason,
        }
    }
}
