//! A data directory whose archive is written directly and whose clock stands still until it is moved.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use archive::{ArchiveStore as _, WarcArchive};
use indexer::{LinkSource as _, Query};
use model::{Clock, FetchRecord, Timestamp};
use pipeline::{Progress, ReadStores, ReindexRequest, ReindexSummary, Settings, Stores};
use testkit::builders::record;
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::temp::Scratch;
use tokio_util::sync::CancellationToken;

pub(crate) struct World {
    scratch: Scratch,
    pub(crate) clock: Arc<SimulatedClock>,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut settings = Settings::default();
        settings.crawl.parser_threads = 1;
        Self { scratch: Scratch::new(), clock: Arc::new(SimulatedClock::at(EPOCH)), settings }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.scratch.join("run")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, hours: u64) {
        self.clock.advance(Duration::from_hours(hours));
    }

    /// A page as fetched now.
    pub(crate) fn page(&self, url: &str, html: &str) -> FetchRecord {
        record(url).at(self.now()).html(html).build()
    }

    /// Appends records as a crawl does, and nothing else: as if killed right after.
    pub(crate) fn archive(&self, records: &[FetchRecord]) {
        let dir = pipeline::archive_dir(&self.data());
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let mut archive = WarcArchive::open(&dir, self.settings.archive.clone(), clock).unwrap().archive;
        archive.append(records).unwrap();
    }

    /// Opens the stores, which takes in what was archived and purges what is due.
    pub(crate) fn open(&self) -> Stores {
        Stores::open(&self.data(), &self.settings, Arc::clone(&self.clock) as _, "test").unwrap()
    }

    /// Archives and takes in.
    pub(crate) fn take_in(&self, records: &[FetchRecord]) {
        self.archive(records);
        drop(self.open());
    }

    pub(crate) fn read(&self) -> ReadStores {
        ReadStores::open(&self.data(), &self.settings, Arc::clone(&self.clock) as _).unwrap()
    }

    pub(crate) fn reindex(&self, request: ReindexRequest) -> Result<ReindexSummary, pipeline::Error> {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let (progress, stop) = (Progress::default(), CancellationToken::new());
        pipeline::reindex(&self.data(), &self.settings, &clock, request, &progress, &stop)
    }

    /// URLs that answer a query.
    pub(crate) fn search(&self, words: &str) -> Vec<String> {
        let hits = self.read().index.search(&Query::new(words, 50, self.now())).unwrap().hits;
        hits.into_iter().map(|hit| hit.document.url).collect()
    }

    /// Traces of texts on disk.
    pub(crate) fn traces(&self, texts: &[&str]) -> Vec<pipeline::Trace> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        pipeline::scan_texts(&self.read(), &texts).unwrap()
    }
}
