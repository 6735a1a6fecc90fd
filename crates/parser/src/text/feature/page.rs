//! Sums over subtrees, and what the page as a whole says about a block.
//!
//! Invariant: one backward pass over the outline; the densest subtrees are found on one path from the root.

use super::{Rows, flag, ln};
use crate::metadata::{Metadata, PageKind};
use crate::outline::{Outline, Tag};
use crate::text::block::{Block, Blocks};

/// Numbers that [`Page::push`] adds.
pub(super) const WIDTH: usize = 22;

/// What the subtree of each item holds.
pub(super) struct Sums {
    pub(super) letters: Vec<u32>,
    pub(super) link_letters: Vec<u32>,
    pub(super) blocks: Vec<u32>,
    /// Letters in blocks that read like prose.
    pub(super) prose: Vec<u32>,
    pub(super) headings: Vec<u32>,
    pub(super) images: Vec<u32>,
    /// Child elements (not summed).
    pub(super) children: Vec<u32>,
}

impl Sums {
    pub(super) fn of(outline: &Outline<'_>, blocks: &Blocks) -> Self {
        let zeros = || vec![0u32; outline.items.len()];
        let mut sums = Self {
            letters: zeros(),
            link_letters: zeros(),
            blocks: zeros(),
            prose: zeros(),
            headings: zeros(),
            images: zeros(),
            children: zeros(),
        };
        for block in &blocks.list {
            let at = block.container as usize;
            sums.letters[at] += block.letters;
            sums.link_letters[at] += block.link_letters;
            sums.blocks[at] += 1;
            sums.prose[at] += if block.is_prose() { block.letters } else { 0 };
        }
        for at in (1..outline.items.len()).rev() {
            let parent = outline.items[at].parent as usize;
            match outline.items[at].tag {
                Tag::Heading(_) => sums.headings[at] += 1,
                Tag::Image => sums.images[at] += 1,
                _ => {}
            }
            sums.headings[parent] += sums.headings[at];
            sums.images[parent] += sums.images[at];
            sums.letters[parent] += sums.letters[at];
            sums.link_letters[parent] += sums.link_letters[at];
            sums.blocks[parent] += sums.blocks[at];
            sums.prose[parent] += sums.prose[at];
            sums.children[parent] += u32::from(outline.items[at].element.is_some());
        }
        sums
    }
}

/// The page as a whole.
pub(super) struct Page {
    pub(super) blocks: f32,
    pub(super) letters: f32,
    /// Letters of prose; at least 1.
    pub(super) prose: f32,
    link_density: f32,
    prose_blocks: f32,
    longest: f32,
    /// Index of the first block of the title, and the end of the title's item.
    pub(super) title_block: Option<usize>,
    title_end: u32,
    /// Deepest elements that hold half and four fifths of the prose, as ranges of items.
    half: (u32, u32),
    most: (u32, u32),
    half_path: Vec<(u32, u32)>,
    half_share: f32,
    kind: f32,
    articles: f32,
    is_home: bool,
    path_depth: f32,
    slug: f32,
    path_digits: f32,
    /// Share of the prose before each block, and words since and until prose.
    prose_places: Vec<(f32, f32, f32)>,
}

