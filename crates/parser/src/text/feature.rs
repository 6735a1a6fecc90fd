//! What the forests see of a block.
//!
//! Nothing here depends on a language: shares, counts, logarithms, places, and distances to ancestors that call
//! themselves something. README lists the groups.
//!
//! Invariant: every row has [`FIRST_WIDTH`] (or [`SECOND_WIDTH`]) finite numbers in a fixed order; computing them is
//! linear in items plus blocks times nesting depth.

mod evidence;
mod page;
mod second;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::block::{Block, Blocks, cues_of};
use crate::metadata::Metadata;
use crate::outline::{Cues, Outline, Tag};
use evidence::Evidence;
use page::{Page, Sums};

pub(crate) use second::second;

/// Levels above the container that count as near.
const NEAR_LEVELS: usize = 8;

/// Numbers per block for the first forest.
pub const FIRST_WIDTH: usize =
    OWN + evidence::WIDTH + PLACE + INSIDE.len() + Cues::COUNT as usize + 4 * LEVEL + NEIGHBOUR + page::WIDTH;

/// Where the distances to cues are in a row.
pub const CUES_AT: Range<usize> = {
    let start = OWN + evidence::WIDTH + PLACE + INSIDE.len();
    start..start + Cues::COUNT as usize
};

/// A cue that no ancestor gives.
pub const CUE_ABSENT: f32 = NEAR_LEVELS as f32 + 1.0;

/// Numbers per block for the second forest.
pub const SECOND_WIDTH: usize = FIRST_WIDTH + second::WIDTH;

const OWN: usize = 21;
const PLACE: usize = 10;
const LEVEL: usize = 8;
const NEIGHBOUR: usize = 20;

/// Elements whose presence among the ancestors is a feature.
const INSIDE: [Tag; 14] = [
    Tag::Article,
    Tag::Main,
    Tag::Section,
    Tag::Nav,
    Tag::Header,
    Tag::Footer,
    Tag::Aside,
    Tag::Form,
    Tag::Figure,
    Tag::Table,
    Tag::List,
    Tag::Blockquote,
    Tag::A,
    Tag::Noscript,
];

/// A table of features, row by row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    width: usize,
    numbers: Vec<f32>,
}

impl Rows {
    fn new(width: usize, rows: usize) -> Self {
        Self { width, numbers: Vec::with_capacity(width * rows) }
    }

    fn push(&mut self, number: f32) {
        self.numbers.push(number);
    }

    /// One row.
    pub(crate) fn row(&self, at: usize) -> &[f32] {
        self.numbers.get(at * self.width..(at + 1) * self.width).unwrap_or_default()
    }

    /// All rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.numbers.chunks_exact(self.width.max(1))
    }
}

/// The features of all blocks, and what the second forest needs besides.
pub(crate) struct Context {
    rows: Rows,
    /// Words of each block.
    words: Vec<f32>,
    /// Ancestors of each block's container, from its parent up, [`LEVELS`] of them.
    levels: Vec<[u32; LEVELS]>,
}

/// Ancestors that are summed up.
const LEVELS: usize = 4;

impl Context {
    /// Computes the features of a page.
    pub(crate) fn of(outline: &Outline<'_>, blocks: &Blocks, metadata: &Metadata, path: &str) -> Self {
        let sums = Sums::of(outline, blocks);
        let page = Page::of(outline, blocks, &sums, metadata, path);
        let evidence = Evidence::of(outline, metadata, path);
        let copies = copies(blocks);
        let mut rows = Rows::new(FIRST_WIDTH, blocks.list.len());
        let mut levels = Vec::with_capacity(blocks.list.len());
        let mut letters_before = 0.0;
        for (at, block) in blocks.list.iter().enumerate() {
            let text = blocks.text(block);
            own(&mut rows, outline, block, text, metadata);
            evidence.push(&mut rows, outline, block, text);
            place(&mut rows, &page, blocks, at, letters_before, copies[at]);
            ancestors(&mut rows, outline, block);
            let above = containers(outline, block);
            for level in above {
                level_sums(&mut rows, &sums, &page, level as usize);
            }
            neighbours(&mut rows, outline, blocks, at);
            page.push(&mut rows, outline, block);
            levels.push(above);
            letters_before += block.letters as f32;
        }
        let words = blocks.list.iter().map(|block| block.words as f32).collect();
        Self { rows, words, levels }
    }

