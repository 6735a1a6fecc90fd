//! Text cut into numbers and words, and what stood before each.
//!
//! Invariant: at most [`TOKENS_MAX`] tokens, so a long text costs no more than a short one.

use jiff::tz::Offset;

use super::month;

/// A date is looked for among this many tokens.
const TOKENS_MAX: usize = 64;

/// A run of digits or of letters.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    /// As written for numbers; in lower case for ASCII words, empty for numbers.
    pub(super) word: &'a str,
    /// Value of a number.
    value: Option<u32>,
    /// Characters.
    pub(super) len: usize,
    /// The last character before it other than white space; a space at the start.
    pub(super) before: char,
    /// Whether nothing but that one character stands between it and the token before.
    pub(super) glued: bool,
    /// Month it names.
    month: Option<u32>,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends in the text, in bytes.
    pub(super) end: usize,
    /// Whether it continues a Latin word: the number in `user2012`.
    pub(super) in_word: bool,
}

impl Token<'_> {
    pub(super) fn number(&self) -> Option<u32> {
        self.value
    }

    pub(super) fn is_number(&self) -> bool {
        self.value.is_some()
    }

    pub(super) fn month(&self) -> Option<u32> {
        self.month
    }
}

/// Cuts a text into tokens.
pub(super) struct Scanner<'a> {
    text: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// The first [`TOKENS_MAX`] tokens.
    pub(super) fn tokens(&self) -> Vec<Token<'a>> {
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < self.text.len() && tokens.len() < TOKENS_MAX {
            let gap = self.text[at..].find(is_part).unwrap_or(self.text.len() - at);
            let start = at + gap;
            let rest = &self.text[start..];
            let Some(first) = rest.chars().next() else { break };
            let is_digit = first.is_ascii_digit();
            let len =
                rest.find(|c| !is_part(c) || char::is_ascii_digit(&c) != is_digit).unwrap_or(rest.len());
            let between = &self.text[at..start];
            let in_word = is_digit
                && between.is_empty()
                && self.text[..start].bytes().next_back().is_some_and(|byte| byte.is_ascii_alphabetic());
            tokens.push(Token { start, end: start + len, in_word, ..token(&rest[..len], between, is_digit) });
            at = start + len;
        }
        tokens
    }
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() && !matches!(letter, '年' | '月' | '日' | '년' | '월' | '일')
}

fn token<'a>(text: &'a str, between: &str, is_digit: bool) -> Token<'a> {
    let chars = text.chars().count();
    let (value, word, month) = if is_digit {
        (text.parse().ok(), "", None)
    } else {
        let lower = if chars <= 16 { text.to_lowercase() } else { String::new() };
        (None, particle(&lower), month::number(&lower))
    };
    Token {
        word,
        value,
        len: chars,
        before: between.chars().rev().find(|c| !c.is_whitespace()).unwrap_or(' '),
        glued: between.chars().count() <= 1,
        month,
        start: 0,
        end: 0,
        in_word: false,
    }
}

/// The words that matter around a date, so that tokens need not own their text.
fn particle(lower: &str) -> &'static str {
    const WORDS: [&str; 66] = [
        "de",
        "of",
        "del",
        "den",
        "der",
        "am",
        "pm",
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "year",
        "г",
        "го",
        "року",
        "р",
        "ж",
        "жыл",
        "жылы",
        "жылғы",
        "жылгы",
        "жылдын",
        "do",
        "di",
        "a",
        "o",
        "p",
        "ші",
        "шы",
        "é",
        "da",
        "t",
        "z",
        "utc",
        "gmt",
        "est",
        "edt",
        "cst",
        "cdt",
        "mst",
        "mdt",
        "pst",
        "pdt",
        "msk",
        "мск",
        "almt",
        "qyzt",
        "cet",
        "cest",
        "eet",
        "eest",
        "bst",
        "ist",
        "jst",
        "kst",
        "aest",
        "aedt",
        "wib",
        "hst",
        "akst",
        "akdt",
        "ut",
        "в",
        "at",
        "alm",
    ];
    WORDS.iter().find(|word| **word == lower).copied().unwrap_or_default()
}

/// The zone written at token `at`: `Z`, `GMT`, `+05:00`, `+0500`, `UTC+5`, `MSK`.
pub(super) fn offset_at(tokens: &[Token<'_>], at: usize) -> Option<Offset> {
    let token = tokens.get(at)?;
    if token.is_number() {
        return numeric_offset(tokens, at);
    }
    let hours = match token.word {
        "z" | "utc" | "gmt" | "ut" => {
            return Some(numeric_offset(tokens, at + 1).unwrap_or(Offset::UTC));
        }
        "msk" | "мск" | "eest" => 3,
        "almt" | "qyzt" | "alm" => 5,
        "cet" | "bst" => 1,
        "cest" | "eet" => 2,
        "est" | "cdt" => -5,
        "edt" => -4,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" | "akdt" => -8,
        "akst" => -9,
        "hst" => -10,
        "jst" | "kst" => 9,
        "aest" => 10,
        "aedt" => 11,
        "wib" => 7,
        _ => return None,
    };
    Some(Offset::constant(hours))
}

fn numeric_offset(tokens: &[Token<'_>], at: usize) -> Option<Offset> {
    let token = tokens.get(at)?;
    let sign = match token.before {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let number = i32::try_from(token.number()?).ok()?;
    let (hours, minutes) = match token.len {
        4 => (number / 100, number % 100),
        1 | 2 => {
            let minutes = tokens.get(at + 1).filter(|t| t.before == ':' && t.glued && t.len == 2);
            (number, minutes.and_then(Token::number).map_or(0, |m| i32::try_from(m).unwrap_or(0)))
        }
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then(|| Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok())?
}
