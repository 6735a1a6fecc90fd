//! Metrics in the `OpenMetrics` text format. Names are listed here and nowhere else; label values are bounded.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use pipeline::progress::get;
use pipeline::{HostsReport, Progress};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of request durations, seconds: the goals for lookups are 5 to 15 ms (issue: index, recommendations).
const DURATION_BOUNDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

/// Every metric of the process.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Histogram,
    documents: Gauge<u64, AtomicU64>,
    index_bytes: Gauge<u64, AtomicU64>,
    generation: Gauge<u64, AtomicU64>,
    pages: Family<OutcomeLabels, Gauge<u64, AtomicU64>>,
    hosts: Family<HealthLabels, Gauge<u64, AtomicU64>>,
    hosts_silent: Gauge<u64, AtomicU64>,
    tickets_open: Gauge<u64, AtomicU64>,
    tickets_overdue: Gauge<u64, AtomicU64>,
    progress: Arc<Progress>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HealthLabels {
    health: &'static str,
}

impl Metrics {
    pub(crate) fn new(progress: Arc<Progress>) -> Self {
        let mut registry = Registry::with_prefix("silteme");
        let metrics = Self {
            requests: Family::default(),
            durations: Histogram::new(DURATION_BOUNDS),
            documents: Gauge::default(),
            index_bytes: Gauge::default(),
            generation: Gauge::default(),
            pages: Family::default(),
            hosts: Family::default(),
            hosts_silent: Gauge::default(),
            tickets_open: Gauge::default(),
            tickets_overdue: Gauge::default(),
            progress,
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time to answer",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        registry.register("index_documents", "Documents that can be found", metrics.documents.clone());
        registry.register_with_unit("index_size", "Index on disk", Unit::Bytes, metrics.index_bytes.clone());
        registry.register("index_generation", "Number of the live generation", metrics.generation.clone());
        registry.register(
            "crawl_visits",
            "Visits of scheduled jobs since the start, by outcome",
            metrics.pages.clone(),
        );
        registry.register("frontier_hosts", "Sites by health", metrics.hosts.clone());
        registry.register(
            "frontier_silent_hosts",
            "Sites that have not answered, or must be left alone, for more than an hour",
            metrics.hosts_silent.clone(),
        );
        registry.register(
            "people_open_tickets",
            "Requests of people that are not answered yet",
            metrics.tickets_open.clone(),
        );
        registry.register(
            "people_overdue_tickets",
            "Requests of people that were not answered in time",
            metrics.tickets_overdue.clone(),
        );
        Self { registry, ..metrics }
    }

    /// Counts one answered request; `route` is the pattern, not the path.
    pub(crate) fn answered(&self, route: &str, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), status }).inc();
        self.durations.observe(took.as_secs_f64());
    }

    /// Takes in how the sites are doing.
    pub(crate) fn set_hosts(&self, report: &HostsReport) {
        for (health, count) in report.counts() {
            self.hosts.get_or_create(&HealthLabels { health }).set(count);
        }
        self.hosts_silent.set(report.silent_count);
    }

    /// Takes in how many requests of people wait.
    pub(crate) fn set_tickets(&self, open: usize, overdue: usize) {
        self.tickets_open.set(open as u64);
        self.tickets_overdue.set(overdue as u64);
    }

    /// All metrics as text; without `stats`, the index's figures are as they were last.
    pub(crate) fn text(&self, stats: Option<&indexer::Stats>) -> Result<String, std::fmt::Error> {
        if let Some(stats) = stats {
            self.documents.set(stats.documents);
            self.index_bytes.set(stats.bytes);
            self.generation.set(stats.generation.into());
        }
        let progress = &self.progress;
        for (outcome, value) in [
            ("fetched", get(&progress.fetched)),
            ("not_modified", get(&progress.not_modified)),
            ("redirected", get(&progress.redirected)),
            ("failed", get(&progress.failed)),
            ("disallowed", get(&progress.disallowed)),
        ] {
            self.pages.get_or_create(&OutcomeLabels { outcome }).set(value);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
