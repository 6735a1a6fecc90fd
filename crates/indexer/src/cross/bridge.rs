//! What a text can be found by from another language: concepts, sounds, numbers.
//!
//! Invariant: at most [`TERMS_MAX`] terms of a text, each once; the same terms whatever script a Kazakh word is written in.

use std::collections::HashSet;

use crate::analysis::{Analyser, Kind, Tongue, Word, Words, skeleton};

use super::concepts::{Meaning, meaning};
use super::sound::sound;

/// The most terms of one text: what 400 characters have at most, rounded up (65 at the mean).
pub(super) const TERMS_MAX: usize = 120;

/// Characters of title and text that are read: a report says what happened in its first sentences.
const CHARS_MAX: usize = 400;

/// Letters of the sound that make a term: four find a name in any inflection, five tell names apart. Both together are as
/// good as all character 4-grams at half the terms (docs/stories.md).
const SOUND_LETTERS: [usize; 2] = [4, 5];

/// A shorter sound is a syllable that stands in every language.
const SOUND_LETTERS_MIN: usize = 3;

/// What a term stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// The same thing by a word of the table.
    Concept,
    /// The same number.
    Number,
    /// A word that sounds alike.
    Sound,
}

/// What a word can be told by in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// It says nothing of what a text is about.
    Nothing,
    /// Its digits.
    Number,
    /// A word of the table, by the number of its concept.
    Concept(u16),
    /// How its stem sounds.
    Sound,
}

/// Makes terms that texts of several languages share. Holds buffers; one per thread.
#[derive(Default)]
pub(crate) struct Bridge {
    analyser: Analyser,
    stem: String,
    key: String,
    sound: String,
    term: String,
}

impl Bridge {
    /// Gives every distinct term of the beginning of `text`.
    pub(super) fn terms(&mut self, tongue: Tongue, text: &str, sink: &mut dyn FnMut(Link, &str)) {
        let mut seen: HashSet<String> = HashSet::new();
        let mut words = Words::new(beginning(text));
        let mut word = Word::default();
        while seen.len() < TERMS_MAX && words.next_into(&mut word) {
            self.word(tongue, &word, &mut |link, term| {
                if seen.len() < TERMS_MAX && !seen.contains(term) {
                    seen.insert(term.to_owned());
                    sink(link, term);
                }
            });
        }
    }

    fn word(&mut self, tongue: Tongue, word: &Word, sink: &mut dyn FnMut(Link, &str)) {
        match self.sense(tongue, word) {
            // Of one digit, or behind a thousands separator: says nothing.
            Sense::Number if word.text.len() > 1 && word.text != "000" => sink(Link::Number, &word.text),
            Sense::Number | Sense::Nothing => {}
            Sense::Concept(number) => {
                self.term.clear();
                self.term.push('@');
                self.term.push_str(&number.to_string());
                sink(Link::Concept, &self.term);
            }
            Sense::Sound => self.sounds(sink),
        }
    }

    /// What a word can be told by in every language.
    pub(crate) fn sense(&mut self, tongue: Tongue, word: &Word) -> Sense {
        if word.text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Sense::Number;
        }
        match self.meaning(tongue, word) {
            Some(Meaning::Nothing) => Sense::Nothing,
            Some(Meaning::Concept(number)) => Sense::Concept(number),
            None => {
                // Endings differ between languages; where there is no stem, or none of it is left, the word stands for itself.
                sound(if self.stem.is_empty() { &word.text } else { &self.stem }, &mut self.sound);
                Sense::Sound
            }
        }
    }

    /// How the stem of the last word sounds, after [`Sense::Sound`].
    pub(crate) fn sound(&self) -> &str {
        &self.sound
    }

    fn meaning(&mut self, tongue: Tongue, word: &Word) -> Option<Meaning> {
        if tongue != Tongue::Unknown {
            self.stem(tongue, word);
            return meaning(tongue, &self.stem, &self.key);
        }
        Tongue::guesses(word).iter().find_map(|(guess, _)| {
            self.stem(*guess, word);
            meaning(*guess, &self.stem, &self.key)
        })
    }

    fn stem(&mut self, tongue: Tongue, word: &Word) {
        let stem = &mut self.stem;
        stem.clear();
        self.analyser.terms(tongue, word, &mut |kind, term| {
            if kind == Kind::Stem && stem.is_empty() {
                stem.push_str(term);
            }
        });
        self.key.clear();
        if tongue == Tongue::Kazakh {
            skeleton(&word.text, word.script, &mut self.key);
        }
    }

    fn sounds(&mut self, sink: &mut dyn FnMut(Link, &str)) {
        let letters = self.sound.chars().count();
        if letters < SOUND_LETTERS_MIN {
            return;
        }
        for length in SOUND_LETTERS {
            self.term.clear();
            self.term.extend(self.sound.chars().take(length));
            // A whole word is told from the beginning of a longer one.
            if letters < length {
                self.term.push('.');
            }
            sink(Link::Sound, &self.term);
            if letters < length {
                return;
            }
        }
    }
}

/// As much of a text as is looked at.
pub(super) fn beginning(text: &str) -> &str {
    text.char_indices().nth(CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}
