//! Kept blocks become text.
//!
//! Invariant: paragraphs are separated by a blank line; items of one list, cells of one row and lines of one block by a
//! line end or, within a row, by a tab.

use super::block::{Block, Blocks};
use crate::outline::{Outline, Tag};

/// What stands between two blocks that follow each other.
fn separator(outline: &Outline<'_>, before: &Block, after: &Block) -> &'static str {
    let tag = |block: &Block| outline.items[block.container as usize].tag;
    let nearest = |block: &Block, wanted: Tag| {
        std::iter::once(block.container as usize)
            .chain(outline.ancestors(block.container as usize))
            .take(4)
            .find(|at| outline.items[*at].tag == wanted)
    };
    match (tag(before), tag(after)) {
        (Tag::Cell, Tag::Cell) if nearest(before, Tag::Row) == nearest(after, Tag::Row) => "\t",
        (Tag::Cell, Tag::Cell) if nearest(before, Tag::Table) == nearest(after, Tag::Table) => "\n",
        _ => match (nearest(before, Tag::List), nearest(after, Tag::List)) {
            (Some(a), Some(b)) if a == b => "\n",
            _ => "\n\n",
        },
    }
}

/// The text of the kept blocks.
pub(super) fn render(outline: &Outline<'_>, blocks: &Blocks, kept: &[bool]) -> String {
    let mut text = String::new();
    let mut before: Option<&Block> = None;
    for (block, _) in blocks.list.iter().zip(kept).filter(|(_, kept)| **kept) {
        if let Some(before) = before {
            text.push_str(separator(outline, before, block));
        }
        text.push_str(blocks.text(block));
        before = Some(block);
    }
    text
}
