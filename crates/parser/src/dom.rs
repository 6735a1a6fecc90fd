//! The one DOM of a page: html5ever's tokenizer and tree builder into scraper's [`Html`], under budgets.
//!
//! html5ever alone needs time quadratic in nesting depth and in the attributes of one tag (field.md section 7: 48 CPU
//! seconds for 100,000 nested `<div>`). So a gate sits between tokenizer and tree builder: beyond
//! [`DEPTH_MAX`] start tags are dropped together with their end tags (their text stays, flattened, as browsers do),
//! and beyond [`NODES_MAX`] or [`ATTRIBUTES_MAX`] input is cut. The DOM stays usable in every case. The contents of
//! scripts and styles go past the tokenizer, which would read them letter by letter ([`raw`]).
//!
//! Invariant: the tree is at most [`DEPTH_MAX`] + [`DEPTH_CHECK_TAGS`] × formatting elements deep, and time is linear
//! in the input for a fixed depth.

mod plain;
mod raw;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use ego_tree::NodeId;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{LocalName, TokenizerResult, local_name};
use model::Note;
use scraper::{Html, HtmlTreeSink};

use crate::note::note;

/// Deepest nesting kept. Blink flattens at 512; real pages stay under 100.
const DEPTH_MAX: usize = 256;

/// Start tags between two measurements of the depth, so that measuring costs a bounded share of every tag.
const DEPTH_CHECK_TAGS: u32 = 32;

/// Most nodes in a tree. The largest page of the HTTP Archive's 99.9th percentile has under 50,000 elements.
const NODES_MAX: usize = 400_000;

/// Most attributes in one tag; the tokenizer compares each with all before it.
const ATTRIBUTES_MAX: usize = 1_024;

/// Bytes handed to the tokenizer between two looks at the budgets.
const CHUNK_BYTES: usize = 4 * 1024;

/// What `noscript` is called in the body.
pub(crate) const NOSCRIPT: &str = "noscript-content";

/// Longest text given to the tokenizer.
pub(crate) const TEXT_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Parses a page.
pub(crate) fn parse(text: &str) -> (Html, Vec<Note>) {
    let mut notes = Vec::new();
    let text = within_size(text, &mut notes);
    let sink = HtmlTreeSink::new(Html::new_document());
    let gate = Gate::new(TreeBuilder::new(sink, TreeBuilderOpts::default()));
    let reader = Reader {
        text,
        whole: StrTendril::from_slice(text),
        tokenizer: Tokenizer::new(gate, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() }),
        queue: BufferQueue::default(),
    };
    reader.read(&mut notes);
    let gate = reader.tokenizer.sink;
    if gate.deep.get() {
        notes.push(note("depth_limit", format!("nested deeper than {DEPTH_MAX}; flattened below that")));
    }
    (gate.builder.sink.finish(), notes)
}

/// A page on its way into the tree builder.
struct Reader<'a> {
    text: &'a str,
    /// The text as a buffer; names and values are parts of it.
    whole: StrTendril,
    tokenizer: Tokenizer<Gate>,
    /// What the tokenizer has been given and not read.
    queue: BufferQueue,
}

