//! The pages for readers, in Kazakh, Russian and English, rendered from the same answers as the API.
//!
//! Invariant: no script, no cookie, nothing loaded from elsewhere; a page works in any browser and tells nobody.

mod page;
pub(crate) mod privacy;
mod words;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use indexer::{Filter, LinkSource};
use model::Interests;
use recommender::{Reason, ReasonCode, Request};
use serde::Deserialize;

use self::page::{Here, Page, Shown};
use self::words::Words;
use crate::app::App;
use crate::parameters::Written;
use crate::problem::Problem;

/// Links on one page.
const PAGE_LINKS: usize = 10;

/// What a page is asked for. Unknown parameters are ignored: links to pages travel, and collect some on the way.
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

/// What a page shows.
#[derive(Default)]
struct Content {
    links: Vec<Shown>,
    /// Cursor of the next page.
    next: Option<String>,
    heading: &'static str,
}

/// `GET /`: search, or the newest links.
pub(crate) async fn home(
    State(app): State<App>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let (asked, refused) = read(asked);
    let words = words::choose(asked.lang.as_deref(), &headers);
    let content = match refused {
        None => search(&app, &asked, words).await,
        Some(problem) => Err(problem),
    };
    show(&app, words, &Here { path: "/", asked: &asked }, content).await
}

/// `GET /recommendations`: links like a liked one.
pub(crate) async fn recommendations(
    State(app): State<App>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let (asked, refused) = read(asked);
    let words = words::choose(asked.lang.as_deref(), &headers);
    let content = match refused {
        None => recommend(&app, &asked, words).await,
        Some(problem) => Err(problem),
    };
    show(&app, words, &Here { path: "/recommendations", asked: &asked }, content).await
}

/// What was asked; nothing, with the problem, when it cannot be read.
fn read(asked: Result<Query<Asked>, QueryRejection>) -> (Asked, Option<Problem>) {
    match asked {
        Ok(Query(asked)) => (asked, None),
        Err(refused) => (Asked::default(), Some(refused.into())),
    }
}

async fn search(app: &App, asked: &Asked, words: &'static Words) -> Result<Content, Problem> {
    let query = indexer::Query {
        filter: filter(asked)?,
        cursor: asked.cursor.clone().filter(|cursor| !cursor.is_empty()),
        ..indexer::Query::new(asked.q.clone(), PAGE_LINKS, app.clock.now())
    };
    let answer = app.blocking(move |app| app.index.search(&query)).await?;
    let heading = if asked.q.trim().is_empty() { words.newest } else { words.found };
    let links = answer.hits.into_iter().map(|hit| Shown::of(hit, words, String::new())).collect();
    Ok(Content { links, next: answer.next, heading })
}

async fn recommend(app: &App, asked: &Asked, words: &'static Words) -> Result<Content, Problem> {
    let given =
        |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty()).into_iter().collect();
    let interests = Interests {
        links: given(&asked.like),
        terms: given(&asked.q),
        languages: filter(asked)?.languages,
        ..Interests::default()
    };
    let request = Request::new(PAGE_LINKS, app.clock.now());
    let answer = app
        .blocking(move |app| {
            recommender::recommend(&app.index, &app.feedback, &interests, &request, &app.recommender)
        })
        .await?;
    let links = answer
        .items
        .into_iter()
        .map(|one| {
            let why = reason(&one.reason(), words);
            Shown::of(one.hit, words, why)
        })
        .collect();
    Ok(Content { links, next: None, heading: words.recommended })
}

/// A reason in the words of the page.
fn reason(reason: &Reason, words: &Words) -> String {
    match reason.code {
        ReasonCode::SameStory => words.same_story.replace("{}", &reason.text),
        ReasonCode::SimilarTo => words.similar_to.replace("{}", &reason.text),
        ReasonCode::MatchesTerm => words.about.replace("{}", &reason.text),
        ReasonCode::FollowedSource => words.followed.replace("{}", &reason.text),
        ReasonCode::Trending => words.trending.to_owned(),
        ReasonCode::Explore => words.explore.to_owned(),
        ReasonCode::Fresh => words.fresh.to_owned(),
    }
}

fn filter(asked: &Asked) -> Result<Filter, Problem> {
    Written { language: Some(&asked.language), ..Written::default() }.filter()
}

/// The page; of a problem, one that says so in words.
async fn show(
    app: &App,
    words: &'static Words,
    here: &Here<'_>,
    content: Result<Content, Problem>,
) -> Result<Response, Problem> {
    let documents = app.blocking(|app| app.index.stats()).await.ok().map(|stats| stats.documents);
    let (status, content) = match content {
        Ok(content) if !content.links.is_empty() => (StatusCode::OK, content),
        Ok(_) => {
            let heading = if documents == Some(0) { words.empty } else { words.nothing };
            (StatusCode::OK, Content { heading, ..Content::default() })
        }
        Err(problem) => {
            let heading = if problem.status < 500 { words.unusable } else { words.failed };
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Content { heading, ..Content::default() })
        }
    };
    let page = Page {
        words,
        asked: here.asked,
        heading: content.heading,
        links: content.links,
        next: content.next.map(|cursor| here.href(words, Some(&cursor))),
        tongues: here.tongues(words),
        documents,
    };
    let html = page.render().map_err(|e| Problem::internal(&e))?;
    let headers = [
        (header::CONTENT_LANGUAGE, words.code),
        (header::VARY, "accept-language"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    Ok((status, headers, Html(html)).into_response())
}

#[cfg(test)]
mod tests;
