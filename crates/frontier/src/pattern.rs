//! From a URL to its pattern: what it has in common with its likes. Pure.
//!
//! A page's own name, numbers, dates, ids and session tokens are generalised, so that the pages of one archive, calendar
//! or facet search share a pattern, written so that people can read it: `/calendar/{number}/{number}?view`.
//!
//! Invariant: a pattern is bounded in length and follows from the path and the names of parameters alone.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use url::Url;

/// Folders kept by name; deeper ones are `{folder}`. Sections and languages of the field's sites lie within three.
const NAMED_FOLDERS_MAX: usize = 3;
/// Longest word kept by name, bytes; longer ones are titles.
const WORD_LEN_MAX: usize = 24;
/// Parameters kept by name. Of more, every subset would be a pattern of its own: a facet search of six has 41 with four.
const PARAMETERS_MAX: usize = 2;
/// Shortest run of letters and digits taken for a token; PHP and Java draw 22 and more.
const TOKEN_LEN_MIN: usize = 16;
/// Changes between letters and digits within a token, at least.
const TOKEN_TURNS_MIN: usize = 3;
/// Shortest hexadecimal id.
const HEX_LEN_MIN: usize = 8;
/// Segments of a pattern; the rest is `{…}`.
const SEGMENTS_MAX: usize = 8;

/// The pattern of a URL and the family it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: String,
    /// Where the parameters begin in `text`; its length when there are none.
    path_len: usize,
}

impl Pattern {
    /// Of a URL.
    pub(crate) fn of(url: &Url) -> Self {
        let mut text = String::with_capacity(48);
        push_path(&mut text, url.path(), url.query().is_some_and(|query| !query.is_empty()));
        let path_len = text.len();
        if let Some(query) = url.query().filter(|query| !query.is_empty()) {
            push_parameters(&mut text, query);
        }
        Self { text, path_len }
    }

    /// As people read it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a folder of it looks drawn at random: the same pages may stand under any number of such folders, and no
    /// memory of texts is long enough to tell.
    pub(crate) fn is_session(&self) -> bool {
        self.text.contains("/{token}/")
    }

    /// What every pattern with parameters shares with the others of its path; `None` without parameters. A facet search
    /// has as many patterns as subsets of its parameters, but one family.
    pub(crate) fn family(&self) -> Option<String> {
        (self.path_len < self.text.len()).then(|| format!("{}?{{any}}", &self.text[..self.path_len]))
    }
}

fn push_path(text: &mut String, path: &str, has_query: bool) {
    let path = path.strip_prefix('/').unwrap_or(path);
    let (body, slash) = path.strip_suffix('/').map_or((path, ""), |body| (body, "/"));
    if body.is_empty() {
        text.push('/');
        return;
    }
    let last = body.split('/').count() - 1;
    let mut before = Cow::Borrowed("");
    let mut run = 0;
    for (at, segment) in body.split('/').enumerate() {
        if at == SEGMENTS_MAX {
            text.push_str("/{…}");
            return;
        }
        let general =
            if at == last { leaf(segment, has_query) } else { folder(segment, at < NAMED_FOLDERS_MAX) };
        run = if general == before { run + 1 } else { 0 };
        // A third like the two before says nothing new.
        if run < 2 {
            text.push('/');
            text.push_str(&general);
        } else if run == 2 {
            text.push_str("/{…}");
        }
        before = general;
    }
    text.push_str(slash);
}

/// A segment that is not the last.
fn folder(segment: &str, is_named: bool) -> Cow<'_, str> {
    let segment = without_parameter(segment);
    match kind_of(segment) {
        Some(kind) => Cow::Borrowed(kind),
        None if is_title(segment) => Cow::Borrowed("{title}"),
        None if !is_named => Cow::Borrowed("{folder}"),
        None => without_digits(segment),
    }
}

/// Whether a folder is named like a page: a long name, one in another script, or words and a number joined by hyphens.
fn is_title(segment: &str) -> bool {
    segment.contains('%')
        || segment.len() > WORD_LEN_MAX
        || (segment.contains(['-', '_']) && segment.bytes().any(|b| b.is_ascii_digit()))
}

/// The last segment: the page's own name, which says nothing of its likes, except for what programs are called.
fn leaf(segment: &str, has_query: bool) -> Cow<'_, str> {
    let segment = without_parameter(segment);
    if let Some(kind) = kind_of(segment) {
        return Cow::Borrowed(kind);
    }
    let (stem, ending) = match segment.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && (1..=5).contains(&ending.len())
                && ending.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (stem, ending)
        }
        _ => (segment, ""),
    };
    let is_word = stem.len() <= WORD_LEN_MAX && stem.bytes().all(|b| b.is_ascii_alphabetic());
    if is_word && has_query {
        return Cow::Borrowed(segment);
    }
    let name = match kind_of(stem) {
        Some(kind) => kind,
        None if is_word => "{word}",
        None => "{title}",
    };
    if ending.is_empty() { Cow::Borrowed(name) } else { Cow::Owned([name, ".", ending].concat()) }
}

/// A segment without what follows a `;`.
fn without_parameter(segment: &str) -> &str {
    segment.split(';').next().unwrap_or(segment)
}

/// What a segment is, when it is no name.
fn kind_of(segment: &str) -> Option<&'static str> {
    let bytes = segment.as_bytes();
    if bytes.is_empty() {
        return None;
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return Some("{number}");
    }
    if is_date(bytes) {
        return Some("{date}");
    }
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    if !has_digit && !bytes.starts_with(b"(") {
        return None;
    }
    if is_uuid(bytes) {
        return Some("{id}");
    }
    if bytes.len() >= HEX_LEN_MIN && bytes.iter().all(u8::is_ascii_hexdigit) {
        return Some("{id}");
    }
    let turns = bytes.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    let is_token = bytes.len() >= TOKEN_LEN_MIN
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'(' | b')'))
        && turns >= TOKEN_TURNS_MIN;
    is_token.then_some("{token}")
}

/// `2024-05-01`, `2024-05`, `01.05.2024`.
fn is_date(bytes: &[u8]) -> bool {
    (6..=10).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_'))
        && (1..=2).contains(&bytes.iter().filter(|b| !b.is_ascii_digit()).count())
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Runs of digits within a name count something.
fn without_digits(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|b| b.is_ascii_digit()) {
        return Cow::Borrowed(name);
    }
    let mut general = String::with_capacity(name.len() + 8);
    let mut in_digits = false;
    for letter in name.chars() {
        if letter.is_ascii_digit() {
            if !in_digits {
                general.push_str("{number}");
            }
            in_digits = true;
        } else {
            general.push(letter);
            in_digits = false;
        }
    }
    Cow::Owned(general)
}

fn push_parameters(text: &mut String, query: &str) {
    let mut names = BTreeSet::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        let name = if name.len() > WORD_LEN_MAX || name.contains('%') {
            Cow::Borrowed("{name}")
        } else {
            without_digits(name)
        };
        names.insert(name);
        if names.len() > PARAMETERS_MAX {
            text.push_str("?{many}");
            return;
        }
    }
    for (at, name) in names.iter().enumerate() {
        let _ = write!(text, "{}{name}", if at == 0 { '?' } else { '&' });
    }
}

#[cfg(test)]
mod tests;
