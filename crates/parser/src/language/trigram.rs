//! Evidence by letter triples, from a table trained by `cargo run --release -p parser --example train_language`.
//!
//! Invariant: a table of the wrong size is no evidence at all (a test makes sure that the shipped one is whole).

use super::script::Script;

/// Bits of a triple's bucket.
const BUCKET_BITS: u32 = 13;

/// Buckets of one script.
pub(crate) const BUCKETS: usize = 1 << BUCKET_BITS;

/// One step of a stored weight, in natural log odds.
pub(crate) const UNIT: f32 = 1.0 / 24.0;

/// Scripts with a table, in its order.
pub(super) const SCRIPTS: [Script; 3] = [Script::Cyrillic, Script::Latin, Script::Arabic];

/// A rolling window over letters; anything else is the edge of a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window([u32; 2]);

impl Window {
    pub(crate) const START: Self = Self([0, 0]);

    /// Takes the next letter (0 for an edge) and returns the bucket of the triple it completes.
    pub(crate) fn push(&mut self, letter: u32) -> Option<usize> {
        let [first, second] = self.0;
        if second == 0 && letter == 0 {
            return None;
        }
        self.0 = [second, letter];
        let mixed = (first.wrapping_mul(0x9e37_79b1) ^ second.wrapping_mul(0x85eb_ca6b)).rotate_left(15)
            ^ letter.wrapping_mul(0xc2b2_ae35);
        let bucket = mixed.wrapping_mul(0x27d4_eb2f) >> (32 - BUCKET_BITS);
        Some(bucket as usize)
    }
}

/// Buckets of all triples of a text that has already been put in lower case.
pub(crate) fn buckets(text: &str) -> Vec<usize> {
    let mut window = Window::START;
    text.chars()
        .chain(std::iter::once(' '))
        .filter_map(|letter| window.push(if letter.is_alphabetic() { u32::from(letter) } else { 0 }))
        .collect()
}

/// Weights of one script: for each bucket, one for each profile of the script.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    columns: usize,
    weights: Vec<i8>,
}

impl Table {
    /// Cuts the tables of all scripts out of one file.
    pub(super) fn read(bytes: &[u8], columns: [usize; SCRIPTS.len()]) -> [Self; SCRIPTS.len()] {
        let whole = bytes.len() == columns.iter().sum::<usize>() * BUCKETS;
        let mut rest = bytes;
        columns.map(|columns| {
            let (own, after) = rest.split_at_checked(columns * BUCKETS).unwrap_or_default();
            rest = after;
            let weights =
                if whole { own.iter().map(|byte| byte.cast_signed()).collect() } else { Vec::new() };
            Self { columns, weights }
        })
    }

    /// The weights of a bucket.
    pub(super) fn row(&self, bucket: usize) -> &[i8] {
        self.weights.get(bucket * self.columns..(bucket + 1) * self.columns).unwrap_or_default()
    }
}
