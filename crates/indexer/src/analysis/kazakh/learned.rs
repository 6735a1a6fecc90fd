//! What endings and stems cost: negative logarithms of probabilities in sixteenths of a nat, learned from texts without any
//! annotation (`learned.txt`, made by the example `learn_kazakh`).
//!
//! Invariant: read once; a line that cannot be read fails a test, and costs nothing else.

use std::sync::LazyLock;

use super::endings::{ENDINGS, STATES, State};
use super::letters::Stem;

pub(super) static TEXT: &str = include_str!("learned.txt");

pub(super) static LEARNED: LazyLock<Learned> = LazyLock::new(|| {
    let mut learned = Learned::new();
    for line in TEXT.lines() {
        learned.take(line);
    }
    learned
});

/// The kinds of stems.
pub(super) const KINDS: [&str; 2] = ["noun", "verb"];

/// A cost nothing reaches.
const NEVER: u16 = u16::MAX / 4;

/// What each letter of an unknown stem costs: 2 nats, about what a letter of Kazakh tells.
pub(super) const UNKNOWN_LETTER: u16 = 32;

/// What an unknown noun of one or two letters costs beside: 4 nats, since nearly all of them are known.
pub(super) const UNKNOWN_SHORT: u16 = 64;

/// Parts of a nat.
pub(super) const UNIT: f64 = 16.0;

/// Places for stems, a power of two and several times their number.
const PLACES: usize = 8_192;

/// The costs.
pub(super) struct Learned {
    endings: [[u16; ENDINGS.len()]; STATES.len()],
    stops: [[u16; 2]; STATES.len()],
    unknown: [u16; 2],
    /// No stem costs less.
    pub(super) stem_min: u16,
    /// Open addressing: a stem's number (0 = free), its costs as a noun and as a verb.
    stems: Vec<(u64, [u16; 2])>,
}

impl Learned {
    pub(super) fn new() -> Self {
        Self {
            endings: [[NEVER; ENDINGS.len()]; STATES.len()],
            stops: [[NEVER; 2]; STATES.len()],
            unknown: [0; 2],
            stem_min: NEVER,
            stems: vec![(0, [NEVER; 2]); PLACES],
        }
    }

    /// Takes a line: `ending STATE COST NAME`, `stop STATE COST KIND`, `unknown KIND COST`, `stem KIND COST LETTERS`, with
    /// KIND `noun` or `verb`. False if it cannot be read.
    pub(super) fn take(&mut self, line: &str) -> bool {
        self.try_take(line).is_some()
    }

    fn try_take(&mut self, line: &str) -> Option<()> {
        let fields: Vec<&str> = line.splitn(4, ' ').collect();
        let state = |name: &str| STATES.iter().position(|(_, known)| *known == name);
        match fields[..] {
            ["ending", place, cost, name] => {
                let (place, cost) = (state(place)?, cost.parse().ok()?);
                let rows = ENDINGS.iter().zip(&mut self.endings[place]).filter(|(row, _)| row.name == name);
                rows.for_each(|(_, known)| *known = cost);
            }
            ["stop", place, cost, kind] => self.stops[state(place)?][verb(kind)?] = cost.parse().ok()?,
            ["unknown", kind, cost] => self.unknown[verb(kind)?] = cost.parse().ok()?,
            ["stem", kind, cost, letters] => {
                let number = Stem::read(letters)?.number()?;
                let at = self.place(number)?;
                self.stems[at].0 = number;
                let cost = cost.parse().ok()?;
                self.stems[at].1[verb(kind)?] = cost;
                self.stem_min = self.stem_min.min(cost);
            }
            _ => return None,
        }
        Some(())
    }

    pub(super) fn ending(&self, right: State, row: usize) -> u16 {
        self.endings[right as usize][row]
    }

    /// The cost of a stem that is all there is left of `right`.
    pub(super) fn stem(&self, right: State, verb: bool, stem: Stem) -> u16 {
        let kind = usize::from(verb);
        let known =
            stem.number().and_then(|number| self.place(number)).map_or(NEVER, |at| self.stems[at].1[kind]);
        let letters = u16::try_from(stem.len()).unwrap_or(u16::MAX).saturating_mul(UNKNOWN_LETTER);
        let short = if stem.len() <= 2 && !verb { UNKNOWN_SHORT } else { 0 };
        self.stops[right as usize][kind] + known.min(self.unknown[kind] + letters + short)
    }

    /// Where a stem is, or would be; none if all places are taken.
    fn place(&self, number: u64) -> Option<usize> {
        let first = usize::try_from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 51).unwrap_or_default();
        (first..first + 64)
            .map(|at| at % PLACES)
            .find(|at| matches!(self.stems[*at].0, known if known == 0 || known == number))
    }
}

fn verb(kind: &str) -> Option<usize> {
    KINDS.iter().position(|known| *known == kind)
}
