//! What the embedded frontier costs: `cargo bench -p frontier [-- URLS]` (100,000 unless told otherwise).
//!
//! CPU time of this process, simulated web: sites of 200 pages, offers in batches of 256 of which half are repeats, leases of
//! 16 sites × 10 URLs, each URL settled with one new and nine known links. Beside it, measured in the same minutes, the
//! floor of field.md section 5: a set in memory and an append log.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run should stop")]

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use frontier::{Frontier, JobRules, LeaseRequest, Offer, Scope, Settings, Settlement, SiteReturn};
use model::{CanonicalUrl, Outcome, Position, ResourceKind, Timestamp};

const BATCH: usize = 256;
const PAGES_PER_SITE: u64 = 200;
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// field.md section 5, `SQLite`: µs per offer, µs per pop, bytes on disk per URL.
const FIELD_SQLITE: (f64, f64, f64) = (11.6, 12.3, 110.0);
/// The same of the memory set with append log.
const FIELD_LOG: (f64, f64, f64) = (0.21, 0.05, 84.0);

fn main() {
    let urls = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(100_000);
    let dir = tempfile::tempdir().unwrap();
    let mut bench = Bench { frontier: open(dir.path()), now: START, rng: 1, offset: 0, next: 0 };
    let rules = JobRules { name: "bench".to_owned(), scope: Scope::Any, ..JobRules::default() };
    bench.frontier.register(rules, START).unwrap();

    let floor = floor(dir.path(), urls);
    let written = bytes_written();
    let (offered, offers) = bench.offer(urls);
    let written = (bytes_written() - written) as f64 / urls as f64;
    drop(bench.frontier);
    let on_disk = std::fs::metadata(dir.path().join("frontier.sqlite")).unwrap().len() as f64 / urls as f64;
    let mut opened = Duration::ZERO;
    bench.frontier = timed(&mut opened, || open(dir.path()));
    let visits = bench.visit(urls.min(50_000));

    let per = |time: Duration, count: u64| time.as_secs_f64() * 1e6 / count.max(1) as f64;
    println!("{urls} URLs on {} sites, {offers} offers", urls / PAGES_PER_SITE);
    println!("{:<34} {:>9} {:>22}", "", "here", "ratio to field.md");
    let line = |what: &str, value: f64, field: Option<f64>| {
        let ratio = field.map_or(String::new(), |field| format!("{:.2} (SQLite {field})", value / field));
        println!("{what:<34} {value:>9.2} {ratio:>22}");
    };
    line("µs CPU per offer, half repeats", per(offered, offers), Some(FIELD_SQLITE.0));
    line("  floor: set + append log", per(floor, offers), None);
    line("µs CPU per URL leased", per(visits.leasing, visits.urls), Some(FIELD_SQLITE.1));
    line("µs CPU per URL released", per(visits.releasing, visits.urls), None);
    line("µs CPU per URL settled, 10 links", per(visits.settling, visits.urls), None);
    line("bytes on disk per URL", on_disk, Some(FIELD_SQLITE.2));
    line("bytes written per URL", written, Some(8_638.0));
    line("µs CPU per URL to open", per(opened, urls), None);
    println!("floor here / floor in field.md: {:.2}", per(floor, offers) / FIELD_LOG.0);
}

struct Bench {
    frontier: Frontier,
    now: Timestamp,
    rng: u64,
    offset: u64,
    /// URLs invented so far.
    next: u64,
}

struct Visits {
    urls: u64,
    leasing: Duration,
    releasing: Duration,
    settling: Duration,
}

impl Bench {
    /// Offers `urls` new URLs and as many repeats; returns CPU time and number of offers.
    fn offer(&mut self, urls: u64) -> (Duration, u64) {
        let (mut spent, mut offers) = (Duration::ZERO, 0);
        while self.next < urls {
            let batches: Vec<Vec<Offer>> = (0..64).map(|_| self.batch(BATCH, urls)).collect();
            for batch in &batches {
                timed(&mut spent, || self.frontier.offer(batch, self.now).unwrap());
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
        let mut visits =
            Visits { urls: 0, leasing: Duration::ZERO, releasing: Duration::ZERO, settling: Duration::ZERO };
        while visits.urls < urls {
            self.now = model::time::later(self.now, Duration::from_secs(10));
            let leases = timed(&mut visits.leasing, || self.frontier.lease(&request, self.now).unwrap());
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
            timed(&mut visits.settling, || self.frontier.settle(&settlements, checkpoint, self.now).unwrap());
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
    let mut log = BufWriter::new(File::create(dir.join("floor.log")).unwrap());
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
