//! Title, author, dates and the other facts about a page, each from its most trustworthy source.
//!
//! Invariant: every value comes from the page as written (folded, bounded in length); nothing is guessed.

mod published;
mod title;

use model::{PublishedSource, Timestamp};

use crate::dates::Zone;
use crate::head::Head;
use crate::json_ld::{self, Facts};
use crate::outline::{Cues, Outline, Tag, fold};

/// Longest description in characters.
const DESCRIPTION_CHARS_MAX: usize = 1_000;

/// Longest short value (author, site name, section, tag) in characters.
const VALUE_CHARS_MAX: usize = 200;

/// Most tags kept.
const TAGS_MAX: usize = 32;

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

/// Gathers the metadata of a page.
pub(crate) fn of(outline: &Outline<'_>, head: &Head<'_>, zone: Zone, latest: Timestamp) -> Metadata {
    let facts = json_ld::facts(&head.json_ld);
    let site_name = value(facts_first(
        head.meta(&["og:site_name"]),
        facts.site_name.as_deref(),
        head.meta(&["application-name", "apple-mobile-web-app-title"]),
    ));
    let (title, title_at) = title::of(outline, head, &facts, site_name.as_deref());
    let dates = published::of(outline, head, &facts, zone, latest, title_at);
    let description = facts_first(
        head.meta(&["og:description", "description", "twitter:description", "dc.description"]),
        facts.description.as_deref(),
        None,
    );
    Metadata {
        title,
        description: description
            .map(|text| fold(text, DESCRIPTION_CHARS_MAX))
            .filter(|text| !text.is_empty()),
        author: author(outline, head, &facts),
        section: value(
            head.meta(&["article:section", "section", "og:article:section"]).or(facts.section.as_deref()),
        ),
        tags: tags(head, &facts),
        image: image(head, &facts),
        published: dates.published,
        modified: dates.modified,
        title_at,
        kind: kind(head, &facts),
        is_paywalled: facts.is_paywalled,
        site_name,
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

/// JSON-LD, then `meta`, then elements that call themselves the author.
fn author(outline: &Outline<'_>, head: &Head<'_>, facts: &Facts) -> Option<String> {
    let from_facts: Vec<String> = facts.authors.iter().filter_map(|name| person(name)).collect();
    if !from_facts.is_empty() {
        return Some(distinct(from_facts).join(", "));
    }
    let metas: Vec<String> = head
        .metas
        .iter()
        .filter(|meta| {
            matches!(
                meta.name.as_str(),
                "author"
                    | "article:author"
                    | "dc.creator"
                    | "dcterms.creator"
                    | "sailthru.author"
                    | "parsely-author"
                    | "citation_author"
                    | "byl"
                    | "dc.contributor"
            )
        })
        .filter_map(|meta| person(meta.content))
        .collect();
    if !metas.is_empty() {
        return Some(distinct(metas).join(", "));
    }
    byline(outline)
}

fn distinct(mut names: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let lower = name.to_lowercase();
        let is_new = !seen.contains(&lower);
        seen.push(lower);
        is_new
    });
    names.truncate(8);
    names
}

/// An element marked `rel=author`, `itemprop=author` or with an author class, if it holds a name.
fn byline(outline: &Outline<'_>) -> Option<String> {
    let marked = |strong: bool| {
        (0..outline.items.len()).find_map(|at| {
            let item = &outline.items[at];
            let is_author = if strong {
                outline.attr(at, "rel") == Some("author") || outline.attr(at, "itemprop") == Some("author")
            } else {
                item.cues.has(Cues::AUTHOR) && !item.cues.has(Cues::COMMENT | Cues::SIDEBAR | Cues::CAPTION)
            };
            if !is_author || matches!(item.tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article) {
                return None;
            }
            let in_comment = outline.ancestors(at).any(|up| outline.items[up].cues.has(Cues::COMMENT));
            (!in_comment).then(|| person(&outline.folded_text(at, 120))).flatten()
        })
    };
    marked(true).or_else(|| marked(false))
}

/// A person's name out of a byline, or nothing when the text cannot be one.
fn person(text: &str) -> Option<String> {
    const OPENINGS: [&str; 14] = [
        "by ",
        "author:",
        "author ",
        "автор:",
        "автор ",
        "авторы:",
        "written by ",
        "posted by ",
        "от ",
        "авторы ",
        "мәтін:",
        "текст:",
        "von ",
        "autor:",
    ];
    let mut name = fold(text, 120);
    for opening in OPENINGS {
        let lower = name.to_lowercase();
        if lower.starts_with(opening) && lower.len() == name.len() {
            name = name[opening.len()..].trim().to_owned();
        }
    }
    let name = name
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | ':' | ';' | '-' | '—'))
        .to_owned();
    let words = name.split_whitespace().count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_name = (1..=12).contains(&words)
        && !name.contains("://")
        && !name.contains('@')
        && digits * 4 < name.chars().count()
        && name.chars().any(char::is_alphabetic);
    is_name.then_some(name)
}

fn tags(head: &Head<'_>, facts: &Facts) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let metas = head.metas.iter().filter(|meta| {
        matches!(
            meta.name.as_str(),
            "article:tag" | "keywords" | "news_keywords" | "og:article:tag" | "parsely-tags"
        )
    });
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
    let declared = head.meta(&[
        "og:image",
        "og:image:url",
        "og:image:secure_url",
        "twitter:image",
        "twitter:image:src",
        "image",
    ]);
    declared.or(facts.image.as_deref()).and_then(|image| head.resolve(image)).map(String::from)
}

#[cfg(test)]
mod tests;
