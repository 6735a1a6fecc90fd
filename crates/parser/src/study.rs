//! What the commands that train and examine the parser's tables see; not for other use.
//!
//! Invariant: the same steps as [`crate::parse`], stopped before the verdict.

pub mod foreign;

use crate::charset::{self, Markup};
use crate::dates::Zone;
use crate::head::Head;
use crate::language::{self, Identifier, TABLES};
use crate::outline::Outline;
use crate::text::block::Blocks;
use crate::text::feature::{self, Context};
use crate::text::page_type;
use crate::{Input, dom, metadata, text};

pub use crate::text::feature::{CUE_ABSENT, CUES_AT, FIRST_WIDTH, SECOND_WIDTH};
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

/// Telling languages apart, with tables of one's own.
pub struct Languages<'a>(Identifier<'a>);

impl<'a> Languages<'a> {
    /// Number of tables, one for each script that several languages share.
    pub const TABLES: usize = TABLES.len();

    /// With a file of tables: for each, the worth of one step (`f32`, little-endian) and, row by row, one signed byte for
    /// each column.
    #[must_use]
    pub fn new(tables: &'a [u8]) -> Self {
        Self(Identifier::new(tables))
    }

    /// The ISO 15924 code of a table's script.
    #[must_use]
    pub fn script(table: usize) -> &'static str {
        language::script_code(&TABLES[table])
    }

    /// The languages of a table; the first columns of its rows.
    #[must_use]
    pub fn codes(table: usize) -> &'static [&'static str] {
        TABLES[table].codes
    }

    /// Columns of a table, with those that stay zero.
    #[must_use]
    pub fn width(table: usize) -> usize {
        TABLES[table].width
    }

    /// Rows of a table.
    #[must_use]
    pub fn rows(table: usize) -> usize {
        TABLES[table].rows()
    }

    /// The rows that a text touches, with repetitions.
    #[must_use]
    pub fn rows_of(table: usize, text: &str) -> Vec<u32> {
        let mut rows = Vec::new();
        TABLES[table].each_row(text, |row| rows.push(u32::try_from(row).unwrap_or(u32::MAX)));
        rows
    }

    /// The language of a page with this title and text, by these tables.
    #[must_use]
    pub fn identify(&self, title: &str, text: &str) -> model::Language {
        self.0.identify(title, text, None).language
    }
}

/// The language of a page by the shipped tables, and all its languages with their shares.
#[must_use]
pub fn language(
    title: &str,
    text: &str,
    declared: Option<&str>,
) -> (model::Language, Vec<model::LanguageShare>) {
    let verdict = language::identify(title, text, declared);
    (verdict.language, verdict.shares)
}

/// The text of a body and the name of the encoding it was read as.
#[must_use]
pub fn decoded(input: &Input<'_>, is_markup: bool) -> (String, &'static str, Vec<model::Note>) {
    let host = input.url.host_str().unwrap_or_default();
    let markup = if is_markup { Markup::Html } else { Markup::None };
    let decoded = charset::decode(input.body, input.content_type, markup, host);
    (decoded.text.into_owned(), decoded.name, decoded.notes)
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
