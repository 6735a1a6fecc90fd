//! HTTP heads inside WARC blocks.
//!
//! Invariant: bodies are kept as received but without their transfer coding, so a `Transfer-Encoding` line would make
//! every replayer misread them. It is written under [`RENAMED`] and read back under its own name.

use std::borrow::Cow;
use std::io::Write as _;
use std::ops::Range;

use bytes::Bytes;
use model::{HeaderLine, Request, Response};

/// What stands before the name `Transfer-Encoding` in our records.
const RENAMED: &str = "X-Silteme-";
const TRANSFER_ENCODING: &str = "Transfer-Encoding";

/// The head of a message in a block: where its parts are.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Request or status line.
    first: Range<usize>,
    /// Name and value of each line, white space around them dropped; a folded value still holds its line breaks.
    fields: Vec<(Range<usize>, Range<usize>)>,
    /// Where the body begins.
    pub(crate) body: usize,
}

impl Lines {
    /// Splits a head. Tolerates bare LF and a missing final blank line (then there is no body); lines without a colon
    /// are passed over.
    pub(crate) fn split(block: &[u8]) -> Self {
        let mut at = 0;
        let first = next_line(block, &mut at);
        let mut fields: Vec<(Range<usize>, Range<usize>)> = Vec::with_capacity(24);
        while at < block.len() {
            let line = next_line(block, &mut at);
            let bytes = &block[line.clone()];
            if bytes.is_empty() {
                break;
            }
            if matches!(bytes[0], b' ' | b'\t') {
                if let Some((_, value)) = fields.last_mut() {
                    let end = trimmed(block, line).end;
                    value.end = end.max(value.end);
                }
            } else if let Some(colon) = bytes.iter().position(|byte| *byte == b':') {
                let name = trimmed(block, line.start..line.start + colon);
                let value = trimmed(block, line.start + colon + 1..line.end);
                fields.push((name, value));
            }
        }
        Self { first, fields, body: at }
    }

    /// The first line as text.
    pub(crate) fn first<'a>(&self, block: &'a [u8]) -> Cow<'a, str> {
        String::from_utf8_lossy(&block[self.first.clone()])
    }

    /// Version and status of a status line; `None` when it is none.
    pub(crate) fn status(&self, block: &[u8]) -> Option<(String, u16)> {
        let first = self.first(block);
        let mut words = first.split_ascii_whitespace();
        let version = words.next()?;
        if !version.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("HTTP/")) {
            return None;
        }
        Some((version.to_owned(), words.next()?.parse().ok()?))
    }

    /// Method and target of a request line.
    pub(crate) fn request(&self, block: &[u8]) -> Option<(String, String)> {
        let first = self.first(block);
        let (method, rest) = first.split_once(' ')?;
        let (target, _version) = rest.rsplit_once(' ')?;
        Some((method.to_owned(), target.to_owned()))
    }

    /// Whether the body still has the chunked transfer coding on; ours never has.
    pub(crate) fn is_chunked(&self, block: &[u8]) -> bool {
        self.fields.iter().any(|(name, value)| {
            block[name.clone()].eq_ignore_ascii_case(TRANSFER_ENCODING.as_bytes())
                && block[value.clone()].to_ascii_lowercase().ends_with(b"chunked")
        })
    }

    /// The header lines; values share the block's memory.
    pub(crate) fn headers(&self, block: &Bytes) -> Vec<HeaderLine> {
        let line = |(name, value): &(Range<usize>, Range<usize>)| HeaderLine {
            name: original_name(&String::from_utf8_lossy(&block[name.clone()])).into_owned(),
            value: unfolded(block, value.clone()),
        };
        self.fields.iter().map(line).collect()
    }

    /// Whether reading these lines gives back exactly `headers`.
    fn matches(&self, block: &[u8], headers: &[HeaderLine]) -> bool {
        let same = |(parts, line): (&(Range<usize>, Range<usize>), &HeaderLine)| {
            block[parts.1.clone()] == *line.value
                && original_name(&String::from_utf8_lossy(&block[parts.0.clone()])) == line.name
        };
        self.fields.len() == headers.len() && self.fields.iter().zip(headers).all(same)
    }
}

