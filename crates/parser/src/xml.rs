//! A tolerant pull reader for feeds and sitemaps on quick-xml.
//!
//! Forgiven: bare `&`, unknown entities, end tags that match nothing, unclosed tags and sections, control characters,
//! stray `<`. Document type declarations are skipped and entities never defined, so that neither external entities nor
//! "billion laughs" have any effect.
//!
//! Invariant: one pass; after a syntax error reading goes on behind it, at most [`ERRORS_MAX`] times.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Syntax errors survived in one document.
const ERRORS_MAX: usize = 1_000;

/// Attributes read of one element.
const ATTRIBUTES_MAX: usize = 64;

/// A piece of a document. Names are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A start tag; an empty element is followed by its [`Piece::Close`].
    Open(Element<'a>),
    /// Character data, references resolved.
    Text(Cow<'a, str>),
    /// An end tag, with the local name.
    Close(String),
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// Namespace prefix, empty if none.
    pub(crate) prefix: String,
    /// Local name.
    pub(crate) name: String,
    attributes: Vec<(String, Cow<'a, str>)>,
}

impl Element<'_> {
    /// An attribute by its name in lower case, with its prefix.
    pub(crate) fn attr(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }
}

/// The reader.
pub(crate) struct Pull<'a> {
    text: &'a str,
    from: usize,
    reader: Reader<&'a [u8]>,
    errors: usize,
}

impl<'a> Pull<'a> {
    /// Reads a document that has already been decoded; its encoding declaration is ignored.
    pub(crate) fn new(text: &'a str) -> Self {
        let start = text.find('<').unwrap_or(text.len());
        Self { text, from: start, reader: reader(&text[start..]), errors: 0 }
    }

    /// How many syntax errors were survived so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Goes on behind the `<` that could not be read.
    fn resume(&mut self) -> bool {
        self.resume_behind(self.reader.error_position())
    }

    /// Goes on behind the byte at `position` of what the reader was given.
    fn resume_behind(&mut self, position: u64) -> bool {
        self.errors += 1;
        let error_at = usize::try_from(position).unwrap_or(usize::MAX);
        let at = self.text.ceil_char_boundary(self.from.saturating_add(error_at).saturating_add(1));
        if at >= self.text.len() || at <= self.from || self.errors >= ERRORS_MAX {
            return false;
        }
        self.from = at;
        self.reader = reader(&self.text[at..]);
        true
    }
}

impl<'a> Iterator for Pull<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let before = self.reader.buffer_position();
            let piece = match self.reader.read_event() {
                Ok(Event::Start(start)) if !is_named(&start) => {
                    if !self.resume_behind(before) {
                        return None;
                    }
                    Piece::Text(Cow::Borrowed("<"))
                }
                Ok(Event::Start(start)) => Piece::Open(element(&start)),
                Ok(Event::End(end)) => Piece::Close(lower(local(end.name().into_inner()))),
                Ok(Event::Text(text)) => Piece::Text(text.into_inner()),
                Ok(Event::CData(text)) => Piece::Text(text.into_inner()),
                Ok(Event::GeneralRef(reference)) => Piece::Text(Cow::Owned(entity(&reference.into_inner()))),
                Ok(Event::Eof) => return None,
                Ok(_) => continue,
                Err(_) => {
                    if let Some(rest) = self.unread() {
                        self.reader = reader("");
                        return Some(rest);
                    }
                    if self.resume() {
                        continue;
                    }
                    return None;
                }
            };
            return Some(piece);
        }
    }
}

impl<'a> Pull<'a> {
    /// The text of a CDATA section that never ends.
    fn unread(&self) -> Option<Piece<'a>> {
        let error_at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
        let rest = self.text.get(self.from.saturating_add(error_at)..)?;
        rest.strip_prefix("<![CDATA[").map(|text| Piece::Text(Cow::Borrowed(text)))
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    config.expand_empty_elements = true;
    reader
}

/// Whether a tag begins with a name; else its `<` was meant as text (`1 < 2`).
fn is_named(start: &BytesStart<'_>) -> bool {
    start.name().into_inner().starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':')
}

fn element<'a>(start: &BytesStart<'_>) -> Element<'a> {
    let name = start.name().into_inner().to_owned();
    let attributes = start
        .attributes()
        .with_checks(false)
        .flatten()
        .take(ATTRIBUTES_MAX)
        .map(|attribute| (lower(attribute.key.into_inner()), Cow::Owned(resolved(&attribute.value))))
        .collect();
    Element { prefix: lower(prefix(&name)), name: lower(local(&name)), attributes }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// What a reference stands for; unknown ones stay as written.
fn entity(name: &str) -> String {
    let letter = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        }
        .and_then(char::from_u32)
        .filter(|letter| *letter != '\0'),
        None => named(name),
    };
    letter.map_or_else(|| format!("&{name};"), String::from)
}

/// The references of XML and the frequent ones of HTML, which feeds use without declaring.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "laquo" => '«',
        "raquo" => '»',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "bdquo" => '„',
        "shy" => '\u{ad}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "ccedil" => 'ç',
        "deg" => '°',
        "euro" => '€',
        "middot" => '·',
        "bull" => '•',
        "times" => '×',
        "minus" => '−',
        _ => return None,
    })
}

/// Resolves the references in a text, leaving what is none as it is.
pub(crate) fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        if let Some(end) = end.filter(|end| *end > 1) {
            out.push_str(&entity(&rest[1..end]));
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Text without tags, references resolved: titles of feeds are often escaped HTML.
pub(crate) fn without_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tag = &rest[at..];
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        if let Some(end) = tag.find('>').filter(|_| is_tag) {
            out.push(' ');
            rest = &tag[end + 1..];
        } else {
            out.push('<');
            rest = &tag[1..];
        }
    }
    out.push_str(rest);
    resolved(&out)
}

#[cfg(test)]
mod tests;
