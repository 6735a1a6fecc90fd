//! What the embedded frontier costs: `cargo bench -p frontier [-- URLS...]` (100,000 unless told otherwise), in one table.
//!
//! CPU time of this process, simulated web: sites of 200 pages, offers in batches of 256 of which half are repeats, leases of
//! 16 sites × 10 URLs, each URL settled with one new and nine known links. Beside it, measured in the same minutes, the
//! floor of field.md section 5: a set in memory and an append log. Each size runs in a process of its own, so that memory
//! (growth of `VmRSS` by opening what a killed process left) is that of the frontier alone.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run should stop")]

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use frontier::{Frontier, JobRules, LeaseRequest, Offer, Scope, Settings, Settlement, SiteReturn};
use model::{CanonicalUrl, Outcome, Position, ResourceKind, Timestamp};

const BATCH: usize = 256;
const PAGES_PER_SITE: u64 = 200;
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
/// Set in the processes that measure: which half of the work is theirs.
const PART: &str = "SILTEME_BENCH_PART";
const FOLDER: &str = "SILTEME_BENCH_FOLDER";

/// What is printed: a name, the goal, and whether the last column is a ratio between the largest and the one before.
const LINES: [(&str, &str); 15] = [
    ("offers per CPU second, half repeats", ">= 500000"),
    ("us CPU per offer", ""),
    ("  floor: set + append log", ""),
    ("us CPU per new URL (system part)", ""),
    ("bytes written per new URL", "<= 300"),
    ("bytes on disk per URL", "<= 120"),
    ("bytes in memory per URL", "<= 16"),
    ("ms to reopen after kill -9", "< 3000"),
    ("us CPU per URL leased", ""),
    ("leases (16 sites) per CPU second", ""),
    ("us CPU per URL released", ""),
    ("us CPU per URL settled, 10 links", ""),
    ("ms, the longest offer call", ""),
    ("ms, the longest lease call", ""),
    ("ms, the longest settle call", ""),
];

fn main() {
    let urls: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    match (std::env::var(PART), urls.first()) {
        (Ok(part), Some(urls)) => {
            let dir = std::env::var(FOLDER).unwrap();
            if part == "fill" { fill(Path::new(&dir), *urls) } else { work(Path::new(&dir), *urls) }
        }
        _ => table(&if urls.is_empty() { vec![100_000] } else { urls }),
    }
}

/// Measures every size and prints them beside each other.
fn table(sizes: &[u64]) {
    let mut columns = Vec::new();
    for urls in sizes {
        let dir = tempfile::tempdir_in(".").unwrap();
        let mut figures = part("fill", dir.path(), *urls);
        figures.extend(part("work", dir.path(), *urls));
        columns.push(figures);
    }
    print!("{:<38}{:>11}", "URLs", "goal");
    for urls in sizes {
        print!("{urls:>12}");
    }
    println!("{}", if sizes.len() > 1 { "  last/before" } else { "" });
    for (line, (name, goal)) in LINES.into_iter().enumerate() {
        print!("{name:<38}{goal:>11}");
        for figures in &columns {
            print!("{:>12.2}", figures[line]);
        }
        if let [.., before, last] = columns.as_slice() {
            print!("{:>13.2}", last[line] / before[line]);
        }
        println!();
    }
    let (memory, disk, reopen) = (6, 5, 7);
    if let ([.., before, last], [.., few, many]) = (columns.as_slice(), sizes) {
        let slope = |line: usize, per_url: bool| {
            let total =
                |figures: &Vec<f64>, urls: u64| figures[line] * if per_url { urls as f64 } else { 1.0 };
            let slope = (total(last, *many) - total(before, *few)) / (*many as f64 - *few as f64);
            total(last, *many) + slope * (1e8 - *many as f64)
        };
        println!(
            "computed for 100 M URLs from the last two: {:.2} GB in memory, {:.1} GB on disk, {:.1} s to reopen",
            slope(memory, true) / 1e9,
            slope(disk, true) / 1e9,
            slope(reopen, false) / 1e3
        );
    }
}

/// Runs a part of a measurement in a process of its own; its figures.
fn part(name: &str, dir: &Path, urls: u64) -> Vec<f64> {
    let program = std::env::current_exe().unwrap();
    let run = Command::new(program).arg(urls.to_string()).env(PART, name).env(FOLDER, dir).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap().split_whitespace().map(|figure| figure.parse().unwrap()).collect()
}

