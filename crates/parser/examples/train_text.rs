//! Trains the two forests that find the main text, and says how good they are on pages they have not seen.
//!
//! `cargo run --release -p parser --example train_text` reads `../shared/data/pages` and writes
//! `crates/parser/src/text/{first,second}.forest`. Deterministic: no chance is used. Figures are of five folds by site.

#![expect(clippy::print_stdout, reason = "a command for people")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::needless_range_loop,
    clippy::many_single_char_names,
    clippy::type_complexity,
    reason = "numbers of a training table, checked by its asserts"
)]

mod alignment;
mod boosting;
mod gold;
mod page_types;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{fs, thread};

use boosting::{Settings, Table, boost};
use gold::Gold;
use model::{ResourceKind, Timestamp};
use parser::Input;
use parser::study::{self, CUE_ABSENT, CUES_AT, Forest, Page};

const FOLDS: u64 = 5;

/// A page ready for training.
struct Sample {
    file: String,
    set: String,
    kind: String,
    fold: u64,
    page: Page,
    labels: Vec<f32>,
    weights: Vec<f32>,
    gold: Vec<String>,
}

fn main() {
    let samples: Vec<Sample> = gold::pages().iter().filter_map(sample).collect();
    if samples.is_empty() {
        println!("nothing to train on: no ../shared/data/pages");
        return;
    }
    let settings = Settings {
        trees: number("TREES", 200.0) as usize,
        rate: number("RATE", 0.08),
        leaf_weight_min: number("LEAF", 0.02),
        ridge: number("RIDGE", 0.05),
    };
    let first =
        rows(&samples, |sample| (0..sample.labels.len()).map(|at| sample.page.first(at).to_vec()).collect());
    let (first_all, first_folds) = train(&samples, &first, &settings);
    let verdicts = judge(&samples, &first, &first_folds);
    report("first", &samples, &verdicts);
    let (type_forests, types) = page_types::train(&samples);
    let second: Vec<Vec<Vec<f32>>> = samples
        .iter()
        .zip(verdicts.iter().zip(&types))
        .map(|(sample, (verdicts, types))| sample.page.second(verdicts, types))
        .collect();
    if std::env::var_os("FIRST_ONLY").is_some() {
        return;
    }
    let settings = Settings { trees: number("TREES2", 120.0) as usize, ..settings };
    let (second_all, second_folds) = train(&samples, &second, &settings);
    let again = judge(&samples, &second, &second_folds);
    report("second", &samples, &again);
    let joined: Vec<Vec<f32>> = verdicts
        .iter()
        .zip(&again)
        .map(|(first, second)| first.iter().zip(second).map(|(a, b)| study::joined(*a, *b)).collect())
        .collect();
    report("both", &samples, &joined);
    if let Some(path) = std::env::var_os("HELD_OUT") {
        write_held_out(Path::new(&path), &samples, &joined);
    }
    if std::env::var_os("FOLDS_ONLY").is_some() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text");
    let of_types: Vec<u8> = type_forests.iter().flat_map(Forest::write).collect();
    for (name, table) in
        [("first", first_all.write()), ("second", second_all.write()), ("page_type", of_types)]
    {
        let path = folder.join(format!("{name}.forest"));
        fs::write(&path, table).unwrap_or_else(|error| println!("{}: {error}", path.display()));
    }
}

/// The texts found by forests that have not seen the page's site, for `cargo xtask eval extraction --held-out`.
fn write_held_out(path: &Path, samples: &[Sample], verdicts: &[Vec<f32>]) {
    let mut lines = String::new();
    for (sample, verdicts) in samples.iter().zip(verdicts) {
        let texts = sample.page.texts().iter().zip(sample.page.select(verdicts));
        let kept: Vec<&str> = texts.filter(|(_, kept)| *kept).map(|(text, _)| text.as_str()).collect();
        lines.push_str(&serde_json::json!({"file": sample.file, "text": kept.join("\n")}).to_string());
        lines.push('\n');
    }
    fs::write(path, lines).unwrap_or_else(|error| println!("{}: {error}", path.display()));
}

fn number(name: &str, usual: f32) -> f32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn rows(samples: &[Sample], of: impl Fn(&Sample) -> Vec<Vec<f32>>) -> Vec<Vec<Vec<f32>>> {
    samples.iter().map(of).collect()
}

/// A forest of all pages, and one for each fold that has not seen it.
fn train(samples: &[Sample], rows: &[Vec<Vec<f32>>], settings: &Settings) -> (Forest, Vec<Forest>) {
    let table_without = |fold: Option<u64>| {
        let mut table = Table::default();
        let used = samples.iter().zip(rows).enumerate();
        for (page, (sample, rows)) in used.filter(|(_, (sample, _))| Some(sample.fold) != fold) {
            for (at, row) in rows.iter().enumerate() {
                table.push(page, row, sample.labels[at], sample.weights[at]);
                table.push(page, &blind(row), sample.labels[at], sample.weights[at] * BLIND);
            }
        }
        table
    };
    let train_one = |fold| boost(&table_without(fold), settings);
    thread::scope(|scope| {
        let evens = scope.spawn(move || [0, 2, 4].map(|fold| train_one(Some(fold))));
        let odds = [1, 3].map(|fold| train_one(Some(fold)));
        let all = if std::env::var_os("FOLDS_ONLY").is_some() { Forest::default() } else { train_one(None) };
        let [a, c, e] = evens.join().unwrap_or_default();
        let [b, d] = odds;
        (all, vec![a, b, c, d, e])
    })
}