    /// Number of blocks.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Words of each block.
    pub(crate) fn words(&self) -> &[f32] {
        &self.words
    }

    /// Means of the features over all blocks, by their words.
    pub(crate) fn means(&self) -> Vec<f32> {
        let mut means = vec![0.0; FIRST_WIDTH];
        let weights = || self.words.iter().map(|words| words.max(0.3));
        let total: f32 = weights().sum::<f32>().max(f32::MIN_POSITIVE);
        for (row, weight) in self.rows.rows().zip(weights()) {
            for (mean, number) in means.iter_mut().zip(row) {
                *mean += number * weight / total;
            }
        }
        means
    }

    /// Features of a block for the first forest.
    pub(crate) fn row(&self, at: usize) -> &[f32] {
        self.rows.row(at)
    }
}

/// `ln(1 + x)`: counts matter by their magnitude.
fn ln(count: f32) -> f32 {
    count.ln_1p()
}

fn flag(is_so: bool) -> f32 {
    f32::from(u8::from(is_so))
}

/// The block's own words and element: [`OWN`] numbers.
fn own(rows: &mut Rows, outline: &Outline<'_>, block: &Block, text: &str, metadata: &Metadata) {
    let words = block.words.max(1) as f32;
    let letters = block.letters.max(1) as f32;
    let tag = outline.items[block.container as usize].tag;
    let last = text.chars().next_back().unwrap_or(' ');
    let first = text.chars().next().unwrap_or(' ');
    let level = if let Tag::Heading(level) = tag { f32::from(level) } else { 0.0 };
    for number in [
        ln(block.words as f32),
        ln(block.letters as f32),
        block.link_density(),
        block.stops as f32 / words,
        block.commas as f32 / words,
        letters / words,
        block.digits as f32 / letters,
        block.capitals as f32 / letters,
        flag(matches!(last, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '"' | '»' | '”' | ')')),
        flag(last == ':'),
        flag(first.is_uppercase()),
        flag(tag == Tag::P),
        level,
        flag(tag == Tag::Item),
        flag(tag == Tag::Cell),
        flag(matches!(tag, Tag::Blockquote | Tag::Pre)),
        flag(tag == Tag::Figcaption),
        flag(tag == Tag::Term),
        block.lines as f32,
        flag(text.starts_with(['©', '•', '|', '→', '›', '»', '«', '‹', '#', '+', '-', '—', '*'])),
        flag(metadata.title.as_deref() == Some(text)),
    ] {
        rows.push(number);
    }
}

/// Where the block stands: [`PLACE`] numbers.
fn place(rows: &mut Rows, page: &Page, blocks: &Blocks, at: usize, letters_before: f32, copies: u32) {
    let block = &blocks.list[at];
    let since_title = page.title_block.map_or(500.0, |title| at as f32 - title as f32);
    let prose = page.prose_range(at);
    for number in [
        at as f32 / page.blocks,
        letters_before / page.letters,
        at as f32,
        page.blocks - at as f32,
        since_title.clamp(-100.0, 500.0),
        flag(page.is_after_title(block)),
        copies as f32,
        prose.0,
        prose.1,
        prose.2,
    ] {
        rows.push(number);
    }
}

