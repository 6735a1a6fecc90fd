//! The text around an anchor within its paragraph.
//!
//! Invariant: looks at no more than [`STEPS_MAX`] items to either side, so a paragraph of 100,000 links costs what 100,000
//! links in paragraphs of their own do.

use crate::outline::{Outline, Tag, fold};

use super::TEXT_CHARS_MAX;

/// Items looked at before and after the anchor.
const STEPS_MAX: usize = 24;

/// Bytes of text taken from before the anchor, before white space is folded: about a third of the whole.
const BEFORE_BYTES_MAX: usize = 160;

/// The anchor with what stands before and after it in the same paragraph, list item, cell or heading.
pub(super) fn text(outline: &Outline<'_>, at: usize) -> String {
    let items = &outline.items;
    let block = outline.ancestors(at).take(STEPS_MAX).find(|i| is_block(items[*i].tag)).unwrap_or(at);
    let first = at.saturating_sub(STEPS_MAX).max(block);
    let mut before: Vec<&str> = Vec::new();
    let mut left = BEFORE_BYTES_MAX;
    for item in items[first..at].iter().rev().filter(|item| item.tag == Tag::Text) {
        let from = item.text.ceil_char_boundary(item.text.len().saturating_sub(left));
        before.push(&item.text[from..]);
        left = left.saturating_sub(item.text.len());
        if left == 0 {
            break;
        }
    }
    let end = (items[at].end as usize + STEPS_MAX).min(items[block].end as usize);
    let after = items[at..end].iter().filter(|item| item.tag == Tag::Text).map(|item| {
        // Twice the characters, four bytes each: folding may drop some.
        &item.text[..item.text.floor_char_boundary(8 * TEXT_CHARS_MAX)]
    });
    let whole: String = before.into_iter().rev().chain(after).take(4 * STEPS_MAX).collect();
    fold(&whole, TEXT_CHARS_MAX)
}

/// Elements whose text is one piece.
fn is_block(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::P
            | Tag::Item
            | Tag::Cell
            | Tag::Term
            | Tag::Heading(_)
            | Tag::Blockquote
            | Tag::Figcaption
            | Tag::Div
            | Tag::Section
            | Tag::Article
            | Tag::Main
            | Tag::Body
            | Tag::Pre
            | Tag::Address
    )
}
