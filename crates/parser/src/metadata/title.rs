//! The title of a page, without the name of its site.
//!
//! Invariant: one of the texts the page itself offers (heading, OpenGraph, JSON-LD, `title`), or a part of one.

use crate::head::Head;
use crate::json_ld::Facts;
use crate::outline::{Cues, Outline, Tag, fold};

/// Longest title in characters.
const TITLE_CHARS_MAX: usize = 300;

/// What stands between a title and a site's name.
const SEPARATORS: [&str; 13] =
    [" | ", " - ", " — ", " – ", " :: ", " » ", " « ", " · ", " • ", " / ", " ― ", " › ", " ⋆ "];

/// The title, and the heading that shows it.
pub(super) fn of(
    outline: &Outline<'_>,
    head: &Head<'_>,
    facts: &Facts,
    site_name: Option<&str>,
) -> (Option<String>, Option<usize>) {
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
    // A heading that a declared title repeats is the title as the reader sees it.
    let agreed = headings.iter().find(|(_, text)| {
        let heading = letters(text);
        heading.len() >= 3 && declared.iter().any(|title| agrees(&letters(title), &heading))
    });
    if let Some((at, text)) = agreed {
        return (Some(text.clone()), Some(*at));
    }
    let from_declared = declared.iter().map(|text| clean(text)).find(|text| !is_site(text, site_name, host));
    let first_heading = headings.first().filter(|(at, _)| outline.items[*at].tag == Tag::Heading(1));
    match (from_declared, first_heading) {
        (Some(title), Some((at, _))) if facts.headline.is_some() || head.meta(&["og:title"]).is_some() => {
            (Some(title), Some(*at))
        }
        (_, Some((at, text))) => (Some(text.clone()), Some(*at)),
        (Some(title), None) => (Some(title), None),
        (None, None) => {
            let any =
                headings.first().map(|(_, text)| text.clone()).or_else(|| declared.first().map(|t| clean(t)));
            (any.filter(|text| !text.is_empty()), None)
        }
    }
}

/// Headings that may be the title: `h1` first, then `h2`, outside page chrome, in document order.
fn headings(outline: &Outline<'_>) -> Vec<(usize, String)> {
    let chrome = Cues::NAVIGATION | Cues::SIDEBAR | Cues::FOOTER | Cues::COMMENT | Cues::LEGAL | Cues::HIDDEN;
    let mut found: Vec<(usize, String)> = Vec::new();
    for level in [1, 2] {
        let of_level = (0..outline.items.len()).filter(|at| {
            outline.items[*at].tag == Tag::Heading(level)
                && !outline.ancestors(*at).any(|up| {
                    let item = &outline.items[up];
                    matches!(item.tag, Tag::Nav | Tag::Footer | Tag::Aside)
                        || !matches!(item.tag, Tag::Body | Tag::Html) && item.cues.has(chrome)
                })
        });
        for at in of_level.take(8) {
            let text = outline.folded_text(at, TITLE_CHARS_MAX);
            if !text.is_empty() {
                found.push((at, text));
            }
        }
    }
    found
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