impl Reader<'_> {
    /// Reads the whole page: plain markup at once, the rest by the tokenizer.
    fn read(&self, notes: &mut Vec<Note>) {
        let text = self.text;
        let gate = &self.tokenizer.sink;
        let mut run = TagRun::default();
        // A byte order mark is no text.
        let mut from = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        // Whether the tokenizer is in its data state with nothing left to read: then it may be passed over.
        let mut is_between = true;
        while from < text.len() && !self.is_full(notes) {
            if is_between && let Some((token, end)) = plain::read(text, &self.whole, from) {
                let _ = gate.process_token(token, 1);
                from = end;
                let name = gate.raw.take();
                if let Some(name) = name {
                    from = self.take_raw_text(from, &name);
                }
                continue;
            }
            let tokens_before = gate.tokens.get();
            let to = piece_end(text, from);
            let piece = &text[from..to];
            gate.closed_markup.set(false);
            self.queue.push_back(tendril_of(&self.whole, from, to));
            from = to;
            while let Some(name) = self.drain() {
                // What is queued is the end of what was given: so much is unread.
                let parts = std::iter::from_fn(|| self.queue.pop_front());
                let start = from - parts.map(|part| part.len()).sum::<usize>();
                let end = self.take_raw_text(start, &name);
                if end < from {
                    self.queue.push_back(tendril_of(&self.whole, end, from));
                } else {
                    from = end;
                }
            }
            // A tag, comment or doctype that came of a lone `>` was closed by it.
            is_between = piece == ">" && gate.closed_markup.get();
            if gate.tokens.get() != tokens_before {
                run = TagRun { from: from - piece.len(), ..TagRun::default() };
            } else if run.extend(piece.as_bytes()) > ATTRIBUTES_MAX {
                from = self.end_markup(&mut run, from, notes);
            }
        }
        while self.drain().is_some() {}
        self.tokenizer.end();
    }

    /// Ends a tag that has too many attributes, or a comment that looks like one, and returns where reading goes on.
    fn end_markup(&self, run: &mut TagRun, from: usize, notes: &mut Vec<Note>) -> usize {
        let text = self.text;
        let end = if run.is_comment(&text[..from]) {
            // Nothing is lost by a shorter comment; and if this is a tag after all, it ends as well.
            TagRun::skip(text, from, "-->")
        } else {
            if !notes.iter().any(|note| note.code == "attribute_limit") {
                let detail = format!("a tag has more than {ATTRIBUTES_MAX} attributes; it was cut");
                notes.push(note("attribute_limit", detail));
            }
            TagRun::skip(text, from, ">")
        };
        self.queue.push_back(StrTendril::from_slice(if text[..end].ends_with("-->") { "-->" } else { ">" }));
        *run = TagRun { from: end, ..TagRun::default() };
        end
    }

    /// Whether the tree has all the nodes it may have; that is noted.
    fn is_full(&self, notes: &mut Vec<Note>) -> bool {
        let is_full = self.tokenizer.sink.is_full();
        if is_full {
            notes.push(note(
                "element_limit",
                format!("more than {NODES_MAX} nodes; the rest of the page was left out"),
            ));
        }
        is_full
    }

    /// Gives the content of a raw text element that begins at `start` to the tree; returns where it ends.
    fn take_raw_text(&self, start: usize, name: &str) -> usize {
        let end = raw::end(self.text, start, name);
        self.tokenizer.sink.take_raw_text(match raw::normalised(&self.text[start..end]) {
            Cow::Borrowed(_) => tendril_of(&self.whole, start, end),
            Cow::Owned(text) => StrTendril::from(text),
        });
        end
    }

    /// Runs the tokenizer over what is queued, or up to the start tag of a raw text element, whose name it returns.
    /// Scripts are not executed, and declared encodings were heeded before.
    fn drain(&self) -> Option<LocalName> {
        while !matches!(self.tokenizer.feed(&self.queue), TokenizerResult::Done) {
            let name = self.tokenizer.sink.raw.take();
            if name.is_some() {
                return name;
            }
        }
        None
    }
}

fn within_size<'a>(text: &'a str, notes: &mut Vec<Note>) -> &'a str {
    if text.len() <= TEXT_BYTES_MAX {
        return text;
    }
    notes.push(note(
        "size_limit",
        format!("{} bytes of text; only the first {TEXT_BYTES_MAX} were read", text.len()),
    ));
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

/// A part of the page that shares its buffer. Offsets fit: the text is at most [`TEXT_BYTES_MAX`].
fn tendril_of(whole: &StrTendril, from: usize, to: usize) -> StrTendril {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    whole.try_subtendril(offset(from), offset(to - from)).unwrap_or_default()
}

