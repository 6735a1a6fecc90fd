//! How well languages are told apart, in tables for docs/extraction/language.md.
//!
//! `cargo run --release -p parser --example evaluate_language [TEXTS]` trains one set of tables for each of four folds
//! (by hash of the text) and judges it on the fold that it has not seen; then once more for each file of
//! `../shared/data/language`, on tables that have seen nothing of that file's kind: what to expect of other sources.

#![expect(clippy::print_stdout, reason = "a command for people")]

mod tongues;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use parser::study::Languages;
use tongues::corpus::{self, Sample};
use tongues::regression;

/// Parts of the texts, each judged by tables of the others.
const FOLDS: u64 = 4;

/// Right, all, and what was said instead.
#[derive(Default)]
struct Row {
    right: usize,
    all: usize,
    wrong: BTreeMap<String, usize>,
}

/// Source and label.
type Table = BTreeMap<(String, String), Row>;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = root.join("../../../shared/data");
    let texts = std::env::args().nth(1).map_or_else(|| root.join("../../target/texts"), PathBuf::from);
    if !data.exists() || !texts.exists() {
        println!("needs ../shared/data and texts in {}", texts.display());
        return;
    }
    let samples = corpus::read(&data, &texts);
    let mut table = Table::new();
    for fold in 0..FOLDS {
        judge(&samples, |sample| sample.fold(FOLDS) == fold, &mut table);
    }
    println!("## Lines not trained on (four folds by hash of the line)\n");
    print(&table);
    if std::env::var_os("FOLDS_ONLY").is_some() {
        return;
    }
    let mut table = Table::new();
    for source in ["sentences", "titles", "scripts", "leipzig"] {
        judge(&samples, |sample| sample.source == source, &mut table);
    }
    println!("\n## Sources not trained on (each file judged by tables that saw nothing of it)\n");
    print(&table);
}

/// Trains on what is not held out, and judges what is.
fn judge(samples: &[Sample], is_out: impl Fn(&Sample) -> bool, table: &mut Table) {
    let tables = regression::trained(samples.iter().filter(|sample| !is_out(sample)));
    let languages = Languages::new(&tables);
    for sample in samples.iter().filter(|sample| sample.is_judged && is_out(sample)) {
        let found = languages.identify(&sample.text, "").to_string();
        let row = table.entry((sample.source.to_owned(), sample.label.clone())).or_default();
        row.all += 1;
        if found == sample.code {
            row.right += 1;
        } else {
            if std::env::var_os("SILTEME_VERBOSE").is_some() {
                println!("{} {} -> {found}: {}", sample.source, sample.label, sample.text);
            }
            *row.wrong.entry(found).or_default() += 1;
        }
    }
}

fn print(table: &Table) {
    println!("| source | label | texts | right | said instead |\n|---|---|---|---|---|");
    for ((source, label), row) in table {
        let wrong: Vec<String> = row.wrong.iter().map(|(code, count)| format!("{code} {count}")).collect();
        let share = 100.0 * row.right as f64 / row.all as f64;
        println!("| {source} | {label} | {} | {share:.2} % | {} |", row.all, wrong.join(", "));
    }
}
