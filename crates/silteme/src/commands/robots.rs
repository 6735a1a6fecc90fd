//! `silteme robots`: the verdict of a robots.txt file.

use fetcher::robots::Rules;
use serde::Serialize;

use super::{Context, read_input};
use crate::args::RobotsArgs;
use crate::exit::Exit;

#[derive(Serialize)]
struct Line<'a> {
    url: &'a str,
    allowed: bool,
    rule: Option<String>,
    line: Option<u32>,
    group: Option<String>,
    crawl_delay: Option<f64>,
    sitemaps: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(context: &mut Context, args: &RobotsArgs) -> anyhow::Result<Exit> {
    let rules = Rules::parse(&read_input(&args.file)?);
    let agent = args.agent.as_deref().unwrap_or(&context.config.pipeline.fetcher.agent.name).to_owned();
    let crawl_delay = rules.crawl_delay(&agent).map(|delay| delay.as_secs_f64());
    let mut exit = Exit::Done;
    for url in &args.urls {
        let line = match rules.judge_as_written(&agent, url) {
            Some(verdict) => {
                Line {
                    url,
                    allowed: verdict.allowed,
                    rule: verdict.rule,
                    line: verdict.line,
                    group: verdict.group,
                    crawl_delay,
                    sitemaps: rules.sitemaps(),
                    error: None,
                }
            }
            None => {
                exit = Exit::Partly;
                Line {
                    url,
                    allowed: false,
                    rule: None,
                    line: None,
                    group: None,
                    crawl_delay,
                    sitemaps: rules.sitemaps(),
                    error: Some("not an http or https URL".to_owned()),
                }
            }
        };
        context.out.line(&line, human)?;
    }
    Ok(exit)
}

fn human(line: &Line<'_>) -> String {
    if let Some(error) = &line.error {
        return format!("{}  error: {error}", line.url);
    }
    let verdict = if line.allowed { "allowed" } else { "disallowed" };
    let why = match (&line.rule, line.line) {
        (Some(rule), Some(number)) => {
            format!(" by {rule:?} (line {number}, group {})", line.group.as_deref().unwrap_or("*"))
        }
        _ => " (no rule applies)".to_owned(),
    };
    let delay = line.crawl_delay.map_or(String::new(), |delay| format!("; crawl delay {delay} s"));
    format!("{}  {verdict}{why}{delay}", line.url)
}