impl Page {
    pub(super) fn of(
        outline: &Outline<'_>,
        blocks: &Blocks,
        sums: &Sums,
        metadata: &Metadata,
        path: &str,
    ) -> Self {
        let prose = sums.prose[0].max(1);
        let half_path = densest(outline, sums, prose.div_ceil(2));
        let most_path = densest(outline, sums, prose.saturating_mul(4).div_ceil(5));
        let last = |path: &[(u32, u32)]| path.last().copied().unwrap_or((0, outline.items[0].end));
        let half = last(&half_path);
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let slug = segments.last().copied().unwrap_or_default();
        Self {
            blocks: blocks.list.len().max(1) as f32,
            letters: sums.letters[0].max(1) as f32,
            prose: prose as f32,
            link_density: sums.link_letters[0] as f32 / sums.letters[0].max(1) as f32,
            prose_blocks: blocks.list.iter().filter(|block| block.is_prose()).count() as f32,
            longest: blocks.list.iter().map(|block| block.words).max().unwrap_or(0) as f32,
            title_block: metadata
                .title_at
                .and_then(|title| blocks.list.iter().position(|block| block.container as usize >= title)),
            title_end: metadata.title_at.map_or(0, |title| outline.items[title].end),
            half,
            most: last(&most_path),
            half_path,
            half_share: sums.prose[half.0 as usize] as f32 / prose as f32,
            kind: match metadata.kind {
                PageKind::Unknown => 0.0,
                PageKind::Article => 1.0,
                PageKind::Thing => 2.0,
                PageKind::Site => 3.0,
            },
            articles: outline.items.iter().filter(|item| item.tag == Tag::Article).count() as f32,
            is_home: segments.is_empty(),
            path_depth: segments.len() as f32,
            slug: slug.split(['-', '_']).count() as f32,
            path_digits: path.bytes().filter(u8::is_ascii_digit).count() as f32,
            prose_places: prose_places(blocks, prose),
        }
    }

    /// Prose before the block as a share of all, and blocks since and until prose.
    pub(super) fn prose_range(&self, at: usize) -> (f32, f32, f32) {
        self.prose_places[at]
    }

    pub(super) fn is_after_title(&self, block: &Block) -> bool {
        block.container >= self.title_end
    }

    /// Adds the numbers of the page, and of the block's place in its densest parts.
    pub(super) fn push(&self, rows: &mut Rows, outline: &Outline<'_>, block: &Block) {
        let is_in = |range: (u32, u32)| (range.0..range.1).contains(&block.container);
        let common = self.half_path.iter().rposition(|range| is_in(*range)).map_or(0, |at| at + 1);
        let steps_down = self.half_path.len() - common;
        let depth = outline.ancestors(block.container as usize).count();
        for number in [
            flag(is_in(self.half)),
            flag(is_in(self.most)),
            steps_down as f32,
            depth as f32 - common as f32,
            depth as f32,
            flag(block.container < self.half.0),
            flag(block.container >= self.half.1),
            self.half_share,
            ln(self.prose),
            ln(self.letters),
            self.prose / self.letters,
            self.link_density,
            ln(self.blocks),
            ln(self.prose_blocks),
            ln(self.longest),
            self.kind,
            ln(self.articles),
            flag(self.is_home),
            self.path_depth,
            self.slug,
            self.path_digits,
            self.title_block.map_or(-1.0, |title| title as f32 / self.blocks),
        ] {
            rows.push(number);
        }
    }
}

/// The path from the root to the deepest element that still holds this much prose.
fn densest(outline: &Outline<'_>, sums: &Sums, prose: u32) -> Vec<(u32, u32)> {
    let mut path = Vec::new();
    let mut at = 0usize;
    while let Some(child) = children(outline, at).find(|child| prose > 0 && sums.prose[*child] >= prose) {
        path.push((u32::try_from(child).unwrap_or(u32::MAX), outline.items[child].end));
        at = child;
    }
    path
}

fn children<'o>(outline: &'o Outline<'_>, at: usize) -> impl Iterator<Item = usize> + 'o {
    let end = outline.items[at].end as usize;
    let mut next = at + 1;
    std::iter::from_fn(move || {
        let child = next;
        next = outline.items.get(child)?.end as usize;
        (child < end).then_some(child)
    })
}

fn prose_places(blocks: &Blocks, prose: u32) -> Vec<(f32, f32, f32)> {
    let mut places = Vec::with_capacity(blocks.list.len());
    let (mut before, mut since) = (0u32, 50.0f32);
    for block in &blocks.list {
        places.push((before as f32 / prose as f32, since, 50.0));
        if block.is_prose() {
            before += block.letters;
            since = 0.0;
        } else {
            since = (since + 1.0).min(50.0);
        }
    }
    let mut until = 50.0f32;
    for (place, block) in places.iter_mut().zip(&blocks.list).rev() {
        place.2 = until;
        until = if block.is_prose() { 0.0 } else { (until + 1.0).min(50.0) };
    }
    places
}
