//! Copies: the same text again, syndicated, shortened, with another headline or other boilerplate around it.
//!
//! A text is sketched by the smallest hashes of its sequences of four words; texts that share enough of their sequences are
//! copies. A short text is a copy only of one that is word by word the same: formulas of trade, weather and sport repeat.
//!
//! Invariant: as many sketches as documents known, each of bounded size.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::analysis::{Word, Words};
use crate::fnv::Fnv;

/// Words of one sequence.
const SEQUENCE: usize = 4;

/// Hashes of one sketch: the resemblance of two texts is estimated to about 0.06.
const SKETCH: usize = 64;

/// The smallest hashes of a sketch by which it is found; two copies that resemble by 0.3 miss each other once in a hundred times.
const FOUND_BY: usize = 12;

/// Of these a copy shares at least so many: one with 60 % in common has fewer once in a hundred times.
const SHARED_MIN: u32 = 2;

/// Words read of a text: a copy of its beginning is a copy, and reading costs as much as all else here.
const WORDS_MAX: usize = 400;

/// Texts with fewer sequences are copies only if they are the same.
const SEQUENCES_MIN: usize = 24;

/// Texts with fewer words are no copies of anything.
const SAME_MIN: usize = 8;

/// Of the shorter text's sequences the other one must have this share.
const CONTAINED: f32 = 0.6;

/// A text of fewer sequences than this part of the other is a quotation of it, no copy.
const SIZES: f32 = 0.25;

/// Documents read that share one hash: more of them are a formula that says nothing.
const SHARERS_MAX: usize = 256;

/// What is kept of a text to know its copies.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sketch {
    /// The smallest hashes of its sequences, ascending.
    smallest: Vec<u32>,
    /// Distinct sequences.
    sequences: usize,
    /// Hash of all words in their order; none if there are too few to tell.
    whole: Option<u64>,
}

/// Sketches by what they are found by.
#[derive(Default)]
pub(super) struct Copies {
    sketches: HashMap<u64, Sketch>,
    by_hash: HashMap<u32, Vec<u64>>,
    by_whole: HashMap<u64, BTreeSet<u64>>,
}

impl Sketch {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Words::new(text);
        let mut word = Word::default();
        let mut last = [0_u64; SEQUENCE];
        let mut hashes = Vec::new();
        let (mut count, mut whole) = (0, Fnv::default());
        while count < WORDS_MAX && words.next_into(&mut word) {
            let hash = Fnv::of(word.text.as_bytes());
            whole.bytes(&hash.to_le_bytes());
            last[count % SEQUENCE] = hash;
            count += 1;
            if count >= SEQUENCE {
                let in_order = (0..SEQUENCE).map(|at| last[(count + at) % SEQUENCE]);
                hashes.push((in_order.fold(0, |sum, hash| mixed(sum ^ hash)) >> 32) as u32);
            }
        }
        hashes.sort_unstable();
        hashes.dedup();
        let sequences = hashes.len();
        hashes.truncate(SKETCH);
        hashes.shrink_to_fit();
        Self { smallest: hashes, sequences, whole: (count >= SAME_MIN).then_some(whole.value()) }
    }

    /// Which share of the shorter text's sequences both have, estimated.
    fn contained(&self, other: &Self) -> f32 {
        let mut union: Vec<u32> = self.smallest.iter().chain(&other.smallest).copied().collect();
        union.sort_unstable();
        // What both have stands there twice.
        let both = |run: &&[u32]| run.len() > 1;
        let runs = || union.chunk_by(|a, b| a == b).take(SKETCH);
        let resemblance = runs().filter(both).count() as f32 / runs().count().max(1) as f32;
        let (a, b) = (self.sequences as f32, other.sequences as f32);
        if a.min(b) < SIZES * a.max(b) {
            return 0.0;
        }
        resemblance * (a + b) / (1.0 + resemblance) / a.min(b)
    }

    fn is_long(&self) -> bool {
        self.sequences >= SEQUENCES_MIN
    }
}

impl Copies {
    /// The document known that this text is a copy of: the one most like it, among equals the first.
    pub(super) fn find(&self, sketch: &Sketch) -> Option<u64> {
        if let Some(same) = sketch.whole.and_then(|whole| self.by_whole.get(&whole)?.first()) {
            return Some(*same);
        }
        if !sketch.is_long() {
            return None;
        }
        let mut shared: BTreeMap<u64, u32> = BTreeMap::new();
        for hash in sketch.smallest.iter().take(FOUND_BY) {
            for document in self.by_hash.get(hash).into_iter().flatten().take(SHARERS_MAX) {
                *shared.entry(*document).or_default() += 1;
            }
        }
        let alike =
            shared.into_iter().filter(|(_, hashes)| *hashes >= SHARED_MIN).filter_map(|(document, _)| {
                let contained = sketch.contained(self.sketches.get(&document)?);
                (contained >= CONTAINED).then_some((document, contained))
            });
        alike.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(document, _)| document)
    }

    pub(super) fn add(&mut self, document: u64, sketch: Sketch) {
        if let Some(whole) = sketch.whole {
            self.by_whole.entry(whole).or_default().insert(document);
        }
        if sketch.is_long() {
            for hash in sketch.smallest.iter().take(FOUND_BY) {
                self.by_hash.entry(*hash).or_default().push(document);
            }
        }
        self.sketches.insert(document, sketch);
    }

    pub(super) fn remove(&mut self, document: u64) {
        let Some(sketch) = self.sketches.remove(&document) else { return };
        if let Some(whole) = sketch.whole
            && let Some(same) = self.by_whole.get_mut(&whole)
        {
            same.remove(&document);
            if same.is_empty() {
                self.by_whole.remove(&whole);
            }
        }
        for hash in sketch.smallest.iter().take(FOUND_BY) {
            if let Some(documents) = self.by_hash.get_mut(hash) {
                documents.retain(|other| *other != document);
                if documents.is_empty() {
                    self.by_hash.remove(hash);
                }
            }
        }
    }
}

/// Spreads every bit over all of them (the last step of `SplitMix64`), so that the smallest hashes are a fair sample.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