/// Offers, then ends without a word, as kill -9 does.
fn fill(dir: &Path, urls: u64) {
    let floor = floor(dir, urls);
    let mut bench = Bench::new(open(dir));
    let rules = JobRules { name: "bench".to_owned(), scope: Scope::Any, ..JobRules::default() };
    bench.frontier.register(rules, START).unwrap();
    let (written, system) = (bytes_written(), system_time());
    let (offered, offers) = bench.offer(urls);
    let written = (bytes_written() - written) as f64 / urls as f64;
    let system = (system_time() - system) * 1e6 / urls as f64;
    let on_disk: u64 =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    let per_offer = per(offered, offers);
    println!("{} {per_offer} {} {system} {written}", 1e6 / per_offer, per(floor, offers));
    println!("{}", on_disk as f64 / urls as f64);
    std::io::stdout().flush().unwrap();
    std::fs::write(dir.join("longest"), bench.longest.as_secs_f64().to_string()).unwrap();
    // The journal's last frame is on disk; nothing is told to the store.
    std::process::exit(0);
}

/// Opens, then leases and settles.
fn work(dir: &Path, urls: u64) {
    let offering: f64 = std::fs::read_to_string(dir.join("longest")).unwrap().parse().unwrap();
    let memory = resident();
    let began = Instant::now();
    let mut bench = Bench::new(open(dir));
    let opened = began.elapsed();
    let memory = resident().saturating_sub(memory) as f64 / urls as f64;
    bench.next = urls;
    let visits = bench.visit(urls.min(100_000));
    println!("{memory} {}", opened.as_secs_f64() * 1e3);
    println!("{} {}", per(visits.leasing, visits.urls), visits.leases as f64 / visits.leasing.as_secs_f64());
    println!("{} {}", per(visits.releasing, visits.urls), per(visits.settling, visits.urls));
    println!(
        "{} {} {}",
        offering * 1e3,
        visits.lease_max.as_secs_f64() * 1e3,
        visits.settle_max.as_secs_f64() * 1e3
    );
}

