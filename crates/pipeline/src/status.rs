//! What is going on: queues, sites, index, runs, and what an operator should look at.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use archive::ArchiveSource;
use frontier::{Counts, Frontier, Health, HostInsight, Notice, SiteStatus, WishReport};
use indexer::{LinkSource, Stats};
use model::{Position, Timestamp};
use serde::{Deserialize, Serialize};

use crate::hosts::{HostsReport, each_site, hosts};
use crate::progress::CrawlSummary;
use crate::stores::ReadStores;
use crate::{Error, Job, lock, next_run, watch};

/// Runs shown and kept in mind for alerts.
const RUNS_SHOWN: usize = 5;
/// Share of failures in a run above which an alert is raised.
const FAILURES_ALERT: f64 = 0.5;

/// The whole state in one object.
#[derive(Debug, Clone, Serialize)]
pub struct StatusReport {
    /// URLs waiting for their first visit or a retry.
    pub queued: u64,
    /// Documents that can be found.
    pub documents: u64,
    /// Sites known.
    pub hosts: u64,
    /// The frontier in numbers; absent when nothing was ever crawled.
    pub frontier: Option<Counts>,
    /// How the sites are doing; absent when nothing was ever crawled.
    pub health: Option<HostsReport>,
    /// The index in figures.
    pub index: Stats,
    /// End of the archive.
    pub archive_end: Position,
    /// Bytes of the archive on disk.
    pub archive_bytes: u64,
    /// Whether the index has taken in the whole archive.
    pub index_current: bool,
    /// The process that writes at this moment.
    pub writer: Option<String>,
    /// The latest runs, newest first.
    pub runs: Vec<Run>,
    /// Jobs and when the scheduler runs them next.
    pub jobs: BTreeMap<String, Option<Timestamp>>,
    /// Freshness wishes of the jobs and whether they are met.
    pub wishes: Vec<WishReport>,
    /// Stopped patterns, silent hubs, hosts of junk: the latest, newest first.
    pub notices: Vec<Notice>,
    /// Takedowns whose bytes are not purged yet.
    pub takedowns_pending: usize,
    /// What an operator should look at, in words.
    pub alerts: Vec<String>,
}

/// One site.
#[derive(Debug, Clone, Serialize)]
pub struct HostLine {
    /// What the frontier knows.
    #[serde(flatten)]
    pub site: SiteStatus,
    /// How it is doing: `ok`, `slow`, `blocked`, `dead`, `probe`.
    pub health: Health,
    /// Hosts of the site where junk stood, with its kinds and its share among the latest pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub junk: Vec<HostInsight>,
}

/// One finished crawl run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// When it ended.
    pub at: Timestamp,
    /// The job, if it was one.
    pub job: Option<String>,
    /// Responses taken in.
    pub fetched: u64,
    /// 304 answers.
    pub not_modified: u64,
    /// Failures.
    pub failed: u64,
    /// Documents written.
    pub documents: u64,
    /// Seconds it took.
    pub seconds: f64,
    /// Why it ended.
    pub ended: String,
}

/// Notes the end of a run. A note that cannot be written is not worth failing a crawl that succeeded.
pub fn record_run(data: &Path, job: Option<&str>, summary: &CrawlSummary, at: Timestamp) {
    let run = Run {
        at,
        job: job.map(str::to_owned),
        fetched: summary.fetched,
        not_modified: summary.not_modified,
        failed: summary.failed,
        documents: summary.documents,
        seconds: summary.seconds,
        ended: summary.ended.to_owned(),
    };
    let written = serde_json::to_vec(&run).map_err(std::io::Error::from).and_then(|mut line| {
        line.push(b'\n');
        OpenOptions::new().create(true).append(true).open(data.join("runs.ndjson"))?.write_all(&line)
    });
    if let Err(error) = written {
        tracing::warn!(%error, "the run could not be noted in runs.ndjson");
    }
}