/// End of the piece that begins at `from`: a lone `>`, or what comes before the next one, on a character boundary.
fn piece_end(text: &str, from: usize) -> usize {
    let end = text.ceil_char_boundary(from + CHUNK_BYTES);
    match text[from..end].find('>') {
        Some(0) => from + 1,
        Some(found) => from + found,
        None => end,
    }
}

/// Counts attribute starts in chunks that yielded no token, which is where one huge tag, or a long comment, would be.
#[derive(Default)]
struct TagRun {
    /// Where the chunk begins that yielded the last token.
    from: usize,
    attributes: usize,
    quote: Option<u8>,
    spaced: bool,
}

impl TagRun {
    /// Reads one more chunk and returns the attributes seen in the run. The state at its start is a guess (outside
    /// quotes), which a comment or a data URI can only make too low: they have few white spaces or are not tags.
    fn extend(&mut self, chunk: &[u8]) -> usize {
        for byte in chunk {
            match (self.quote, byte) {
                (Some(quote), byte) if quote == *byte => self.quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => self.quote = Some(*byte),
                (None, byte) if byte.is_ascii_whitespace() || *byte == b'/' => self.spaced = true,
                (None, _) => {
                    self.attributes += usize::from(std::mem::take(&mut self.spaced));
                }
            }
        }
        self.attributes
    }

    /// Whether what has been read so far ends inside a comment, as far as the text of the run tells.
    fn is_comment(&self, read: &str) -> bool {
        let run = &read[self.from..];
        run.rfind("<!--").is_some_and(|at| !run[at + 4..].contains("-->"))
    }

    /// Where the tag or comment ends, so that reading can go on after it.
    fn skip(text: &str, from: usize, end: &str) -> usize {
        // The end may have begun already.
        let from = text.floor_char_boundary(from.saturating_sub(end.len() - 1));
        text[from..].find(end).map_or(text.len(), |at| from + at + end.len())
    }
}

/// Between tokenizer and tree builder: lets tokens through while the tree is within its budgets.
struct Gate {
    builder: TreeBuilder<NodeId, HtmlTreeSink>,
    tokens: Cell<u64>,
    tags_until_check: Cell<u32>,
    /// Start tags that were dropped and whose end tags are still to come.
    dropped: RefCell<Vec<LocalName>>,
    deep: Cell<bool>,
    /// Whether the page is past its head.
    in_body: Cell<bool>,
    /// The raw text element that was just opened.
    raw: RefCell<Option<LocalName>>,
    /// Whether the last token was markup after which the tokenizer is in its data state.
    closed_markup: Cell<bool>,
}

impl Gate {
    fn new(builder: TreeBuilder<NodeId, HtmlTreeSink>) -> Self {
        Self {
            builder,
            tokens: Cell::new(0),
            tags_until_check: Cell::new(DEPTH_CHECK_TAGS),
            dropped: RefCell::default(),
            deep: Cell::new(false),
            in_body: Cell::new(false),
            raw: RefCell::default(),
            closed_markup: Cell::new(false),
        }
    }

    /// Takes the content of the raw text element that was just opened.
    fn take_raw_text(&self, text: StrTendril) {
        if !text.is_empty() {
            // Line numbers are for error messages, which nobody reads. Text opens no raw text element.
            let _ = self.builder.process_token(Token::CharacterTokens(text), 1);
        }
    }

    fn is_full(&self) -> bool {
        self.builder.sink.0.borrow().tree.nodes().len() > NODES_MAX
    }

    /// Depth of the newest node: the tree grows where the parser is.
    fn depth(&self) -> usize {
        let html = self.builder.sink.0.borrow();
        html.tree.nodes().next_back().map_or(0, |node| node.ancestors().take(4 * DEPTH_MAX).count())
    }

    /// Whether the tree builder may see this tag.
    fn admits(&self, tag: &Tag) -> bool {
        match tag.kind {
            TagKind::StartTag => self.admits_start(tag),
            TagKind::EndTag => self.admits_end(tag),
        }
    }

