//! What the commands that train and judge the identification of languages have in common.
//!
//! Invariant: deterministic; the same texts give the same tables, byte for byte, on one kind of processor.

pub(crate) mod corpus;
pub(crate) mod regression;
pub(crate) mod respelling;
pub(crate) mod words;

/// A number that looks like chance and only depends on the text (FNV-1a, then mixed).
pub(crate) fn hash(text: &str) -> u64 {
    let folded = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mixed(folded)
}

/// The next number that looks like chance.
pub(crate) fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
