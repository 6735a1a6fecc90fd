//! The DOM as one flat list in document order: every later step reads it, none walks the tree again.
//!
//! Invariant: `items[i].end` is the index after the last descendant of item `i`, and `parent < i`; so a sum over all
//! subtrees is one backward pass, and a subtree is skipped by one jump. Contents of `template` are left out.

pub(crate) mod cue;

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

pub(crate) use cue::Cues;

/// Kinds of elements that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tag {
    Text,
    A,
    Address,
    Article,
    Aside,
    Base,
    Blockquote,
    Body,
    Br,
    Button,
    Cell,
    Dialog,
    Div,
    Embedded,
    Figcaption,
    Figure,
    Footer,
    Form,
    Head,
    Header,
    Heading(u8),
    Hr,
    Html,
    Image,
    Inline,
    Input,
    Item,
    Link,
    List,
    Main,
    Meta,
    Nav,
    Noscript,
    Other,
    P,
    Pre,
    Row,
    Script,
    Section,
    Style,
    Table,
    Term,
    Time,
    Title,
}

/// One element or text of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    /// What it is.
    pub(crate) tag: Tag,
    /// Index of its parent; the root is its own parent.
    pub(crate) parent: u32,
    /// Index after its last descendant.
    pub(crate) end: u32,
    /// What its class, id and role suggest.
    pub(crate) cues: Cues,
    /// Which attributes it may have: [`name_bit`] of each.
    names: u32,
    /// The element, unless this is text.
    pub(crate) element: Option<&'a Element>,
    /// The text, if this is text.
    pub(crate) text: &'a str,
}

/// A page in document order.
pub(crate) struct Outline<'a> {
    /// Elements and texts; item 0 stands for the document.
    pub(crate) items: Vec<Item<'a>>,
}

impl<'a> Outline<'a> {
    /// Flattens a DOM.
    pub(crate) fn of(html: &'a Html) -> Self {
        let mut items: Vec<Item<'a>> = Vec::with_capacity(html.tree.nodes().len());
        items.push(Item {
            tag: Tag::Other,
            parent: 0,
            end: 0,
            cues: Cues::NONE,
            names: 0,
            element: None,
            text: "",
        });
        let mut open = 0u32;
        let mut skipped = 0usize;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Fragment => skipped += 1,
                    _ if skipped > 0 => {}
                    Node::Element(element) => {
                        let at = index(items.len());
                        let tag = tag_of(element.name());
                        let cues = cue::of(element);
                        items.push(Item {
                            tag,
                            parent: open,
                            end: 0,
                            cues,
                            names: element
                                .attrs
                                .iter()
                                .fold(0, |names, (name, _)| names | name_bit(&name.local)),
                            element: Some(element),
                            text: "",
                        });
                        open = at;
                    }
                    Node::Text(text) => {
                        let end = index(items.len() + 1);
                        items.push(Item {
                            tag: Tag::Text,
                            parent: open,
                            end,
                            cues: Cues::NONE,
                            names: 0,
                            element: None,
                            text,
                        });
                    }
                    _ => {}
                },
                Edge::Close(node) => match node.value() {
                    Node::Fragment => skipped -= 1,
                    Node::Element(_) if skipped == 0 => {
                        let end = index(items.len());
                        items[open as usize].end = end;
                        open = items[open as usize].parent;
                    }
                    _ => {}
                },
            }
        }
        items[0].end = index(items.len());
        Self { items }
    }

    /// An attribute of an item.
    pub(crate) fn attr(&self, at: usize, name: &str) -> Option<&'a str> {
        let item = &self.items[at];
        // Most questions are about attributes that are not there: names are compared only where one may be.
        if item.names & name_bit(name) == 0 {
            return None;
        }
        item.element.and_then(|element| attr(element, name))
    }

    /// Ancestors of an item from its parent up, the document excluded.
    pub(crate) fn ancestors(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = self.items[at].parent as usize;
        std::iter::from_fn(move || {
            let current = next;
            next = self.items[current].parent as usize;
            (current != 0).then_some(current)
        })
    }

    /// Whether an item lies inside an element of this kind.
    pub(crate) fn is_inside(&self, at: usize, tag: Tag) -> bool {
        self.ancestors(at).any(|ancestor| self.items[ancestor].tag == tag)
    }

    /// The text inside an item with white space folded, at most `chars_max` characters.
    pub(crate) fn folded_text(&self, at: usize, chars_max: usize) -> String {
        let mut folded = Folded::new(chars_max);
        let end = self.items[at].end as usize;
        let mut i = at;
        while i < end && !folded.is_full() {
            let item = &self.items[i];
            match item.tag {
                Tag::Script | Tag::Style => i = item.end as usize,
                Tag::Text => {
                    folded.push(item.text);
                    i += 1;
                }
                Tag::Inline | Tag::A => i += 1,
                _ => {
                    folded.push(" ");
                    i += 1;
                }
            }
        }
        folded.finish()
    }
}

