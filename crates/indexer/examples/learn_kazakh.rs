//! Learns the endings and stems of Kazakh from texts: prints `src/analysis/kazakh/learned.txt`.
//!
//! `cargo run --release -p indexer --example learn_kazakh FILE… > crates/indexer/src/analysis/kazakh/learned.txt`, with files of
//! JSON lines (`title`, `text`, `body`; `lang`, where given, `kk` or `kaz_Cyrl`) or of `code TAB text` (codes `kk…`, but not the
//! treebank `kk_ktb`, which stems are measured on). Which files: docs/retrieval.md.

#![expect(clippy::print_stdout, reason = "prints what it learned")]

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let mut texts = Vec::new();
    for path in std::env::args().skip(1) {
        for line in fs::read_to_string(&path)?.lines() {
            if let Some((code, text)) = line.split_once('\t') {
                if code.starts_with("kk") && code != "kk_ktb" {
                    texts.push(text.to_owned());
                }
                continue;
            }
            let row: serde_json::Value = serde_json::from_str(line)?;
            if row["lang"].as_str().is_none_or(|lang| ["kk", "kaz_Cyrl"].contains(&lang)) {
                texts.extend(
                    ["title", "text", "body"]
                        .iter()
                        .filter_map(|name| row[*name].as_str())
                        .map(str::to_owned),
                );
            }
        }
    }
    print!("{}", indexer::analysis::learn_kazakh(texts.iter().map(String::as_str)));
    Ok(())
}
