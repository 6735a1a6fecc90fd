//! Who wrote a page: JSON-LD, `meta`, elements that call themselves the author, a line under the title.
//!
//! Invariant: a name is a short text of the page, cut free of labels, offices and dates; never a URL or an address.

use model::FactSource;

use crate::dates;
use crate::head::Head;
use crate::json_ld::Facts;
use crate::outline::{Cues, Item, Outline, Tag, fold};

/// Most authors kept.
const AUTHORS_MAX: usize = 8;

/// Longest line that is a byline, in characters.
const LINE_CHARS_MAX: usize = 160;

/// How far from the title, in items of the outline, a line `By …` is looked for.
const NEAR_ITEMS: usize = 40;

/// `meta` names of authors.
const META_NAMES: [&str; 10] = [
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
    "citation_author",
    "byl",
    "dc.contributor",
    "article:author_name",
];

/// Labels before a name, in lower case.
const OPENINGS: [&str; 27] = [
    "written by:",
    "written by",
    "posted by:",
    "posted by",
    "reviewed by",
    "authors:",
    "author:",
    "authors",
    "author",
    "by:",
    "by",
    "words by",
    "story by",
    "авторы:",
    "автор:",
    "авторы",
    "автор",
    "текст:",
    "от",
    "мәтін:",
    "мақала авторы:",
    "авторлар:",
    "autor:",
    "von",
    "par",
    "por",
    "di",
];

/// Labels that begin a byline in plain text; the others are too common there.
const TEXT_OPENINGS: [&str; 14] = [
    "written by",
    "posted by",
    "by:",
    "by ",
    "author:",
    "authors:",
    "автор:",
    "авторы:",
    "текст:",
    "мәтін:",
    "авторлар:",
    "автор статьи",
    "мақала авторы",
    "words by",
];

/// Words that no name holds: what stands in an author's box besides the name.
const NO_NAMES: [&str; 34] = [
    "author",
    "authors",
    "admin",
    "administrator",
    "editor",
    "view",
    "posts",
    "more",
    "written",
    "by",
    "about",
    "the author",
    "follow",
    "share",
    "contact",
    "profile",
    "website",
    "subscribe",
    "read",
    "log",
    "sign",
    "login",
    "автор",
    "админ",
    "редактор",
    "подробнее",
    "все",
    "редакция",
    "comments",
    "comment",
    "reply",
    "posted",
    "published",
    "updated",
];

/// The authors, their source and how far it is trusted.
pub(super) fn of(
    outline: &Outline<'_>,
    head: &Head<'_>,
    facts: &Facts,
    title_at: Option<usize>,
) -> Option<(String, FactSource, f32)> {
    let joined = |names: Vec<String>| distinct(names).join(", ");
    let from_facts: Vec<String> = facts.authors.iter().filter_map(|name| person(name)).collect();
    if !from_facts.is_empty() {
        return Some((joined(from_facts), FactSource::JsonLd, 0.9));
    }
    let from_meta: Vec<String> = head
        .metas
        .iter()
        .filter(|meta| META_NAMES.contains(&meta.name.as_str()))
        .filter_map(|meta| {
            if meta.name == "citation_author" { reordered(meta.content) } else { person(meta.content) }
        })
        .collect();
    if !from_meta.is_empty() {
        return Some((joined(from_meta), FactSource::Meta, 0.8));
    }
    let labelled = labelled(head).map(|name| (name, FactSource::Meta, 0.8));
    labelled.or_else(|| marked(outline, title_at)).or_else(|| by_line(outline, title_at))
}

fn distinct(mut names: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let lower = name.to_lowercase();
        let is_new = !seen.contains(&lower);
        seen.push(lower);
        is_new
    });
    names.truncate(AUTHORS_MAX);
    names
}

/// `Abai, Kunanbai` of a citation is Kunanbai Abai.
fn reordered(text: &str) -> Option<String> {
    match text.split_once(',') {
        Some((last, first)) if !first.contains(',') => person(&format!("{} {}", first.trim(), last.trim())),
        _ => person(text),
    }
}

/// Twitter cards carry the author as a pair of label and value.
fn labelled(head: &Head<'_>) -> Option<String> {
    [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")].into_iter().find_map(
        |(label, data)| {
            let label = head.meta(&[label])?.to_lowercase();
            let is_author = ["written by", "author", "автор", "verfasst von", "écrit par"]
                .iter()
                .any(|known| label.starts_with(known));
            is_author.then(|| head.meta(&[data]).and_then(person)).flatten()
        },
    )
}

