//! Text becomes index terms: words as written, stems, and sub-word terms that find a word in any spelling and script.
//!
//! Invariant: pure and total, and the same for documents and queries: the same [`VERSION`] gives the same terms. Whoever
//! changes what a text becomes raises it, so that older indexes are refused instead of searched wrongly.

mod explain;
mod kazakh;
mod letters;
mod query;
mod skeleton;
mod terms;
mod tokenizer;
mod words;

pub use explain::explain;
pub(crate) use query::{Asked, asked};
pub(crate) use terms::{Analyser, Kind, Tongue};
pub(crate) use tokenizer::{EXACT, TERMS, marked, register};
pub(crate) use words::{Word, Words};

/// Version of the analysis: raised with every change of the terms of any text.
pub const VERSION: u32 = 1;

/// The longest term in bytes; longer words are cut (never dropped), for documents and queries alike.
const TERM_BYTES_MAX: usize = 240;

/// `text` cut to at most `bytes` at a character boundary.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests;
