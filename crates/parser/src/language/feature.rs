//! What a text shows of its language: letters, runs of two to four letters with the edges of words, whole words.
//!
//! Each is hashed to a row of the table ([`super::table`]); rows may be shared, training copes with that.
//!
//! Invariant: linear in the text, no allocation.

use super::script::Script;

/// Stands for whatever is not a letter of the script.
const EDGE: u32 = 0;

/// Longest word in letters; a longer one is read as several.
const WORD_LETTERS_MAX: usize = 32;

/// Calls `each` with the hash of everything that the words of one script show. The upper bits are the best ones.
pub(crate) fn each_hash(text: &str, script: Script, mut each: impl FnMut(u32)) {
    let mut word = Word { letters: [EDGE; WORD_LETTERS_MAX + 1], len: 0 };
    for letter in text.chars() {
        match letter_of(letter, script) {
            Letter::Own(letter) => {
                word.letters[word.len] = letter;
                word.len += 1;
                if word.len == WORD_LETTERS_MAX {
                    word.finish(&mut each);
                }
            }
            Letter::Inside => {}
            Letter::Edge => word.finish(&mut each),
        }
    }
    word.finish(&mut each);
}

/// How a character counts.
enum Letter {
    Own(u32),
    /// A mark on a letter or a hyphen that only shows at the end of a line: as if it were not there.
    Inside,
    Edge,
}

fn letter_of(letter: char, script: Script) -> Letter {
    let code = u32::from(letter);
    // The fast way for the bulk of all text.
    if code < 0x80 {
        return match letter {
            'a'..='z' if script == Script::Latin => Letter::Own(code),
            'A'..='Z' if script == Script::Latin => Letter::Own(code | 0x20),
            '\'' => apostrophe(script),
            _ => Letter::Edge,
        };
    }
    match code {
        0x430..=0x45f if script == Script::Cyrillic => Letter::Own(code),
        0x410..=0x42f if script == Script::Cyrillic => Letter::Own(code + 0x20),
        0x300..=0x36f | 0x64b..=0x65f | 0xad => Letter::Inside,
        0x2bb | 0x2bc | 0x2018 | 0x2019 => apostrophe(script),
        _ if Script::of(letter) == Some(script) && letter.is_alphabetic() => {
            Letter::Own(letter.to_lowercase().next().map_or(code, u32::from))
        }
        _ => Letter::Edge,
    }
}

/// The apostrophe is a letter of Uzbek, Ukrainian, Belarusian and some Latin Kazakh.
fn apostrophe(script: Script) -> Letter {
    if script == Script::Arabic { Letter::Edge } else { Letter::Own(u32::from('\'')) }
}

/// The word being read; the place after its last letter is always an edge.
struct Word {
    letters: [u32; WORD_LETTERS_MAX + 1],
    len: usize,
}

impl Word {
    /// Shows the word and begins the next.
    fn finish(&mut self, each: &mut impl FnMut(u32)) {
        if self.len == 0 {
            return;
        }
        self.letters[self.len] = EDGE;
        let [mut first, mut second, mut third] = [EDGE; 3];
        let mut whole = 0x811c_9dc5_u32;
        for (at, letter) in self.letters[..=self.len].iter().copied().enumerate() {
            let two = mixed(third, letter);
            each(spread(two, 2));
            if letter != EDGE {
                each(spread(letter, 1));
                whole = (whole ^ letter).wrapping_mul(0x0100_0193);
            }
            if at >= 1 {
                let three = mixed(second, two);
                each(spread(three, 3));
                if at >= 2 {
                    each(spread(mixed(first, three), 4));
                }
            }
            [first, second, third] = [second, third, letter];
        }
        each(spread(whole, 5));
        self.len = 0;
    }
}

/// Two numbers in one; every bit of both counts.
fn mixed(first: u32, second: u32) -> u32 {
    (first.wrapping_mul(0x9e37_79b1) ^ second).rotate_left(15).wrapping_mul(0x85eb_ca6b)
}

/// The finished hash of one kind of evidence.
fn spread(value: u32, kind: u32) -> u32 {
    let value = (value ^ kind.wrapping_mul(0xc2b2_ae35)).wrapping_mul(0x27d4_eb2f);
    (value ^ (value >> 15)).wrapping_mul(0x9e37_79b1)
}