/// What surrounds the block in the tree: flags of [`INSIDE`], and for each cue the levels up to it.
fn ancestors(rows: &mut Rows, outline: &Outline<'_>, block: &Block) {
    let mut inside = [0.0; INSIDE.len()];
    let mut distances = [CUE_ABSENT; Cues::COUNT as usize];
    let mut cues_seen = 0u32;
    let container = block.container as usize;
    for (level, at) in std::iter::once(container).chain(outline.ancestors(container)).enumerate() {
        let item = &outline.items[at];
        if let Some(which) = INSIDE.iter().position(|tag| *tag == item.tag) {
            inside[which] = 1.0;
        }
        if level <= NEAR_LEVELS {
            let mut new = cues_of(outline, at).0 & !cues_seen;
            cues_seen |= new;
            while new != 0 {
                distances[new.trailing_zeros() as usize] = level as f32;
                new &= new - 1;
            }
        }
    }
    rows.numbers.extend(inside);
    rows.numbers.extend(distances);
}

/// The containers summed up for a block, from its own up; the topmost repeats.
fn containers(outline: &Outline<'_>, block: &Block) -> [u32; LEVELS] {
    let mut above = [block.container; LEVELS];
    for level in 1..LEVELS {
        let parent = outline.items[above[level - 1] as usize].parent;
        let is_page = matches!(outline.items[parent as usize].tag, Tag::Html | Tag::Other) && parent <= 1;
        above[level] = if is_page { above[level - 1] } else { parent };
    }
    above
}

/// What a container holds: [`LEVEL`] numbers.
fn level_sums(rows: &mut Rows, sums: &Sums, page: &Page, at: usize) {
    let letters = sums.letters[at].max(1) as f32;
    let blocks = sums.blocks[at].max(1) as f32;
    for number in [
        ln(letters),
        sums.link_letters[at] as f32 / letters,
        ln(blocks),
        letters / blocks,
        sums.prose[at] as f32 / page.prose,
        ln(sums.children[at] as f32),
        ln(sums.headings[at] as f32),
        ln(sums.images[at] as f32),
    ] {
        rows.push(number);
    }
}

/// The blocks before and after: [`NEIGHBOUR`] numbers.
fn neighbours(rows: &mut Rows, outline: &Outline<'_>, blocks: &Blocks, at: usize) {
    let own = blocks.list[at].container;
    for offset in [-1isize, 1, -2, 2] {
        let Some(block) = at.checked_add_signed(offset).and_then(|at| blocks.list.get(at)) else {
            rows.numbers.extend([-1.0; 4]);
            continue;
        };
        let container = block.container as usize;
        let is_sibling = outline.items[container].parent == outline.items[own as usize].parent;
        for number in [
            ln(block.words as f32),
            block.link_density(),
            match outline.items[container].tag {
                Tag::Heading(level) => f32::from(level),
                Tag::P => 8.0,
                Tag::Item => 9.0,
                _ => 0.0,
            },
            flag(is_sibling) + flag(block.container == own),
        ] {
            rows.push(number);
        }
    }
    for window in [3usize, 8] {
        let around = &blocks.list[at.saturating_sub(window)..blocks.list.len().min(at + window + 1)];
        let letters: u32 = around.iter().map(|block| block.letters).sum();
        let links: u32 = around.iter().map(|block| block.link_letters).sum();
        rows.push(ln(letters as f32 / around.len() as f32));
        rows.push(links as f32 / letters.max(1) as f32);
    }
}

/// How often each block's text occurs in the page.
fn copies(blocks: &Blocks) -> Vec<u32> {
    let hashes: Vec<u64> = blocks
        .list
        .iter()
        .map(|block| {
            let mut hasher = DefaultHasher::new();
            blocks.text(block).hash(&mut hasher);
            hasher.finish()
        })
        .collect();
    let mut counts: HashMap<u64, u32> = HashMap::with_capacity(hashes.len());
    for hash in &hashes {
        *counts.entry(*hash).or_default() += 1;
    }
    hashes.iter().map(|hash| counts[hash]).collect()
}

#[cfg(test)]
mod tests;
