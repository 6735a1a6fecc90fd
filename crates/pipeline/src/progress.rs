//! Counters of a running command: written by the stages, read by progress bars, metrics and the final summary.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::{FetchRecord, Outcome, ResourceKind};
use serde::Serialize;

/// What has happened so far. Counters only grow while a command runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Responses with a body taken in.
    pub fetched: AtomicU64,
    /// 304 answers.
    pub not_modified: AtomicU64,
    /// Redirects met.
    pub redirected: AtomicU64,
    /// Errors of servers and network, refusals of our own.
    pub failed: AtomicU64,
    /// Visits that robots.txt forbids.
    pub disallowed: AtomicU64,
    /// Documents whose content was already seen in this run.
    pub duplicates: AtomicU64,
    /// Body bytes received, content codings still on.
    pub bytes: AtomicU64,
    /// Documents written to the index.
    pub documents: AtomicU64,
    /// Links found.
    pub links: AtomicU64,
    /// Records replayed or taken in (reindex, import).
    pub records: AtomicU64,
    /// Requests for robots.txt.
    pub robots_fetched: AtomicU64,
    hosts: Mutex<HashSet<String>>,
}

/// The final line of a crawl.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrawlSummary {
    /// Always `summary`.
    pub event: &'static str,
    /// Responses with a body taken in (robots.txt not counted).
    pub fetched: u64,
    /// 304 answers.
    pub not_modified: u64,
    /// Redirects met; each target is a visit of its own.
    pub redirected: u64,
    /// Errors of servers and network, refusals of our own.
    pub failed: u64,
    /// Visits that robots.txt forbids.
    pub disallowed: u64,
    /// Documents whose content was already seen in this run.
    pub duplicates: u64,
    /// Body bytes received, content codings still on.
    pub bytes: u64,
    /// Wall-clock time, seconds.
    pub seconds: f64,
    /// Documents written to the index.
    pub documents: u64,
    /// Links found.
    pub links: u64,
    /// Hosts that answered.
    pub hosts: u64,
    /// URLs known but not visited yet when the run ended.
    pub queued: u64,
    /// Why the run ended: `nothing_due`, `max_pages`, `max_time`, `stopped`.
    pub ended: &'static str,
}

impl Progress {
    /// Counts what one visit brought.
    pub fn count_record(&self, record: &FetchRecord) {
        if let Some(response) = record.response() {
            add(&self.bytes, response.body.raw.len() as u64);
            if let Ok(url) = url::Url::parse(&record.visit.url)
                && let (Some(host), Ok(mut hosts)) = (url.host_str(), self.hosts.lock())
                && !hosts.contains(host)
            {
                hosts.insert(host.to_owned());
            }
        }
        if record.visit.kind == ResourceKind::Robots {
            add(&self.robots_fetched, 1);
            return;
        }
        let counter = match record.outcome {
            Outcome::Fetched => &self.fetched,
            Outcome::NotModified => &self.not_modified,
            Outcome::Redirected { .. } => &self.redirected,
            Outcome::Disallowed { .. } => &self.disallowed,
            Outcome::HttpError { .. }
            | Outcome::RetryLater { .. }
            | Outcome::RobotsUnavailable { .. }
            | Outcome::Refused { .. }
            | Outcome::Failed { .. } => &self.failed,
        };
        add(counter, 1);
    }

    /// Hosts that answered so far.
    #[must_use]
    pub fn hosts(&self) -> u64 {
        self.hosts.lock().map_or(0, |hosts| hosts.len() as u64)
    }

    /// The final line.
    #[must_use]
    pub fn crawl_summary(&self, took: Duration, queued: u64, ended: &'static str) -> CrawlSummary {
        CrawlSummary {
            event: "summary",
            fetched: get(&self.fetched),
            not_modified: get(&self.not_modified),
            redirected: get(&self.redirected),
            failed: get(&self.failed),
            disallowed: get(&self.disallowed),
            duplicates: get(&self.duplicates),
            bytes: get(&self.bytes),
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
            documents: get(&self.documents),
            links: get(&self.links),
            hosts: self.hosts(),
            queued,
            ended,
        }
    }
}

/// Adds to a counter.
pub fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

/// Reads a counter.
#[must_use]
pub fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
