//! The pieces of a page whose languages are told one by one: title, paragraphs, parts of long paragraphs.
//!
//! Invariant: a bounded number of bytes, spread over the whole text; every cut is at the edge of a word where there is
//! one within reach.

use super::script::{Counts, Script};

/// Windows read of a long text.
pub(super) const WINDOWS: usize = 16;

/// Bytes of a window: some 64 letters of Cyrillic, enough to be sure of nearly every one. Together they cost a page as much
/// as twenty titles.
const WINDOW_BYTES: usize = 128;

/// Bytes read of a title.
pub(super) const TITLE_BYTES_MAX: usize = 512;

/// A line shorter than this goes together with the next: too short to be sure about.
const PIECE_BYTES_MIN: usize = 120;

/// Where a long line is cut, at the next space.
const PIECE_BYTES_MAX: usize = 360;

/// How far a cut looks for the end of a word: longer than nearly all words, in bytes.
const EDGE_BYTES_MAX: usize = 64;

/// A piece of text.
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) counts: Counts,
    /// The script it is in, if it has letters.
    pub(super) script: Option<Script>,
}

/// The pieces of a page.
pub(super) fn pieces<'t>(title: &'t str, text: &'t str) -> impl Iterator<Item = Piece<'t>> {
    let title = &title[..title.floor_char_boundary(TITLE_BYTES_MAX)];
    std::iter::once(title).chain(windows(text).flat_map(|window| Cutter { rest: window })).map(|text| {
        let counts = Counts::in_text(text);
        Piece { text, counts, script: counts.main() }
    })
}

/// Parts of a text, evenly spread, the first at its start and the last at its end.
fn windows(text: &str) -> impl Iterator<Item = &str> {
    let is_short = text.len() <= WINDOWS * WINDOW_BYTES;
    let (count, len) = if is_short { (1, text.len()) } else { (WINDOWS, WINDOW_BYTES) };
    let stride = (text.len() - len) / (count - 1).max(1);
    (0..count).map(move |at| {
        let start = edge(text, at * stride);
        &text[start..edge(text, at * stride + len).max(start)]
    })
}

/// The first space from `at` on, if there is one near; else the edge of a character.
fn edge(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    if at == 0 || at == text.len() {
        return at;
    }
    let near = text.as_bytes()[at..].iter().take(EDGE_BYTES_MAX).position(u8::is_ascii_whitespace);
    near.map_or(at, |space| at + space)
}

/// Cuts a window into pieces.
struct Cutter<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Cutter<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let reach = bytes.len().min(PIECE_BYTES_MAX);
        let line = bytes[reach.min(PIECE_BYTES_MIN)..reach].iter().position(|byte| *byte == b'\n');
        let end = line.map_or_else(|| edge(self.rest, reach), |at| PIECE_BYTES_MIN + at);
        let (piece, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(piece)
    }
}
