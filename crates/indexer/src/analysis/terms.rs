//! What a word can be found by, in the light of a language.
//!
//! Invariant: a stem is plain, a sub-word term ends in `*`, a whole key in `=`, so that they never meet in one index field.

use frostem::{Algorithm, Stemmer};
use model::Language;
use unicode_normalization::UnicodeNormalization;

use super::kazakh;
use super::letters::{Script, is_kazakh, is_kazakh_latin};
use super::skeleton::skeleton;
use super::words::Word;

/// How a word is analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tongue {
    /// Kazakh and the Turkic languages closest to its ways: key, its stem, its first five letters.
    Kazakh,
    /// Russian: Snowball.
    Russian,
    /// English: Snowball.
    English,
    /// Any other: the word without accents.
    Plain,
    /// Unknown: by script.
    Unknown,
}

/// How a term stands for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// The whole of it, in any script and spelling.
    Whole,
    /// Its stem.
    Stem,
    /// Its first letters.
    Prefix,
}

/// The letters of a sub-word term: five beat every existing Kazakh stemmer (retrieval.md).
const PREFIX_LETTERS: usize = 5;

/// Makes terms. Holds the stemmers and buffers; one per thread.
pub(crate) struct Analyser {
    russian: Stemmer,
    english: Stemmer,
    key: String,
    prefix: String,
    whole: String,
    emitted: Vec<String>,
}

impl Tongue {
    pub(crate) const ALL: [Self; 5] =
        [Self::Kazakh, Self::Russian, Self::English, Self::Plain, Self::Unknown];

    /// How a language is analysed.
    pub(crate) fn of(language: &Language) -> Self {
        match language.as_str() {
            "kk" | "ky" | "tt" | "ba" | "kaa" | "nog" | "uz" | "tk" | "ug" | "az" | "tr" => Self::Kazakh,
            "ru" => Self::Russian,
            "en" => Self::English,
            "und" => Self::Unknown,
            _ => Self::Plain,
        }
    }

    /// The tongues an unknown word may be of, with how likely each is to be meant (1 = as good as said).
    pub(crate) fn guesses(word: &Word) -> &'static [(Self, f32)] {
        match word.script {
            Script::Cyrillic if word.text.chars().any(is_kazakh) => &[(Self::Kazakh, 1.0)],
            Script::Cyrillic => &[(Self::Russian, 1.0), (Self::Kazakh, 1.0), (Self::Plain, 1.0)],
            Script::Latin if word.text.chars().any(is_kazakh_latin) => {
                &[(Self::Kazakh, 1.0), (Self::Plain, 1.0)]
            }
            // An English word rarely means the Kazakh one it would be in Latin letters, and never the other way round.
            Script::Latin => &[(Self::English, 1.0), (Self::Plain, 1.0), (Self::Kazakh, 0.5)],
            Script::Arabic => &[(Self::Kazakh, 1.0), (Self::Plain, 1.0)],
            Script::Other => &[(Self::Plain, 1.0)],
        }
    }
}

impl Default for Analyser {
    fn default() -> Self {
        Self {
            russian: Stemmer::new(Algorithm::Russian),
            english: Stemmer::new(Algorithm::English),
            key: String::new(),
            prefix: String::new(),
            whole: String::new(),
            emitted: Vec::new(),
        }
    }
}

impl Analyser {
    /// Everything `word` of a document in `tongue` can be found by beside its exact form, each term once.
    pub(crate) fn terms(&mut self, tongue: Tongue, word: &Word, sink: &mut dyn FnMut(Kind, &str)) {
        match (tongue, word.script) {
            (_, Script::Other) => sink(Kind::Stem, &word.text),
            // Numbers, codes and names with digits have no endings; their first letters say nothing of the rest.
            _ if word.text.bytes().any(|byte| byte.is_ascii_digit()) => sink(Kind::Stem, &word.text),
            (Tongue::Kazakh, _) => self.kazakh(word, sink),
            // A Kazakh name in a text of another language is looked for as a Kazakh word.
            (_, Script::Cyrillic) if word.text.chars().any(is_kazakh) => self.kazakh(word, sink),
            (Tongue::Russian | Tongue::English, Script::Cyrillic) => {
                sink(Kind::Stem, &self.russian.stem(&word.text));
            }
            (Tongue::Russian | Tongue::English, Script::Latin) => {
                sink(Kind::Stem, &self.english.stem(&word.text));
            }
            (Tongue::Unknown, _) => self.guessed(word, sink),
            _ => self.plain(word, sink),
        }
    }

    fn kazakh(&mut self, word: &Word, sink: &mut dyn FnMut(Kind, &str)) {
        self.key.clear();
        skeleton(&word.text, word.script, &mut self.key);
        if self.key.is_empty() {
            sink(Kind::Stem, &word.text);
            return;
        }
        let end = self.key.char_indices().nth(PREFIX_LETTERS).map_or(self.key.len(), |(at, _)| at);
        self.prefix.clear();
        self.prefix.push_str(&self.key[..end]);
        self.prefix.push('*');
        self.whole.clear();
        self.whole.push_str(&self.key);
        self.whole.push('=');
        kazakh::stem(&mut self.key);
        sink(Kind::Stem, &self.key);
        sink(Kind::Prefix, &self.prefix);
        sink(Kind::Whole, &self.whole);
    }

    fn plain(&mut self, word: &Word, sink: &mut dyn FnMut(Kind, &str)) {
        if word.text.is_ascii() || word.script != Script::Latin {
            sink(Kind::Stem, &word.text);
            return;
        }
        self.key.clear();
        self.key.extend(word.text.nfd().filter(|c| !super::letters::is_mark(*c)));
        sink(Kind::Stem, &self.key);
    }

    /// All that the word may be, so that a document of unknown language is found whatever the query was taken for.
    fn guessed(&mut self, word: &Word, sink: &mut dyn FnMut(Kind, &str)) {
        let mut emitted = std::mem::take(&mut self.emitted);
        emitted.clear();
        for (tongue, _) in Tongue::guesses(word) {
            self.terms(*tongue, word, &mut |kind, term| {
                if !emitted.iter().any(|known| known == term) {
                    emitted.push(term.to_owned());
                    sink(kind, term);
                }
            });
        }
        self.emitted = emitted;
    }
}
