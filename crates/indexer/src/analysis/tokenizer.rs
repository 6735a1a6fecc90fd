//! The analysis as tantivy tokenizers. The language of a document travels as the first character of its text, because
//! tantivy knows one tokenizer per field.
//!
//! Invariant: a text without that character is analysed as of unknown language; none is ever dropped.

use model::Language;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use super::terms::{Analyser, Tongue};
use super::words::{Word, Words};

/// Name of the tokenizer of words as written.
pub(crate) const EXACT: &str = "silteme_exact";
/// Name of the tokenizer of stems and sub-word terms.
pub(crate) const TERMS: &str = "silteme_terms";

/// The first private-use character; the tongue's place in [`Tongue::ALL`] is added.
const MARK: u32 = 0xE000;

/// `text` with its language in front, for the fields analysed here.
pub(crate) fn marked(language: &Language, text: &str) -> String {
    let tongue = Tongue::of(language);
    let mut marked = String::with_capacity(text.len() + 3);
    marked.extend(char::from_u32(MARK + tongue as u32));
    marked.push_str(text);
    marked
}

pub(crate) fn unmarked(text: &str) -> (Tongue, &str) {
    let Some(first) = text.chars().next() else { return (Tongue::Unknown, text) };
    let place = u32::from(first).checked_sub(MARK).and_then(|place| usize::try_from(place).ok());
    match place.and_then(|place| Tongue::ALL.get(place)) {
        Some(tongue) => (*tongue, &text[first.len_utf8()..]),
        None => (Tongue::Unknown, text),
    }
}

/// Makes both tokenizers known to an index.
pub(crate) fn register(manager: &TokenizerManager) {
    manager.register(EXACT, TextAnalyzer::from(ExactTokenizer));
    manager.register(TERMS, TextAnalyzer::from(TermsTokenizer::default()));
}

#[derive(Clone, Copy)]
struct ExactTokenizer;

struct ExactStream<'a> {
    words: Words<'a>,
    word: Word,
    token: Token,
}

#[derive(Default)]
struct TermsTokenizer {
    analyser: Analyser,
    memo: Memo,
}

/// Words analysed lately with their terms, each word in the one slot its hash gives it: texts repeat themselves, and
/// looking up costs a tenth of analysing.
#[derive(Default)]
struct Memo(Vec<Slot>);

/// Slots of a [`Memo`], a power of two: more of them miss the processor's cache more often than they save work.
const SLOTS: usize = 8_192;

/// Terms of a word: a stem, first letters and a whole key in each of the tongues it may be of.
const TERMS_MAX: usize = 8;

#[derive(Default, Clone)]
struct Slot {
    tongue: Option<Tongue>,
    /// Terms.
    count: usize,
    /// Where the word ends in `text`, and after it each of its terms.
    ends: [u16; TERMS_MAX + 1],
    /// The word and its terms, one after the other.
    text: String,
}

impl Memo {
    /// The slot that holds the terms of `word`.
    fn slot(&mut self, tongue: Tongue, word: &Word, analyser: &mut Analyser) -> usize {
        if self.0.is_empty() {
            self.0.resize(SLOTS, Slot::default());
        }
        let place = place(&word.text);
        let slot = &mut self.0[place];
        if slot.tongue != Some(tongue) || slot.part(0) != word.text {
            slot.tongue = Some(tongue);
            slot.count = 0;
            slot.text.clear();
            slot.end(0, &word.text);
            analyser.terms(tongue, word, &mut |_, term| {
                if slot.count < TERMS_MAX {
                    slot.count += 1;
                    slot.end(slot.count, term);
                }
            });
        }
        place
    }
}

impl Slot {
    fn end(&mut self, number: usize, text: &str) {
        self.text.push_str(text);
        self.ends[number] = u16::try_from(self.text.len()).unwrap_or(u16::MAX);
    }

    /// The word (0) or one of its terms (from 1).
    fn part(&self, number: usize) -> &str {
        let from = number.checked_sub(1).map_or(0, |before| usize::from(self.ends[before]));
        self.text.get(from..usize::from(self.ends[number])).unwrap_or_default()
    }
}

/// The slot of a word, by its bytes eight at a time.
fn place(word: &str) -> usize {
    let mut hash = 0u64;
    for chunk in word.as_bytes().chunks(8) {
        let mut part = [0; 8];
        part[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(part)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    usize::try_from(hash >> 48).unwrap_or_default() & (SLOTS - 1)
}

struct TermsStream<'a> {
    tongue: Tongue,
    words: Words<'a>,
    word: Word,
    analyser: &'a mut Analyser,
    memo: &'a mut Memo,
    /// Slot of the current word, how many terms it has, and how many of them were given.
    slot: usize,
    count: usize,
    given: usize,
    token: Token,
}

impl Clone for TermsTokenizer {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Tokenizer for ExactTokenizer {
    type TokenStream<'a> = ExactStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ExactStream<'a> {
        ExactStream { words: Words::new(unmarked(text).1), word: Word::default(), token: Token::default() }
    }
}

impl TokenStream for ExactStream<'_> {
    fn advance(&mut self) -> bool {
        if !self.words.next_into(&mut self.word) {
            return false;
        }
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = self.word.from;
        self.token.offset_to = self.word.to;
        std::mem::swap(&mut self.token.text, &mut self.word.text);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

impl Tokenizer for TermsTokenizer {
    type TokenStream<'a> = TermsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermsStream<'a> {
        let (tongue, text) = unmarked(text);
        TermsStream {
            tongue,
            words: Words::new(text),
            word: Word::default(),
            analyser: &mut self.analyser,
            memo: &mut self.memo,
            slot: 0,
            count: 0,
            given: 0,
            token: Token::default(),
        }
    }
}

impl TermsStream<'_> {
    fn next_word(&mut self) -> bool {
        if !self.words.next_into(&mut self.word) {
            return false;
        }
        self.slot = self.memo.slot(self.tongue, &self.word, self.analyser);
        self.count = self.memo.0[self.slot].count;
        self.given = 0;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = self.word.from;
        self.token.offset_to = self.word.to;
        true
    }
}

impl TokenStream for TermsStream<'_> {
    fn advance(&mut self) -> bool {
        while self.given == self.count {
            if !self.next_word() {
                return false;
            }
        }
        self.given += 1;
        self.token.text.clear();
        self.token.text.push_str(self.memo.0[self.slot].part(self.given));
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
