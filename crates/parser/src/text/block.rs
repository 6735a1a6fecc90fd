//! Blocks: runs of text that no block-level element interrupts.
//!
//! Invariant: blocks are in document order, do not overlap, and are never empty; all their text lies in one buffer.

use crate::outline::{Cues, Outline, Tag, is_invisible, is_space};

/// Most blocks looked at in one page; the rest of the page is left out of the main text.
const BLOCKS_MAX: usize = 20_000;

/// One block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Block {
    /// Its text in [`Blocks::buffer`].
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Item of the outline that holds it: the nearest block-level element.
    pub(crate) container: u32,
    /// Letters and digits, and how many of them are inside links.
    pub(crate) letters: u32,
    pub(crate) link_letters: u32,
    /// Words; two ideographs count as one.
    pub(crate) words: u32,
    /// Lines, by line breaks.
    pub(crate) lines: u32,
    /// Marks that end sentences, and commas.
    pub(crate) stops: u32,
    pub(crate) commas: u32,
    pub(crate) digits: u32,
    pub(crate) capitals: u32,
}

impl Block {
    /// Share of its letters that are inside links.
    pub(crate) fn link_density(&self) -> f32 {
        self.link_letters as f32 / self.letters.max(1) as f32
    }

    /// Whether it reads like prose: what paragraphs are and menus are not.
    pub(crate) fn is_prose(&self) -> bool {
        self.words >= 10 && self.link_density() < 0.4 && self.stops + self.commas > 0
    }
}

/// All blocks of a page.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) buffer: String,
    pub(crate) list: Vec<Block>,
}

impl Blocks {
    /// The text of a block; lines separated by line ends.
    pub(crate) fn text(&self, block: &Block) -> &str {
        &self.buffer[block.start..block.end]
    }

    /// Cuts a page into blocks.
    pub(crate) fn of(outline: &Outline<'_>) -> Self {
        let mut cutter = Cutter::default();
        let items = &outline.items;
        let mut at = 0;
        // Ends of the open block-level elements and links, innermost last.
        let mut open: Vec<(u32, bool)> = Vec::new();
        while at < items.len() && cutter.blocks.list.len() < BLOCKS_MAX {
            while let Some((end, is_link)) = open.last().copied().filter(|(end, _)| *end as usize <= at) {
                let _ = end;
                open.pop();
                if is_link {
                    cutter.links -= 1;
                } else {
                    cutter.flush();
                }
            }
            let item = &items[at];
            if is_skipped(item.tag) || outline.attr(at, "data-nosnippet").is_some() {
                at = item.end as usize;
                continue;
            }
            match item.tag {
                Tag::Text => {
                    cutter.hold(outline, item.parent);
                    cutter.push(item.text, is_preformatted(outline, item.parent as usize));
                }
                Tag::Br => cutter.line_break(),
                Tag::A => {
                    open.push((item.end, true));
                    cutter.links += 1;
                }
                tag if is_block(tag) => {
                    cutter.flush();
                    open.push((item.end, false));
                }
                _ => {}
            }
            at += 1;
        }
        cutter.flush();
        cutter.blocks
    }
}

/// What is never read: not text, not shown, or the reader's own input.
fn is_skipped(tag: Tag) -> bool {
    matches!(tag, Tag::Script | Tag::Style | Tag::Head | Tag::Embedded | Tag::Input | Tag::Button)
}

/// Elements that begin and end a block.
pub(crate) fn is_block(tag: Tag) -> bool {
    !matches!(tag, Tag::Text | Tag::Inline | Tag::A | Tag::Br | Tag::Image | Tag::Time | Tag::Other)
}

fn is_preformatted(outline: &Outline<'_>, parent: usize) -> bool {
    outline.items[parent].tag == Tag::Pre
        || outline.items[parent].tag == Tag::Inline
            && outline.items[outline.items[parent].parent as usize].tag == Tag::Pre
}

/// Builds blocks while the page is walked.
#[derive(Default)]
struct Cutter {
    blocks: Blocks,
    block: Block,
    /// Open links.
    links: u32,
    holder: Option<u32>,
    space_due: bool,
    breaks_due: u32,
    in_word: bool,
}

impl Cutter {
    /// Remembers which element holds the block, at its first text.
    fn hold(&mut self, outline: &Outline<'_>, parent: u32) {
        if self.holder.is_some() {
            return;
        }
        let mut at = parent;
        while at != 0 && !is_block(outline.items[at as usize].tag) {
            at = outline.items[at as usize].parent;
        }
        self.holder = Some(at);
    }

    /// A line break; two in a row end the block, as paragraphs of old pages do.
    fn line_break(&mut self) {
        self.breaks_due += 1;
        if self.breaks_due >= 2 {
            self.flush();
        }
    }

    fn push(&mut self, text: &str, keeps_lines: bool) {
        for letter in text.chars() {
            if is_space(letter) {
                if keeps_lines && letter == '\n' {
                    self.breaks_due = 1;
                }
                self.space_due = true;
                self.in_word = false;
            } else if !is_invisible(letter) {
                self.push_letter(letter);
            }
        }
    }

    fn push_letter(&mut self, letter: char) {
        let buffer = &mut self.blocks.buffer;
        if buffer.len() > self.block.start {
            if self.breaks_due > 0 {
                buffer.push('\n');
                self.block.lines += 1;
                self.in_word = false;
            } else if self.space_due {
                buffer.push(' ');
            }
        }
        self.breaks_due = 0;
        self.space_due = false;
        buffer.push(letter);
        let block = &mut self.block;
        if letter.is_alphanumeric() {
            let is_ideograph = matches!(u32::from(letter), 0x3040..=0x30ff | 0x3400..=0x9fff);
            block.letters += 1;
            block.link_letters += u32::from(self.links > 0);
            block.digits += u32::from(letter.is_ascii_digit());
            block.capitals += u32::from(letter.is_uppercase());
            block.words += u32::from(!self.in_word || is_ideograph && block.letters.is_multiple_of(2));
            self.in_word = true;
        } else {
            match letter {
                '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | ';' => block.stops += 1,
                ',' | '，' | '、' | '،' => block.commas += 1,
                _ => {}
            }
        }
    }

    /// Ends the block, if there is one.
    fn flush(&mut self) {
        let end = self.blocks.buffer.len();
        let holder = self.holder.take();
        self.breaks_due = 0;
        self.space_due = false;
        self.in_word = false;
        if end > self.block.start && self.block.letters > 0 {
            let block =
                Block { end, container: holder.unwrap_or(0), lines: self.block.lines + 1, ..self.block };
            self.blocks.list.push(block);
        } else {
            self.blocks.buffer.truncate(self.block.start);
        }
        self.block = Block { start: self.blocks.buffer.len(), ..Block::default() };
    }
}

/// Cues of an element, unless it is the whole page, whose names speak of its layout.
pub(crate) fn cues_of(outline: &Outline<'_>, at: usize) -> Cues {
    let item = &outline.items[at];
    if matches!(item.tag, Tag::Body | Tag::Html) { Cues::NONE } else { item.cues }
}

#[cfg(test)]
mod tests;
