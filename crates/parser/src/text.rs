//! The main text of a page: which blocks of it are what readers came for.
//!
//! The page is cut into blocks (paragraphs, headings, list items, cells). Each block gets some hundred features of its
//! own words, its place, its ancestors, its neighbours and the page; a small boosted forest judges it, and a second one
//! judges again with the first verdicts of its surroundings. Nothing in the features depends on a language. The forests
//! are trained by `cargo run --release -p parser --example train` on the development data.
//!
//! Invariant: linear in the page; every block of the result stands in the page, in its order.

pub(crate) mod block;
pub(crate) mod feature;
pub(crate) mod forest;
mod render;

use crate::metadata::Metadata;
use crate::outline::Outline;
use block::Blocks;
use feature::Context;

/// A block is kept from this probability on.
const KEPT: f32 = 0.5;

/// When no block reaches [`KEPT`], blocks within this factor of the best are kept, if the best is at least
/// [`DOUBTFUL`].
const NEAR_BEST: f32 = 0.7;
const DOUBTFUL: f32 = 0.2;

/// The main text.
pub(crate) struct MainText {
    /// Paragraphs separated by blank lines, lists and rows by line ends.
    pub(crate) text: String,
}

/// Finds the main text of a page.
pub(crate) fn of(outline: &Outline<'_>, metadata: &Metadata, path: &str) -> MainText {
    let blocks = Blocks::of(outline);
    let context = Context::of(outline, &blocks, metadata, path);
    let probabilities = probabilities(&context);
    let best = probabilities.iter().copied().fold(0.0, f32::max);
    let threshold = if best >= KEPT || best < DOUBTFUL { KEPT } else { best * NEAR_BEST };
    let kept: Vec<bool> = probabilities.iter().map(|probability| *probability >= threshold).collect();
    MainText { text: render::render(outline, &blocks, &kept) }
}

/// How likely each block is main text.
fn probabilities(context: &Context) -> Vec<f32> {
    let first: Vec<f32> = (0..context.len()).map(|at| forest::FIRST.probability(context.row(at))).collect();
    let second = feature::second(context, &first);
    second.rows().map(|row| forest::SECOND.probability(row)).collect()
}
