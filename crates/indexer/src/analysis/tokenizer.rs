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

fn unmarked(text: &str) -> (Tongue, &str) {
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
}

struct TermsStream<'a> {
    tongue: Tongue,
    words: Words<'a>,
    word: Word,
    analyser: &'a mut Analyser,
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
        self.terms.clear();
        self.ends.clear();
        self.next = 0;
        let (terms, ends) = (&mut self.terms, &mut self.ends);
        self.analyser.terms(self.tongue, &self.word, &mut |_, term| {
            terms.push_str(term);
            ends.push(terms.len());
        });
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
