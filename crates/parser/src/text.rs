//! The main text of a page: which blocks of it are what readers came for.
//!
//! The page is cut into blocks (paragraphs, headings, list items, cells). Each block gets some hundred features of its
//! own words, its place, its ancestors, its neighbours and the page; a small boosted forest judges it, and a second one
//! judges again with the first verdicts of its surroundings. Nothing in the features depends on a language. The forests
//! are trained by `cargo run --release -p parser --example train_text` on the development data.
//!
//! Invariant: linear in the page; every block of the result stands in the page, in its order.

pub(crate) mod block;
pub(crate) mod feature;
pub(crate) mod forest;
pub(crate) mod page_type;
mod render;

use model::PageType;
use url::Url;

use crate::metadata::Metadata;
use crate::outline::Outline;
use block::Blocks;
use feature::Context;

/// When even the best block is less likely than this, the page has no main text.
const BEST_MIN: f32 = 0.12;

/// The main text.
pub(crate) struct MainText {
    /// Paragraphs separated by blank lines, lists and rows by line ends.
    pub(crate) text: String,
    /// What kind of page it stands on.
    pub(crate) page_type: PageType,
}

/// Finds the main text of a page.
pub(crate) fn of(outline: &Outline<'_>, metadata: &Metadata, url: &Url) -> MainText {
    let blocks = Blocks::of(outline);
    let context = Context::of(outline, &blocks, metadata, url.path());
    let row = page_type::features(outline, &context, &blocks.buffer, metadata, url);
    let types = page_type::probabilities(&row);
    let probabilities = probabilities(&context, &types);
    let words: Vec<f32> = blocks.list.iter().map(|block| block.words as f32).collect();
    let kept = select(&probabilities, &words);
    MainText { text: render::render(outline, &blocks, &kept), page_type: page_type::likeliest(&types, url) }
}

/// Which blocks to keep: the cut that makes the expected F1 by words greatest. A page whose blocks are all doubtful so
/// still yields its best part, and a clear page only what is clear.
pub(crate) fn select(probabilities: &[f32], words: &[f32]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
    let wanted: f32 = probabilities.iter().zip(words).map(|(p, w)| p * w).sum();
    let (mut kept, mut right) = (0.0, 0.0);
    let (mut best, mut cut) = (0.0, f32::INFINITY);
    for at in order {
        kept += words[at];
        right += words[at] * probabilities[at];
        let f1 = 2.0 * right / (kept + wanted);
        if f1 > best && probabilities[at] >= BEST_MIN {
            (best, cut) = (f1, probabilities[at]);
        }
    }
    probabilities.iter().map(|probability| *probability >= cut).collect()
}

/// How likely each block is main text.
fn probabilities(context: &Context, types: &[f32]) -> Vec<f32> {
    let first: Vec<f32> = (0..context.len()).map(|at| forest::FIRST.probability(context.row(at))).collect();
    let second = feature::second(context, &first, types);
    first
        .iter()
        .zip(second.rows())
        .map(|(first, row)| joined(*first, forest::SECOND.probability(row)))
        .collect()
}

/// The verdict of both forests: the second knows more but has been wrong on page types that are rare in training, so
/// each counts half (measured by `train_text`).
pub(crate) fn joined(first: f32, second: f32) -> f32 {
    f32::midpoint(first, second)
}