    /// Past the head, `noscript` holds what readers without scripts see, which is what a crawler is: forums and lazy
    /// pages put their whole text there. Under another name its content is read as elements. In the head it stays raw
    /// text, because anything but metadata in it would end the head.
    fn open_noscript(&self, tag: &mut Tag) {
        if self.in_body.get() {
            if tag.name == local_name!("noscript") {
                tag.name = LocalName::from(NOSCRIPT);
            }
        } else {
            let is_head = matches!(
                tag.name,
                local_name!("html")
                    | local_name!("head")
                    | local_name!("meta")
                    | local_name!("link")
                    | local_name!("title")
                    | local_name!("script")
                    | local_name!("style")
                    | local_name!("base")
                    | local_name!("noscript")
                    | local_name!("template")
            );
            self.in_body.set(!is_head || tag.name == local_name!("head") && tag.kind == TagKind::EndTag);
        }
    }

    fn admits_start(&self, tag: &Tag) -> bool {
        let mut dropped = self.dropped.borrow_mut();
        if dropped.is_empty() {
            let left = self.tags_until_check.get();
            if left > 0 {
                self.tags_until_check.set(left - 1);
                return true;
            }
            self.tags_until_check.set(DEPTH_CHECK_TAGS);
            if self.depth() < DEPTH_MAX {
                return true;
            }
            self.deep.set(true);
        }
        // Elements whose content the tokenizer must read as text, and void ones, cannot nest: they pass.
        if tag.self_closing || is_flat(&tag.name) {
            return true;
        }
        if dropped.len() < NODES_MAX {
            dropped.push(tag.name.clone());
        }
        false
    }

    fn admits_end(&self, tag: &Tag) -> bool {
        let mut dropped = self.dropped.borrow_mut();
        if dropped.is_empty() || is_flat(&tag.name) {
            return true;
        }
        // Misnested end tags close what lies above them, as the tree builder would; look a bounded way down.
        let window = dropped.len().saturating_sub(16);
        if let Some(at) = dropped[window..].iter().rposition(|name| *name == tag.name) {
            dropped.truncate(window + at);
            return false;
        }
        true
    }
}

/// Void elements and those with raw text content.
fn is_flat(name: &LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "iframe"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "noembed"
            | "noframes"
            | "noscript"
            | "param"
            | "plaintext"
            | "script"
            | "source"
            | "style"
            | "textarea"
            | "title"
            | "track"
            | "wbr"
            | "xmp"
    )
}

impl TokenSink for Gate {
    type Handle = NodeId;

    fn process_token(&self, mut token: Token, line_number: u64) -> TokenSinkResult<NodeId> {
        if let Token::TagToken(tag) = &mut token {
            self.open_noscript(tag);
        }
        let is_markup = matches!(token, Token::TagToken(_) | Token::CommentToken(_) | Token::DoctypeToken(_));
        let mut opened = None;
        match &token {
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) if !self.admits(tag) => {
                self.tokens.set(self.tokens.get() + 1);
                self.closed_markup.set(true);
                return TokenSinkResult::Continue;
            }
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => opened = Some(tag.name.clone()),
            _ => {}
        }
        self.tokens.set(self.tokens.get() + 1);
        let result = self.builder.process_token(token, line_number);
        let is_text =
            matches!(result, TokenSinkResult::RawData(RawKind::Rcdata) | TokenSinkResult::Plaintext);
        self.closed_markup.set(is_markup && !is_text);
        match result {
            // The tokenizer stops at a script and expects its end tag, or other markup, next: what `parse` gives it.
            TokenSinkResult::RawData(RawKind::ScriptData | RawKind::Rawtext) => {
                *self.raw.borrow_mut() = opened;
                TokenSinkResult::Script(self.builder.sink.get_document())
            }
            other => other,
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

#[cfg(test)]
mod tests;
