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

mod boosting;
mod gold;

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{fs, thread};

use boosting::{Settings, Table, boost};
use gold::Gold;
use model::{ResourceKind, Timestamp};
use parser::Input;
use parser::study::{self, Forest, Page};

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
        trees: number("TREES", 120.0) as usize,
        rate: number("RATE", 0.12),
        leaf_weight_min: number("LEAF", 0.004),
        ridge: number("RIDGE", 0.02),
    };
    let first =
        rows(&samples, |sample| (0..sample.labels.len()).map(|at| sample.page.first(at).to_vec()).collect());
    let (first_all, first_folds) = train(&samples, &first, &settings);
    let verdicts = judge(&samples, &first, &first_folds);
    report("first", &samples, &verdicts);
    let second: Vec<Vec<Vec<f32>>> =
        samples.iter().zip(&verdicts).map(|(sample, verdicts)| sample.page.second(verdicts)).collect();
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text");
    for (name, forest) in [("first", first_all), ("second", second_all)] {
        let path = folder.join(format!("{name}.forest"));
        fs::write(&path, forest.write()).unwrap_or_else(|error| println!("{}: {error}", path.display()));
    }
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
        for (sample, rows) in samples.iter().zip(rows).filter(|(sample, _)| Some(sample.fold) != fold) {
            for (at, row) in rows.iter().enumerate() {
                table.push(row, sample.labels[at], sample.weights[at]);
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

fn judge(samples: &[Sample], rows: &[Vec<Vec<f32>>], folds: &[Forest]) -> Vec<Vec<f32>> {
    let of = |(sample, rows): (&Sample, &Vec<Vec<f32>>)| {
        let forest = &folds[usize::try_from(sample.fold).unwrap_or_default()];
        rows.iter().map(|row| forest.probability(row)).collect()
    };
    samples.iter().zip(rows).map(of).collect()
}

/// The page with a label for each block: whether the gold text has it.
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
    let lines: HashSet<Vec<String>> = text.lines().map(gold::words).collect();
    let pieces: Vec<HashSet<&[String]>> = (1..=4).map(|n| gold::shingles(&words, n)).collect();
    let mut labels = Vec::new();
    let mut weights = Vec::new();
    for block in page.texts() {
        let block = gold::words(block);
        let label = match block.len() {
            0 => 0.0,
            1 => f32::from(u8::from(lines.contains(&block))),
            n @ 2..=4 => f32::from(u8::from(pieces[n - 1].contains(block.as_slice()))),
            _ => {
                let shared = block.windows(4).filter(|piece| pieces[3].contains(piece)).count();
                if shared * 2 >= block.len() - 3 { 1.0 } else { 0.0 }
            }
        };
        labels.push(label);
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
