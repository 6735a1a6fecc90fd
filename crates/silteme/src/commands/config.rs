//! `silteme config`: effective settings and where each came from.

use pipeline::Job;
use serde::Serialize;

use super::Context;
use crate::args::{ConfigAction, ConfigArgs};
use crate::exit::Exit;

#[derive(Serialize)]
struct Checked {
    event: &'static str,
    settings: usize,
    jobs: usize,
    warnings: Vec<String>,
}

pub(super) fn run(context: &mut Context, args: &ConfigArgs) -> anyhow::Result<Exit> {
    match args.action {
        ConfigAction::Show => {
            for setting in &context.config.settings {
                context.out.line(setting, |setting| {
                    let value = if setting.value.is_null() {
                        "(unset)".to_owned()
                    } else {
                        setting.value.to_string()
                    };
                    format!("{:<44} {value:<28} {}", setting.key, setting.source)
                })?;
            }
            Ok(Exit::Done)
        }
        ConfigAction::Check => check(context),
    }
}

/// Reading the settings has already checked the file; what is left are the jobs and what only warrants a warning.
fn check(context: &mut Context) -> anyhow::Result<Exit> {
    let jobs = Job::load_all(&context.config.jobs_dir)?;
    let mut warnings = Vec::new();
    if context.config.pipeline.fetcher.agent.contact.is_none() {
        warnings.push("[agent] contact is not set: only loopback can be crawled".to_owned());
    }
    for job in &jobs {
        let settings = &context.config.pipeline;
        job.check_against(&settings.politeness, &settings.recrawl)?;
        for junk in job.parsed_seeds().1 {
            let line = junk.line.map_or(String::new(), |line| format!(" in line {line}"));
            warnings.push(format!(
                "job {}: seed {:?}{line} will be left out: {}",
                job.name, junk.text, junk.reason
            ));
        }
    }
    let checked =
        Checked { event: "summary", settings: context.config.settings.len(), jobs: jobs.len(), warnings };
    context.out.line(&checked, |checked| {
        let warnings: String =
            checked.warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
        format!("{warnings}{} settings and {} jobs are in order", checked.settings, checked.jobs)
    })?;
    Ok(Exit::Done)
}
