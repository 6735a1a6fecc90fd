//! Links across languages without a model: words of a small table by what they mean, all others by how they sound.
//!
//! Invariant: pure and total, and the same for documents and queries; whoever changes what a text becomes, here or in
//! `concepts.txt`, raises [`crate::analysis::VERSION`].

mod bridge;
mod concepts;
mod query;
mod sound;
mod tokenizer;

pub(crate) use bridge::{Bridge, Sense};
pub(crate) use query::terms;
pub(crate) use tokenizer::{CROSS, passage, register};

#[cfg(test)]
mod tests;
