//! Chance from a seed.
//!
//! Invariant: the same seed gives the same values on every machine and in every release; nothing here reads the
//! machine's entropy. So a failing case is reported by its seed alone.

use std::ops::Range;

/// A generator of pseudo-random values: splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014; constants of Vigna's public-domain `splitmix64.c`). Not for secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The sequence of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The sequence of a seed and a name, so that two parts of one world do not share a sequence.
    #[must_use]
    pub fn named(seed: u64, name: &str) -> Self {
        Self::new(name.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
            // FNV-1a, 64 bit.
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        }))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when `end` is 0. The bias is below 2⁻³² for every `end` a test uses.
    pub fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A number of the range; its start when the range is empty.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.below(range.end.saturating_sub(range.start))
    }

    /// An index below `len`; 0 when `len` is 0.
    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or_default()
    }

    /// True in `percent` of 100 calls.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the items. Panics when there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// Puts the items in a random order (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.index(end + 1));
        }
    }

    /// `len` arbitrary bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            bytes.extend_from_slice(&self.bits().to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }

    /// A lower-case ASCII word of 3 to 10 letters.
    pub fn word(&mut self) -> String {
        let len = self.within(3..11);
        (0..len).map(|_| char::from(b"etaoinshrdlucmfwypvbgk"[self.index(22)])).collect()
    }

    /// `count` words with spaces between them.
    pub fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests;
