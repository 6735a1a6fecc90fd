//! UTF-8 that somebody read as windows-1251 or windows-1252 and stored as UTF-8 again: `РџСЂРёРІРµС‚`, `fÃ¼r`.
//!
//! What proves it: the characters, as bytes of the legacy encoding, are UTF-8 sequences, several in a row. A genuine word
//! would have to be a capital Р or С and a sign, and again, and again.
//!
//! Invariant: a text without proof is not touched; what is repaired was one sequence each and nothing is lost.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1251, WINDOWS_1252};

/// Fewer places that could begin a sequence are not looked at.
const CANDIDATES_MIN: usize = 2;

/// Sequences in a row that are proof where they stand.
const ROW_MIN: usize = 2;

/// Sequences in rows that prove it of the text. A sequence of three characters counts for two.
const PROOF_MIN: usize = 4;

/// Proof from which on single sequences are repaired, too.
const SINGLE_PROOF_MIN: usize = 8;

/// The text as it was meant, if it can be proved to have been read wrongly, and by which encoding.
pub(super) fn repaired(text: &str) -> Option<(String, &'static Encoding)> {
    if candidates(text.as_bytes()) < CANDIDATES_MIN {
        return None;
    }
    [WINDOWS_1251, WINDOWS_1252].into_iter().find_map(|encoding| {
        let reading = Reading { encoding, proof: 0 };
        let proof = reading.read(text, &mut String::new());
        if proof < PROOF_MIN {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        Reading { proof, ..reading }.read(text, &mut out);
        Some((out, encoding))
    })
}

/// How many characters could begin a sequence: Р, С, Т, У, Г, В, в of windows-1251 or Ð, Ñ, Ò, Ó, Ã, Â, Å, Ä, â of
/// windows-1252 before a character that stands for a byte from 0x80 to 0xBF. One pass without branches, for this is asked
/// of every page.
#[expect(clippy::needless_bitwise_bool, reason = "without branches the loop runs in whole registers")]
fn candidates(bytes: &[u8]) -> usize {
    let is_one = |four: &[u8]| {
        let [first, second, third, fourth] = [four[0], four[1], four[2], four[3]];
        let cyrillic = (first == 0xd0)
            & ((second & 0xfc == 0xa0) | (second == 0x92) | (second == 0x93) | (second == 0xb2));
        let latin = (first == 0xc3)
            & ((second & 0xfc == 0x80)
                | (second & 0xfc == 0x90)
                | (second == 0xa2)
                | (second == 0x84)
                | (second == 0x85));
        let sign = (third == 0xc2) | (third == 0xe2);
        let balkan =
            ((third == 0xd0) & (fourth < 0x90)) | ((third == 0xd1) & (fourth >= 0x90)) | (third == 0xd2);
        let western = (third == 0xc5) | (third == 0xc6) | (third == 0xcb);
        (cyrillic & (sign | balkan)) | (latin & (sign | western))
    };
    bytes.windows(4).map(|four| usize::from(is_one(four))).sum()
}

/// One way of having read wrongly.
#[derive(Clone, Copy)]
struct Reading {
    encoding: &'static Encoding,
    /// What is known to prove it of this text, from a first reading.
    proof: usize,
}

impl Reading {
    /// Writes the text with its sequences repaired; returns how many prove it.
    fn read(self, text: &str, out: &mut String) -> usize {
        let letters: Vec<(char, Option<u8>)> =
            text.chars().map(|letter| (letter, self.byte(letter))).collect();
        let mut proof = 0;
        let mut at = 0;
        while at < letters.len() {
            let Some(row) = Row::of(&letters[at..]) else {
                out.push(letters[at].0);
                at += 1;
                continue;
            };
            let (lead, len) = (letters[at], row.len);
            let is_free = at == 0 || !letters[at - 1].0.is_alphabetic();
            let is_ended = letters.get(at + len).is_none_or(|next| !next.0.is_alphabetic());
            let is_single = self.is_single_proof(lead.0, len);
            let is_proof = row.strong > 0 && (row.sequences >= ROW_MIN || is_single);
            // Alone, a letter is repaired as a whole word, and a sign that UTF-8 begins with 0xC2 anywhere.
            let is_word = is_free && is_ended && row.meant.chars().all(char::is_alphabetic);
            if is_proof {
                proof += row.strong;
            }
            let is_likely = is_single && self.proof >= PROOF_MIN
                || (is_word || lead.1 == Some(0xc2)) && self.proof >= SINGLE_PROOF_MIN;
            if is_proof || is_likely {
                out.push_str(&row.meant);
            } else {
                out.extend(letters[at..at + len].iter().map(|letter| letter.0));
            }
            at += len;
        }
        proof
    }

    /// Ã, Â, Å, Ä before a sign, and a sign of three characters, are proof even alone: no language writes so.
    fn is_single_proof(self, lead: char, len: usize) -> bool {
        len == 3 || self.encoding == WINDOWS_1252 && matches!(lead, 'Ã' | 'Â' | 'Å' | 'Ä')
    }

    /// The byte that was read as this character.
    fn byte(self, letter: char) -> Option<u8> {
        let code = u32::from(letter);
        if code < 0x80 {
            return None;
        }
        let high = if self.encoding == WINDOWS_1251 { high_1251(code) } else { high_1252(code) };
        // What the legacy encodings do not have stays what it is (WHATWG), and Latin-1 is windows-1252.
        high.or_else(|| u8::try_from(code).ok().filter(|byte| *byte < 0xa0))
    }
}

/// Sequences without a break.
struct Row {
    meant: String,
    /// Characters they took.
    len: usize,
    sequences: usize,
    /// Sequences that are not words in capitals either.
    strong: usize,
}

impl Row {
    /// Those from here on, if there are any.
    fn of(letters: &[(char, Option<u8>)]) -> Option<Self> {
        let mut row = Self { meant: String::new(), len: 0, sequences: 0, strong: 0 };
        while let Some((letter, taken)) = sequence(&letters[row.len..]) {
            // A sign of three characters has the weight of two sequences.
            let weight = if taken == 3 { 2 } else { usize::from(is_strange(letters[row.len + 1].0)) };
            row.meant.push(letter);
            row.len += taken;
            row.sequences += 1;
            row.strong += weight;
        }
        (row.sequences > 0).then_some(row)
    }
}

/// The UTF-8 sequence that begins here: of Latin or Cyrillic letters, or of signs.
fn sequence(letters: &[(char, Option<u8>)]) -> Option<(char, usize)> {
    let lead = letters.first()?.1?;
    let len = match (lead, letters.get(1)?.1?) {
        (0xc2..=0xc5 | 0xd0..=0xd3, _) => 2,
        // Dashes and quotation marks: в and Ђ, or â and €.
        (0xe2, 0x80) => 3,
        // № and ™.
        (0xe2, 0x84) if matches!(letters.get(2)?.1?, 0x96 | 0xa2) => 3,
        _ => return None,
    };
    let mut bytes = [0; 3];
    for (byte, letter) in bytes.iter_mut().zip(letters.get(..len)?) {
        *byte = letter.1?;
    }
    let letter = std::str::from_utf8(&bytes[..len]).ok()?.chars().next()?;
    Some((letter, len))
}

/// Whether no word and no typography has this character behind a capital letter. Kazakh ТІРІ and Ukrainian СІЛЬ would
/// otherwise be proof, and so would the end of «СССР».
fn is_strange(second: char) -> bool {
    !matches!(
        second,
        'І' | 'і'
            | 'Ї'
            | 'ї'
            | 'Є'
            | 'є'
            | 'Ў'
            | 'ў'
            | 'Ё'
            | 'ё'
            | 'Ґ'
            | 'ґ'
            | '«'
            | '»'
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '‹'
            | '›'
            | '…'
            | '–'
            | '—'
            | '№'
            | '\u{a0}'
            | '\u{ad}'
            | '™'
            | '®'
            | '©'
    )
}

fn high_1251(code: u32) -> Option<u8> {
    match code {
        0x410..=0x44f => u8::try_from(code - 0x410 + 0xc0).ok(),
        _ => looked_up(code, WINDOWS_1251),
    }
}

fn high_1252(code: u32) -> Option<u8> {
    match code {
        0xa0..=0xff => u8::try_from(code).ok(),
        _ => looked_up(code, WINDOWS_1252),
    }
}

/// The byte of a character that is not among the letters.
fn looked_up(code: u32, encoding: &'static Encoding) -> Option<u8> {
    let letter = char::from_u32(code)?;
    let mut buffer = [0; 4];
    let (bytes, _, is_lossy) = encoding.encode(letter.encode_utf8(&mut buffer));
    match (&*bytes, is_lossy || encoding == UTF_8) {
        ([byte], false) => Some(*byte),
        _ => None,
    }
}
