//! A page as it is shown. Invariant: whatever pages of strangers say becomes text; a title leads to http or https or nowhere.

use askama::Template;
use indexer::{Hit, Snippet};

use super::Asked;
use super::words::{self, Words};

/// Everything the template needs.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page<'a> {
    pub(super) words: &'a Words,
    pub(super) asked: &'a Asked,
    pub(super) heading: &'a str,
    pub(super) links: Vec<Shown>,
    /// Where more of it is.
    pub(super) next: Option<String>,
    pub(super) tongues: Vec<Tongue>,
    /// Links in the index, if it can tell.
    pub(super) documents: Option<u64>,
}

/// A language the page can be read in.
pub(super) struct Tongue {
    words: &'static Words,
    /// This page in that language.
    href: String,
    is_current: bool,
}

/// One link.
pub(super) struct Shown {
    /// Empty when the URL is not for browsers.
    href: String,
    like: String,
    title: String,
    host: String,
    /// Code of the language, for the `lang` attribute.
    language: String,
    /// The language in words, if it has some.
    language_name: String,
    /// RFC 3339, for programs.
    published: String,
    /// For people.
    day: String,
    snippet: Vec<Piece>,
    reason: String,
}

/// A stretch of an excerpt.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    /// Whether it matches the query.
    is_match: bool,
}

/// The page a reader is on.
pub(super) struct Here<'a> {
    pub(super) path: &'static str,
    pub(super) asked: &'a Asked,
}

impl Here<'_> {
    /// This page in another language of ours.
    pub(super) fn tongues(&self, current: &Words) -> Vec<Tongue> {
        let tongue = |words: &'static Words| Tongue {
            words,
            href: self.href(words, self.asked.cursor.as_deref()),
            is_current: words.code == current.code,
        };
        words::ALL.into_iter().map(tongue).collect()
    }

    /// This page from a cursor on.
    pub(super) fn href(&self, words: &Words, cursor: Option<&str>) -> String {
        let Asked { q, language, like, .. } = self.asked;
        let parameters = [
            ("q", q.as_str()),
            ("language", language),
            ("like", like),
            ("cursor", cursor.unwrap_or_default()),
        ];
        href(self.path, words, &parameters)
    }
}

/// A path of ours with the language and whatever parameters are not empty.
fn href(path: &str, words: &Words, parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::for_suffix(format!("{path}?"), path.len() + 1);
    query.append_pair("lang", words.code);
    query.extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}

impl Shown {
    pub(super) fn of(hit: Hit, words: &Words, reason: String) -> Self {
        let document = hit.document;
        let is_web = ["http://", "https://"].iter().any(|scheme| document.url.starts_with(scheme));
        let language = document.language.to_string();
        Self {
            href: if is_web { document.url.clone() } else { String::new() },
            like: href("/recommendations", words, &[("like", &document.url)]),
            title: document.title,
            host: hit.host,
            language_name: words::of(&language).map(|words| words.name_inside.to_owned()).unwrap_or_default(),
            language,
            published: document.published.map(|at| at.to_string()).unwrap_or_default(),
            day: document.published.map(|at| at.strftime(words.day).to_string()).unwrap_or_default(),
            snippet: pieces(&hit.snippet),
            reason,
        }
    }
}

/// An excerpt cut at its highlights.
fn pieces(snippet: &Snippet) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut push = |text: Option<&str>, is_match| {
        pieces.extend(
            text.filter(|text| !text.is_empty()).map(|text| Piece { text: text.to_owned(), is_match }),
        );
    };
    for &(from, to) in &snippet.highlights {
        push(snippet.text.get(at..from), false);
        push(snippet.text.get(from..to), true);
        at = to;
    }
    push(snippet.text.get(at..), false);
    pieces
}

#[cfg(test)]
mod tests;
