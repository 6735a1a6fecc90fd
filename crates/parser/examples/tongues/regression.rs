//! Multinomial logistic regression over the rows that a text touches, by adaptive gradient steps.
//!
//! Long texts would teach only themselves, so each is learned as a whole and as two short parts, and a part of the
//! evidence is hidden each time, so that no single word is relied upon. Texts of a language count the more the fewer
//! there are, so that languages are as likely beforehand, but for those of [`LIKELIER`].
//!
//! Invariant: deterministic; chance is a function of text and round.

use parser::study::Languages;

use super::corpus::Sample;
use super::{hash, mixed};

/// Passes over all texts. More gain less than 0.05 % (cross-validated).
const ROUNDS: u64 = 6;
/// Step of the adaptive gradient.
const RATE: f32 = 0.12;
/// Evidence hidden in each pass, of 256.
const HIDDEN: u64 = 80;
/// Longest part of a text that is learned at once, in words.
const WORDS_MAX: usize = 30;
/// Texts that each language counts as, at least and at most.
const TEXTS_AS: f32 = 3_000.0;
/// How much likelier than others the languages are that this crawler is for. Kazakh less than the two others, or Kyrgyz
/// would pay for it; at three times, Ukrainian pays for Russian.
const LIKELIER: [(&str, f32); 3] = [("kk", 1.5), ("ru", 2.0), ("en", 2.0)];
/// A text counts at most this many times.
const TIMES_MAX: f32 = 8.0;

/// The file of tables that these texts teach.
pub(crate) fn trained<'a>(samples: impl Iterator<Item = &'a Sample>) -> Vec<u8> {
    let samples: Vec<&Sample> = samples.collect();
    (0..Languages::TABLES).flat_map(|table| stored(table, &weights(table, &samples))).collect()
}

/// A text to learn: its column, its rows, what it counts.
struct Lesson {
    column: usize,
    rows: Vec<u32>,
    weight: f32,
    chance: u64,
}

fn weights(table: usize, samples: &[&Sample]) -> Vec<f32> {
    let width = Languages::width(table);
    let lessons = lessons(table, samples);
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let mut weights = vec![0.0f32; Languages::rows(table) * width];
    let mut squares = vec![0.0f32; weights.len()];
    let count = Languages::codes(table).len();
    for round in 0..ROUNDS {
        order.sort_unstable_by_key(|at| (mixed(lessons[*at].chance ^ mixed(round)), *at));
        for at in &order {
            learn(&lessons[*at], round, (width, count), &mut weights, &mut squares);
        }
    }
    weights
}

/// One step.
fn learn(
    lesson: &Lesson,
    round: u64,
    (width, count): (usize, usize),
    weights: &mut [f32],
    squares: &mut [f32],
) {
    let secret = mixed(lesson.chance.wrapping_add(round));
    let shown = |row: &&u32| mixed(secret ^ u64::from(**row)) % 256 >= HIDDEN;
    let mut scores = vec![0.0f32; width];
    for row in lesson.rows.iter().filter(shown) {
        let start = *row as usize * width;
        for (score, weight) in scores.iter_mut().zip(&weights[start..start + width]) {
            *score += weight;
        }
    }
    let top = scores[..count].iter().copied().fold(f32::MIN, f32::max);
    let mut errors: Vec<f32> = scores[..count].iter().map(|score| (score - top).exp()).collect();
    let all: f32 = errors.iter().sum();
    for (column, error) in errors.iter_mut().enumerate() {
        *error = (*error / all - if column == lesson.column { 1.0 } else { 0.0 }) * lesson.weight;
    }
    if errors[lesson.column] > -1e-4 {
        return;
    }
    for row in lesson.rows.iter().filter(shown) {
        let start = *row as usize * width;
        for (column, error) in errors.iter().enumerate() {
            let square = &mut squares[start + column];
            *square += error * error;
            weights[start + column] -= RATE * error / (square.sqrt() + 0.1);
        }
    }
}

/// The texts of a table as lessons: whole, and two parts of each.
fn lessons(table: usize, samples: &[&Sample]) -> Vec<Lesson> {
    let codes = Languages::codes(table);
    let column_of = |sample: &Sample| {
        (sample.script == Languages::script(table))
            .then(|| codes.iter().position(|code| *code == sample.code))
            .flatten()
    };
    let mut counts = vec![0.0f32; codes.len()];
    for column in samples.iter().filter_map(|sample| column_of(sample)) {
        counts[column] += 1.0;
    }
    let mut lessons = Vec::new();
    for sample in samples {
        let Some(column) = column_of(sample) else { continue };
        let likelier =
            LIKELIER.iter().find(|(code, _)| *code == sample.code).map_or(1.0, |(_, times)| *times);
        let weight = (TEXTS_AS / counts[column]).min(TIMES_MAX) * likelier;
        let chance = hash(&sample.text);
        for (part, text) in parts(&sample.text, chance).into_iter().enumerate() {
            let rows = Languages::rows_of(table, &text);
            if !rows.is_empty() {
                lessons.push(Lesson { column, rows, weight, chance: mixed(chance ^ part as u64) });
            }
        }
    }
    lessons
}

/// The whole text (cut at [`WORDS_MAX`]), one to three words of it, and four to nine.
fn parts(text: &str, chance: u64) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let part = |len: usize, chance: u64| {
        let start = usize::try_from(chance % (words.len() - len.min(words.len()) + 1) as u64).unwrap_or(0);
        words[start..].iter().take(len).copied().collect::<Vec<_>>().join(" ")
    };
    let mut parts = vec![part(WORDS_MAX, mixed(chance))];
    if words.len() > 3 {
        parts.push(part(1 + usize::try_from(chance % 3).unwrap_or(0), mixed(chance ^ 1)));
    }
    if words.len() > 9 {
        parts.push(part(4 + usize::try_from(chance % 6).unwrap_or(0), mixed(chance ^ 2)));
    }
    parts
}

/// Weights as the file holds them.
fn stored(table: usize, weights: &[f32]) -> Vec<u8> {
    let width = Languages::width(table);
    // The mean of a row says nothing about which language; without it the steps are finer.
    let count = Languages::codes(table).len();
    let mut centred = weights.to_vec();
    for row in centred.chunks_mut(width) {
        let mean = row[..count].iter().sum::<f32>() / count as f32;
        row[..count].iter_mut().for_each(|weight| *weight -= mean);
    }
    let mut sizes: Vec<f32> = centred.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_unstable_by(f32::total_cmp);
    // One weight in ten thousand is cut off, or steps would be too coarse for all others.
    let largest = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 10_000)).copied().unwrap_or(1.0);
    let step = largest / 127.0;
    let mut bytes = step.to_le_bytes().to_vec();
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what a byte holds")]
    bytes.extend(
        centred.iter().map(|weight| ((weight / step).round().clamp(-127.0, 127.0) as i8).cast_unsigned()),
    );
    bytes
}
