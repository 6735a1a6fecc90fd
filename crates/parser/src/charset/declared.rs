//! Encodings that somebody declared: header parameter, `meta`, XML declaration.
//!
//! Invariant: reads at most [`PRESCAN_BYTES`] of the body.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

/// How far the prescan reads (HTML section 13.2.3.2).
const PRESCAN_BYTES: usize = 1_024;

/// Where a body may declare its encoding itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// In a `meta` element, or in an XML declaration (XHTML).
    Html,
    /// In an XML declaration.
    Xml,
    /// Nowhere.
    None,
}

/// The encoding of a label. The Kazakh siblings of windows-1251 have labels that the WHATWG does not know; which of the
/// three it is, the text tells ([`super::kazakh`]).
fn encoding_of(label: &[u8]) -> Option<&'static Encoding> {
    const SIBLINGS: [&[u8]; 9] = [
        b"kz-1048",
        b"kz1048",
        b"strk1048-2002",
        b"rk1048",
        b"cskz1048",
        b"ptcp154",
        b"pt154",
        b"csptcp154",
        b"cyrillic-asian",
    ];
    Encoding::for_label(label).or_else(|| {
        let label = label.trim_ascii();
        SIBLINGS.iter().any(|known| label.eq_ignore_ascii_case(known)).then_some(WINDOWS_1251)
    })
}

/// `charset=` of a media type.
pub(super) fn in_content_type(value: &str) -> Option<&'static Encoding> {
    label_in(value.as_bytes())
}

/// What the first bytes of the body declare.
pub(super) fn in_markup(body: &[u8], markup: Markup) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(PRESCAN_BYTES)];
    let found = match markup {
        Markup::None => None,
        Markup::Xml => in_xml_declaration(head),
        Markup::Html => prescan(head).or_else(|| in_xml_declaration(head)),
    };
    // Markup that was just read as ASCII is not UTF-16, whatever it says (HTML section 13.2.3.2, step 13).
    found.map(|encoding| {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            UTF_8
        } else if encoding.name() == "x-user-defined" {
            WINDOWS_1252
        } else {
            encoding
        }
    })
}

/// `<?xml … encoding="…"?>`, leading white space forgiven.
fn in_xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let rest = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let declaration = &rest[..rest.windows(2).position(|pair| pair == b"?>").unwrap_or(rest.len())];
    let at = position(declaration, b"encoding")?;
    let value = declaration[at + 8..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    encoding_of(quoted(value)?)
}

/// The prescan of HTML section 13.2.3.2: `meta` elements outside comments.
fn prescan(head: &[u8]) -> Option<&'static Encoding> {
    let mut at = 0;
    while at < head.len() {
        let rest = &head[at..];
        if rest.starts_with(b"<!--") {
            at += position(&rest[2..], b"-->")? + 5;
        } else if starts_with_word(rest, b"<meta") {
            let (attributes, end) = attributes(&rest[5..]);
            if let Some(encoding) = in_meta(&attributes) {
                return Some(encoding);
            }
            at += 5 + end;
        } else if rest[0] == b'<' && rest.get(1).is_some_and(u8::is_ascii_alphabetic)
            || rest.starts_with(b"</") && rest.get(2).is_some_and(u8::is_ascii_alphabetic)
        {
            let name = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>')?;
            at += name + attributes(&rest[name..]).1;
        } else if rest.starts_with(b"<!") || rest.starts_with(b"</") || rest.starts_with(b"<?") {
            at += position(rest, b">")? + 1;
        } else {
            at += 1;
        }
    }
    None
}

/// The encoding that one `meta` element declares.
fn in_meta(attributes: &[(Vec<u8>, &[u8])]) -> Option<&'static Encoding> {
    let value = |name: &[u8]| attributes.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
    if let Some(label) = value(b"charset") {
        return encoding_of(label);
    }
    let pragma = value(b"http-equiv").is_some_and(|v| v.eq_ignore_ascii_case(b"content-type"));
    pragma.then(|| value(b"content").and_then(label_in)).flatten()
}

/// The label after `charset=` (HTML section 2.4.4).
fn label_in(value: &[u8]) -> Option<&'static Encoding> {
    let lower = value.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = position(&lower[from..], b"charset") {
        let after = lower[from + at + 7..].trim_ascii_start();
        if let Some(label) = after.strip_prefix(b"=") {
            let label = label.trim_ascii_start();
            let label = quoted(label).unwrap_or_else(|| {
                let end = label.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b';' | b','));
                &label[..end.unwrap_or(label.len())]
            });
            return encoding_of(label);
        }
        from += at + 7;
    }
    None
}

/// The content of a quoted string at the start of `value`.
fn quoted(value: &[u8]) -> Option<&[u8]> {
    let quote = *value.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let end = value[1..].iter().position(|byte| *byte == quote)?;
    Some(&value[1..=end])
}

/// Name in lower case, and value.
type Attribute<'a> = (Vec<u8>, &'a [u8]);

/// Attributes up to the end of the tag, names in lower case, and where the tag ends.
fn attributes(tag: &[u8]) -> (Vec<Attribute<'_>>, usize) {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        while tag.get(at).is_some_and(|b| b.is_ascii_whitespace() || *b == b'/') {
            at += 1;
        }
        match tag.get(at) {
            None => return (found, at),
            Some(b'>') => return (found, at + 1),
            Some(_) => {}
        }
        let name_start = at;
        while tag.get(at).is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'>' | b'/'))
            || at == name_start
        {
            at += 1;
        }
        let name = tag[name_start..at.min(tag.len())].to_ascii_lowercase();
        let mut next = at;
        while tag.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        let mut value: &[u8] = &[];
        if tag.get(next) == Some(&b'=') {
            at = next + 1;
            while tag.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            (value, at) = attribute_value(tag, at);
        }
        if !found.iter().any(|(n, _)| *n == name) {
            found.push((name, value));
        }
    }
}

/// The value that begins at `at`, and where reading goes on.
fn attribute_value(tag: &[u8], at: usize) -> (&[u8], usize) {
    let rest = &tag[at.min(tag.len())..];
    if let Some(value) = quoted(rest) {
        return (value, at + value.len() + 2);
    }
    if matches!(rest.first(), Some(b'"' | b'\'')) {
        return (&[], tag.len());
    }
    let end = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>').unwrap_or(rest.len());
    (&rest[..end], at + end)
}

fn starts_with_word(rest: &[u8], word: &[u8]) -> bool {
    rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && rest.get(word.len()).is_some_and(|b| b.is_ascii_whitespace() || *b == b'/')
}

fn position(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}
