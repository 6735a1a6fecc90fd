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
const SLOTS: usize = 4_096;

#[derive(Default, Clone)]
struct Slot {
    tongue: Option<Tongue>,
    word: String,
    /// Its terms, one after the other, and where each ends.
    terms: String,
    ends: Vec<usize>,
}

impl Memo {
    /// The slot that holds the terms of `word`.
    fn slot(&mut self, tongue: Tongue, word: &Word, analyser: &mut Analyser) -> &Slot {
        if self.0.is_empty() {
            self.0.resize(SLOTS, Slot::default());
        }
        let slot = &mut self.0[place(&word.text)];
        if slot.tongue != Some(tongue) || slot.word != word.text {
            slot.tongue = Some(tongue);
            slot.word.clone_from(&word.text);
            slot.terms.clear();
            slot.ends.clear();
            let (terms, ends) = (&mut slot.terms, &mut slot.ends);
            analyser.terms(tongue, word, &mut |_, term| {
                terms.push_str(term);
                ends.push(terms.len());
            });
        }
        slot
    }
}

/// The slot of a word, by its bytes eight at a time.
fn place(word: &str) -> usize {
    let mut hash = 0u64;
    for chunk in word.as_bytes().chunks(8) {
        let part = chunk.iter().fold(0, |part: u64, byte| part << 8 | u64::from(*byte));
        hash = (hash.rotate_left(5) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    usize::try_from(hash >> 52).unwrap_or_default() & (SLOTS - 1)
}

struct TermsStream<'a> {
    tongue: Tongue,
    words: Words<'a>,
    word: Word,
    analyser: &'a mut Analyser,
    memo: &'a mut Memo,
    /// Terms of the current word, one after the other, and where each ends.
    terms: String,
    ends: Vec<usize>,
    next: usize,
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
            terms: String::new(),
            ends: Vec::new(),
            next: 0,
            token: Token::default(),
        }
    }
}

impl TermsStream<'_> {
    fn next_word(&mut self) -> bool {
        if !self.words.next_into(&mut self.word) {
            return false;
        }
        self.next = 0;
        let slot = self.memo.slot(self.tongue, &self.word, self.analyser);
        self.terms.clone_from(&slot.terms);
        self.ends.clone_from(&slot.ends);
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = self.word.from;
        self.token.offset_to = self.word.to;
        true
    }
}

impl TokenStream for TermsStream<'_> {
    fn advance(&mut self) -> bool {
        while self.next >= self.ends.len() {
            if !self.next_word() {
                return false;
            }
        }
        let from = if self.next == 0 { 0 } else { self.ends[self.next - 1] };
        self.token.text.clear();
        self.token.text.push_str(&self.terms[from..self.ends[self.next]]);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
