//! What the first verdicts on the surroundings say about a block.
//!
//! Invariant: linear in the blocks.

use std::collections::HashMap;

use super::super::page_type::TYPES;
use super::{Context, FIRST_WIDTH, LEVELS, Rows, SECOND_WIDTH, flag, ln};

/// Numbers added to those of the first forest.
pub(super) const WIDTH: usize = 7 + 2 + 2 * (LEVELS - 1) + 8 + TYPES.len();

/// A block with at least this probability is taken for main text while the surroundings are described.
const LIKELY: f32 = 0.6;

/// The features for the second forest, given the probabilities of the first and of the page's types.
pub(crate) fn second(context: &Context, first: &[f32], types: &[f32]) -> Rows {
    let mut rows = Rows::new(SECOND_WIDTH, first.len());
    let page = Mass::of(first.iter().zip(&context.words).map(|(p, w)| (*p, *w)));
    let mut containers: Vec<HashMap<u32, Mass>> = vec![HashMap::new(); LEVELS];
    for (at, levels) in context.levels.iter().enumerate() {
        for (level, container) in levels.iter().enumerate() {
            containers[level].entry(*container).or_default().add(first[at], context.words[at]);
        }
    }
    let runs = Runs::of(first, &context.words);
    for at in 0..first.len() {
        rows.numbers.extend(context.row(at));
        for offset in [0isize, -1, 1, -2, 2, -3, 3] {
            let near = at.checked_add_signed(offset).and_then(|at| first.get(at));
            rows.push(near.copied().unwrap_or(-0.1));
        }
        for window in [4usize, 10] {
            let range = at.saturating_sub(window)..first.len().min(at + window + 1);
            let mass = Mass::of(range.map(|at| (first[at], context.words[at])));
            rows.push(mass.mean());
        }
        for (container, place) in containers.iter().zip(&context.levels[at]).take(LEVELS).skip(1) {
            let mass = container.get(place).copied().unwrap_or_default();
            rows.push(mass.mean());
            rows.push(mass.likely / page.likely.max(1.0));
        }
        for number in [
            page.mean(),
            ln(page.likely),
            page.likely / page.words.max(1.0),
            runs.since[at],
            runs.until[at],
            flag(runs.first.is_some_and(|first| at >= first))
                + flag(runs.last.is_some_and(|last| at <= last)),
            runs.words_before[at] / page.likely.max(1.0),
            ln(runs.gap[at]),
        ] {
            rows.push(number);
        }
        rows.numbers.extend(types);
    }
    debug_assert_eq!(rows.numbers.len(), first.len() * (FIRST_WIDTH + WIDTH));
    rows
}

/// Words weighted by probability.
#[derive(Debug, Clone, Copy, Default)]
struct Mass {
    words: f32,
    likely: f32,
}

impl Mass {
    fn of(blocks: impl Iterator<Item = (f32, f32)>) -> Self {
        let mut mass = Self::default();
        for (probability, words) in blocks {
            mass.add(probability, words);
        }
        mass
    }

    fn add(&mut self, probability: f32, words: f32) {
        self.words += words;
        self.likely += probability * words;
    }

    fn mean(self) -> f32 {
        self.likely / self.words.max(1.0)
    }
}

/// Where likely blocks lie.
struct Runs {
    /// Blocks since and until the nearest likely block.
    since: Vec<f32>,
    until: Vec<f32>,
    /// Likely words before each block.
    words_before: Vec<f32>,
    /// Unlikely words between the likely blocks around it.
    gap: Vec<f32>,
    first: Option<usize>,
    last: Option<usize>,
}

impl Runs {
    fn of(first: &[f32], words: &[f32]) -> Self {
        let count = first.len();
        let mut runs = Self {
            since: vec![50.0; count],
            until: vec![50.0; count],
            words_before: vec![0.0; count],
            gap: vec![0.0; count],
            first: first.iter().position(|p| *p >= LIKELY),
            last: first.iter().rposition(|p| *p >= LIKELY),
        };
        let (mut since, mut before, mut unlikely) = (50.0f32, 0.0, 0.0);
        for at in 0..count {
            runs.since[at] = since;
            runs.words_before[at] = before;
            runs.gap[at] = unlikely;
            before += first[at] * words[at];
            let is_likely = first[at] >= LIKELY;
            since = if is_likely { 0.0 } else { (since + 1.0).min(50.0) };
            unlikely = if is_likely { 0.0 } else { unlikely + words[at] };
        }
        let (mut until, mut unlikely) = (50.0f32, 0.0);
        for at in (0..count).rev() {
            runs.until[at] = until;
            runs.gap[at] += unlikely;
            let is_likely = first[at] >= LIKELY;
            until = if is_likely { 0.0 } else { (until + 1.0).min(50.0) };
            unlikely = if is_likely { 0.0 } else { unlikely + words[at] };
        }
        runs
    }
}
