//! What the commands that train and examine the parser's tables see; not for other use.
//!
//! Invariant: the same steps as [`crate::parse`], stopped before the verdict.

pub mod foreign;

use crate::charset::{self, Markup};
use crate::dates::Zone;
use crate::head::Head;
use crate::language::{self, Identifier, trigram};
use crate::outline::Outline;
use crate::text::block::Blocks;
use crate::text::feature::{self, Context};
use crate::text::page_type;
use crate::{Input, dom, metadata, text};

pub use crate::text::feature::{FIRST_WIDTH, SECOND_WIDTH};
pub use crate::text::forest::{DEPTH, Forest, LEAVES, SPLITS, Tree};
pub use crate::text::page_type::{TREES, TYPES};

/// How likely each of [`TYPES`] is by these forests, one for each.
#[must_use]
pub fn shares(forests: &[Forest], row: &[f32]) -> [f32; TYPES.len()] {
    page_type::shares(forests, row)
}

/// The verdict of both forests.
#[must_use]
pub fn joined(first: f32, second: f32) -> f32 {
    text::joined(first, second)
}

/// Telling languages apart, with a table of letter triples of one's own.
pub struct Languages(Identifier);

impl Languages {
    /// With a table as [`Languages::columns`] and [`Languages::BUCKETS`] describe it: for each script, for each bucket,
    /// one signed byte for each column, in steps of [`Languages::UNIT`].
    #[must_use]
    pub fn new(table: &[u8]) -> Self {
        Self(Identifier::new(table))
    }

    /// Buckets of a script.
    pub const BUCKETS: usize = trigram::BUCKETS;

    /// Log odds of one step of a weight.
    pub const UNIT: f32 = trigram::UNIT;

    /// For each script, its columns: language code and the words known of it.
    #[must_use]
    pub fn columns() -> Vec<Vec<(&'static str, Vec<String>)>> {
        language::seeds()
    }

    /// Buckets of the letter triples of a text.
    #[must_use]
    pub fn buckets(text: &str) -> Vec<usize> {
        trigram::buckets(&text.to_lowercase())
    }

    /// A Kazakh text in Cyrillic put into another spelling: 0 to 2 Latin, 3 Arabic.
    #[must_use]
    pub fn respelled(text: &str, spelling: usize) -> String {
        let words = text.split_whitespace().map(|word| language::spelled(&word.to_lowercase(), spelling));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The language of a text.
    #[must_use]
    pub fn identify(&self, text: &str) -> model::Language {
        self.0.identify(text, None)
    }
}

/// The blocks of a page with their features.
pub struct Page {
    context: Context,
    texts: Vec<String>,
    whole: Vec<f32>,
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
        let whole = page_type::features(&outline, &context, &blocks.buffer, &metadata, input.url);
        let texts = blocks.list.iter().map(|block| blocks.text(block).to_owned()).collect();
        Self { context, texts, whole }
    }

    /// Features of the page as a whole, for telling its type.
    #[must_use]
    pub fn whole(&self) -> &[f32] {
        &self.whole
    }

    /// Texts of the blocks, in document order.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Which blocks are kept at these probabilities.
    #[must_use]
    pub fn select(&self, probabilities: &[f32]) -> Vec<bool> {
        text::select(probabilities, self.context.words())
    }

    /// Features of a block for the first forest; [`FIRST_WIDTH`] numbers.
    #[must_use]
    pub fn first(&self, block: usize) -> &[f32] {
        self.context.row(block)
    }

    /// Features of all blocks for the second forest, given the first one's probabilities and those of the page's
    /// types; [`SECOND_WIDTH`] numbers each.
    #[must_use]
    pub fn second(&self, probabilities: &[f32], types: &[f32]) -> Vec<Vec<f32>> {
        feature::second(&self.context, probabilities, types).rows().map(<[f32]>::to_vec).collect()
    }
}