/// Microseconds for each of so many.
fn per(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

struct Bench {
    frontier: Frontier,
    now: Timestamp,
    rng: u64,
    offset: u64,
    /// URLs invented so far.
    next: u64,
    /// Wall clock of the longest call of `offer`.
    longest: Duration,
}

struct Visits {
    urls: u64,
    leases: u64,
    lease_max: Duration,
    settle_max: Duration,
    leasing: Duration,
    releasing: Duration,
    settling: Duration,
}

impl Bench {
    fn new(frontier: Frontier) -> Self {
        Self { frontier, now: START, rng: 1, offset: 0, next: 0, longest: Duration::ZERO }
    }

    /// Offers `urls` new URLs and as many repeats; returns CPU time and number of offers.
    fn offer(&mut self, urls: u64) -> (Duration, u64) {
        let (mut spent, mut offers) = (Duration::ZERO, 0);
        while self.next < urls {
            let batches: Vec<Vec<Offer>> = (0..64).map(|_| self.batch(BATCH, urls)).collect();
            for batch in &batches {
                let began = Instant::now();
                timed(&mut spent, || self.frontier.offer(batch, self.now).unwrap());
                self.longest = self.longest.max(began.elapsed());
                offers += batch.len() as u64;
            }
        }
        (spent, offers)
    }

    fn batch(&mut self, len: usize, urls: u64) -> Vec<Offer> {
        // Sites are discovered twenty at a time, so that neighbours in a batch are of few sites, as on a page.
        (0..len)
            .map(|n| {
                let new = n % 2 == 0 && self.next < urls;
                let id = if new || self.next == 0 { self.next } else { self.random() % self.next };
                self.next += u64::from(new);
                offer(id)
            })
            .collect()
    }

    fn visit(&mut self, urls: u64) -> Visits {
        let request =
            LeaseRequest { sites_max: 16, visits_per_site_max: 10, revisits_due_by: START, job: None };
        let mut visits = Visits {
            urls: 0,
            leases: 0,
            lease_max: Duration::ZERO,
            settle_max: Duration::ZERO,
            leasing: Duration::ZERO,
            releasing: Duration::ZERO,
            settling: Duration::ZERO,
        };
        while visits.urls < urls {
            self.now = model::time::later(self.now, Duration::from_secs(10));
            let began = Instant::now();
            let leases = timed(&mut visits.leasing, || self.frontier.lease(&request, self.now).unwrap());
            visits.lease_max = visits.lease_max.max(began.elapsed());
            visits.leases += 1;
            if leases.is_empty() {
                break;
            }
            let mut settlements = Vec::new();
            let mut returns = Vec::new();
            for lease in leases {
                visits.urls += lease.visits.len() as u64;
                for visit in &lease.visits {
                    settlements.push(self.settlement(visit.clone(), &lease.site));
                }
                let mut pace = lease.pace;
                pace.answered(&Outcome::Fetched, Duration::from_millis(80), self.now);
                returns.push(SiteReturn {
                    site: lease.site,
                    fence: lease.fence,
                    pace,
                    robots: Vec::new(),
                    unvisited: Vec::new(),
                });
            }
            timed(&mut visits.releasing, || self.frontier.release(returns, self.now).unwrap());
            self.offset += 1;
            let checkpoint = Position { segment: 0, offset: self.offset };
            let began = Instant::now();
            timed(&mut visits.settling, || self.frontier.settle(&settlements, checkpoint, self.now).unwrap());
            visits.settle_max = visits.settle_max.max(began.elapsed());
        }
        visits
    }

    fn settlement(&mut self, visit: model::Visit, site: &model::Site) -> Settlement {
        let mut discovered: Vec<Offer> = (0..9).map(|_| offer(self.random() % self.next)).collect();
        discovered.push(offer(self.next));
        self.next += 1;
        for offer in &mut discovered {
            offer.via = Some(visit.url.clone());
        }
        Settlement {
            visit,
            site: site.clone(),
            outcome: Outcome::Fetched,
            at: self.now,
            etag: Some("\"5f3e-18a2b7c9d0\"".to_owned()),
            last_modified: Some("Thu, 01 Jan 2026 00:00:00 GMT".to_owned()),
            content_hash: Some(self.rng),
            dropped: false,
            discovered,
            signs: frontier::Signs::default(),
        }
    }

    fn random(&mut self) -> u64 {
        // xorshift64 (Marsaglia 2003): enough to spread repeats.
        self.rng ^= self.rng << 13;
        self.rng ^= self.rng >> 7;
        self.rng ^= self.rng << 17;
        self.rng
    }
}

fn offer(id: u64) -> Offer {
    let (group, within) = (id / (20 * PAGES_PER_SITE), id % (20 * PAGES_PER_SITE));
    let (site, page) = (group * 20 + within % 20, within / 20);
    Offer {
        url: CanonicalUrl::parse(&format!(
            "https://www.site-{site}.kz/news/2026/{page:04}-some-words-of-a-title.html"
        ))
        .unwrap(),
        kind: ResourceKind::Page,
        depth: 2,
        hops: 0,
        via: Some(format!("https://www.site-{site}.kz/news/2026/0000-some-words-of-a-title.html")),
        job: "bench".to_owned(),
        dated: None,
    }
}

fn open(dir: &Path) -> Frontier {
    // A web of one pattern whose pages are never read: what is measured is the store, not the budgets.
    let limits = frontier::Limits { pattern_linked: u32::MAX, ..frontier::Limits::default() };
    Frontier::open(dir, Settings { limits, ..Settings::default() }, START).unwrap()
}

/// The same offers into a set in memory and a log: what no durable queue can beat.
fn floor(dir: &Path, urls: u64) -> Duration {
    let path = dir.join("floor.log");
    let mut log = BufWriter::new(File::create(&path).unwrap());
    let (mut known, mut spent) = (HashSet::new(), Duration::ZERO);
    for from in (0..urls).step_by(8_192) {
        let offers: Vec<Offer> = (from..(from + 8_192).min(urls)).map(offer).collect();
        timed(&mut spent, || {
            for offer in offers.iter().chain(&offers) {
                if known.insert(offer.url.key()) {
                    writeln!(log, "{}", offer.url.url()).unwrap();
                }
            }
        });
    }
    drop(log);
    std::fs::remove_file(path).unwrap();
    spent
}

/// Adds the CPU time of `work` to `spent`.
fn timed<R>(spent: &mut Duration, work: impl FnOnce() -> R) -> R {
    let before = cpu();
    let done = work();
    *spent += cpu().saturating_sub(before);
    done
}

/// CPU time of the main thread, where everything here runs (Linux: nanoseconds on a CPU).
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    Duration::from_nanos(text.split_ascii_whitespace().next().unwrap().parse().unwrap())
}

fn bytes_written() -> u64 {
    let text = std::fs::read_to_string("/proc/self/io").unwrap();
    text.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap().parse().unwrap()
}

/// Seconds of system time of this process.
fn system_time() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: f64 = text.rsplit(')').next().unwrap().split_whitespace().nth(12).unwrap().parse().unwrap();
    ticks / 100.0
}

/// Bytes of memory this process has.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}
