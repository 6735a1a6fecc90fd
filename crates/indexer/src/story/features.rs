//! A document becomes weighted features: what happened to whom, where, in which numbers.
//!
//! A word of the table of concepts is the concept, every other one how its stem sounds: so reports in several languages share
//! features. Names and numbers count more, because they tell events of one kind apart.
//!
//! Invariant: at most [`FEATURES_MAX`] features, ascending, of length one together.

use std::collections::BTreeMap;

use crate::analysis::{Tongue, Word, Words};
use crate::cross::{Bridge, Sense};
use crate::fnv::Fnv;

use super::counts::Counts;

/// Words read of a short report, which is read whole.
const REPORT_WORDS_MAX: usize = 120;

/// Words read of a longer text: its title and first sentences say what happened; what follows is background that it shares
/// with reports of other events.
const LEAD_WORDS: usize = 36;

/// The most features of one document.
const FEATURES_MAX: usize = 80;

/// A name or a number counts as much as this many other words.
const TELLING: f32 = 1.5;

/// What a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Word,
    Name,
    Number,
}

/// A feature of a document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Feature {
    /// Hash of what it is.
    pub(super) hash: u32,
    /// Its part of the document: the squares of all add up to 1.
    pub(super) weight: f32,
    pub(super) sort: Sort,
}

/// How a feature stands in a text.
#[derive(Debug, Default)]
pub(super) struct Standing {
    times: f32,
    is_number: bool,
    capital: bool,
    /// Within sentences, with a capital letter and with a small one.
    pub(super) written: [f32; 2],
}

/// What stands in a text.
pub(super) type Reading = BTreeMap<u32, Standing>;

/// Reads title and text.
pub(super) fn read(tongue: Tongue, title: &str, text: &str, bridge: &mut Bridge) -> Reading {
    let mut found = Reading::new();
    let mut left = if is_report(title, text) { REPORT_WORDS_MAX } else { LEAD_WORDS };
    let mut word = Word::default();
    for part in [title, text] {
        let mut words = Words::new(part);
        let mut end = 0;
        while left > 0 && words.next_into(&mut word) {
            left -= 1;
            let begins = end == 0 || part[end..word.from].contains(SENTENCE_ENDS);
            end = word.to;
            let (hash, is_number) = match bridge.sense(tongue, &word) {
                Sense::Nothing => continue,
                Sense::Number => (hash(b'#', word.text.as_bytes()), true),
                Sense::Concept(number) => (hash(b'@', &number.to_le_bytes()), false),
                Sense::Sound => (hash(b'~', bridge.sound().as_bytes()), false),
            };
            let capital = part[word.from..].chars().next().is_some_and(char::is_uppercase);
            let standing = found.entry(hash).or_default();
            standing.times += 1.0;
            standing.is_number |= is_number;
            standing.capital |= capital;
            if !begins {
                standing.written[usize::from(!capital)] += 1.0;
            }
        }
    }
    found
}

/// After these a capital letter says nothing.
const SENTENCE_ENDS: [char; 8] = ['.', '!', '?', '\n', ':', '«', '"', '“'];

/// Whether a text is short enough to be read whole.
fn is_report(title: &str, text: &str) -> bool {
    let words = |part: &'_ str| part.split_whitespace().take(REPORT_WORDS_MAX + 1).count();
    words(title) + words(text) <= REPORT_WORDS_MAX
}

/// The features of what was read, by what is rare and what is a name in the documents counted.
pub(super) fn weighed(found: &Reading, counts: &Counts) -> Vec<Feature> {
    let feature = |(hash, standing): (&u32, &Standing)| {
        let sort = match standing {
            _ if standing.is_number => Sort::Number,
            _ if standing.capital && counts.is_name(*hash) => Sort::Name,
            _ => Sort::Word,
        };
        let telling = if sort == Sort::Word { 1.0 } else { TELLING };
        Feature { hash: *hash, weight: (1.0 + standing.times.ln()) * telling * counts.rarity(*hash), sort }
    };
    let mut features: Vec<Feature> = found.iter().map(feature).collect();
    features.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.hash.cmp(&b.hash)));
    features.truncate(FEATURES_MAX);
    features.sort_by_key(|feature| feature.hash);
    let length = features.iter().map(|feature| feature.weight * feature.weight).sum::<f32>().sqrt();
    for feature in &mut features {
        feature.weight /= length;
    }
    features
}

/// FNV-1a, 64 bits folded to 32.
fn hash(sort: u8, bytes: &[u8]) -> u32 {
    let mut hash = Fnv::default();
    hash.bytes(&[sort]);
    hash.bytes(bytes);
    let hash = hash.value();
    ((hash ^ (hash << 32)) >> 32) as u32
}