/// Writes the head of a response; says whether reading it back gives version, and status and headers, unchanged.
pub(crate) fn write_response(response: &Response, out: &mut Vec<u8>) -> (bool, bool) {
    let start = out.len();
    let version = wire_version(&response.version);
    let _ = write!(out, "{version} {:03} {}\r\n", response.status, reason(response.status));
    write_headers(&response.headers, out);
    let block = &out[start..];
    let lines = Lines::split(block);
    let status_same = lines.status(block).is_some_and(|(_, status)| status == response.status);
    let whole = lines.body == block.len() && lines.matches(block, &response.headers);
    (version == response.version, status_same && whole)
}

/// Writes a request; says whether reading it back gives it unchanged.
pub(crate) fn write_request(request: &Request, version: &str, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let clean = |text: &str| text.replace(|c: char| c.is_ascii_control() || c == ' ', "%20");
    let (method, target) = (clean(&request.method), clean(&request.target));
    let _ = write!(out, "{method} {target} {}\r\n", wire_version(version));
    write_headers(&request.headers, out);
    let block = &out[start..];
    let lines = Lines::split(block);
    lines.request(block).is_some_and(|(method, target)| method == request.method && target == request.target)
        && lines.body == block.len()
        && lines.matches(block, &request.headers)
}

/// The version a text head can carry: other tools read only HTTP/1.x there. The real one is in `WARC-Protocol`.
fn wire_version(version: &str) -> &str {
    if version == "HTTP/1.0" { version } else { "HTTP/1.1" }
}

fn write_headers(headers: &[HeaderLine], out: &mut Vec<u8>) {
    for line in headers {
        if line.name.eq_ignore_ascii_case(TRANSFER_ENCODING) {
            out.extend_from_slice(RENAMED.as_bytes());
        }
        let start = out.len();
        out.extend(line.name.bytes().filter(|byte| is_token(*byte)));
        if out.len() == start {
            out.extend_from_slice(b"X-Unnamed");
        }
        out.extend_from_slice(b": ");
        out.extend(
            line.value.iter().map(|byte| if matches!(byte, b'\r' | b'\n' | 0) { b' ' } else { *byte }),
        );
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// `tchar` of RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn original_name<'a>(name: &'a Cow<'a, str>) -> Cow<'a, str> {
    match name.strip_prefix(RENAMED) {
        Some(rest) if rest.eq_ignore_ascii_case(TRANSFER_ENCODING) => Cow::Borrowed(rest),
        _ => Cow::Borrowed(name),
    }
}

/// The next line without its line break.
fn next_line(block: &[u8], at: &mut usize) -> Range<usize> {
    let start = *at;
    let rest = &block[start..];
    let (end, next) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(length) => (start + length, start + length + 1),
        None => (block.len(), block.len()),
    };
    *at = next;
    // Files that went through a wrong line break conversion end lines with two.
    let breaks = block[start..end].iter().rev().take_while(|byte| **byte == b'\r').count();
    start..end - breaks
}

fn trimmed(block: &[u8], mut range: Range<usize>) -> Range<usize> {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t');
    while range.start < range.end && blank(block[range.start]) {
        range.start += 1;
    }
    while range.start < range.end && blank(block[range.end - 1]) {
        range.end -= 1;
    }
    range
}

/// A value with its line folds (RFC 9112 section 5.2) replaced by a space.
fn unfolded(block: &Bytes, range: Range<usize>) -> Bytes {
    let value = block.slice(range);
    if !value.contains(&b'\n') {
        return value;
    }
    let pieces: Vec<&[u8]> = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
    Bytes::from(pieces.join(&b' '))
}

/// The usual reason phrase (RFC 9110 section 15); the one received is not part of the model.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        410 => "Gone",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unnamed Status",
    }
}
