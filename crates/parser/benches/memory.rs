//! Peak memory of the parser, as a multiple of the page's bytes.
//!
//! `cargo bench -p parser --bench memory` reads the pages over 20 kB of `../shared/data/pages`; on smaller ones the tables
//! that are read once for all pages would count for more than the page. The page itself is not counted.

#![expect(clippy::print_stdout, reason = "a command for people")]

mod pages;

use std::hint::black_box;
use std::path::Path;

use peak_alloc::PeakAlloc;
use scraper::Html;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Smallest page that is looked at, in bytes.
const PAGE_BYTES_MIN: usize = 20_000;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/pages/html");
    let pages = pages::of(&folder);
    let Some(url) = pages::url() else { return };
    let (mut whole, mut bare) = (Vec::new(), Vec::new());
    for body in pages.iter().filter(|body| body.len() > PAGE_BYTES_MIN) {
        let read = || {
            black_box(pages::read(&url, body));
        };
        // Tables that are made at first use stay.
        if whole.is_empty() {
            read();
        }
        whole.push(peak(read) / body.len() as f64);
        let text = String::from_utf8_lossy(body);
        bare.push(peak(|| drop(black_box(Html::parse_document(&text)))) / body.len() as f64);
    }
    if whole.is_empty() {
        println!("no pages in {}", folder.display());
        return;
    }
    println!("peak memory over {} pages, as a multiple of the page", whole.len());
    for (name, list) in [("bare scraper parse", &mut bare), ("whole parser", &mut whole)] {
        list.sort_by(f64::total_cmp);
        let at = |share: usize| list[(list.len() - 1) * share / 100];
        println!(
            "  {name}: median {:.1}, p90 {:.1}, p99 {:.1}, largest {:.1}",
            at(50),
            at(90),
            at(99),
            at(100)
        );
    }
}

/// Most bytes the work holds at a time beyond what was held before.
fn peak(work: impl Fn()) -> f64 {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    work();
    ALLOCATOR.peak_usage().saturating_sub(before) as f64
}
