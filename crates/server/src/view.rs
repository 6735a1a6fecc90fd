//! What the API says about a link. Invariant: nothing here shows more of a text than its publisher permits.

use indexer::Hit;
use recommender::{Reason, Recommendation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One link.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Link)]
pub struct LinkView {
    /// 32 hexadecimal digits; stable for a URL.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub id: String,
    /// Where the reader is sent.
    pub url: String,
    /// Title.
    pub title: String,
    /// Host of the URL.
    pub host: String,
    /// Registrable domain of the URL.
    pub site: String,
    /// Language code, `und` when unknown.
    pub language: String,
    /// RFC 3339; null when the page does not tell.
    #[schema(format = DateTime)]
    pub published: Option<String>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub fetched: String,
    /// Excerpt as far as the publisher permits one; may be empty.
    pub snippet: String,
    /// Author names.
    pub author: Option<String>,
    /// The publisher's name for the site.
    pub site_name: Option<String>,
    /// Section or rubric.
    pub section: Option<String>,
    /// Keywords.
    pub tags: Vec<String>,
    /// Absolute URL of the lead image.
    pub image: Option<String>,
    /// Id of the story it is part of: links with the same one report the same event.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    pub story: Option<String>,
}

/// A link in an ordered answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Hit)]
pub struct HitView {
    /// Place in the answer, from 1.
    pub rank: u32,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// The link.
    #[serde(flatten)]
    pub link: LinkView,
}

/// A recommended link.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Recommendation)]
pub struct RecommendationView {
    /// Place in the answer, from 1.
    pub rank: u32,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// Why it is recommended: the most telling of its reasons.
    pub reason: ReasonView,
    /// Every reason, the most telling first.
    pub reasons: Vec<ReasonView>,
    /// The link.
    #[serde(flatten)]
    pub link: LinkView,
}

/// Why a link is recommended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonView {
    /// `same_story`, `similar_to` (a liked link, whose title is the text), `matches_term` (the words), `followed_source` (its
    /// name), `trending` (in the language whose code is the text), `explore`, `fresh` (no text).
    pub code: String,
    /// Of what: see `code`; may be empty.
    pub text: String,
}

impl From<Hit> for LinkView {
    fn from(hit: Hit) -> Self {
        let document = hit.document;
        Self {
            id: document.key.to_string(),
            url: document.url,
            title: document.title,
            host: hit.host,
            site: hit.site,
            language: document.language.to_string(),
            published: document.published.map(|at| at.to_string()),
            fetched: document.fetched.to_string(),
            snippet: hit.snippet.text,
            author: document.author,
            site_name: document.site_name,
            section: document.section,
            tags: document.tags,
            image: document.image,
            story: hit.story.map(|story| format!("{story:016x}")),
        }
    }
}

impl From<Hit> for HitView {
    fn from(hit: Hit) -> Self {
        Self { rank: hit.rank, score: hit.score, link: hit.into() }
    }
}

impl RecommendationView {
    /// A recommendation at its place.
    pub(crate) fn at(rank: u32, one: Recommendation) -> Self {
        Self {
            rank,
            score: one.score,
            reason: one.reason().into(),
            reasons: one.reasons.into_iter().map(ReasonView::from).collect(),
            link: one.hit.into(),
        }
    }
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        Self { code: word(&reason.code), text: reason.text }
    }
}

/// A word of a type as the wire has it.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
