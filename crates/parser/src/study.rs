//! What the commands that train and examine the main-text forests see; not for other use.
//!
//! Invariant: the same steps as [`crate::parse`], stopped before the verdict.

use crate::charset::{self, Markup};
use crate::dates::Zone;
use crate::head::Head;
use crate::outline::Outline;
use crate::text::block::Blocks;
use crate::text::feature::{self, Context};
use crate::{Input, dom, metadata};

pub use crate::text::feature::{FIRST_WIDTH, SECOND_WIDTH};
pub use crate::text::forest::{Forest, Tree};

/// The blocks of a page with their features.
pub struct Page {
    context: Context,
    texts: Vec<String>,
}

impl Page {
    /// Cuts a page into blocks.
    #[must_use]
    pub fn of(input: &Input<'_>) -> Self {
        let host = input.url.host_str().unwrap_or_default();
        let decoded = charset::decode(input.body, input.content_type, Markup::Html, host);
        let (html, _) = dom::parse(&decoded.text);
        let outline = Outline::of(&html);
        let head = Head::of(&outline, input.url);
        let metadata = metadata::of(&outline, &head, Zone::of(input.url), input.fetched);
        let blocks = Blocks::of(&outline);
        let context = Context::of(&outline, &blocks, &metadata, input.url.path());
        let texts = blocks.list.iter().map(|block| blocks.text(block).to_owned()).collect();
        Self { context, texts }
    }

    /// Texts of the blocks, in document order.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Features of a block for the first forest; [`FIRST_WIDTH`] numbers.
    #[must_use]
    pub fn first(&self, block: usize) -> &[f32] {
        self.context.row(block)
    }

    /// Features of all blocks for the second forest, given the first one's probabilities; [`SECOND_WIDTH`] numbers each.
    #[must_use]
    pub fn second(&self, probabilities: &[f32]) -> Vec<Vec<f32>> {
        feature::second(&self.context, probabilities).rows().map(<[f32]>::to_vec).collect()
    }
}
