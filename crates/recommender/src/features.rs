//! What links are compared by: the first letters of the first words of title and text.
//!
//! Invariant: bounded by [`WORDS_MAX`] words a link; a word that most links at hand have in common says next to nothing.

use std::collections::HashMap;

use model::Document;

/// Words of title and text that a link is compared by.
const WORDS_MAX: usize = 150;

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

/// How rare words are among the links at hand.
pub(crate) struct Rarity {
    links: f32,
    found: HashMap<WordHash, u32>,
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
        let (mut a, mut b) = (self.words.iter().peekable(), other.words.iter().peekable());
        let mut shared = 0usize;
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    a.next();
                    b.next();
                }
            }
        }
        let all = self.words.len() + other.words.len() - shared;
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
        let (mut links, mut found) = (0u32, HashMap::new());
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
    by_word: HashMap<WordHash, Vec<(usize, f32)>>,
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
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(max)
        .map(|word| {
            // Numbers tell apart what is otherwise alike: match 10 and match 11, 2025 and 2026.
            let letters = if word.contains(char::is_numeric) { usize::MAX } else { LETTERS };
            word.chars()
                .flat_map(char::to_lowercase)
                .take(letters)
                .fold(0xcbf2_9ce4_8422_2325, |hash: u64, c| {
                    (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
                })
        })
        .collect()
}
