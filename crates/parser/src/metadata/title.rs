//! The title of a page, without the name of its site.
//!
//! Invariant: one of the texts the page itself offers (heading, OpenGraph, JSON-LD, `title`), or a part of one.

use std::collections::HashSet;

use model::FactSource;

use crate::head::Head;
use crate::json_ld::Facts;
use crate::outline::{Cues, Outline, Tag, fold};

/// Longest title in characters.
const TITLE_CHARS_MAX: usize = 300;

/// Most headings of a level that are looked at.
const HEADINGS_MAX: usize = 8;

/// Least share of an only h1's words that the declared titles must hold.
const SHARED_MIN: f32 = 0.5;

/// What stands between a title and a site's name.
const SEPARATORS: [&str; 13] =
    [" | ", " - ", " — ", " – ", " :: ", " » ", " « ", " · ", " • ", " / ", " ― ", " › ", " ⋆ "];

/// A title with its source.
pub(super) struct Title {
    pub(super) text: Option<String>,
    /// The heading that shows it, or something like it.
    pub(super) at: Option<usize>,
    pub(super) source: FactSource,
    pub(super) confidence: f32,
}

/// The title, and the heading that shows it.
pub(super) fn of(outline: &Outline<'_>, head: &Head<'_>, facts: &Facts, site_name: Option<&str>) -> Title {
    let host = head.base.host_str().unwrap_or_default();
    let clean = |text: &str| without_site(&fold(text, TITLE_CHARS_MAX), site_name, host);
    let declared: Vec<String> = [
        head.meta(&["og:title"]),
        facts.headline.as_deref(),
        head.title.as_deref(),
        head.meta(&[
            "twitter:title",
            "dc.title",
            "dcterms.title",
            "parsely-title",
            "sailthru.title",
            "title",
        ]),
    ]
    .into_iter()
    .flatten()
    .map(unescaped)
    .filter(|text| !text.trim().is_empty())
    .collect();
    let headings = headings(outline);
    let title = |text: &str, at: Option<usize>, source: FactSource, confidence: f32| Title {
        text: Some(text.to_owned()).filter(|text| !text.is_empty()),
        at,
        source,
        confidence,
    };
    // A heading that a declared title repeats is the title as the reader sees it.
    let agreed = headings.iter().find(|(_, text)| {
        let heading = letters(text);
        heading.len() >= 3
            && declared.iter().any(|title| {
                agrees(&letters(title), &heading)
                    || letters(first_part(title)) == heading && !is_site(text, site_name, host)
            })
    });
    if let Some((at, text)) = agreed {
        return title(text, Some(*at), FactSource::Heading, 0.95);
    }
    let first_heading = headings.first().filter(|(at, _)| outline.items[*at].tag == Tag::Heading(1));
    // The only h1 of a page is its title in other words, if it shares them.
    let is_only = headings.iter().filter(|(at, _)| outline.items[*at].tag == Tag::Heading(1)).count() == 1;
    if let Some((at, text)) = first_heading.filter(|(_, text)| is_only && !is_site(text, site_name, host))
        && shared_words(text, &declared) >= SHARED_MIN
    {
        return title(text, Some(*at), FactSource::Heading, 0.8);
    }
    let source = match (head.meta(&["og:title"]), &facts.headline) {
        (Some(_), _) => FactSource::Meta,
        (None, Some(_)) => FactSource::JsonLd,
        (None, None) => FactSource::TitleElement,
    };
    let from_declared = declared.iter().map(|text| clean(text)).find(|text| !is_site(text, site_name, host));
    match (from_declared, first_heading) {
        (Some(text), Some((at, _))) if facts.headline.is_some() || head.meta(&["og:title"]).is_some() => {
            title(&text, Some(*at), source, 0.6)
        }
        (_, Some((at, text))) => title(text, Some(*at), FactSource::Heading, 0.6),
        (Some(text), None) => title(&text, None, source, 0.7),
        (None, None) => match headings.first() {
            Some((_, text)) => title(text, None, FactSource::Heading, 0.4),
            None => title(&declared.first().map(|t| clean(t)).unwrap_or_default(), None, source, 0.4),
        },
    }
}

