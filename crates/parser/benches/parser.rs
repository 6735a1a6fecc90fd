//! CPU time per page: the bare scraper parse, the whole parser, and their ratio.
//!
//! `cargo bench -p parser` reads `../shared/data/pages` (and `data/demo`, if pages are there). The fastest of
//! several rounds counts for each page.

#![expect(clippy::print_stdout, reason = "a command for people")]

mod pages;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use scraper::Html;

/// Rounds over each page; the fastest counts, because everything slower was disturbed.
const ROUNDS: usize = 5;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, folder) in
        [("pages", root.join("../../../shared/data/pages/html")), ("demo", root.join("../../data/demo"))]
    {
        let pages = pages::of(&folder);
        if pages.is_empty() {
            println!("{name}: no pages in {}", folder.display());
            continue;
        }
        measure(name, &pages);
    }
}

fn measure(name: &str, pages: &[Vec<u8>]) {
    let Some(url) = pages::url() else { return };
    let mut times: Vec<(Duration, Duration, usize)> = Vec::new();
    for body in pages {
        let text = String::from_utf8_lossy(body);
        let bare = fastest(|| drop(black_box(Html::parse_document(&text))));
        let ours = fastest(|| {
            black_box(pages::read(&url, body));
        });
        times.push((bare, ours, body.len()));
    }
    let count = times.len() as f64;
    let bare: f64 = times.iter().map(|time| time.0.as_secs_f64()).sum::<f64>() / count;
    let ours: f64 = times.iter().map(|time| time.1.as_secs_f64()).sum::<f64>() / count;
    let bytes = times.iter().map(|time| time.2).sum::<usize>() / times.len();
    let mut ratios: Vec<f64> = times.iter().map(|time| time.1.as_secs_f64() / time.0.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    let mut single: Vec<f64> = times.iter().map(|time| time.1.as_secs_f64() * 1e3).collect();
    single.sort_by(f64::total_cmp);
    let at = |list: &[f64], share: usize| list[(list.len() - 1) * share / 100];
    println!("{name}: {} pages, mean {bytes} bytes", times.len());
    println!(
        "  bare scraper parse {:.3} ms/page, whole parser {:.3} ms/page, ratio {:.2}",
        bare * 1e3,
        ours * 1e3,
        ours / bare
    );
    println!(
        "  ratio median {:.2}, p90 {:.2}; whole parser median {:.3} ms, p99 {:.3} ms",
        at(&ratios, 50),
        at(&ratios, 90),
        at(&single, 50),
        at(&single, 99)
    );
}

/// CPU time of the fastest of several runs.
fn fastest(work: impl Fn()) -> Duration {
    let time = |()| {
        let start = cpu_time();
        work();
        cpu_time().saturating_sub(start)
    };
    (0..ROUNDS).map(|_| time(())).min().unwrap_or_default()
}

/// CPU time of this process so far.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
