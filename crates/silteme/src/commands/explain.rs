//! `silteme explain`.

use std::sync::Arc;

use frontier::Health;
use pipeline::{Explained, ReadStores};

use super::Context;
use crate::args::ExplainArgs;
use crate::exit::Exit;

pub(super) fn run(context: &mut Context, args: &ExplainArgs) -> anyhow::Result<Exit> {
    let stores =
        ReadStores::open(&context.global.data, &context.config.pipeline, Arc::clone(&context.clock))?;
    if let Some(explained) = pipeline::explain(&stores, &args.subject)? {
        context.out.line(&explained, human)?;
        return Ok(Exit::Done);
    }
    context
        .out
        .say(&format!("nothing is known of {}; crawl it, or a page that links to it", args.subject))?;
    Ok(Exit::Partly)
}

fn human(explained: &Explained) -> String {
    let mut lines = vec![explained.subject.clone(), format!("  {}", explained.story)];
    if let Some(url) = &explained.url {
        lines.push(format!(
            "  state       {:?}, {} failed attempts, job {}, depth {}",
            url.state, url.attempts, url.job, url.depth
        ));
        lines.push(format!("  found on    {}", url.via.as_deref().unwrap_or("(a seed)")));
        if let Some(next) = url.next_visit {
            lines.push(format!("  next visit  {next}"));
        }
    }
    if let Some(robots) = &explained.robots {
        let verdict = if robots.allowed { "allowed" } else { "disallowed" };
        let why = match (&robots.rule, robots.line) {
            (Some(rule), Some(line)) => format!(" by {rule:?} (line {line})"),
            _ => robots
                .trouble
                .as_ref()
                .map_or(String::new(), |trouble| format!(": it cannot be reached ({trouble})")),
        };
        lines.push(format!("  robots.txt  {verdict}{why}"));
    }
    if let Some(site) = &explained.site {
        lines.push(format!(
            "  site        {}: {}, next request from {}: {} (delay {})",
            site.site,
            explained.health.map_or("", Health::word),
            site.next_allowed,
            site.why,
            site.delay
        ));
        if let Some(since) = site.failing_since {
            lines.push(format!("  failing     since {since}"));
        }
    }
    for entry in &explained.archive {
        lines.push(format!(
            "  archived    {} status {} {} in segment {} at {}",
            entry.at, entry.status, entry.mime, entry.segment, entry.offset
        ));
    }
    if let Some(document) = &explained.document {
        lines.push(format!("  document    {:?} [{}] {}", document.title, document.language, document.id));
    }
    lines.join("\n")
}
