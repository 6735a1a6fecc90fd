//! What goes on beside the lookups: a crawl of pages that are new, then a reindex, and again.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::load::world::World;

/// How long one crawl may take before a reindex has its turn: only one of them can write.
const CRAWL_MAX: &str = "10s";

/// What went on.
#[derive(Debug, Default)]
pub(super) struct Background {
    crawls: u64,
    pages: u64,
    reindexes: u64,
    documents: u64,
    failures: Vec<String>,
}

impl Background {
    /// Whether all of it went well.
    pub(super) fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Crawls and reindexes until `stop`; what runs then ends first.
pub(super) fn run(world: &World, stop: &AtomicBool) -> anyhow::Result<Background> {
    let mut done = Background::default();
    for seeds in world.crawls() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let mut crawl = vec!["crawl", "--scope", "site", "--max-time", CRAWL_MAX];
        crawl.extend(seeds.iter().map(String::as_str));
        match world.run(&crawl)? {
            Ok(summary) => {
                done.crawls += 1;
                done.pages += summary["fetched"].as_u64().unwrap_or_default();
            }
            Err(why) => done.failures.push(why),
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match world.run(&["reindex"])? {
            Ok(summary) => {
                done.reindexes += 1;
                done.documents = summary["documents"].as_u64().unwrap_or_default();
            }
            Err(why) => done.failures.push(why),
        }
    }
    Ok(done)
}

impl fmt::Display for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} crawls fetched {} pages and {} reindexes made generations of {} documents in the end",
            self.crawls, self.pages, self.reindexes, self.documents
        )?;
        self.failures.iter().take(3).try_for_each(|why| write!(f, "\nfailed: {why}"))
    }
}
