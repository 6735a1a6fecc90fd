//! The head of a WARC record: version line and named fields (WARC 1.1 section 4).
//!
//! Invariant: what [`Fields`] writes, [`Head::parse`] reads back; a value can never begin a new line.

use std::fmt::Display;
use std::io::Write as _;

/// The longest head read, in bytes; heads of real files are below 10 KiB.
pub(crate) const HEAD_BYTES_MAX: usize = 1024 * 1024;

/// The head of a record as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    fields: Vec<(String, String)>,
}

/// The head of a record being written.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    bytes: Vec<u8>,
}

impl Head {
    /// Reads the lines of a head, with or without the blank line that ends it. Tolerates bare LF and folded lines.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
        let version = lines.next().unwrap_or_default();
        if !version.starts_with("WARC/") {
            return Err(format!("a record begins with {:?} instead of WARC/1.1", excerpt(version)));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        Ok(Self { fields })
    }

    /// The first value of a field, by case-insensitive name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// `WARC-Type`, empty if absent.
    pub(crate) fn kind(&self) -> &str {
        self.get("WARC-Type").unwrap_or_default()
    }

    /// `Content-Length`: the bytes of the block.
    pub(crate) fn content_length(&self) -> Result<u64, String> {
        let value = self.get("Content-Length").ok_or("a record has no Content-Length")?;
        value.parse().map_err(|_| format!("Content-Length is {:?}", excerpt(value)))
    }
}

impl Fields {
    /// A head that begins with the version line.
    pub(crate) fn begin(&mut self) {
        self.bytes.clear();
        self.bytes.extend_from_slice(b"WARC/1.1\r\n");
    }

    /// Adds a field. Control characters of the value become spaces.
    pub(crate) fn push(&mut self, name: &str, value: impl Display) {
        let _ = write!(self.bytes, "{name}: ");
        let start = self.bytes.len();
        let _ = write!(self.bytes, "{value}");
        for byte in &mut self.bytes[start..] {
            if byte.is_ascii_control() {
                *byte = b' ';
            }
        }
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// Ends the head with `Content-Length` and the blank line.
    pub(crate) fn end(&mut self, content_length: usize) -> &[u8] {
        self.push("Content-Length", content_length);
        self.bytes.extend_from_slice(b"\r\n");
        &self.bytes
    }
}

/// `url` fit for a field: WHATWG-serialised URLs pass unchanged, any byte that is not printable ASCII is escaped.
pub(crate) fn uri(url: &str) -> String {
    if url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return url.to_owned();
    }
    let mut escaped = String::with_capacity(url.len() + 16);
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            escaped.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// The beginning of foreign text, for messages.
pub(crate) fn excerpt(text: &str) -> &str {
    let end = text.char_indices().nth(40).map_or(text.len(), |(index, _)| index);
    &text[..end]
}
