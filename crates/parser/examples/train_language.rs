//! Trains the tables that tell languages apart.
//!
//! `cargo run --release -p parser --example train_language [TEXTS]` reads `../shared/data` and the folder of texts
//! (`target/texts` unless named; docs/extraction/language.md says how it is filled) and writes
//! `crates/parser/src/language/weights.bin`. Deterministic. How good the tables are says `evaluate_language`, on texts
//! they were not trained on.

#![expect(clippy::print_stdout, reason = "a command for people")]

#[expect(dead_code, reason = "evaluate_language takes the figures")]
mod tongues;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tongues::{corpus, regression};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = root.join("../../../shared/data");
    let texts = std::env::args().nth(1).map_or_else(|| root.join("../../target/texts"), PathBuf::from);
    if !data.exists() || !texts.exists() {
        println!("nothing written: needs ../shared/data and texts in {}", texts.display());
        return;
    }
    let samples = corpus::read(&data, &texts);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for sample in &samples {
        *counts.entry((sample.script, &sample.code)).or_default() += 1;
    }
    for ((script, code), count) in counts {
        println!("{script} {code:3} {count} texts");
    }
    let tables = regression::trained(samples.iter());
    let path = root.join("src/language/weights.bin");
    match std::fs::write(&path, &tables) {
        Ok(()) => println!("{} bytes written to {}", tables.len(), path.display()),
        Err(error) => println!("{}: {error}", path.display()),
    }
}
