//! What a body is, judged by its bytes; what the server or the discoverer said is only a hint.
//!
//! Invariant: reads at most [`WINDOW`] bytes, never allocates more than that, and always has an answer.

use model::ResourceKind;

/// How many leading bytes decide. The MIME Sniffing Standard section 3 reads 1,445; junk before an XML declaration and
/// long comments before `<html>` ask for a little more.
const WINDOW: usize = 4_096;

/// Share of binary bytes (MIME Sniffing Standard section 3) in the window above which a body is not text. A few stray
/// control characters are common in real feeds.
const BINARY_SHARE_MAX: f32 = 0.05;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing, or white space only.
    Empty,
    /// HTML, or markup that browsers would read as such.
    Html,
    /// RSS, RDF, Atom or OPML.
    Feed,
    /// A sitemap or sitemap index in XML.
    Sitemap,
    /// XML of another kind; the payload is a word for the note.
    Xml,
    /// JSON, perhaps a JSON Feed.
    Json,
    /// Text without markup.
    Text,
    /// Compressed with gzip inside its content coding (`sitemap.xml.gz`).
    Gzip,
    /// Not text; the payload names what the first bytes are.
    Binary(&'static str),
    /// A style sheet or a script: text, but not for readers.
    Code,
}

/// Leading bytes of formats that are never text.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"BM\x00\x00", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x00\x00\x01\x00", "image"),
    (b"RIFF", "media"),
    (b"OggS\x00", "media"),
    (b"ID3", "media"),
    (b"\xff\xfb", "media"),
    (b"\x1aE\xdf\xa3", "media"),
    (b"fLaC", "media"),
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office document"),
    (b"{\\rtf", "office document"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"\x00asm", "program"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"SQLite format 3\x00", "database"),
];

/// Judges a body. `content_type` and `kind` decide only where the bytes leave room.
pub(crate) fn sniff(body: &[u8], content_type: Option<&str>, kind: ResourceKind) -> Form {
    if body.starts_with(&[0x1f, 0x8b]) {
        return Form::Gzip;
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| body.starts_with(magic)) {
        return Form::Binary(what);
    }
    if body.get(4..8) == Some(b"ftyp") {
        return Form::Binary("media");
    }
    let window = narrow(&body[..body.len().min(WINDOW)]);
    let start = window.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0);
    let Some(start) = start else {
        let first = body.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0);
        // What follows a long blank decides; pairs of UTF-16 stay pairs. It begins with something, so this ends.
        return first.map_or(Form::Empty, |at| match &body[at & !1..] {
            rest if rest.len() < body.len() => sniff(rest, content_type, kind),
            _ => Form::Text,
        });
    };
    let head = &window[start..];
    let media_type = media_type(content_type);
    if head[0] == b'<'
        && let Some(form) = of_markup(head)
    {
        return form;
    }
    if binary_share(head) > BINARY_SHARE_MAX && !media_type.ends_with("html") {
        return Form::Binary("binary");
    }
    if matches!(head[0], b'{' | b'[') && (media_type.ends_with("json") || looks_like_json(head)) {
        return Form::Json;
    }
    if let Some(form) = after_junk(head) {
        return form;
    }
    of_media_type(&media_type, head, kind)
}

