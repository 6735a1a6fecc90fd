//! CPU time of the archive per record: `cargo bench -p archive`, or only the runs whose name begins with a word:
//! `cargo bench -p archive -- plain`.
//!
//! Records as field.md section 5 has them: pages of about 50 kB, 15 kB gzipped. CPU is that of the process (user and
//! system), so waiting for the disk does not count; the floors beside it are what no archive can avoid.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on should panic; its output is its purpose"
)]

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use archive::{ArchiveSource, ArchiveStore, Compression, Settings, WarcArchive};
use model::{ByteSize, FetchRecord, Position};
use testkit::builders::record;
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::random::Random;
use testkit::temp::Scratch;

const RECORDS: usize = 4_000;
const BATCH: usize = 64;

fn main() {
    let pages = pages();
    let coded: Vec<FetchRecord> = pages.iter().enumerate().map(|(n, (_, gz))| page(n, gz, true)).collect();
    let plain: Vec<FetchRecord> =
        pages.iter().enumerate().map(|(n, (html, _))| page(n, html, false)).collect();
    let bytes = |records: &[FetchRecord]| -> usize {
        records
            .iter()
            .filter_map(FetchRecord::response)
            .map(|response| response.body.raw.len())
            .sum::<usize>()
            / RECORDS
    };
    println!(
        "{RECORDS} records; bodies: {} B coded, {} B plain; µs CPU a record",
        bytes(&coded),
        bytes(&plain)
    );
    floor("SHA-1 twice", &coded, |raw| {
        use sha1::Digest as _;
        std::hint::black_box((sha1::Sha1::digest(raw), sha1::Sha1::digest(raw)));
    });
    floor("gzip -1 of the coded body", &coded, |raw| {
        std::hint::black_box(gzip(raw, 1));
    });
    for (name, records) in [("gzipped bodies", &coded), ("plain bodies", &plain)] {
        if std::env::args().skip(1).any(|word| !word.starts_with('-') && !name.starts_with(&word)) {
            continue;
        }
        for compression in [Compression::Gzip, Compression::Zstd] {
            run(name, compression, records);
        }
    }
}

fn run(name: &str, compression: Compression, records: &[FetchRecord]) {
    let scratch = Scratch::new();
    let settings = Settings { compression, segment_size: ByteSize::mebibytes(64), ..Settings::default() };
    let clock = Arc::new(SimulatedClock::at(EPOCH));
    let mut archive = WarcArchive::open(scratch.path(), settings, clock).expect("opens").archive;
    let (wall, start) = (Instant::now(), cpu_us());
    for batch in records.chunks(BATCH) {
        archive.append(batch).expect("appends");
    }
    let append = (cpu_us() - start) / records.len() as f64;
    let wall = wall.elapsed().as_secs_f64() * 1e6 / records.len() as f64;
    let size: u64 = std::fs::read_dir(scratch.path())
        .expect("lists")
        .map(|item| item.expect("lists").metadata().expect("stats").len())
        .sum();
    let start = cpu_us();
    let count = archive.replay(Position::default()).expect("replays").flatten().count();
    assert_eq!(count, records.len());
    let replay = (cpu_us() - start) / records.len() as f64;
    let start = cpu_us();
    for record in records {
        assert_eq!(archive.lookup(&record.visit.url).expect("looks up").len(), 1);
    }
    let lookup = (cpu_us() - start) / records.len() as f64;
    println!(
        "{name:<16} {compression:?}: append {append:6.1} (wall {wall:.0}), replay {replay:6.1}, lookup {lookup:5.1}, {} B on disk",
        size / records.len() as u64
    );
}

fn floor(name: &str, records: &[FetchRecord], mut work: impl FnMut(&[u8])) {
    let start = cpu_us();
    for record in records {
        work(&record.response().expect("a page").body.raw);
    }
    println!("{name:<26} {:6.1}", (cpu_us() - start) / records.len() as f64);
}

/// Pages of markup and words, and the same gzipped.
fn pages() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut random = Random::new(1);
    (0..RECORDS)
        .map(|_| {
            let mut html = String::from("<!doctype html><title>page</title>");
            while html.len() < 50_000 {
                let words = random.words(12);
                html.push_str(&format!(
                    "<p class=\"text\"><a href=\"/a/{}\">{words}</a></p>\n",
                    random.below(100_000)
                ));
                html.push_str("<div class=\"menu-item navigation\"><span>menu</span></div>\n");
            }
            let coded = gzip(html.as_bytes(), 6);
            (html.into_bytes(), coded)
        })
        .collect()
}

fn page(number: usize, body: &[u8], coded: bool) -> FetchRecord {
    let url = format!("https://host-{}.test/section/{number}.html", number % 50);
    let mut builder = record(&url)
        .header("server", "nginx/1.24.0")
        .header("date", "Thu, 01 Jan 2026 00:00:00 GMT")
        .header("cache-control", "max-age=600, public")
        .header("etag", format!("\"{number:x}-5f3a\""))
        .header("vary", "Accept-Encoding")
        .header("strict-transport-security", "max-age=31536000");
    if coded {
        builder = builder.header("content-encoding", "gzip");
    }
    builder.body("text/html; charset=utf-8", body.to_vec()).build()
}

fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    coder.write_all(bytes).expect("compresses");
    coder.finish().expect("compresses")
}

/// CPU time of the process so far in microseconds, from Linux's scheduler statistics; wall time elsewhere.
fn cpu_us() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos: Option<f64> = text.split(' ').next().and_then(|field| field.parse().ok());
    nanos.map_or_else(|| START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e6, |nanos| nanos / 1e3)
}
