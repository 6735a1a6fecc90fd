//! A text is cut into words and each word is brought to one form: lower case, composed, one script, ё as е.
//!
//! Invariant: a word's offsets are byte offsets of the text it was cut from, at character boundaries.

use unicode_normalization::UnicodeNormalization;

use super::letters::{Script, cyrillic_twin, is_apostrophe, is_mark, latin_twin, script, stands_alone};

/// The longest word in bytes; longer ones are cut (never dropped), for documents and queries alike.
pub(super) const WORD_BYTES_MAX: usize = 240;

/// The words of a text, one after the other.
#[derive(Clone)]
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

/// A word in its one form. Reused from word to word.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// As normalised; never empty after [`Words::next_into`] said true.
    pub(crate) text: String,
    /// Script of most of its letters.
    pub(crate) script: Script,
    /// Where it stands in the text.
    pub(crate) from: usize,
    /// Where it ends.
    pub(crate) to: usize,
    scratch: String,
}

impl Default for Word {
    fn default() -> Self {
        Self { text: String::new(), script: Script::Other, from: 0, to: 0, scratch: String::new() }
    }
}

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Puts the next word into `word`; false when there is none.
    pub(crate) fn next_into(&mut self, word: &mut Word) -> bool {
        while let Some((from, to)) = self.next_span() {
            word.set(&self.text[from..to]);
            if !word.text.is_empty() {
                word.from = from;
                word.to = to;
                return true;
            }
        }
        false
    }

    fn next_span(&mut self) -> Option<(usize, usize)> {
        let first = loop {
            let c = self.char_at(self.at)?;
            if is_letter(c) {
                break c;
            }
            self.at += c.len_utf8();
        };
        let start = self.at;
        let mut end = start + first.len_utf8();
        if !stands_alone(first) {
            let mut at = self.run(end);
            end = at;
            let mut apostrophe = false;
            while let Some(c) = self.char_at(at) {
                at += c.len_utf8();
                if is_letter(c) && !stands_alone(c) || is_mark(c) {
                    at = self.run(at);
                    end = at;
                    apostrophe = false;
                } else if is_apostrophe(c) && !apostrophe {
                    // Belongs to the word only if a letter follows.
                    apostrophe = true;
                } else {
                    break;
                }
            }
        }
        self.at = end;
        Some((start, end))
    }

    /// Where a run of ASCII and Cyrillic letters and digits ends: most words are one, and need no closer look.
    fn run(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            at += match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => 1,
                // U+0400 to U+047F and U+04C0 to U+04FF; between them stand marks too.
                0xd0 | 0xd1 | 0xd3 => 2,
                _ => break,
            };
        }
        at
    }

    fn char_at(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at)? {
            byte if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text[at..].chars().next(),
        }
    }
}

fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        // The alphabets most texts are in, without asking the tables.
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        _ => c.is_alphanumeric() && !is_mark(c),
    }
}

impl Word {
    /// Brings `raw` to its one form.
    fn set(&mut self, raw: &str) {
        self.text.clear();
        if raw.is_ascii() {
            self.set_ascii(&raw[..raw.len().min(WORD_BYTES_MAX)]);
            return;
        }
        if self.set_cyrillic(raw) {
            return;
        }
        self.text.clear();
        self.scratch.clear();
        if raw.chars().all(is_composed) {
            self.scratch.push_str(raw);
        } else {
            self.scratch.extend(raw.nfkc());
        }
        self.script = settle_script(&mut self.scratch);
        for c in self.scratch.chars() {
            match c {
                'а'..='я' | 'a'..='z' => self.text.push(c),
                'ё' | 'Ё' => self.text.push('е'),
                _ if is_mark(c) || is_apostrophe(c) => {}
                _ => self.text.extend(c.to_lowercase().filter(|c| !is_mark(*c))),
            }
            if self.text.len() >= WORD_BYTES_MAX {
                break;
            }
        }
    }

    /// The short way for a word of Russian and Kazakh letters only; false if it is not one.
    fn set_cyrillic(&mut self, raw: &str) -> bool {
        self.script = Script::Cyrillic;
        for c in raw.chars() {
            self.text.push(match c {
                'а'..='я' | 'і' | 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ' => c,
                // Their lower-case letters stand 32 places on.
                'А'..='Я' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
                'ё' | 'Ё' => 'е',
                'Ә' => 'ә',
                'Ғ' => 'ғ',
                'Қ' => 'қ',
                'Ң' => 'ң',
                'Ө' => 'ө',
                'Ұ' => 'ұ',
                'Ү' => 'ү',
                'Һ' => 'һ',
                'І' => 'і',
                _ => return false,
            });
        }
        self.text.truncate(self.text.floor_char_boundary(WORD_BYTES_MAX));
        true
    }

    fn set_ascii(&mut self, raw: &str) {
        // The possessive 's is not part of the word.
        let raw = raw.strip_suffix("'s").or_else(|| raw.strip_suffix("'S")).unwrap_or(raw);
        if raw.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.text.push_str(raw);
        } else {
            self.text.extend(raw.chars().filter(char::is_ascii_alphanumeric));
        }
        self.text.make_ascii_lowercase();
        let letters = self.text.bytes().any(|b| b.is_ascii_alphabetic());
        self.script = if letters { Script::Latin } else { Script::Other };
    }
}

/// Letters that NFKC leaves as they are, the common ones: no decomposition can be among them.
fn is_composed(c: char) -> bool {
    matches!(c, '\0'..='\u{a0}' | '\u{c0}'..='\u{17f}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{674}' | '\u{679}'..='\u{6d3}' | '\u{2019}' | '\u{259}' | '\u{18f}')
        && !matches!(c, '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{a0}')
}

/// The script of a word. Where Latin and Cyrillic letters meet in one word, it is the one whose letters cannot all be
/// look-alikes of the other's; if both are, that of most letters; if neither is, Cyrillic. Look-alikes are then replaced by what
/// they look like.
fn settle_script(text: &mut String) -> Script {
    let (mut latin, mut cyrillic, mut arabic) = (0, 0, 0);
    // Letters that only their own script has.
    let (mut surely_latin, mut surely_cyrillic) = (0, 0);
    for c in text.chars() {
        match script(c) {
            Script::Latin => {
                latin += 1;
                surely_latin += usize::from(cyrillic_twin(c).is_none());
            }
            Script::Cyrillic => {
                cyrillic += 1;
                surely_cyrillic += usize::from(latin_twin(c).is_none());
            }
            Script::Arabic => arabic += 1,
            Script::Other => {}
        }
    }
    if arabic > latin.max(cyrillic) {
        return Script::Arabic;
    }
    let is_cyrillic = match (surely_latin > 0, surely_cyrillic > 0) {
        (false, true) => true,
        (true, false) => false,
        (true, true) => cyrillic >= latin,
        // Short Cyrillic words are often of such letters only (хат, сот), and Latin ones stand inside them by mistake.
        (false, false) => cyrillic > 0,
    };
    if latin > 0 && cyrillic > 0 {
        let twin = if is_cyrillic { cyrillic_twin } else { latin_twin };
        *text = text.chars().map(|c| twin(c).unwrap_or(c)).collect();
    }
    match (latin + cyrillic, is_cyrillic) {
        (0, _) => Script::Other,
        (_, true) => Script::Cyrillic,
        (_, false) => Script::Latin,
    }
}
