//! `/privacy`: the service's policy for everyone, in three languages, at every version (privacy policy 1.3, 2.2).

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use profiles::{Policy, PolicyLanguage};
use serde::Deserialize;

use super::words::{self, Words};
use crate::app::App;
use crate::problem::Problem;

/// In which language. Unknown parameters are ignored, as on every page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Page<'a> {
    words: &'static Words,
    tongues: [&'static Words; 3],
    policy: &'a Policy,
    versions: &'a [Policy],
    blocks: Vec<Block<'a>>,
}

/// A piece of a policy's text.
enum Block<'a> {
    Title(&'a str),
    Heading(&'a str),
    Item(&'a str),
    Paragraph(String),
}

/// The policy in force.
pub(crate) async fn current(
    State(app): State<App>,
    headers: HeaderMap,
    parameters: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(parameters) = parameters?;
    page(&app, app.profiles.policies().current(), &headers, parameters.lang.as_deref())
}

/// A version of the policy, in force or past.
pub(crate) async fn version(
    State(app): State<App>,
    headers: HeaderMap,
    name: Result<Path<String>, PathRejection>,
    parameters: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let (Path(name), Query(parameters)) = (name?, parameters?);
    let policy = app.profiles.policies().version(&name);
    let policy =
        policy.ok_or_else(|| Problem::not_found("there is no policy of this version; see /privacy"))?;
    page(&app, policy, &headers, parameters.lang.as_deref())
}

fn page(app: &App, policy: &Policy, headers: &HeaderMap, asked: Option<&str>) -> Result<Response, Problem> {
    let words = words::choose(asked, headers);
    let language = PolicyLanguage::ALL.into_iter().find(|language| language.as_str() == words.code);
    let page = Page {
        words,
        tongues: words::ALL,
        policy,
        versions: app.profiles.policies().all(),
        blocks: blocks(policy.text(language.unwrap_or(PolicyLanguage::Kk))),
    };
    let html = page.render().map_err(|e| Problem::internal(&e))?;
    // The text of a version never changes, but the list of versions does.
    let headers = [(header::CACHE_CONTROL, "max-age=300"), (header::VARY, "accept-language")];
    Ok((headers, Html(html)).into_response())
}

/// The pieces of a text in the little Markdown that policies are written in: headings, lists, paragraphs.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        let line = line.trim();
        let block = if let Some(title) = line.strip_prefix("# ") {
            Some(Block::Title(title))
        } else if let Some(heading) = line.strip_prefix('#') {
            Some(Block::Heading(heading.trim_start_matches('#').trim()))
        } else {
            line.strip_prefix("- ").map(Block::Item)
        };
        if (block.is_some() || line.is_empty()) && !open.is_empty() {
            blocks.push(Block::Paragraph(std::mem::take(&mut open).join(" ")));
        }
        match block {
            Some(block) => blocks.push(block),
            None if line.is_empty() => {}
            None => open.push(line),
        }
    }
    blocks
}
