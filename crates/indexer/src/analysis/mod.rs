//! Text becomes index terms: words as written, stems, and sub-word terms that find a word in any spelling and script.
//!
//! Invariant: pure and total, and the same for documents and queries: the same [`VERSION`] gives the same terms. Whoever
//! changes what a text becomes raises it, so that older indexes are refused instead of searched wrongly.

mod explain;
mod guess;
mod kazakh;
mod learning;
mod letters;
mod query;
mod questions;
mod skeleton;
mod terms;
mod tokenizer;
mod wanted;
mod words;

pub use explain::{count, explain};
pub use learning::learn_kazakh;
pub(crate) use query::{Asked, asked};
pub(crate) use skeleton::skeleton;
pub(crate) use terms::{Analyser, Kind, Tongue};
pub(crate) use tokenizer::{EXACT, TERMS, marked, register, unmarked};
pub(crate) use wanted::Wanted;
pub(crate) use words::{Word, Words};

/// Version of the analysis: raised with every change of the terms of any text.
pub const VERSION: u32 = 2;

#[cfg(test)]
mod tests;