/// The whole state, as far as it can be read while others write.
///
/// # Errors
/// When a store cannot be read.
pub fn status(stores: &ReadStores, jobs: &[Job]) -> Result<StatusReport, Error> {
    let now = stores.clock.now();
    let frontier = stores.frontier.as_ref().map(Frontier::counts).transpose()?;
    let index = stores.index.stats()?;
    let archive_end = stores.archive.as_ref().map(ArchiveSource::end).unwrap_or_default();
    let mut report = StatusReport {
        queued: frontier.as_ref().map_or(0, |counts| counts.queued),
        documents: index.documents,
        hosts: frontier.as_ref().map_or(0, |counts| counts.sites),
        archive_bytes: bytes_below(&crate::archive_dir(&stores.data)),
        index_current: index.checkpoint >= archive_end,
        frontier,
        health: stores.frontier.as_ref().map(|frontier| hosts(frontier, now)).transpose()?,
        index,
        archive_end,
        writer: lock::holder(&stores.data).map(|holder| holder.name),
        runs: runs(&stores.data),
        jobs: BTreeMap::new(),
        wishes: Vec::new(),
        notices: Vec::new(),
        takedowns_pending: stores.takedowns.pending().count(),
        alerts: Vec::new(),
    };
    for job in jobs {
        report.jobs.insert(job.name.clone(), next_run(job, now)?);
    }
    if let Some(frontier) = &stores.frontier {
        report.notices = frontier.notices_list()?;
        for job in jobs {
            report.wishes.extend(frontier.wish_report(&job.name)?);
        }
    }
    report.alerts = alerts(&report);
    for job in jobs {
        report.alerts.extend(overdue(job, &report.runs, now)?);
    }
    report.alerts.extend(watch::alerts(&report.notices, &report.wishes));
    Ok(report)
}

/// Every site, in name order.
///
/// # Errors
/// When the frontier cannot be read.
pub fn host_lines(
    stores: &ReadStores,
    each: &mut dyn FnMut(HostLine) -> std::io::Result<()>,
) -> Result<u64, Error> {
    let Some(frontier) = &stores.frontier else { return Ok(0) };
    let now = stores.clock.now();
    each_site(frontier, &mut |site| {
        let hosts = frontier.insight(&site.site, now)?.hosts;
        let junk = hosts.into_iter().filter(|host| !host.junk.is_empty()).collect();
        each(HostLine { health: site.pace.health(now), site, junk }).map_err(Error::Output)
    })
}

fn alerts(report: &StatusReport) -> Vec<String> {
    let mut alerts = Vec::new();
    if !report.index_current && report.writer.is_none() {
        alerts.push("the index is behind the archive and nobody is writing; any crawl, or `silteme verify`, catches up".to_owned());
    }
    if let Some(run) = report.runs.first() {
        let visits = run.fetched + run.not_modified + run.failed;
        if visits >= 10 && run.failed as f64 > visits as f64 * FAILURES_ALERT {
            alerts.push(format!(
                "{} of {visits} visits of the last run failed; `silteme status --hosts` shows where",
                run.failed
            ));
        }
    }
    if let Some(health) = &report.health {
        alerts.extend(health.alerts(report.writer.is_some()));
    }
    if report.takedowns_pending > 0 {
        alerts.push(format!("{} takedowns are hidden but not purged yet", report.takedowns_pending));
    }
    alerts
}

/// A job that has run before and has now missed two of its times.
fn overdue(job: &Job, runs: &[Run], now: Timestamp) -> Result<Option<String>, Error> {
    let Some(last) = runs.iter().find(|run| run.job.as_ref() == Some(&job.name)) else { return Ok(None) };
    let missed = next_run(job, last.at)?.map(|first| next_run(job, first)).transpose()?.flatten();
    Ok(missed.filter(|missed| *missed < now).map(|_| {
        format!(
            "job {:?} has not run since {} and has missed two of its times; is `silteme serve` or its timer running?",
            job.name, last.at
        )
    }))
}

fn runs(data: &Path) -> Vec<Run> {
    let text = fs::read_to_string(data.join("runs.ndjson")).unwrap_or_default();
    text.lines().rev().filter_map(|line| serde_json::from_str(line).ok()).take(RUNS_SHOWN).collect()
}

fn bytes_below(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).filter(fs::Metadata::is_file).map(|meta| meta.len()).sum()
}
