//! The form in which a document stands in the store: JSON with one-letter names, and nothing that is as usual.
//!
//! Invariant: [`decode`] gives back exactly what [`encode`] was given. Whoever changes this raises the schema version.

use std::borrow::Cow;

use model::{Directives, Document, Language, Timestamp, UrlKey};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(rename = "k")]
    key: UrlKey,
    #[serde(rename = "u", borrow)]
    url: Cow<'a, str>,
    #[serde(rename = "t", borrow)]
    title: Cow<'a, str>,
    #[serde(rename = "x", borrow)]
    text: Cow<'a, str>,
    #[serde(rename = "d", borrow, default, skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
    #[serde(rename = "a", borrow, default, skip_serializing_if = "Option::is_none")]
    author: Option<Cow<'a, str>>,
    #[serde(rename = "n", borrow, default, skip_serializing_if = "Option::is_none")]
    site_name: Option<Cow<'a, str>>,
    #[serde(rename = "s", borrow, default, skip_serializing_if = "Option::is_none")]
    section: Option<Cow<'a, str>>,
    #[serde(rename = "g", default, skip_serializing_if = "<[_]>::is_empty")]
    tags: Cow<'a, [String]>,
    #[serde(rename = "i", borrow, default, skip_serializing_if = "Option::is_none")]
    image: Option<Cow<'a, str>>,
    #[serde(rename = "l")]
    language: Cow<'a, Language>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    published: Option<Timestamp>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    modified: Option<Timestamp>,
    #[serde(rename = "f")]
    fetched: Timestamp,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    directives: Option<Cow<'a, Directives>>,
}

/// The text to store.
pub(crate) fn encode(document: &Document) -> serde_json::Result<String> {
    let unusual = document.directives != Directives::default();
    serde_json::to_string(&Stored {
        key: document.key,
        url: Cow::Borrowed(&document.url),
        title: Cow::Borrowed(&document.title),
        text: Cow::Borrowed(&document.text),
        description: document.description.as_deref().map(Cow::Borrowed),
        author: document.author.as_deref().map(Cow::Borrowed),
        site_name: document.site_name.as_deref().map(Cow::Borrowed),
        section: document.section.as_deref().map(Cow::Borrowed),
        tags: Cow::Borrowed(&document.tags),
        image: document.image.as_deref().map(Cow::Borrowed),
        language: Cow::Borrowed(&document.language),
        published: document.published,
        modified: document.modified,
        fetched: document.fetched,
        directives: unusual.then_some(Cow::Borrowed(&document.directives)),
    })
}

/// The document stored.
pub(crate) fn decode(text: &str) -> serde_json::Result<Document> {
    let stored: Stored<'_> = serde_json::from_str(text)?;
    Ok(Document {
        key: stored.key,
        url: stored.url.into_owned(),
        title: stored.title.into_owned(),
        text: stored.text.into_owned(),
        description: stored.description.map(Cow::into_owned),
        author: stored.author.map(Cow::into_owned),
        site_name: stored.site_name.map(Cow::into_owned),
        section: stored.section.map(Cow::into_owned),
        tags: stored.tags.into_owned(),
        image: stored.image.map(Cow::into_owned),
        language: stored.language.into_owned(),
        published: stored.published,
        modified: stored.modified,
        fetched: stored.fetched,
        directives: stored.directives.map(Cow::into_owned).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
