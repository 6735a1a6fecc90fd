//! Learns the costs of endings and stems from the words of any text: expectation maximisation over every way to take each word
//! apart, every different word counted once, so that frequent forms are not learned by heart.
//!
//! Invariant: the same words give the same file.

use std::collections::{BTreeMap, BTreeSet};

use super::endings::{ENDINGS, NOUN_STOPS, STATES, State, VERB_STOPS};
use super::learned::{KINDS, UNIT, UNKNOWN_LETTER, UNKNOWN_SHORT};
use super::letters::Stem;
use super::walk::{Ending, Endings, Visitor, Word};

/// Rounds; the likelihood no longer changes in its fourth figure.
const ROUNDS: usize = 8;

/// Words a stem must explain beyond its own before it counts: a stem of one word is a form learned by heart.
const DISCOUNT: f64 = 2.5;

/// Added to each count of an ending, so that what was never seen stays possible.
const UNSEEN: f64 = 0.1;

/// Stems kept: more of them change nothing on the treebank (docs/retrieval.md).
const KEPT: usize = 1_500;

/// A state's place and the name of the ending, or the kind of the stem.
type Event = (usize, &'static str);

/// A way to take a word apart.
struct Way {
    verb: bool,
    stem: Stem,
    /// What stands left of which state: endings, and last the stem.
    events: Vec<Event>,
}

#[derive(Default)]
struct Counts {
    events: BTreeMap<Event, f64>,
    states: [f64; STATES.len()],
    stems: [BTreeMap<Stem, f64>; 2],
    totals: [f64; 2],
}

/// The text of `learned.txt` from keys of words.
pub(in super::super) fn learn(keys: &BTreeSet<String>) -> String {
    let endings = Endings::new();
    let words: Vec<Vec<Way>> =
        keys.iter().filter_map(|key| Word::read(key)).map(|word| ways(&endings, &word)).collect();
    // To begin with, short stems and few endings.
    let mut counts =
        count(&words, |way| (-0.8 * way.stem.len() as f64 - 0.7 * way.events.len() as f64).exp());
    for _ in 1..ROUNDS {
        counts = count(&words, |way| counts.probability(way));
    }
    counts.write()
}

fn count(words: &[Vec<Way>], probability: impl Fn(&Way) -> f64) -> Counts {
    let mut counts = Counts::default();
    for ways in words {
        let likely: Vec<f64> = ways.iter().map(&probability).collect();
        let all: f64 = likely.iter().sum();
        for (way, likely) in ways.iter().zip(likely) {
            let part = likely / all;
            if part < 1e-4 {
                continue;
            }
            *counts.stems[usize::from(way.verb)].entry(way.stem).or_default() += part;
            for event in &way.events {
                *counts.events.entry(*event).or_default() += part;
                counts.states[event.0] += part;
            }
        }
    }
    for (stems, total) in counts.stems.iter_mut().zip(&mut counts.totals) {
        stems.retain(|_, count| *count > DISCOUNT);
        for count in stems.values_mut() {
            *count -= DISCOUNT;
        }
        *total = stems.values().sum();
    }
    counts
}

impl Counts {
    fn probability(&self, way: &Way) -> f64 {
        way.events.iter().map(|event| self.of_event(*event)).product::<f64>()
            * self.of_stem(way.verb, way.stem)
    }

    fn of_event(&self, event: Event) -> f64 {
        (self.events.get(&event).copied().unwrap_or_default() + UNSEEN) / (self.states[event.0] + 3.0)
    }

    /// As in [`super::learned::Learned::stem`].
    fn of_stem(&self, verb: bool, stem: Stem) -> f64 {
        let kind = usize::from(verb);
        let short = if stem.len() <= 2 && !verb { UNKNOWN_SHORT } else { 0 };
        let unknown = f64::from(UNKNOWN_LETTER) * stem.len() as f64 + f64::from(short);
        (self.stems[kind].get(&stem).copied().unwrap_or_default() + (-unknown / UNIT).exp())
            / (self.totals[kind] + 1.0)
    }

    fn write(&self) -> String {
        let mut lines = Vec::new();
        let cost = |probability: f64| (-probability.ln() * UNIT).round();
        for (place, (state, at)) in STATES.into_iter().enumerate() {
            let names: BTreeSet<_> =
                ENDINGS.iter().filter(|row| row.before.contains(&state)).map(|row| row.name).collect();
            lines.extend(
                names.iter().map(|name| format!("ending {at} {} {name}", cost(self.of_event((place, name))))),
            );
            for (stops, kind) in [(NOUN_STOPS, KINDS[0]), (VERB_STOPS, KINDS[1])] {
                if stops.contains(&state) {
                    lines.push(format!("stop {at} {} {kind}", cost(self.of_event((place, kind)))));
                }
            }
        }
        let mut stems: Vec<(f64, bool, Stem)> = Vec::new();
        for (verb, known) in [false, true].into_iter().zip(&self.stems) {
            let kind = usize::from(verb);
            lines.push(format!("unknown {} {}", KINDS[kind], cost(1.0 / (self.totals[kind] + 1.0))));
            stems.extend(known.iter().map(|(stem, count)| (*count, verb, *stem)));
        }
        stems.retain(|(_, _, stem)| stem.number().is_some());
        stems.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        stems.truncate(KEPT);
        stems.sort_by_key(|(_, verb, stem)| (*verb, *stem));
        for (_, verb, stem) in stems {
            let mut letters = String::new();
            stem.write(&mut letters);
            let kind = KINDS[usize::from(verb)];
            lines.push(format!("stem {kind} {} {letters}", cost(self.of_stem(verb, stem))));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// All ways to take a word apart.
fn ways(endings: &Endings, word: &Word) -> Vec<Way> {
    let mut all = All::default();
    endings.walk(word, &mut all);
    all.ways
}

#[derive(Default)]
struct All {
    path: Vec<Event>,
    ways: Vec<Way>,
}

impl Visitor for All {
    fn enter(&mut self, right: State, ending: &Ending) -> bool {
        self.path.push((right as usize, ENDINGS[ending.row].name));
        true
    }

    fn leave(&mut self, _: State, _: &Ending) {
        self.path.pop();
    }

    fn stop(&mut self, right: State, verb: bool, stem: Stem) {
        let mut events = self.path.clone();
        events.push((right as usize, KINDS[usize::from(verb)]));
        self.ways.push(Way { verb, stem, events });
    }
}
