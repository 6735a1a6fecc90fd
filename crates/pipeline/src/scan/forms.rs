//! The forms in which a text may stand in a file, and a matcher for all of them at once.
//!
//! Invariant: a form is found wherever it begins; a text of fewer than four bytes is refused, because chance would find it.

use std::collections::HashMap;
use std::io::{self, Read};

use data_encoding::BASE64;
use encoding_rs::WINDOWS_1251;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::bytes::Regex;

use crate::Error;

/// Bytes read at a time.
const BLOCK_BYTES: usize = 1 << 20;
/// Fewer bytes are found by chance.
const NEEDLE_BYTES_MIN: usize = 4;

/// A text found in one of its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    /// Number of the text.
    pub(super) text: usize,
    /// Name of the form.
    pub(super) form: &'static str,
}

/// Finds texts in every form.
pub(super) struct Matcher {
    pattern: Regex,
    /// Bytes of a form → what it is.
    forms: HashMap<Vec<u8>, Match>,
    len_max: usize,
}

impl Matcher {
    /// # Errors
    /// [`Error::Input`] for a text that is too short, or too many of them.
    pub(super) fn new(texts: &[String]) -> Result<Self, Error> {
        let mut forms = HashMap::new();
        for (text, words) in texts.iter().enumerate() {
            if words.len() < NEEDLE_BYTES_MIN {
                return Err(Error::Input(format!(
                    "{words:?} is too short to look for; give at least 4 bytes"
                )));
            }
            for (form, bytes) in forms_of(words) {
                forms.entry(bytes).or_insert(Match { text, form });
            }
        }
        let mut alternatives: Vec<&Vec<u8>> = forms.keys().collect();
        // Of two forms that begin alike the longer is tried first.
        alternatives.sort_by(|a, b| b.cmp(a));
        let escaped =
            |bytes: &&Vec<u8>| bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
        let pattern = alternatives.iter().map(escaped).collect::<Vec<_>>().join("|");
        let pattern = regex::bytes::RegexBuilder::new(&format!("(?-u){pattern}"))
            .size_limit(256 << 20)
            .build()
            .map_err(|e| Error::Input(format!("too much to look for at once: {e}")))?;
        let len_max = forms.keys().map(Vec::len).max().unwrap_or_default();
        Ok(Self { pattern, forms, len_max })
    }

    /// What is found in these bytes.
    pub(super) fn bytes(&self, bytes: &[u8], found: &mut dyn FnMut(Match)) {
        for hit in self.pattern.find_iter(bytes) {
            if let Some(what) = self.forms.get(hit.as_bytes()) {
                found(*what);
            }
        }
    }

    /// What is found in a stream, whose blocks overlap by the longest form.
    ///
    /// # Errors
    /// When it cannot be read; what came before was looked at.
    pub(super) fn stream(&self, mut stream: impl Read, found: &mut dyn FnMut(Match)) -> io::Result<()> {
        let mut block = Vec::with_capacity(BLOCK_BYTES + self.len_max);
        loop {
            let kept = block.len();
            let read = stream.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut block);
            self.bytes(&block, found);
            read?;
            if block.len() == kept {
                return Ok(());
            }
            let rest = block.len().saturating_sub(self.len_max.saturating_sub(1));
            block.drain(..rest);
        }
    }
}

/// Every form of a text, named.
fn forms_of(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = || text.encode_utf16();
    let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    // As browsers leave them in paths: only what is not ASCII is encoded.
    let in_path: String = text
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                utf8_percent_encode(c.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC).to_string()
            }
        })
        .collect();
    let mut forms = vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8, lower case", text.to_lowercase().into_bytes()),
        ("UTF-16LE", utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", utf16().flat_map(u16::to_be_bytes).collect()),
        ("percent-encoded", percent.to_lowercase().into_bytes()),
        ("percent-encoded", percent.into_bytes()),
        ("percent-encoded", in_path.to_lowercase().into_bytes()),
        ("percent-encoded", in_path.into_bytes()),
    ];
    if let (legacy, _, false) = WINDOWS_1251.encode(text) {
        forms.push(("windows-1251", legacy.into_owned()));
    }
    if let Some((_, rest)) = text.split_once("://").filter(|(_, rest)| rest.len() >= NEEDLE_BYTES_MIN) {
        forms.push(("without scheme", rest.as_bytes().to_vec()));
    }
    // Three bytes make four digits, so a text has three faces by where it begins; only digits of its own bits count.
    for (before, first) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(text.as_bytes());
        let last = bytes.len() * 8 / 6;
        let digits = BASE64.encode(&bytes);
        forms.extend(digits.get(first..last).map(|digits| ("base64", digits.as_bytes().to_vec())));
    }
    forms.retain(|(_, bytes)| bytes.len() >= NEEDLE_BYTES_MIN);
    forms
}

#[cfg(test)]
mod tests;
