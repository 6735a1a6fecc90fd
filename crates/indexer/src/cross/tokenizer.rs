//! The cross-language terms as a tantivy tokenizer, of texts marked with their language.
//!
//! Invariant: gives what [`Bridge::terms`] gives, in its order.

use model::Language;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use super::bridge::{Bridge, beginning};
use crate::analysis::{marked, unmarked};

/// Name of the tokenizer.
pub(crate) const CROSS: &str = "silteme_cross";

/// What of a document is looked at, marked with its language.
pub(crate) fn passage(language: &Language, title: &str, text: &str) -> String {
    marked(language, &format!("{title}\n{}", beginning(text)))
}

/// Makes the tokenizer known to an index.
pub(crate) fn register(manager: &TokenizerManager) {
    manager.register(CROSS, TextAnalyzer::from(CrossTokenizer::default()));
}

/// Makes the terms of a text.
#[derive(Default)]
struct CrossTokenizer {
    bridge: Bridge,
    terms: Vec<String>,
}

/// The terms of one text.
struct CrossStream<'a> {
    terms: &'a mut Vec<String>,
    token: Token,
}

impl Clone for CrossTokenizer {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Tokenizer for CrossTokenizer {
    type TokenStream<'a> = CrossStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CrossStream<'a> {
        let (tongue, text) = unmarked(text);
        let terms = &mut self.terms;
        terms.clear();
        self.bridge.terms(tongue, text, &mut |_, term| terms.push(term.to_owned()));
        terms.reverse();
        CrossStream { terms, token: Token::default() }
    }
}

impl TokenStream for CrossStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.pop() else { return false };
        self.token.text = term;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
