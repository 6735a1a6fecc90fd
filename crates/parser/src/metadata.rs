//! Title, author, dates and the other facts about a page, each from its most trustworthy source.
//!
//! Invariant: every value comes from the page as written (folded, bounded in length); nothing is guessed.

mod author;
mod evidence;
mod published;
mod title;
mod visible;

use std::time::Duration;

use model::{Evidence, FactSource, Note, PublishedSource, Timestamp};

use crate::dates::Zone;
use crate::head::Head;
use crate::json_ld::{self, Facts};
use crate::outline::{Outline, fold};

/// No date later than this after the fetch is believed: clocks and zones differ by less.
const LATEST_AFTER_FETCH: Duration = Duration::from_hours(24);

/// Longest description in characters.
const DESCRIPTION_CHARS_MAX: usize = 1_000;

/// Longest short value (author, site name, section, tag) in characters.
const VALUE_CHARS_MAX: usize = 200;

/// Most tags kept.
const TAGS_MAX: usize = 32;

/// `meta` names of the summary, best first.
const DESCRIPTION_NAMES: [&str; 4] =
    ["og:description", "description", "twitter:description", "dc.description"];

/// `meta` names of the section, best first.
const SECTION_NAMES: [&str; 3] = ["article:section", "section", "og:article:section"];

/// `meta` names of tags.
const TAG_NAMES: [&str; 5] = ["article:tag", "keywords", "news_keywords", "og:article:tag", "parsely-tags"];

/// `meta` names of the lead image, best first.
const IMAGE_NAMES: [&str; 6] =
    ["og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image"];

/// What is known about a page besides its text.
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) site_name: Option<String>,
    pub(crate) section: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) image: Option<String>,
    pub(crate) published: Option<(Timestamp, PublishedSource)>,
    pub(crate) modified: Option<Timestamp>,
    /// Index of the heading that is the title, if one is.
    pub(crate) title_at: Option<usize>,
    /// What the page says it is: an article, a product, …
    pub(crate) kind: PageKind,
    /// The publisher says that the text is not free.
    pub(crate) is_paywalled: bool,
    /// What these facts rest on.
    pub(crate) evidence: Vec<Evidence>,
    /// Declarations that the page contradicts.
    pub(crate) notes: Vec<Note>,
}

/// What a page declares to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum PageKind {
    /// Nothing declared.
    #[default]
    Unknown,
    /// `og:type` article or an article in JSON-LD.
    Article,
    /// A product, recipe, thread or another single thing.
    Thing,
    /// `og:type` website and nothing else.
    Site,
}

/// Gathers the metadata of a page; `fetched` is what relative dates count from.
pub(crate) fn of(outline: &Outline<'_>, head: &Head<'_>, zone: Zone, fetched: Timestamp) -> Metadata {
    let facts = json_ld::facts(&head.json_ld);
    let site_name = value(facts_first(
        head.meta(&["og:site_name"]),
        facts.site_name.as_deref(),
        head.meta(&["application-name", "apple-mobile-web-app-title"]),
    ));
    let title = title::of(outline, head, &facts, site_name.as_deref());
    let author = author::of(outline, head, &facts, title.at);
    let kind = kind(head, &facts);
    let page = published::Page {
        outline,
        head,
        facts: &facts,
        kind,
        title_at: title.at,
        has_author: author.is_some(),
    };
    let dates = published::of(&page, zone, fetched, model::time::later(fetched, LATEST_AFTER_FETCH));
    let description = facts_first(head.meta(&DESCRIPTION_NAMES), facts.description.as_deref(), None);
    let mut metadata = Metadata {
        title: title.text,
        description: description
            .map(|text| fold(text, DESCRIPTION_CHARS_MAX))
            .filter(|text| !text.is_empty()),
        author: author.as_ref().map(|(name, ..)| name.clone()),
        section: value(head.meta(&SECTION_NAMES).or(facts.section.as_deref())),
        tags: tags(head, &facts),
        image: image(head, &facts),
        published: dates.published.map(|(at, source, _)| (at, published_source(source))),
        modified: dates.modified.map(|(at, ..)| at),
        title_at: title.at,
        kind,
        is_paywalled: facts.is_paywalled,
        site_name,
        evidence: Vec::new(),
        notes: dates.notes,
    };
    let found = evidence::Found {
        title: (title.source, title.confidence),
        author: author.map(|(_, source, confidence)| (source, confidence)),
        published: dates.published.map(|(_, source, confidence)| (source, confidence)),
        modified: dates.modified.map(|(_, source, confidence)| (source, confidence)),
    };
    metadata.evidence = evidence::of(&metadata, &found, head, &facts);
    metadata
}

fn published_source(source: FactSource) -> PublishedSource {
    match source {
        FactSource::JsonLd => PublishedSource::JsonLd,
        FactSource::Meta => PublishedSource::Meta,
        FactSource::Url => PublishedSource::Url,
        FactSource::Microdata | FactSource::TimeElement | FactSource::Markup => PublishedSource::TimeElement,
        _ => PublishedSource::Text,
    }
}

fn facts_first<'a>(
    first: Option<&'a str>,
    second: Option<&'a str>,
    third: Option<&'a str>,
) -> Option<&'a str> {
    first.or(second).or(third)
}

fn value(text: Option<&str>) -> Option<String> {
    text.map(|text| fold(text, VALUE_CHARS_MAX)).filter(|text| !text.is_empty())
}

fn kind(head: &Head<'_>, facts: &Facts) -> PageKind {
    let declared = head.meta(&["og:type"]).unwrap_or_default().to_ascii_lowercase();
    match facts.kind.as_deref() {
        Some(kind) if kind.ends_with("Article") || kind.ends_with("Posting") => PageKind::Article,
        Some(_) => PageKind::Thing,
        None if declared.contains("article") => PageKind::Article,
        None if declared.contains("product") => PageKind::Thing,
        None if declared == "website" => PageKind::Site,
        None => PageKind::Unknown,
    }
}

fn tags(head: &Head<'_>, facts: &Facts) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let metas = head.metas.iter().filter(|meta| TAG_NAMES.contains(&meta.name.as_str()));
    let texts = metas.map(|meta| meta.content).chain(facts.keywords.iter().map(String::as_str));
    for tag in texts.flat_map(|text| text.split([',', ';'])) {
        let tag = fold(tag, 64);
        if !tag.is_empty() && tags.len() < TAGS_MAX && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn image(head: &Head<'_>, facts: &Facts) -> Option<String> {
    let declared = head.meta(&IMAGE_NAMES);
    declared.or(facts.image.as_deref()).and_then(|image| head.resolve(image)).map(String::from)
}

#[cfg(test)]
mod tests;
