//! What analysis costs: nanoseconds of CPU time a word, and terms a word, for the texts of the development sets. Nothing is
//! remembered from word to word, as it is while indexing.
//!
//! `cargo run --release -p indexer --example measure_analysis [FOLDER]`

#![expect(clippy::print_stdout, reason = "a measurement prints its table")]

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use model::Language;

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared/data/retrieval"), PathBuf::from);
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("no retrieval sets in {}; nothing to measure", folder.display());
        return Ok(());
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    println!("{:16} {:>9} {:>8} {:>10}", "", "words", "ns/word", "terms/word");
    for folder in folders {
        let meta: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("META.json"))?)?;
        let language = Language::new(meta["lang"].as_str().unwrap_or("und"));
        let mut texts = Vec::new();
        for line in fs::read_to_string(folder.join("corpus.ndjson"))?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            texts.push(row["body"].as_str().unwrap_or_default().to_owned());
        }
        let text = texts.join("\n");
        let mut counts = indexer::analysis::count(&language, &text); // reads the tables
        let mut best = u64::MAX;
        for _ in 0..5 {
            let before = cpu_nanoseconds()?;
            counts = indexer::analysis::count(&language, &text);
            best = best.min(cpu_nanoseconds()? - before);
        }
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let words = counts.0 as f64;
        println!("{name:16} {:9} {:8.0} {:10.2}", counts.0, best as f64 / words, counts.1 as f64 / words);
    }
    Ok(())
}

/// CPU time of this process so far; Linux.
fn cpu_nanoseconds() -> Result<u64, Box<dyn Error>> {
    let times = fs::read_to_string("/proc/self/schedstat")?;
    Ok(times.split(' ').next().unwrap_or_default().parse()?)
}