/// The share of a heading's words that the declared titles hold.
fn shared_words(heading: &str, declared: &[String]) -> f32 {
    let cut = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let known: HashSet<String> = declared.iter().flat_map(|title| cut(title)).collect();
    let words = cut(heading);
    if words.is_empty() {
        return 0.0;
    }
    let shared = words.iter().filter(|word| known.contains(*word)).count();
    shared as f32 / words.len() as f32
}

/// What stands before the first separator.
fn first_part(title: &str) -> &str {
    let end = SEPARATORS.iter().filter_map(|separator| title.find(separator)).min();
    title[..end.unwrap_or(title.len())].trim()
}

/// Headings that may be the title: `h1` first, then `h2`, outside page chrome, in document order. When all `h1` lie in
/// what is called chrome, the names are wrong, as those of a wrapper `has-sidebar` are.
fn headings(outline: &Outline<'_>) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for level in [1, 2] {
        let of_level: Vec<usize> =
            (0..outline.items.len()).filter(|at| outline.items[*at].tag == Tag::Heading(level)).collect();
        let outside: Vec<usize> =
            of_level.iter().copied().filter(|at| !is_chrome(outline, *at)).take(HEADINGS_MAX).collect();
        let chosen = if level == 1 && outside.is_empty() { of_level } else { outside };
        for at in chosen.into_iter().take(HEADINGS_MAX) {
            let text = outline.folded_text(at, TITLE_CHARS_MAX);
            if !text.is_empty() {
                found.push((at, text));
            }
        }
    }
    found
}

fn is_chrome(outline: &Outline<'_>, at: usize) -> bool {
    let chrome = Cues::NAVIGATION | Cues::SIDEBAR | Cues::FOOTER | Cues::COMMENT | Cues::LEGAL | Cues::HIDDEN;
    outline.ancestors(at).any(|up| {
        let item = &outline.items[up];
        matches!(item.tag, Tag::Nav | Tag::Footer | Tag::Aside)
            || !matches!(item.tag, Tag::Body | Tag::Html) && item.cues.has(chrome)
    })
}

/// Whether a declared title is the heading, perhaps with a site's name or a cut end.
fn agrees(title: &str, heading: &str) -> bool {
    if title == heading {
        return true;
    }
    let (long, short) = (title.chars().count(), heading.chars().count());
    // Half of the declared title must be there, or a site's name in a heading would pass for the title.
    (title.contains(heading) && short * 2 >= long) || (heading.starts_with(title) && long * 3 >= short * 2)
}

/// Letters and digits only, in lower case: what two spellings of a title share.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Cuts the site's name off either end.
fn without_site(title: &str, site_name: Option<&str>, host: &str) -> String {
    let mut title = title.trim();
    for _ in 0..2 {
        let last = SEPARATORS.iter().filter_map(|s| title.rfind(s).map(|at| (at, s.len()))).max();
        let Some((at, len)) = last else { break };
        let (start, end) = (title[..at].trim(), title[at + len..].trim());
        if start.is_empty() || end.is_empty() {
            break;
        }
        if is_site(end, site_name, host) {
            title = start;
        } else if is_site(start, site_name, host) && !SEPARATORS.iter().any(|s| start.contains(s)) {
            title = end;
        } else if end.chars().count() * 2 <= start.chars().count() && end.split_whitespace().count() <= 4 {
            // A short last part is the site far more often than it is a part of the title.
            title = start;
            break;
        } else {
            break;
        }
    }
    // A bar divides more sharply than a dash: what stands before the first is the title.
    if let Some((start, _)) = title.split_once(" | ").filter(|(start, _)| !is_site(start, site_name, host)) {
        title = start.trim();
    }
    title.to_owned()
}

/// Whether a text is the name of the site or its host.
fn is_site(text: &str, site_name: Option<&str>, host: &str) -> bool {
    let text = letters(text);
    if text.is_empty() {
        return true;
    }
    let host = host.trim_start_matches("www.");
    let label = host.split('.').next().unwrap_or_default();
    site_name.is_some_and(|name| letters(name) == text)
        || letters(host) == text
        || letters(label) == text
        || text.len() >= 4 && letters(host).starts_with(&text)
}

/// Some sites escape twice.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&#39;", "'")
        .replace("&laquo;", "«")
        .replace("&raquo;", "»")
        .replace("&nbsp;", " ")
        .replace("&mdash;", "—")
        .replace("&ndash;", "–")
        .replace("&amp;", "&")
}
