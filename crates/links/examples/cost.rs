//! What the link graph costs: CPU time and bytes per page, and per question.
//!
//! `cargo run --release -p links --example cost [-- PAGES]`: made-up pages of about 100 links each (60 of a menu that all pages
//! of the site share, 30 to pages of the site, 10 to other sites), 200 pages a site. Reading the URLs is not counted: the
//! frontier needs them anyway.

#![expect(clippy::print_stdout, reason = "an example prints its table")]

use std::error::Error;
use std::time::{Duration, Instant};

use links::{Authority, Graph, Outlink, Page, Writer};
use model::{CanonicalUrl, LinkKind, Position, Timestamp, UrlKey};

const PAGES_PER_SITE: u64 = 200;
const BATCH: u64 = 128;

fn main() -> Result<(), Box<dyn Error>> {
    let pages: u64 = std::env::args().nth(1).map_or(Ok(20_000), |text| text.parse())?;
    let dir = tempfile::tempdir()?;
    let mut writer = Writer::open(dir.path())?;
    let mut taken = Duration::ZERO;
    for first in (0..pages).step_by(usize::try_from(BATCH)?) {
        let batch: Vec<Page> = (first..pages.min(first + BATCH)).map(|n| page(n, pages)).collect();
        let before = cpu()?;
        writer.put(&batch)?;
        // A crawl commits every half minute, which at 100 pages a second is this often.
        if first % (24 * BATCH) == 0 {
            writer.commit(Position { segment: 1, offset: first })?;
        }
        taken += cpu()?.saturating_sub(before);
    }
    let before = cpu()?;
    writer.commit(Position { segment: 2, offset: 0 })?;
    writer.close()?;
    taken += cpu()?.saturating_sub(before);
    let graph = Graph::open(dir.path())?.ok_or("no graph")?;
    let stats = graph.stats()?;
    println!("{} pages of 100 links", stats.pages);
    println!("  put, commit, merge  {:8.3} ms CPU a page", taken.as_secs_f64() * 1e3 / pages as f64);
    println!("  on disk             {:8} bytes a page", stats.bytes / pages);
    let asked: Vec<UrlKey> = (0..pages).step_by(7).map(|n| key(&url(n))).collect();
    let before = cpu()?;
    let mut found = 0;
    for key in &asked {
        found += graph.anchors(key, 16, Timestamp::UNIX_EPOCH)?.len();
    }
    let each = cpu()?.saturating_sub(before).as_secs_f64() * 1e6 / asked.len() as f64;
    println!("  anchors of a page   {each:8.1} µs CPU, {:.1} found", found as f64 / asked.len() as f64);
    let menu = key(&url(0));
    let began = Instant::now();
    let count = graph.inlink_count(&menu)?;
    graph.anchors(&menu, 16, Timestamp::UNIX_EPOCH)?;
    println!(
        "  anchors of a front  {:8.1} µs, {count} pages link to it",
        began.elapsed().as_secs_f64() * 1e6
    );
    let before = cpu()?;
    let authority = Authority::of_graph(&graph, Timestamp::UNIX_EPOCH)?;
    let spent = cpu()?.saturating_sub(before).as_secs_f64() * 1e3;
    println!("  authority           {spent:8.1} ms CPU for {} sites", authority.len());
    let before = cpu()?;
    let (mut after, mut links) = (None, 0);
    loop {
        let some = graph.pages(after, 256)?;
        let Some(last) = some.last() else { break };
        after = Some(last.key);
        links += some.iter().map(|page| page.links.len()).sum::<usize>();
    }
    let spent = cpu()?.saturating_sub(before).as_secs_f64() * 1e6;
    println!("  export              {:8.2} µs CPU a link", spent / links as f64);
    Ok(())
}

fn page(n: u64, pages: u64) -> Page {
    let site = n / PAGES_PER_SITE * PAGES_PER_SITE;
    let mut chance = n;
    let mut next = |below: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below.max(1)
    };
    let menu =
        (0..60).map(|m| (format!("{}section/{m}/", url(site)), format!("Бөлім {m}"), LinkKind::Navigation));
    let own: Vec<_> = (0..30).map(|_| site + next(PAGES_PER_SITE)).collect();
    let other: Vec<_> = (0..10).map(|_| next(pages)).collect();
    let title = |n: u64| format!("Облыс орталығында {n} мектеп пен {} тұрғын үй салынды", n % 97);
    let articles = own.into_iter().chain(other).map(|n| (url(n), title(n), LinkKind::Content));
    let links = menu.chain(articles).map(|(url, text, kind)| Outlink {
        target: Some(key(&url)),
        url,
        text,
        rel: Vec::new(),
        kind,
    });
    let url = url(n);
    Page { key: key(&url), fetched: Timestamp::UNIX_EPOCH, until: None, links: links.collect(), url }
}

/// Page 0 of a site is its front page.
fn url(n: u64) -> String {
    let (site, page) = (n / PAGES_PER_SITE, n % PAGES_PER_SITE);
    if page == 0 {
        return format!("https://site-{site}.kz/");
    }
    format!(
        "https://site-{site}.kz/news/2026/11/{:02}/oblys-ortalygynda-mektep-salyndy-{n}.html",
        page % 30 + 1
    )
}

fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).map_or(UrlKey([0; 16]), |url| url.key())
}

/// User and system time of all threads of this process, merges included; a clock tick is 10 ms (proc(5)).
fn cpu() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| -> Result<u64, Box<dyn Error>> { Ok(fields.get(n).ok_or("no field")?.parse()?) };
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}
