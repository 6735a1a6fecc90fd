//! What links are compared by: the first letters of the first words of title and text.
//!
//! Invariant: bounded by [`WORDS_MAX`] words a link; a word that most links at hand have in common says next to nothing.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use model::Document;

/// Words of the title, and of the beginning of the text, that a link is compared by: the beginning says what it is about, and each
/// further word of some two hundred links costs.
const WORDS_MAX: usize = 80;

/// First letters of a word that are compared, so that endings do not matter (five: retrieval.md).
const LETTERS: usize = 5;

/// A word of the title counts as this many of the text.
const TITLE_WEIGHT: f32 = 2.0;

/// From this likeness on (shared part of all words) two links say the same and only the better one is shown.
const SAME: f32 = 0.7;

/// With equal titles a much smaller likeness of the texts is enough.
const SAME_TITLE: f32 = 0.3;

/// A word as it is compared: a hash of its first letters.
pub(crate) type WordHash = u64;

/// What a link is compared by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    /// In the order of the title.
    pub(crate) title: Vec<WordHash>,
    /// Of title and text, ascending, each once.
    pub(crate) words: Vec<WordHash>,
}

/// Words are hashes already; mixing them once more by multiplication is enough for a table. (Who chooses words to collide slows
/// down the comparison of two hundred links, no more.)
#[derive(Default)]
struct OnceMore(u64);

impl Hasher for OnceMore {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type ByWord<T> = HashMap<WordHash, T, BuildHasherDefault<OnceMore>>;

/// How rare words are among the links at hand.
pub(crate) struct Rarity {
    links: f32,
    found: ByWord<u32>,
}

/// Words with weights, of length 1.
pub(crate) type Vector = Vec<(WordHash, f32)>;

impl Features {
    pub(crate) fn of(document: &Document) -> Self {
        let title = words(&document.title, WORDS_MAX);
        let text = if document.text.is_empty() {
            document.description.as_deref().unwrap_or_default()
        } else {
            &document.text
        };
        let mut all = words(text, WORDS_MAX);
        all.extend(&title);
        all.sort_unstable();
        all.dedup();
        Self { title, words: all }
    }

    /// The shared part of all words, 0 to 1 (Jaccard).
    pub(crate) fn likeness(&self, other: &Self) -> f32 {
        let (a, b) = (&self.words[..], &other.words[..]);
        let (mut at, mut place, mut shared) = (0, 0, 0usize);
        while at < a.len() && place < b.len() {
            // Without branches on the data, which no processor could foresee.
            let (x, y) = (a[at], b[place]);
            shared += usize::from(x == y);
            at += usize::from(x <= y);
            place += usize::from(y <= x);
        }
        let all = a.len() + b.len() - shared;
        if all == 0 { 0.0 } else { shared as f32 / all as f32 }
    }

    /// Whether two links of this likeness say the same.
    pub(crate) fn same(&self, other: &Self, likeness: f32) -> bool {
        let same_title = !self.title.is_empty() && self.title == other.title;
        likeness >= if same_title { SAME_TITLE } else { SAME }
    }

    /// Whether all words of a phrase stand here.
    pub(crate) fn has(&self, phrase: &[WordHash]) -> bool {
        !phrase.is_empty() && phrase.iter().all(|word| self.words.binary_search(word).is_ok())
    }
}

impl Rarity {
    /// Among these links.
    pub(crate) fn among<'a>(all: impl Iterator<Item = &'a Features>) -> Self {
        let (mut links, mut found) = (0u32, ByWord::default());
        for features in all {
            links += 1;
            for word in &features.words {
                *found.entry(*word).or_insert(0) += 1;
            }
        }
        Self { links: links as f32, found }
    }

    /// The vector of a link: its words by rarity, those of the title more.
    pub(crate) fn vector(&self, features: &Features) -> Vector {
        let mut vector: Vector = features
            .words
            .iter()
            .map(|word| {
                let found = self.found.get(word).copied().unwrap_or(1);
                let rarity = (1.0 + self.links / found as f32).ln() - std::f32::consts::LN_2;
                let times = if features.title.contains(word) { TITLE_WEIGHT } else { 1.0 };
                (*word, times * rarity)
            })
            .collect();
        let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        for (_, weight) in &mut vector {
            *weight /= length.max(f32::MIN_POSITIVE);
        }
        vector
    }
}

/// Vectors that others are compared with, all at once.
#[derive(Default)]
pub(crate) struct Compared {
    by_word: ByWord<Vec<(usize, f32)>>,
    count: usize,
}

impl Compared {
    pub(crate) fn of(vectors: impl Iterator<Item = Vector>) -> Self {
        let mut compared = Self::default();
        for vector in vectors {
            for (word, weight) in vector {
                compared.by_word.entry(word).or_default().push((compared.count, weight));
            }
            compared.count += 1;
        }
        compared
    }

    /// The likeness (cosine) of a vector to each of them.
    pub(crate) fn likeness(&self, vector: &Vector) -> Vec<f32> {
        let mut sums = vec![0.0; self.count];
        for (word, weight) in vector {
            for (place, other) in self.by_word.get(word).into_iter().flatten() {
                sums[*place] += weight * other;
            }
        }
        sums
    }
}

/// The first words of a text in their order, each as a hash of its first letters in lower case (FNV-1a).
pub(crate) fn words(text: &str, max: usize) -> Vec<WordHash> {
    text.split(|c: char| !is_of_word(c))
        .filter(|word| !word.is_empty())
        .take(max)
        .map(|word| {
            // Numbers tell apart what is otherwise alike: match 10 and match 11, 2025 and 2026.
            let letters = if word.bytes().any(|b| b.is_ascii_digit()) { usize::MAX } else { LETTERS };
            word.chars().take(letters).map(small).fold(0xcbf2_9ce4_8422_2325, |hash: u64, c| {
                (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
            })
        })
        .collect()
}

/// The letters of Russian in small, which with those of ASCII are most of all text here and spare the look into large tables.
const SMALL_RUSSIAN: std::ops::RangeInclusive<char> = 'а'..='џ';

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || SMALL_RUSSIAN.contains(&c) || (!c.is_ascii() && c.is_alphanumeric())
}

/// A letter in lower case, as far as it is one letter there.
fn small(c: char) -> char {
    if c.is_ascii() {
        c.to_ascii_lowercase()
    } else if SMALL_RUSSIAN.contains(&c) {
        c
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}
