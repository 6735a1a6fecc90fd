//! Letters of keys as small numbers, and stems packed into one number.
//!
//! Invariant: a [`Stem`] holds at most [`LETTERS_MAX`] letters, five bits each, the last letter lowest.

/// The letters a key of a Kazakh word is made of; a letter's number is its place, from 1.
const ALPHABET: &str = "абвгдежзиклмнопрстуфхшы";

/// The longest word that is looked at; longer ones are compounds of numbers, or no words.
pub(super) const LETTERS_MAX: usize = 25;

/// Kinds of letters, as sets: which endings may follow them.
pub(super) mod kind {
    /// а е о ы, and у, и where they are vowels.
    pub(in super::super) const VOWEL: u8 = 1;
    /// р, and у, и where they are glides.
    pub(in super::super) const GLIDE: u8 = 2;
    /// л.
    pub(in super::super) const L: u8 = 4;
    /// м н ң.
    pub(in super::super) const NASAL: u8 = 8;
    /// з ж.
    pub(in super::super) const Z: u8 = 16;
    /// The voiceless letters, and б в г д where borrowed words end in them.
    pub(in super::super) const HARD: u8 = 32;
    /// Any consonant.
    pub(in super::super) const CONSONANT: u8 = GLIDE | L | NASAL | Z | HARD;
    /// Any letter.
    pub(in super::super) const ANY: u8 = VOWEL | CONSONANT;
}

/// A letter of a key; 0 is none.
pub(super) type Letter = u8;

/// The number of a letter; none for what no key of a Kazakh word holds.
pub(super) fn letter(c: char) -> Option<Letter> {
    Some(match c {
        'а' => A,
        'б' => 2,
        'в' => 3,
        'г' => 4,
        'д' => 5,
        'е' => E,
        'ж' => 7,
        'з' => 8,
        'и' => I,
        'к' => 10,
        'л' => 11,
        'м' => 12,
        'н' => 13,
        'о' => 14,
        'п' => 15,
        'р' => 16,
        'с' => 17,
        'т' => 18,
        'у' => U,
        'ф' => 20,
        'х' => 21,
        'ш' => 22,
        'ы' => Y,
        _ => return None,
    })
}

const A: Letter = 1;
const E: Letter = 6;
const I: Letter = 9;
pub(super) const U: Letter = 19;
const Y: Letter = 23;

/// What kinds a letter is of.
pub(super) fn kinds(letter: Letter) -> u8 {
    match letter {
        A | E | 14 | Y => kind::VOWEL,
        U | I => kind::VOWEL | kind::GLIDE,
        16 => kind::GLIDE,
        11 => kind::L,
        12 | 13 => kind::NASAL,
        7 | 8 => kind::Z,
        _ => kind::HARD,
    }
}

/// A vowel that says something of harmony, on keys, where ә is а and ө, ү are о, у.
pub(super) fn is_telling(letter: Letter) -> bool {
    matches!(letter, A | E | 14 | I | Y)
}

/// Vowel harmony as far as keys tell it: after ы only back vowels, after е only front ones.
pub(super) fn agree(before: Letter, in_ending: Letter) -> bool {
    !matches!((before, in_ending), (Y, E | I) | (E, A | Y))
}

/// A packed sequence of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Stem {
    packed: u128,
    len: usize,
}

impl Stem {
    pub(super) fn len(self) -> usize {
        self.len
    }

    /// The letter `back` places before the end, 0 where there is none.
    fn last(self, back: usize) -> Letter {
        u8::try_from(self.packed >> (5 * back) & 31).unwrap_or_default()
    }

    pub(super) fn push(self, letter: Letter) -> Self {
        Self { packed: self.packed << 5 | u128::from(letter), len: self.len + 1 }
    }

    fn pop(self) -> Self {
        Self { packed: self.packed >> 5, len: self.len.saturating_sub(1) }
    }

    /// The last twelve letters, packed.
    #[expect(clippy::cast_possible_truncation, reason = "what is cut off is not asked for")]
    pub(super) fn tail(self) -> u64 {
        self.packed as u64
    }

    /// Stems of up to twelve letters as a number that is not 0.
    pub(super) fn number(self) -> Option<u64> {
        u64::try_from(self.packed).ok().filter(|_| self.len <= 12)
    }

    /// The one form of a stem that endings change: кітап, кітаб; орын, орн; of a verb оқы, оқ.
    pub(super) fn settled(self, verb: bool) -> Self {
        let mut stem = match self.last(0) {
            2 => self.pop().push(15),
            4 => self.pop().push(10),
            _ => self,
        };
        if verb && stem.len >= 3 && matches!(stem.last(0), I | Y) && kinds(stem.last(1)) & kind::VOWEL == 0 {
            stem = stem.pop();
        }
        let drops = matches!(stem.last(1), I | Y)
            && matches!(stem.last(2), 11 | 16 | 19)
            && matches!(stem.last(0), 8 | 10 | 11 | 13 | 15 | 17);
        if drops && stem.len >= 4 {
            stem = stem.pop().pop().push(stem.last(0));
        }
        stem
    }

    /// Writes its letters.
    pub(super) fn write(self, out: &mut String) {
        let letters = (0..self.len).rev().map(|back| usize::from(self.last(back)));
        out.extend(letters.filter_map(|place| ALPHABET.chars().nth(place.wrapping_sub(1))));
    }

    /// The stem these letters spell.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut stem = Self::default();
        for c in text.chars() {
            stem = stem.push(letter(c)?);
        }
        (stem.len <= LETTERS_MAX).then_some(stem)
    }
}
