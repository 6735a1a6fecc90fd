//! `silteme status`.

use std::fmt::Write as _;
use std::sync::Arc;

use pipeline::{HostLine, Job, ReadStores, StatusReport};

use super::Context;
use crate::args::StatusArgs;
use crate::exit::Exit;

pub(super) fn run(context: &mut Context, args: &StatusArgs) -> anyhow::Result<Exit> {
    let stores =
        ReadStores::open(&context.global.data, &context.config.pipeline, Arc::clone(&context.clock))?;
    if args.hosts {
        let out = &mut context.out;
        let count = pipeline::host_lines(&stores, &mut |line| out.line(&line, host))?;
        return Ok(if count == 0 { Exit::Partly } else { Exit::Done });
    }
    let jobs = match &args.job {
        Some(name) => vec![Job::load(&context.config.jobs_dir, name)?],
        None => Job::load_all(&context.config.jobs_dir)?,
    };
    let mut report = pipeline::status(&stores, &jobs)?;
    if let Some(name) = &args.job {
        report.runs.retain(|run| run.job.as_ref() == Some(name));
    }
    context.out.line(&report, human)?;
    Ok(Exit::Done)
}

/// Stopped patterns shown to people; `--format json` has all that are kept.
const TRAPS_SHOWN: usize = 10;

fn host(line: &HostLine) -> String {
    let site = &line.site;
    let health = line.health.word();
    format!(
        "{:<40} {health:<8} {:>7} queued {:>7} scheduled {:>5} gone {:>5} refused   next {} (delay {}: {})",
        site.site.as_str(),
        site.counts.queued,
        site.counts.scheduled,
        site.counts.gone,
        site.counts.refused,
        site.next_allowed,
        site.delay,
        site.why
    )
}

fn human(report: &StatusReport) -> String {
    let mut text = format!(
        "queued     {} URLs on {} sites\nindex      {} documents, generation {}, {:.1} MB{}\narchive    {:.1} MB",
        report.queued,
        report.hosts,
        report.documents,
        report.index.generation,
        report.index.bytes as f64 / 1e6,
        if report.index_current { "" } else { ", behind the archive" },
        report.archive_bytes as f64 / 1e6,
    );
    if let Some(counts) = &report.frontier {
        let _ = write!(
            text,
            "\nfrontier   {} scheduled, {} gone, {} refused, {} withdrawn, {} on loan",
            counts.scheduled, counts.gone, counts.refused, counts.dropped, counts.leased
        );
        let outcomes: Vec<String> =
            counts.outcomes.iter().map(|(word, count)| format!("{count} {word}")).collect();
        let _ = write!(text, "\nvisits     {}", outcomes.join(", "));
    }
    if let Some(health) = &report.health {
        let counts: Vec<String> =
            health.by_health.iter().map(|(health, count)| format!("{count} {}", health.word())).collect();
        let _ = write!(text, "\nsites      {}", counts.join(", "));
    }
    for run in &report.runs {
        let _ = write!(
            text,
            "\nrun        {} {}: {} fetched, {} unchanged, {} failed, {} documents in {:.1} s ({})",
            run.at,
            run.job.as_deref().unwrap_or("by hand"),
            run.fetched,
            run.not_modified,
            run.failed,
            run.documents,
            run.seconds,
            run.ended
        );
    }
    for (job, next) in &report.jobs {
        let next = next.map_or("not scheduled".to_owned(), |at| format!("next run {at}"));
        let _ = write!(text, "\njob        {job}: {next}");
    }
    for wish in &report.wishes {
        let met = wish.met_share.map_or("no visit of a hub yet".to_owned(), |share| {
            let p90 = wish.p90.map_or("more than four times that".to_owned(), |p90| p90.to_string());
            format!("{:.0} % of visits in time, nine in ten within {p90}", share * 100.0)
        });
        let _ = write!(text, "\nwish       {}: new links within {}: {met}", wish.job, wish.fresh_within);
        for late in &wish.worst {
            let _ = write!(text, "\n           late: {} after {}", late.url, late.gap);
        }
    }
    let traps = report.notices.iter().filter(|notice| notice.kind == frontier::NoticeKind::Trap);
    for trap in traps.take(TRAPS_SHOWN) {
        let _ = write!(text, "\ntrap       {} {}: {}", trap.site, trap.subject, trap.text);
    }
    let _ = write!(text, "\nwriting    {}", report.writer.as_deref().unwrap_or("nobody"));
    for alert in &report.alerts {
        let _ = write!(text, "\nALERT      {alert}");
    }
    text
}
