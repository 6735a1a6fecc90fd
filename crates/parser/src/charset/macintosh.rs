//! Mac Cyrillic, which no detector knows and all take for windows-1251: the small letters are nearly the same, but the
//! capitals stand elsewhere, and я does.
//!
//! Invariant: only for bytes that are mostly Cyrillic in either reading.

/// Whether bytes that look like windows-1251 are Mac Cyrillic.
///
/// In windows-1251, words begin with 0xC0–0xDE (А–Ю) and contain 0xFF (я); in Mac Cyrillic they begin with 0x80–0x9E and
/// contain 0xDF, which windows-1251 has as a capital Я that would stand inside of words.
pub(super) fn is_it(sample: &[u8]) -> bool {
    let (mut mac, mut windows) = (0usize, 0usize);
    let mut previous = b' ';
    for (at, byte) in sample.iter().copied().enumerate() {
        let next = sample.get(at + 1).copied().unwrap_or(b' ');
        let is_start = !is_high(previous) && is_small(next);
        match byte {
            0x80..=0x9e if is_start => mac += 1,
            // A capital inside a word: letters of KZ-1048 and PT154. A sign inside a word: letters of IBM866.
            0x80..=0xaf if is_small(previous) && is_small(next) => windows += 1,
            0xc0..=0xde if is_start => windows += 1,
            0xdf if is_small(previous) => mac += 1,
            0xff if is_small(previous) => windows += 1,
            _ => {}
        }
        previous = byte;
    }
    mac >= 2 && mac > windows * 4
}

/// A small letter in both.
fn is_small(byte: u8) -> bool {
    matches!(byte, 0xe0..=0xfe)
}

fn is_high(byte: u8) -> bool {
    byte >= 0x80
}