/// The media type in lower case, without parameters.
fn media_type(content_type: Option<&str>) -> String {
    content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The window as something ASCII can be read from: byte order marks off, UTF-16 reduced to its low bytes.
fn narrow(window: &[u8]) -> Vec<u8> {
    let (skip, low) = match window {
        [0xef, 0xbb, 0xbf, ..] => return window[3..].to_vec(),
        [0xff, 0xfe, ..] => (2, 0),
        [0xfe, 0xff, ..] => (2, 1),
        [b'<', 0, _, 0, ..] => (0, 0),
        [0, b'<', 0, _, ..] => (0, 1),
        _ => return window.to_vec(),
    };
    let units = window[skip..].as_chunks::<2>().0;
    units.iter().map(|unit| if unit[1 - low] == 0 { unit[low] } else { b'?' }).collect()
}

/// What a body that begins with `<` is, by its first element.
fn of_markup(head: &[u8]) -> Option<Form> {
    let mut rest = head;
    let mut declared_xml = false;
    loop {
        rest = rest.trim_ascii_start();
        let end = if rest.starts_with(b"<?") {
            declared_xml |= rest.starts_with(b"<?xml");
            find(rest, b"?>").map(|at| at + 2)
        } else if rest.starts_with(b"<!--") {
            find(rest, b"-->").map(|at| at + 3)
        } else if rest.len() > 2 && rest[..2] == *b"<!" {
            if rest.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype"))
                && rest[9..].trim_ascii_start().get(..4).is_some_and(|w| w.eq_ignore_ascii_case(b"html"))
                && find(rest, b"//DTD XHTML").is_none()
            {
                return Some(Form::Html);
            }
            doctype_end(rest)
        } else {
            break;
        };
        match end {
            Some(end) if end < rest.len() => rest = &rest[end..],
            _ => return if declared_xml { after_junk(head) } else { Some(Form::Html) },
        }
    }
    let name: Vec<u8> = rest
        .strip_prefix(b"<")?
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.'))
        .copied()
        .collect();
    if name.is_empty() {
        return if declared_xml { Some(Form::Xml) } else { Some(Form::Text) };
    }
    Some(match of_root(&name) {
        Some(form) => form,
        None if declared_xml => Form::Xml,
        None => Form::Html,
    })
}

/// End of a document type declaration, its internal subset included.
fn doctype_end(rest: &[u8]) -> Option<usize> {
    let close = find(rest, b">")?;
    match rest[..close].iter().position(|byte| *byte == b'[') {
        Some(_) => find(rest, b"]").and_then(|at| Some(at + find(&rest[at..], b">")? + 1)),
        None => Some(close + 1),
    }
}

/// The form that a root element stands for.
fn of_root(name: &[u8]) -> Option<Form> {
    let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name).to_ascii_lowercase();
    match local.as_slice() {
        b"html" | b"body" | b"head" => Some(Form::Html),
        b"rss" | b"rdf" | b"feed" | b"entry" | b"channel" | b"opml" => Some(Form::Feed),
        b"urlset" | b"sitemapindex" => Some(Form::Sitemap),
        _ => None,
    }
}

/// A feed, sitemap or page that begins after something else: warnings of a script, stray text, a second declaration.
fn after_junk(head: &[u8]) -> Option<Form> {
    const ROOTS: [(&[u8], Form); 9] = [
        (b"<html", Form::Html),
        (b"<!doctype html", Form::Html),
        (b"<body", Form::Html),
        (b"<rss", Form::Feed),
        (b"<feed", Form::Feed),
        (b"<rdf:rdf", Form::Feed),
        (b"<opml", Form::Feed),
        (b"<urlset", Form::Sitemap),
        (b"<sitemapindex", Form::Sitemap),
    ];
    let lower = head.to_ascii_lowercase();
    ROOTS
        .iter()
        .filter_map(|(root, form)| find(&lower, root).map(|at| (at, *form)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, form)| form)
}

/// What is left to the declared media type.
fn of_media_type(media_type: &str, head: &[u8], kind: ResourceKind) -> Form {
    match media_type {
        "text/css" | "text/javascript" | "application/javascript" | "application/x-javascript" => Form::Code,
        "text/html" | "application/xhtml+xml" => Form::Html,
        "text/plain" | "text/markdown" | "text/csv" => Form::Text,
        _ if media_type.ends_with("xml") && head[0] == b'<' => Form::Xml,
        _ if media_type.starts_with("image/")
            || media_type.starts_with("audio/")
            || media_type.starts_with("video/")
            || media_type.starts_with("font/") =>
        {
            Form::Binary("media")
        }
        _ if kind == ResourceKind::Page && has_tag(head) => Form::Html,
        _ => Form::Text,
    }
}

/// Whether something like `</p>` or `<br>` occurs.
fn has_tag(head: &[u8]) -> bool {
    head.windows(2).any(|pair| pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || pair[1] == b'/'))
        && head.contains(&b'>')
}

/// `{"` or `[{` and the like after white space.
fn looks_like_json(head: &[u8]) -> bool {
    match head[1..].trim_ascii_start().first() {
        Some(b'"' | b'{' | b'[' | b']' | b'}') => true,
        Some(byte) => head[0] == b'[' && (byte.is_ascii_digit() || *byte == b'-'),
        None => false,
    }
}

/// Share of bytes that the MIME Sniffing Standard calls binary data bytes.
fn binary_share(head: &[u8]) -> f32 {
    let binary =
        head.iter().filter(|byte| matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)).count();
    binary as f32 / head.len().max(1) as f32
}

/// Where `needle` begins in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests;
