//! Plain text as a document, and titles for what has none.
//!
//! Invariant: a title is never empty.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::dom::TEXT_BYTES_MAX;
use crate::outline::fold;

/// Longest title in characters; a first line beyond it is text.
const TITLE_CHARS_MAX: usize = 200;

/// Plain text in parts.
pub(super) struct Plain {
    pub(super) title: Option<String>,
    pub(super) text: String,
}

/// The first line is the title; blank lines separate paragraphs.
pub(super) fn read(text: &str) -> Plain {
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let title = (first.chars().count() <= TITLE_CHARS_MAX).then(|| fold(first, TITLE_CHARS_MAX));
    let mut out = String::new();
    let mut blank = false;
    for line in text.lines() {
        let line = fold(line, usize::MAX);
        if line.is_empty() {
            blank = true;
        } else {
            if !out.is_empty() {
                out.push_str(if blank { "\n\n" } else { "\n" });
            }
            out.push_str(&line);
            blank = false;
        }
    }
    Plain { title: title.filter(|title| !title.is_empty()), text: out }
}

/// A title out of a URL: its last segment, else its host.
pub(super) fn title_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    let decoded = percent_decode_str(last.unwrap_or_default()).decode_utf8_lossy();
    let title = fold(&decoded, TITLE_CHARS_MAX);
    if title.is_empty() { url.host_str().unwrap_or("untitled").to_owned() } else { title }
}