/// White space folded into single spaces, up to a number of characters.
pub(crate) struct Folded {
    text: String,
    chars_left: usize,
    space_due: bool,
}

impl Folded {
    /// At most `chars_max` characters.
    pub(crate) fn new(chars_max: usize) -> Self {
        Self { text: String::new(), chars_left: chars_max, space_due: false }
    }

    /// Adds text; white space at either side counts.
    pub(crate) fn push(&mut self, text: &str) {
        for word_or_space in text.split_inclusive(is_space) {
            let word = word_or_space.trim_end_matches(is_space);
            if !word.is_empty() {
                self.push_word(word);
            }
            self.space_due |= word.len() < word_or_space.len();
        }
    }

    fn push_word(&mut self, word: &str) {
        if std::mem::take(&mut self.space_due) && !self.text.is_empty() && self.chars_left > 0 {
            self.text.push(' ');
            self.chars_left -= 1;
        }
        for letter in word.chars().filter(|letter| !is_invisible(*letter)) {
            if self.chars_left == 0 {
                return;
            }
            self.text.push(letter);
            self.chars_left -= 1;
        }
    }

    /// Whether more text would be dropped.
    pub(crate) fn is_full(&self) -> bool {
        self.chars_left == 0
    }

    /// The folded text, without space at its ends.
    pub(crate) fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// Folds a string as [`Folded`] does.
pub(crate) fn fold(text: &str, chars_max: usize) -> String {
    let mut folded = Folded::new(chars_max);
    folded.push(text);
    folded.finish()
}

/// White space of any kind, and controls.
pub(crate) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

/// Characters without a shape of their own that break words apart for an index.
pub(crate) fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{200e}' | '\u{200f}')
}

/// An attribute by its local name in lower case.
pub(crate) fn attr<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attrs.iter().find(|(key, _)| &*key.local == name).map(|(_, value)| &**value)
}

/// One of 32 bits for a name: by length and two letters, which keeps the names that are asked for apart from the usual
/// ones.
fn name_bit(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 1 };
    1 << ((bytes.len() + 5 * usize::from(*first) + 11 * usize::from(*last)) % 32)
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn tag_of(name: &str) -> Tag {
    match name {
        "div" | "fieldset" | "center" | "dir" | "menu" => Tag::Div,
        "span" | "b" | "i" | "em" | "strong" | "font" | "small" | "u" | "s" | "sub" | "sup" | "abbr"
        | "acronym" | "mark" | "q" | "cite" | "code" | "kbd" | "samp" | "var" | "bdi" | "bdo" | "big"
        | "tt" | "ins" | "del" | "dfn" | "strike" | "nobr" | "data" | "ruby" | "rt" | "rb" | "wbr"
        | "label" | "output" => Tag::Inline,
        "a" => Tag::A,
        "li" => Tag::Item,
        "ul" | "ol" | "dl" => Tag::List,
        "p" => Tag::P,
        "img" | "picture" | "amp-img" => Tag::Image,
        "td" | "th" => Tag::Cell,
        "tr" => Tag::Row,
        "table" => Tag::Table,
        "br" => Tag::Br,
        "h1" => Tag::Heading(1),
        "h2" => Tag::Heading(2),
        "h3" => Tag::Heading(3),
        "h4" => Tag::Heading(4),
        "h5" => Tag::Heading(5),
        "h6" => Tag::Heading(6),
        "script" | "noscript" => Tag::Script,
        "style" => Tag::Style,
        crate::dom::NOSCRIPT => Tag::Noscript,
        "meta" => Tag::Meta,
        "link" => Tag::Link,
        "section" => Tag::Section,
        "article" => Tag::Article,
        "main" => Tag::Main,
        "nav" => Tag::Nav,
        "aside" => Tag::Aside,
        "header" | "hgroup" => Tag::Header,
        "footer" => Tag::Footer,
        "figure" => Tag::Figure,
        "figcaption" => Tag::Figcaption,
        "blockquote" => Tag::Blockquote,
        "pre" | "listing" => Tag::Pre,
        "dt" | "dd" => Tag::Term,
        "time" => Tag::Time,
        "form" => Tag::Form,
        "button" => Tag::Button,
        "input" | "select" | "textarea" | "option" | "optgroup" | "datalist" => Tag::Input,
        "iframe" | "object" | "embed" | "svg" | "video" | "audio" | "canvas" | "math" | "map" | "noembed"
        | "noframes" => Tag::Embedded,
        "address" => Tag::Address,
        "dialog" => Tag::Dialog,
        "hr" => Tag::Hr,
        "title" => Tag::Title,
        "base" => Tag::Base,
        "html" => Tag::Html,
        "head" => Tag::Head,
        "body" => Tag::Body,
        // Custom elements are boxes far more often than words.
        _ if name.contains('-') => Tag::Div,
        _ => Tag::Other,
    }
}

#[cfg(test)]
mod tests;
