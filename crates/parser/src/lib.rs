#![doc = include_str!("../README.md")]

mod charset;
mod dates;
mod directives;
mod document;
mod dom;
mod feed;
mod head;
mod json_ld;
mod junk;
mod language;
mod links;
mod metadata;
mod note;
mod outline;
mod sitemap;
mod sniff;
pub mod study;
mod text;
mod xml;

use model::{HeaderLine, Parsed, ResourceKind, Timestamp};
use url::Url;

/// One response to read: everything the parser may know about it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The URL it was fetched from; base of relative links.
    pub url: &'a Url,
    /// The `Content-Type` header's value, if there was one.
    pub content_type: Option<&'a str>,
    /// All response header lines, for directives and `Link`; may be empty.
    pub headers: &'a [HeaderLine],
    /// The body with content codings removed; any bytes, any length.
    pub body: &'a [u8],
    /// What the discoverer believed is there: a hint only, the bytes decide.
    pub kind: ResourceKind,
    /// Our product token in lower case (`silteme`), for directives that name an agent.
    pub agent: &'a str,
    /// When it was fetched; no date later than a day after it is believed.
    pub fetched: Timestamp,
}

/// Reads one response. Never fails, never panics: what is odd becomes a [`model::Note`].
///
/// A document comes of HTML and plain text only; feeds and sitemaps give links. Directives are those of the response
/// header and, for HTML, of its `meta` elements.
#[must_use]
pub fn parse(input: &Input<'_>) -> Parsed {
    document::read(input)
}
