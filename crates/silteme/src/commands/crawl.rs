//! `silteme crawl`.

use std::sync::Arc;

use fetcher::{Fetcher, ReqwestTransport};
use model::Clock;
use pipeline::jobs::seed_lines;
use pipeline::{CrawlRequest, CrawlSummary, Job, JunkSeed, Progress, SteadyClock, Stores};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{Context, follow, read_input, runtime};
use crate::args::CrawlArgs;
use crate::bars::{Kind, Shown};
use crate::exit::{Exit, usage};
use crate::signals::stop_token;

pub(super) fn run(context: &mut Context, args: &CrawlArgs) -> anyhow::Result<Exit> {
    let job = job(context, args)?;
    let mut exit = Exit::Done;
    if let Some(job) = &job {
        let (seeds, junk) = job.parsed_seeds();
        junk.iter().for_each(report);
        if seeds.is_empty() {
            return Err(usage(
                "no seed can be crawled; give http or https URLs, for example https://example.kz/",
            ));
        }
        if !junk.is_empty() {
            exit = Exit::Partly;
        }
        let fetcher = &context.config.pipeline.fetcher;
        fetcher
            .agent
            .check_contact(seeds.iter().map(model::CanonicalUrl::url), &fetcher.network)
            .map_err(usage)?;
    }
    let request = CrawlRequest {
        max_pages: args.max_pages.or(job.as_ref().and_then(|job| job.max_pages)),
        max_time: args.max_time.or(job.as_ref().and_then(|job| job.max_time)).map(|span| span.0),
        only_job: args.job.is_some(),
        job,
        politeness: None,
    };
    let runtime = runtime()?;
    let summary = runtime.block_on(async {
        let stop = stop_token();
        crawl(context, &request, stop).await
    })?;
    context.out.line(&summary, human)?;
    Ok(exit)
}

/// Opens the stores, crawls, and shows how far it is.
pub(super) async fn crawl(
    context: &Context,
    request: &CrawlRequest,
    stop: CancellationToken,
) -> anyhow::Result<CrawlSummary> {
    let settings = &context.config.pipeline;
    let transport = ReqwestTransport::new(&settings.fetcher).map_err(pipeline::Error::from)?;
    let clock: Arc<dyn Clock> = Arc::new(SteadyClock::start(&*context.clock));
    let fetcher = Fetcher::new(settings.fetcher.clone(), transport, Arc::clone(&clock))
        .map_err(pipeline::Error::from)?;
    let mut stores = Stores::open(&context.global.data, settings, clock, "crawl")?;
    let progress = Arc::new(Progress::default());
    let shown = Shown::start(Kind::Crawl, &progress);
    let request = CrawlRequest {
        politeness: Some(follow::politeness(&context.config, &context.global)),
        ..request.clone()
    };
    let summary = pipeline::crawl(&mut stores, Arc::new(fetcher), &request, &progress, stop).await;
    drop(shown);
    let summary = summary?;
    let job = request.job.as_ref().map(|job| job.name.as_str());
    pipeline::record_run(&context.global.data, job, &summary, context.clock.now());
    Ok(summary)
}

fn job(context: &Context, args: &CrawlArgs) -> anyhow::Result<Option<Job>> {
    if let Some(name) = &args.job {
        let job = Job::load(&context.config.jobs_dir, name)?;
        let settings = &context.config.pipeline;
        job.check_against(&settings.politeness, &settings.recrawl)?;
        return Ok(Some(job));
    }
    let seeds = args.seeds.clone();
    let mut listed = Vec::new();
    if let Some(file) = &args.seed_file {
        listed.extend(seed_lines(&String::from_utf8_lossy(&read_input(file)?)));
    }
    if seeds.is_empty() && listed.is_empty() {
        return Ok(None);
    }
    let mut job = Job::of_seeds("", seeds, args.scope.unwrap_or_default());
    job.listed = listed;
    job.depth_max = args.depth;
    job.include.clone_from(&args.include);
    job.exclude.clone_from(&args.exclude);
    job.name = name_of(&job);
    Ok(Some(job))
}

/// The same command line is the same job, so that repeating it resumes; another one does not change its rules.
fn name_of(job: &Job) -> String {
    let digest = Sha256::digest(format!("{job:?}"));
    let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("command-line-{hex}")
}

#[expect(clippy::print_stderr, reason = "what was left out is told on standard error, seed by seed")]
fn report(junk: &JunkSeed) {
    match junk.line {
        Some(line) => eprintln!("left out: line {line}: {:?}: {}", junk.text, junk.reason),
        None => eprintln!("left out: seed {:?}: {}", junk.text, junk.reason),
    }
}

pub(super) fn human(summary: &CrawlSummary) -> String {
    let why = match summary.ended {
        "nothing_due" => "nothing more is due",
        "max_pages" => "the page limit was reached",
        "max_time" => "the time limit was reached",
        _ => "stopped; the same command goes on from here",
    };
    format!(
        "{} fetched, {} unchanged, {} redirected, {} failed, {} disallowed by robots.txt, on {} hosts in {:.1} s ({:.1} MB)\n\
         {} documents indexed, {} duplicates, {} links found; {} URLs still queued: {why}",
        summary.fetched,
        summary.not_modified,
        summary.redirected,
        summary.failed,
        summary.disallowed,
        summary.hosts,
        summary.seconds,
        summary.bytes as f64 / 1e6,
        summary.documents,
        summary.duplicates,
        summary.links,
        summary.queued,
    )
}
