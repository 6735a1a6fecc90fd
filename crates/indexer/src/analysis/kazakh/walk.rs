//! Every way to take a word apart, from its end.
//!
//! Invariant: what is left has at least [`LEFT_MIN`] letters and a vowel, each ending agrees with what stands before it, and no
//! way is visited twice.

use super::endings::{ENDINGS, NOUN_STOPS, STATES, State, VERB_STOPS, spellings};
use super::letters::{LETTERS_MAX, Letter, Stem, agree, is_telling, kind, kinds, letter};

/// The fewest letters of a stem.
const LEFT_MIN: usize = 2;

/// An ending in one spelling, standing left of a state.
#[derive(Debug, Clone)]
pub(super) struct Ending {
    /// Its row in [`ENDINGS`].
    pub(super) row: usize,
    letters: usize,
    /// Its letters, packed, and which bits of a packed word they are compared with.
    packed: u64,
    mask: u64,
    after: u8,
    /// Its first vowel, if that goes by harmony, else 0.
    vowel: Letter,
    then: State,
}

/// Endings by the state to the right of them and by their last letter.
pub(super) struct Endings(Vec<[Vec<Ending>; 32]>);

/// Who is shown the ways.
pub(super) trait Visitor {
    /// An ending is taken off that stands left of `right`; false: do not look further this way.
    fn enter(&mut self, right: State, ending: &Ending) -> bool;
    /// The ending entered last is put back.
    fn leave(&mut self, right: State, ending: &Ending);
    /// A stem, in its one form, may be all that is left.
    fn stop(&mut self, right: State, verb: bool, stem: Stem);
}

/// The letters of a word and what is known of each of its beginnings.
pub(super) struct Word {
    letters: [Letter; LETTERS_MAX],
    len: usize,
    /// Of the first so many letters.
    beginnings: [Beginning; LETTERS_MAX + 1],
}

#[derive(Clone, Copy, Default)]
struct Beginning {
    stem: Stem,
    /// The last telling vowel, or 0.
    vowel: Letter,
    has_vowel: bool,
}

impl Word {
    /// A key; none where it is no Kazakh word, too short or too long to have endings.
    pub(super) fn read(key: &str) -> Option<Self> {
        let mut word =
            Self { letters: [0; LETTERS_MAX], len: 0, beginnings: [Beginning::default(); LETTERS_MAX + 1] };
        for c in key.chars() {
            let letter = letter(c)?;
            *word.letters.get_mut(word.len)? = letter;
            let before = word.beginnings[word.len];
            word.len += 1;
            word.beginnings[word.len] = Beginning {
                stem: before.stem.push(letter),
                vowel: if is_telling(letter) { letter } else { before.vowel },
                has_vowel: before.has_vowel || kinds(letter) & kind::VOWEL != 0,
            };
        }
        (word.len >= LEFT_MIN).then_some(word)
    }
}

impl Endings {
    pub(super) fn new() -> Self {
        Self(STATES.iter().map(|(state, _)| std::array::from_fn(|last| left_of(*state, last))).collect())
    }

    /// Shows `visitor` every way to take `word` apart.
    pub(super) fn walk(&self, word: &Word, visitor: &mut impl Visitor) {
        self.go(word, word.len, State::End, visitor);
    }

    fn go(&self, word: &Word, len: usize, right: State, visitor: &mut impl Visitor) {
        let Beginning { stem, has_vowel, .. } = word.beginnings[len];
        if has_vowel {
            for (verb, stops) in [(false, NOUN_STOPS), (true, VERB_STOPS)] {
                if stops.contains(&right) {
                    visitor.stop(right, verb, stem.settled(verb));
                }
            }
        }
        if len <= LEFT_MIN {
            return;
        }
        for ending in &self.0[right as usize][usize::from(word.letters[len - 1])] {
            if stem.tail() & ending.mask != ending.packed || len < LEFT_MIN + ending.letters {
                continue;
            }
            let left = len - ending.letters;
            if kinds(word.letters[left - 1]) & ending.after == 0
                || !agree(word.beginnings[left].vowel, ending.vowel)
            {
                continue;
            }
            if visitor.enter(right, ending) {
                self.go(word, left, ending.then, visitor);
            }
            visitor.leave(right, ending);
        }
    }
}

/// The endings that may stand left of `right` and end in the letter `last`.
fn left_of(right: State, last: usize) -> Vec<Ending> {
    let mut found = Vec::new();
    for (row, endings) in ENDINGS.iter().enumerate().filter(|(_, row)| row.before.contains(&right)) {
        for spelling in spellings(endings) {
            let letters: Vec<Letter> = spelling.chars().filter_map(letter).collect();
            if letters.last().is_some_and(|letter| usize::from(*letter) == last) {
                // The instrumental has no back form.
                let vowel = letters.iter().copied().find(|letter| is_telling(*letter));
                let vowel = vowel.filter(|_| endings.name != "instrumental").unwrap_or_default();
                let packed = letters.iter().fold(0, |packed, letter| packed << 5 | u64::from(*letter));
                found.push(Ending {
                    row,
                    letters: letters.len(),
                    packed,
                    mask: (1 << (5 * letters.len())) - 1,
                    after: endings.after,
                    vowel,
                    then: endings.then,
                });
            }
        }
    }
    found
}