/// Weight of a row that does not see what class names suggest. Names are the habits of sites; a forest that can do
/// without them is right more often on sites it has not seen (first forest, mean word F1 0.8835 to 0.8889).
const BLIND: f32 = 0.5;

/// The row without what class names say.
fn blind(row: &[f32]) -> Vec<f32> {
    let mut blind = row.to_vec();
    blind[CUES_AT].fill(CUE_ABSENT);
    blind
}

fn judge(samples: &[Sample], rows: &[Vec<Vec<f32>>], folds: &[Forest]) -> Vec<Vec<f32>> {
    let of = |(sample, rows): (&Sample, &Vec<Vec<f32>>)| {
        let forest = &folds[usize::try_from(sample.fold).unwrap_or_default()];
        rows.iter().map(|row| forest.probability(row)).collect()
    };
    samples.iter().zip(rows).map(of).collect()
}

/// The page with a label for each block: the share of its words that the gold text has.
fn sample(gold: &Gold) -> Option<Sample> {
    let text = gold.text("text")?;
    let fetched: Timestamp = "2026-11-23T00:00:00Z".parse().ok()?;
    let page = Page::of(&Input {
        url: &gold.url,
        content_type: None,
        headers: &[],
        body: &gold.body,
        kind: ResourceKind::Page,
        agent: "silteme",
        fetched,
    });
    let words = gold::words(text);
    let blocks: Vec<Vec<String>> = page.texts().iter().map(|text| gold::words(text)).collect();
    let flat: Vec<&str> = blocks.iter().flatten().map(String::as_str).collect();
    let mut matched = alignment::matched(&flat, &words).into_iter();
    let mut labels = Vec::new();
    let mut weights = Vec::new();
    for block in &blocks {
        let right = matched.by_ref().take(block.len()).filter(|is_matched| *is_matched).count();
        labels.push(right as f32 / block.len().max(1) as f32);
        weights.push((1.0 + block.len() as f32).powf(0.8));
    }
    let total: f32 = weights.iter().sum::<f32>().max(1.0);
    for weight in &mut weights {
        *weight /= total;
    }
    let mut hasher = DefaultHasher::new();
    gold.group().hash(&mut hasher);
    Some(Sample {
        file: gold.file.clone(),
        set: gold.set.clone(),
        kind: gold.text("type").unwrap_or("article").to_owned(),
        fold: hasher.finish() % FOLDS,
        page,
        labels,
        weights,
        gold: words,
    })
}

/// Words of the kept blocks: by expected F1, or by a fixed threshold.
fn kept(sample: &Sample, verdicts: &[f32], threshold: Option<f32>) -> Vec<String> {
    let selected = match threshold {
        Some(threshold) => verdicts.iter().map(|verdict| *verdict >= threshold).collect(),
        None => sample.page.select(verdicts),
    };
    let texts = sample.page.texts().iter().zip(selected).filter(|(_, selected)| *selected);
    texts.flat_map(|(text, _)| gold::words(text)).collect()
}

fn mean_f1(samples: &[Sample], verdicts: &[Vec<f32>], threshold: Option<f32>) -> f64 {
    let f1 = |(sample, verdicts): (&Sample, &Vec<f32>)| {
        gold::word_f1(&kept(sample, verdicts, threshold), &sample.gold)
    };
    samples.iter().zip(verdicts).map(f1).sum::<f64>() / samples.len() as f64
}

fn report(name: &str, samples: &[Sample], verdicts: &[Vec<f32>]) {
    for threshold in [None, Some(0.4), Some(0.5), Some(0.6)] {
        println!("{name:7} threshold {threshold:?}: mean F1 {:.4}", mean_f1(samples, verdicts, threshold));
    }
    let mut table: BTreeMap<String, (f64, f64, f64, usize)> = BTreeMap::new();
    for (sample, verdicts) in samples.iter().zip(verdicts) {
        let found = kept(sample, verdicts, None);
        let ideal = gold::word_f1(&kept(sample, &sample.labels, Some(0.5)), &sample.gold);
        if std::env::var_os("VERBOSE").is_some() {
            println!(
                "{name} page {} {} F1 {:.3} best {ideal:.3} words {} of {}",
                sample.file,
                sample.kind,
                gold::word_f1(&found, &sample.gold),
                found.len(),
                sample.gold.len()
            );
        }
        for key in [sample.set.clone(), format!("{} {}", sample.set, sample.kind)] {
            let row = table.entry(key).or_default();
            row.0 += gold::word_f1(&found, &sample.gold);
            row.1 += gold::shingle_f1(&found, &sample.gold);
            row.2 += ideal;
            row.3 += 1;
        }
    }
    for (key, (word, shingle, ideal, count)) in table {
        let count_f = count as f64;
        println!(
            "{name:7} {key:26} word F1 {:.3}  shingle F1 {:.3}  best possible {:.3}  of {count}",
            word / count_f,
            shingle / count_f,
            ideal / count_f
        );
    }
}
