//! `silteme robots`: the verdict of a robots.txt file.

use fetcher::robots::Rules;
use serde::Serialize;

use super::{Context, read_input};
use crate::args::RobotsArgs;
use crate::exit::Exit;

#[derive(Serialize)]
struct Judged<'a> {
    url: &'a str,
    allowed: bool,
    rule: Option<String>,
    line: Option<u32>,
    group: Option<String>,
    crawl_delay: Option<f64>,
    sitemaps: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

pub(super) fn run(context: &mut Context, args: &RobotsArgs) -> anyhow::Result<Exit> {
    let rules = Rules::parse(&read_input(&args.file)?);
    let agent = args.agent.as_deref().unwrap_or(&context.config.pipeline.fetcher.agent.name).to_owned();
    let mut exit = Exit::Done;
    for url in &args.urls {
        let mut judged = Judged {
            url,
            allowed: false,
            rule: None,
            line: None,
            group: None,
            crawl_delay: rules.crawl_delay(&agent).map(|delay| delay.as_secs_f64()),
            sitemaps: rules.sitemaps(),
            error: None,
        };
        if let Some(verdict) = rules.judge_as_written(&agent, url) {
            judged.allowed = verdict.allowed;
            judged.rule = verdict.rule;
            judged.line = verdict.line;
            judged.group = verdict.group;
        } else {
            judged.error = Some("not an http or https URL");
            exit = Exit::Partly;
        }
        context.out.line(&judged, human)?;
    }
    Ok(exit)
}

fn human(judged: &Judged<'_>) -> String {
    if let Some(error) = &judged.error {
        return format!("{}  error: {error}", judged.url);
    }
    let verdict = if judged.allowed { "allowed" } else { "disallowed" };
    let why = match (&judged.rule, judged.line) {
        (Some(rule), Some(number)) => {
            format!(" by {rule:?} (line {number}, group {})", judged.group.as_deref().unwrap_or("*"))
        }
        _ => " (no rule applies)".to_owned(),
    };
    let delay = judged.crawl_delay.map_or(String::new(), |delay| format!("; crawl delay {delay} s"));
    format!("{}  {verdict}{why}{delay}", judged.url)
}
