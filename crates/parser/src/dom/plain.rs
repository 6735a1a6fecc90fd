//! Plain markup, read without html5ever's tokenizer: most of every page, at a fraction of the cost.
//!
//! The tokenizer takes names letter by letter from a queue of buffers. Here a whole tag, comment or run of text is found
//! in the page at once and is a part of the page's own buffer. Whatever is not plain (entities but the most frequent,
//! odd quotes, duplicate attributes, NUL, carriage returns, doctypes, elements whose content is text) is left to the
//! tokenizer.
//!
//! Invariants: a token read here is the one that the tokenizer gives in its data state; each look is linear in what the
//! tokenizer would read for the same token.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use super::tendril_of;

/// Most attributes read here; each is compared with all before it.
const ATTRIBUTES_MAX: usize = 64;

/// The references that make up most of all, with what they stand for.
const REFERENCES: [(&str, &str); 6] =
    [("&nbsp;", "\u{a0}"), ("&amp;", "&"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'")];

/// The token at `at` and where it ends; `whole` is the text as a buffer. None if the tokenizer must read it.
pub(super) fn read(text: &str, whole: &StrTendril, at: usize) -> Option<(Token, usize)> {
    let page = Page { text, whole };
    match text.as_bytes()[at] {
        b'<' => match *text.as_bytes().get(at + 1)? {
            b'!' => page.comment(at),
            b'/' => page.end_tag(at),
            letter if letter.is_ascii_alphabetic() => page.start_tag(at),
            _ => None,
        },
        b'&' => REFERENCES.iter().find(|(name, _)| text[at..].starts_with(name)).map(|(name, meaning)| {
            (Token::CharacterTokens(StrTendril::from_slice(meaning)), at + name.len())
        }),
        _ => {
            let is_special = |byte: &u8| matches!(byte, b'<' | b'&' | b'\0' | b'\r');
            let end =
                text.as_bytes()[at..].iter().position(is_special).map_or(text.len(), |found| at + found);
            (end > at).then(|| (Token::CharacterTokens(tendril_of(whole, at, end)), end))
        }
    }
}

struct Page<'a> {
    text: &'a str,
    whole: &'a StrTendril,
}

impl Page<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Where the run of bytes that pass ends.
    fn run(&self, from: usize, passes: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[from..];
        rest.iter().position(|byte| !passes(*byte)).map_or(self.text.len(), |found| from + found)
    }

    fn comment(&self, at: usize) -> Option<(Token, usize)> {
        let from = at + 4;
        let rest = self.text[at..].strip_prefix("<!--")?;
        if rest.starts_with('>') || rest.starts_with("->") {
            return None;
        }
        let mut end = from;
        loop {
            end += self.text[end..].find("--")?;
            match self.byte(end + 2)? {
                b'>' => break,
                b'!' => return None,
                _ => end += 1,
            }
        }
        let is_plain = !self.text.as_bytes()[from..end].iter().any(|byte| matches!(byte, b'\0' | b'\r'));
        is_plain.then(|| (Token::CommentToken(tendril_of(self.whole, from, end)), end + 3))
    }

    fn end_tag(&self, at: usize) -> Option<(Token, usize)> {
        let (name, end) = self.name(at + 2, |byte| byte == b'-')?;
        let end = self.run(end, is_space);
        if self.byte(end)? != b'>' {
            return None;
        }
        let tag = Tag {
            kind: TagKind::EndTag,
            name,
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        Some((Token::TagToken(tag), end + 1))
    }

    fn start_tag(&self, at: usize) -> Option<(Token, usize)> {
        let (name, mut at) = self.name(at + 1, |byte| byte == b'-')?;
        // What follows these is text that only the tokenizer can read.
        if matches!(name, local_name!("title") | local_name!("textarea") | local_name!("plaintext")) {
            return None;
        }
        let mut attrs: Vec<Attribute> = Vec::new();
        let self_closing = loop {
            let before = at;
            at = self.run(at, is_space);
            match self.byte(at)? {
                b'>' => break false,
                b'/' if self.byte(at + 1)? == b'>' => {
                    at += 1;
                    break true;
                }
                // An attribute follows white space.
                _ if at == before || attrs.len() == ATTRIBUTES_MAX => return None,
                _ => {}
            }
            let (name, after) = self.name(at, |byte| matches!(byte, b'-' | b'_' | b':' | b'@' | b'.'))?;
            let (value, after) = self.value(after)?;
            if attrs.iter().any(|attr| attr.name.local == name) {
                return None;
            }
            attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
            at = after;
        };
        let tag = Tag { kind: TagKind::StartTag, name, self_closing, attrs, had_duplicate_attributes: false };
        Some((Token::TagToken(tag), at + 1))
    }

    /// A name of letters, digits and what else `also` passes, in lower case, and where it ends.
    fn name(&self, from: usize, also: impl Fn(u8) -> bool) -> Option<(LocalName, usize)> {
        let end = self.run(from, |byte| byte.is_ascii_alphanumeric() || also(byte));
        let name = &self.text[from..end];
        if !name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && !name.starts_with(['@', ':', '_', '-'])
            || !matches!(self.byte(end)?, b'>' | b'/' | b'=' | b'\t' | b'\n' | b'\x0c' | b' ')
        {
            return None;
        }
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            LocalName::from(name.to_ascii_lowercase())
        } else {
            LocalName::from(name)
        };
        Some((name, end))
    }

    /// The value after an attribute's name, and where it ends.
    fn value(&self, at: usize) -> Option<(StrTendril, usize)> {
        if self.byte(at)? != b'=' {
            // White space may still be followed by the sign.
            let is_alone = self.byte(self.run(at, is_space))? != b'=';
            return is_alone.then(|| (StrTendril::new(), at));
        }
        let from = at + 1;
        let quote = self.byte(from)?;
        if matches!(quote, b'"' | b'\'') {
            let from = from + 1;
            let end = self.run(from, |byte| byte != quote && !matches!(byte, b'&' | b'\0' | b'\r'));
            return (self.byte(end)? == quote).then(|| (tendril_of(self.whole, from, end), end + 1));
        }
        let end = self.run(from, |byte| {
            byte > b' ' && !matches!(byte, b'&' | b'"' | b'\'' | b'<' | b'=' | b'`' | b'>')
        });
        let is_whole = end > from && matches!(self.byte(end)?, b'>' | b'\t' | b'\n' | b'\x0c' | b' ');
        is_whole.then(|| (tendril_of(self.whole, from, end), end))
    }
}

/// White space inside tags.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}
