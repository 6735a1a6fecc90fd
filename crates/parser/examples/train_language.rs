//! Trains the table of letter triples that tells languages apart, and says how good it is.
//!
//! `cargo run --release -p parser --example train_language` reads `../shared/data` and writes
//! `crates/parser/src/language/trigrams.bin`. Deterministic: counts, no chance. What is printed comes of a table that has
//! not seen the lines it is judged on (each half of every file judges a table of the other half).

#![expect(clippy::print_stdout, reason = "a command for people")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::needless_range_loop,
    clippy::many_single_char_names,
    clippy::type_complexity,
    reason = "numbers of a training table, checked by its asserts"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use parser::study::Languages;

/// Prior weight of the average of all languages, in triples: how many must be seen before a column speaks for itself.
const PRIOR: f64 = 400.0;

/// Largest weight either way, in log odds.
const WEIGHT_MAX: f64 = 4.0;

/// A labelled line: script (position in the table), language, text.
type Sample = (usize, String, String);

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = root.join("../../../shared/data");
    if !data.exists() {
        println!("nothing to train on: no ../shared/data");
        return;
    }
    let extra = extra(&data);
    let own = labelled(&data);
    let mut rows: BTreeMap<(String, String), (usize, usize, BTreeMap<String, usize>)> = BTreeMap::new();
    for half in 0..2 {
        let others =
            own.iter().filter(|(file, _, at)| (at + file.len()) % 2 != half).map(|(_, sample, _)| sample);
        let languages = Languages::new(&table(others.chain(&extra)));
        for (file, (_, label, text), _) in own.iter().filter(|(file, _, at)| (at + file.len()) % 2 == half) {
            let expected = label.split('_').next().unwrap_or_default();
            let found = languages.identify(text).to_string();
            let row = rows.entry((file.clone(), label.clone())).or_default();
            row.1 += 1;
            if found == expected {
                row.0 += 1;
            } else {
                *row.2.entry(found).or_default() += 1;
            }
        }
    }
    for ((file, label), (right, all, wrong)) in rows {
        println!("{file:10} {label:8} {:6.2} % of {all:4}  {wrong:?}", 100.0 * right as f64 / all as f64);
    }
    let all = table(own.iter().map(|(_, sample, _)| sample).chain(&extra));
    let path = root.join("src/language/trigrams.bin");
    fs::write(&path, &all).unwrap_or_else(|error| println!("{}: {error}", path.display()));
    println!("{} bytes written", all.len());
}

/// Position of the script that a label is written in.
fn script_of(label: &str) -> usize {
    match label {
        "kk_Latn" | "en" | "tr" | "az" | "uz" => 1,
        "kk_Arab" | "fa" | "ug" => 2,
        _ => 0,
    }
}

/// The labelled files, with file names and line numbers.
fn labelled(data: &Path) -> Vec<(String, Sample, usize)> {
    let mut samples = Vec::new();
    for file in ["sentences", "titles", "docs", "scripts"] {
        let text = fs::read_to_string(data.join("language").join(format!("{file}.tsv"))).unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            let Some((label, text)) = line.split_once('\t') else { continue };
            samples.push((file.to_owned(), (script_of(label), label.to_owned(), text.to_owned()), at));
        }
    }
    samples
}

/// More text in some of the languages, and Kazakh respelled.
fn extra(data: &Path) -> Vec<Sample> {
    let mut samples = Vec::new();
    let files: [(&str, &[&str], &str); 6] = [
        ("recommend/sib200_train_dev.jsonl", &["text"], ""),
        ("recommend/kazqad_half_a.jsonl", &["title", "text"], "kk"),
        ("retrieval/kazqad-dev/corpus.ndjson", &["title", "body"], "kk"),
        ("retrieval/xquad-en-dev/corpus.ndjson", &["body"], "en"),
        ("retrieval/xquad-ru-dev/corpus.ndjson", &["body"], "ru"),
        ("recommend/tgcontest_ru_train_exam_pairs.jsonl", &["first_title", "second_title"], "ru"),
    ];
    for (file, fields, language) in files {
        let path: PathBuf = data.join(file);
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let code = match value["lang"].as_str().unwrap_or_default() {
                "kaz_Cyrl" => "kk",
                "rus_Cyrl" => "ru",
                "eng_Latn" => "en",
                "kir_Cyrl" => "ky",
                "uzn_Latn" => "uz",
                "tur_Latn" => "tr",
                _ => language,
            };
            for text in fields.iter().filter_map(|field| value[*field].as_str()) {
                samples.push((script_of(code), code.to_owned(), text.to_owned()));
            }
        }
    }
    let kazakh: Vec<String> = samples
        .iter()
        .filter(|(_, code, _)| code == "kk")
        .step_by(8)
        .map(|(_, _, text)| text.clone())
        .collect();
    for (at, text) in kazakh.iter().enumerate() {
        samples.push((1, "kk_Latn".to_owned(), Languages::respelled(text, at % 3)));
        samples.push((2, "kk_Arab".to_owned(), Languages::respelled(text, 3)));
    }
    samples
}

/// The table: log odds of each triple in each language against the average of the script's languages.
fn table<'a>(samples: impl Iterator<Item = &'a Sample>) -> Vec<u8> {
    let columns = Languages::columns();
    let mut counts: Vec<Vec<Vec<f64>>> =
        columns.iter().map(|script| vec![vec![0.0; Languages::BUCKETS]; script.len()]).collect();
    for (script, columns) in columns.iter().enumerate() {
        for (column, (_, words)) in columns.iter().enumerate() {
            for bucket in words.iter().flat_map(|word| Languages::buckets(word)) {
                counts[script][column][bucket] += 1.0;
            }
        }
    }
    for (script, label, text) in samples {
        let code = label.split('_').next().unwrap_or_default();
        let Some(column) = columns[*script].iter().position(|(known, _)| *known == code) else { continue };
        for bucket in Languages::buckets(text) {
            counts[*script][column][bucket] += 1.0;
        }
    }
    counts.iter().flat_map(|script| weights(script)).collect()
}

fn weights(counts: &[Vec<f64>]) -> Vec<u8> {
    let totals: Vec<f64> = counts.iter().map(|column| column.iter().sum::<f64>().max(1.0)).collect();
    let mut bytes = Vec::with_capacity(counts.len() * Languages::BUCKETS);
    for bucket in 0..Languages::BUCKETS {
        let shares: f64 = counts.iter().zip(&totals).map(|(column, total)| column[bucket] / total).sum();
        let average = (shares / counts.len() as f64).max(1e-7);
        for (column, total) in counts.iter().zip(&totals) {
            let odds = (column[bucket] + PRIOR * average) / (total + PRIOR) / average;
            let steps = odds.ln().clamp(-WEIGHT_MAX, WEIGHT_MAX) / f64::from(Languages::UNIT);
            #[expect(clippy::cast_possible_truncation, reason = "clamped to what a byte holds")]
            let step = steps.round().clamp(-127.0, 127.0) as i8;
            bytes.push(step.cast_unsigned());
        }
    }
    bytes
}
