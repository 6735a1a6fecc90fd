//! The whole crawl, as the binary runs it, and the settings it shares with the stages.
//!
//! Invariant: everything is on and every setting is the default, but for the delay and the rate, which would make it wait.

use std::path::Path;
use std::sync::Arc;

use fetcher::{Fetcher, ReqwestTransport};
use model::{Span, SystemClock};
use pipeline::{CrawlRequest, Job, JobScope, Progress, Settings, Stores};
use tokio_util::sync::CancellationToken;

use crate::meter::{Measured, Meter};
use crate::web::Web;

/// The name of the job, as [`testkit::builders::visit`] has it.
pub(crate) const JOB: &str = "test";

pub(crate) fn settings(port: u16) -> Settings {
    let mut settings = Settings::default();
    settings.fetcher.network.allow.push("127.0.0.0/8".parse().unwrap());
    settings.fetcher.network.resolve.insert("*".to_owned(), format!("127.0.0.1:{port}"));
    settings.fetcher.fetcher.requests_per_second = 0;
    settings.politeness.delay = Span::seconds(0);
    settings
}

pub(crate) fn job(web: &Web) -> Job {
    let scope = if web.follows { JobScope::Site } else { JobScope::List };
    Job::of_seeds(JOB, web.seeds.clone(), scope)
}

pub(crate) fn run(web: &Web, port: u16, scratch: &Path) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (settings, clock) = (settings(port), Arc::new(SystemClock));
    let request = CrawlRequest { job: Some(job(web)), only_job: true, ..CrawlRequest::default() };
    let progress = Arc::default();
    let meter = Meter::start();
    let summary = runtime.block_on(async {
        let transport = ReqwestTransport::new(&settings.fetcher).unwrap();
        let fetcher = Arc::new(Fetcher::new(settings.fetcher.clone(), transport, clock.clone()).unwrap());
        let mut stores = Stores::open(scratch, &settings, clock, "bench").unwrap();
        let stop = CancellationToken::new();
        let summary = pipeline::crawl(&mut stores, fetcher, &request, &progress, stop).await.unwrap();
        // Merges are waited for, as in the chain.
        let Stores { writer, .. } = stores;
        writer.close().unwrap();
        summary
    });
    let mut measured = meter.stop(usize::try_from(summary.fetched).unwrap());
    measured.note = note(web, &progress, summary.documents);
    measured
}

/// Says when it did not do what it should have.
fn note(web: &Web, progress: &Progress, documents: u64) -> String {
    let get = pipeline::progress::get;
    let (fetched, failed) = (get(&progress.fetched), get(&progress.failed) + get(&progress.disallowed));
    let pages = web.urls.len() as u64;
    if fetched == pages && failed == 0 && documents == pages {
        return String::new();
    }
    format!("{fetched} fetched, {failed} failed, {documents} documents of {pages} pages")
}
