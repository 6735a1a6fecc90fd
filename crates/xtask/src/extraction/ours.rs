//! Our parser on one page, and the bare scraper parse of the same bytes.

use std::hint::black_box;

use jiff::tz::Offset;
use model::{Parsed, ResourceKind, Timestamp};
use parser::{Input, parse};
use scraper::Html;

use super::Found;
use crate::gold::Gold;

/// Runs over each page; the fastest counts, because everything slower was disturbed.
const ROUNDS: usize = 3;

/// Reads a page as the crawler would, three days after the data was gathered.
pub(super) fn read(page: &Gold) -> Parsed {
    let fetched: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap_or_default();
    parse(&Input {
        url: &page.url,
        content_type: Some("text/html"),
        headers: &[],
        body: &page.body,
        kind: ResourceKind::Page,
        agent: "silteme",
        fetched,
    })
}

/// What our parser finds, and how long it takes.
pub(super) fn extract(page: &Gold) -> Found {
    let (parsed, cpu_ms) = timed(|| read(page));
    let file = page.file.clone();
    let Some(document) = parsed.document else {
        return Found { file, cpu_ms: Some(cpu_ms), ..Found::default() };
    };
    // The day depends on the reader's time zone, which the gold does not say.
    let days = document.published.map(|at| (-12..=12).map(|hours| day(at, hours)).collect());
    Found {
        file,
        text: document.text,
        title: Some(document.title),
        author: document.author,
        date: document.published.map(|at| at.to_string()),
        language: Some(document.language.to_string()),
        days: days.unwrap_or_default(),
        cpu_ms: Some(cpu_ms),
    }
}

fn day(at: Timestamp, hours: i8) -> String {
    Offset::constant(hours).to_datetime(at).date().to_string()
}

/// CPU time of parsing the page's bytes with scraper alone, in milliseconds.
pub(super) fn bare(page: &Gold) -> f64 {
    let text = String::from_utf8_lossy(&page.body);
    timed(|| drop(black_box(Html::parse_document(&text)))).1
}

/// The result of the work and the CPU time of its fastest run, in milliseconds.
fn timed<T>(work: impl Fn() -> T) -> (T, f64) {
    let once = || {
        let start = cpu_ms();
        let result = work();
        (result, cpu_ms() - start)
    };
    let (mut result, mut fastest) = once();
    for _ in 1..ROUNDS {
        let (again, time) = once();
        result = again;
        fastest = fastest.min(time);
    }
    (result, fastest)
}

/// CPU time of this process so far, in milliseconds.
fn cpu_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