/// An element marked `rel=author`, `itemprop=author` or with an author class, if it holds a name.
fn marked(outline: &Outline<'_>, title_at: Option<usize>) -> Option<(String, FactSource, f32)> {
    let mut best: Option<(usize, String, FactSource, f32)> = None;
    let title = title_at.unwrap_or(0);
    for (at, item) in outline.items.iter().enumerate() {
        let Some((rank, source, confidence)) = claim(outline, at, item) else { continue };
        let distance = if at >= title { at - title } else { 2 * (title - at) };
        let badness = rank * 100_000 + distance.min(90_000);
        if best.as_ref().is_some_and(|(least, ..)| *least <= badness) {
            continue;
        }
        if outline.ancestors(at).any(|up| {
            !matches!(outline.items[up].tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article)
                && outline.items[up].cues.has(Cues::COMMENT | Cues::RELATED)
        }) {
            continue;
        }
        if let Some(name) = name_in(outline, at) {
            best = Some((badness, name, source, confidence));
        }
    }
    best.map(|(_, name, source, confidence)| (name, source, confidence))
}

/// How strongly an element claims to be the author: a rank, 0 being best.
fn claim(outline: &Outline<'_>, at: usize, item: &Item<'_>) -> Option<(usize, FactSource, f32)> {
    if matches!(
        item.tag,
        Tag::Text | Tag::Body | Tag::Html | Tag::Main | Tag::Article | Tag::Meta | Tag::Link
    ) {
        return None;
    }
    if item.cues.has(Cues::AUTHOR) && outline.attr(at, "itemprop").is_some_and(|name| name.contains("author"))
    {
        return Some((0, FactSource::Microdata, 0.85));
    }
    if item.tag == Tag::A && outline.attr(at, "rel").is_some_and(|rel| rel.contains("author")) {
        return Some((0, FactSource::Markup, 0.8));
    }
    if item.cues.has(Cues::AUTHOR) && !item.cues.has(Cues::COMMENT | Cues::SIDEBAR | Cues::CAPTION) {
        return Some((1, FactSource::Markup, 0.65));
    }
    let is_user = matches!(item.tag, Tag::A | Tag::Inline)
        && outline
            .attr(at, "class")
            .is_some_and(|class| class.contains("username") || class.contains("poster"));
    is_user.then_some((2, FactSource::Markup, 0.6))
}

/// The name in an author's element: the part marked as the name, else the first line that can be one.
fn name_in(outline: &Outline<'_>, at: usize) -> Option<String> {
    let end = outline.items[at].end as usize;
    let inner = (at + 1..end.min(at + 40)).find(|inner| {
        outline.attr(*inner, "itemprop") == Some("name")
            || outline.attr(*inner, "rel").is_some_and(|rel| rel.contains("author"))
            || outline
                .attr(*inner, "class")
                .is_some_and(|class| class.ends_with("name") || class.contains("name "))
    });
    if let Some(name) = inner.and_then(|inner| person(&outline.folded_text(inner, LINE_CHARS_MAX))) {
        return Some(name);
    }
    lines(outline, at).iter().take(4).find_map(|line| person(line))
}

/// The lines of an element: inline text between the boundaries of blocks.
fn lines(outline: &Outline<'_>, at: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut i = at;
    while i < outline.items[at].end as usize && lines.len() < 8 {
        let item = &outline.items[i];
        match item.tag {
            Tag::Script | Tag::Style => i = item.end as usize,
            Tag::Text => {
                if let Some(line) = lines.last_mut().filter(|line| line.len() < 2 * LINE_CHARS_MAX) {
                    let text = &item.text[..item.text.floor_char_boundary(2 * LINE_CHARS_MAX)];
                    line.push_str(text);
                }
                i += 1;
            }
            Tag::A | Tag::Inline if i == at || item.cues == Cues::NONE || item.cues.has(Cues::AUTHOR) => {
                i += 1;
            }
            _ => {
                if lines.last().is_some_and(|line| !line.trim().is_empty()) {
                    lines.push(String::new());
                }
                i += 1;
            }
        }
    }
    lines.iter().map(|line| fold(line, LINE_CHARS_MAX)).filter(|line| !line.is_empty()).collect()
}

