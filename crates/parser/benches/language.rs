//! Time to tell the language of a title and of a page, and to decode a page.
//!
//! `cargo bench -p parser --bench language` reads `../shared/data`. Single-threaded; the fastest of several rounds counts.

#![expect(clippy::print_stdout, reason = "a command for people")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use parser::study;

/// Rounds; the fastest counts, because everything slower was disturbed.
const ROUNDS: usize = 7;

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/language");
    let texts = |file: &str| -> Vec<String> {
        let all = fs::read_to_string(data.join(file)).unwrap_or_default();
        all.lines().filter_map(|line| line.split_once('\t')).map(|(_, text)| text.to_owned()).collect()
    };
    let titles = texts("titles.tsv");
    if titles.is_empty() {
        println!("skipped: no ../shared/data");
        return;
    }
    let pages: Vec<String> = texts("docs.tsv").chunks(8).map(|texts| texts.join("\n\n")).collect();
    let book = [texts("sentences.tsv").join("\n")];
    for (name, texts) in [("titles", &titles[..]), ("pages", &pages), ("one long text", &book)] {
        let bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
        let time = fastest(|| {
            for text in texts {
                black_box(study::language(text.lines().next().unwrap_or_default(), text, None));
            }
        });
        let each = time.as_secs_f64() * 1e6 / texts.len() as f64;
        println!("{name}: {} of {bytes} bytes, {each:.2} \u{b5}s each", texts.len());
    }
    let alone = fastest(|| {
        for title in &titles {
            black_box(study::language(title, "", None));
        }
    });
    println!("titles alone: {:.2} \u{b5}s each", alone.as_secs_f64() * 1e6 / titles.len() as f64);
}

fn fastest(work: impl Fn()) -> Duration {
    let time = |()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..ROUNDS).map(|_| time(())).min().unwrap_or_default()
}
