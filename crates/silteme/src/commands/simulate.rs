//! `silteme simulate`: a capacity question, answered by the real crawl over a simulated web.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::time::Duration;

use pipeline::Job;
use simulator::{Error, Faults, Forecast, Percentiles, Progress, Question, forecast};

use super::Context;
use crate::args::{FaultLevel, SimulateArgs};
use crate::exit::{Exit, usage};

pub(super) fn run(context: &mut Context, args: &SimulateArgs) -> anyhow::Result<Exit> {
    let job = Job::load(&context.config.jobs_dir, &args.job)?;
    if !(args.rate_per_day.is_finite() && (0.0..=10_000.0).contains(&args.rate_per_day)) {
        return Err(usage("--rate-per-day must be 0 to 10000"));
    }
    let mut settings = context.config.pipeline.clone();
    // Nobody is asked for real, so a contact that is not set yet is no obstacle.
    settings.fetcher.agent.contact.get_or_insert_with(|| "https://example.com/".to_owned());
    let question = Question {
        job,
        settings,
        length: Duration::from_hours(24) * u32::try_from(args.days)?,
        sites_max: args.sources.map(usize::try_from).transpose()?,
        seed: args.seed,
        faults: match args.faults {
            FaultLevel::None => Faults::None,
            FaultLevel::Usual => Faults::Usual,
            FaultLevel::Hostile => Faults::Hostile,
        },
        per_day: args.rate_per_day,
        within: args.within.0,
    };
    let kept = match &args.log {
        None => None,
        Some(path) => {
            let file = File::create(path)
                .map_err(|e| usage(format!("--log {} cannot be written: {e}", path.display())))?;
            Some(Box::new(BufWriter::new(file)) as Box<dyn std::io::Write + Send>)
        }
    };
    let begun = context.clock.now();
    let answer = forecast(&question, Box::new(show), kept).map_err(|error| match error {
        Error::Question(message) => usage(message),
        other => other.into(),
    })?;
    let took = model::time::until(begun, context.clock.now());
    told(&answer, took);
    context.out.line(&answer, human)?;
    Ok(if answer.sites_unmet == 0 { Exit::Done } else { Exit::Partly })
}

#[expect(clippy::print_stderr, reason = "progress is for people and belongs to standard error")]
fn show(progress: Progress) {
    let days = |span: Duration| span.as_secs_f64() / 86_400.0;
    eprintln!(
        "day {:.1} of {:.0}, {} requests simulated",
        days(progress.elapsed),
        days(progress.total),
        progress.requests
    );
}

#[expect(clippy::print_stderr, reason = "how long this took differs from run to run; the answer does not")]
fn told(answer: &Forecast, took: Duration) {
    let seconds = took.as_secs_f64();
    eprintln!(
        "simulated {:.1} days in {seconds:.1} s: {:.0} requests a second, {:.0} times faster than life",
        answer.days,
        answer.requests as f64 / seconds.max(0.001),
        answer.days * 86_400.0 / seconds.max(0.001)
    );
}

fn human(answer: &Forecast) -> String {
    let percent = |share: f64| share * 100.0;
    let mut text = format!(
        "{} sites of job {:?}, {:.1} days, runs {} ({}), faults {}, seed {}\n\
         requests   {} ({:.2} a second, {} in the busiest): {:.1} % robots.txt, {:.1} % unchanged, {:.1} % failed\n\
         articles   {} published, {} never fetched\n\
         listed     {}\n\
         fetched    {}\n\
         wish       {:.1} % fetched within {} s; {} of {} sites do not meet it\n\
         frontier   {} URLs, {} not fetched yet\n\
         politeness {}",
        answer.sites,
        answer.job,
        answer.days,
        answer.schedule,
        answer.runs,
        answer.faults,
        answer.seed,
        answer.requests,
        answer.requests_per_second,
        answer.requests_per_second_peak,
        percent(answer.robots_share),
        percent(answer.not_modified_share),
        percent(answer.failed_share),
        answer.articles,
        answer.articles_not_fetched,
        delays(&answer.listed_seconds),
        delays(&answer.fetched_seconds),
        percent(answer.within_share),
        answer.within_seconds,
        answer.sites_unmet,
        answer.sites,
        answer.frontier_urls,
        answer.frontier_queued,
        if answer.impolite == 0 {
            "no request too early, none forbidden".to_owned()
        } else {
            let first = answer.impolite_first.as_deref().unwrap_or_default();
            format!(
                "{} impolite requests, the first at {first}: please report this with the seed",
                answer.impolite
            )
        },
    );
    for site in &answer.unmet {
        let _ = write!(
            text,
            "\nunmet      {:<32} {:>5.1} % of {}: {}",
            site.site,
            percent(site.within_share),
            site.articles,
            site.why
        );
    }
    let _ = write!(text, "\nassumed    {}", answer.assumptions);
    text
}

fn delays(seconds: &Percentiles) -> String {
    let one = |value: Option<f64>| value.map_or("never".to_owned(), |seconds| format!("{seconds:.0} s"));
    format!(
        "half within {}, 90 % within {}, 99 % within {}; the last after {}",
        one(seconds.p50),
        one(seconds.p90),
        one(seconds.p99),
        one(seconds.worst)
    )
}