/// A line near the title that begins with `By` or its like.
fn by_line(outline: &Outline<'_>, title_at: Option<usize>) -> Option<(String, FactSource, f32)> {
    let title = title_at?;
    let from = title.saturating_sub(NEAR_ITEMS / 2);
    let to = outline.items.len().min(outline.items[title].end as usize + NEAR_ITEMS);
    (from..to).find_map(|at| {
        let item = &outline.items[at];
        if item.tag != Tag::Text || item.text.len() > 2 * LINE_CHARS_MAX {
            return None;
        }
        let lower = item.text.trim_start().to_lowercase();
        let is_opening =
            TEXT_OPENINGS.iter().any(|opening| lower.starts_with(opening)) || lower.trim() == "by";
        if !is_opening || outline.items[item.parent as usize].tag == Tag::Script {
            return None;
        }
        let mut block = item.parent as usize;
        while matches!(outline.items[block].tag, Tag::Inline | Tag::A) {
            block = outline.items[block].parent as usize;
        }
        let line = outline.folded_text(block, LINE_CHARS_MAX + 1);
        let line = if line.chars().count() > LINE_CHARS_MAX { fold(item.text, LINE_CHARS_MAX) } else { line };
        let lower = line.to_lowercase();
        let start = TEXT_OPENINGS.iter().filter_map(|opening| lower.find(opening)).min()?;
        let name = person(line.get(start..)?)?;
        // Prose begins with `by` too; names are written with capitals.
        name.chars().next().is_some_and(char::is_uppercase).then_some((name, FactSource::Text, 0.6))
    })
}

/// A person's name out of a byline, or nothing when the text cannot be one.
fn person(text: &str) -> Option<String> {
    let mut name = fold(text, LINE_CHARS_MAX);
    for _ in 0..2 {
        let lower = name.to_lowercase();
        let opening = OPENINGS.iter().find(|opening| {
            lower
                .strip_prefix(*opening)
                .is_some_and(|rest| rest.starts_with([' ', ':']) || opening.ends_with(':'))
        });
        let Some(opening) = opening.filter(|_| lower.len() == name.len()) else { break };
        name = name[opening.len()..].trim_start_matches([' ', ':', ',', '-', '—']).to_owned();
    }
    let name = name[..end_of_name(&name)]
        .trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | '|' | ':' | ';' | '-' | '—' | '–' | '·' | '&' | '@')
        })
        .to_owned();
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_name = (1..=12).contains(&words.len())
        && !words.iter().all(|word| NO_NAMES.contains(&word.as_str()))
        && !words
            .first()
            .is_some_and(|word| matches!(word.as_str(), "view" | "read" | "about" | "posted" | "share"))
        && !name.contains("://")
        && !name.contains("www.")
        && !name.contains('@')
        && digits * 2 < name.chars().count()
        && name.chars().any(char::is_alphabetic);
    is_name.then_some(name)
}

/// Where what follows a name begins: a separator, a bracket, a date, a word such as `updated`.
fn end_of_name(text: &str) -> usize {
    let mut end = text.len();
    for stop in [" | ", " · ", " • ", " – ", " — ", " - ", " / ", " (", " [", "\u{2022}", " on ", "|"]
    {
        end = text.find(stop).filter(|at| *at > 0).map_or(end, |at| at.min(end));
    }
    let mut at = 0;
    for (before, word) in text.split(' ').enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = bare.to_lowercase();
        let is_stop = matches!(
            lower.as_str(),
            "updated"
                | "published"
                | "posted"
                | "last"
                | "modified"
                | "min"
                | "minutes"
                | "обновлено"
                | "опубликовано"
        );
        let next =
            text.get(at + word.len() + 1..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        let is_date = dates::is_month(bare) && next.starts_with(|c: char| c.is_ascii_digit())
            || lower.len() <= 4
                && bare.bytes().all(|byte| byte.is_ascii_digit())
                && !bare.is_empty()
                && dates::is_month(next.trim_matches(|c: char| !c.is_alphanumeric()))
            || bare.len() >= 6 && dates::find(bare, dates::Zone::Utc).is_some();
        if before > 0 && (is_stop || is_date) {
            end = end.min(at);
            break;
        }
        at += word.len() + 1;
    }
    end
}
