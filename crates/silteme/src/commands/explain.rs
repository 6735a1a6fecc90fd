//! `silteme explain`.

use std::sync::Arc;

use frontier::{Health, SiteInsight};
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
    if let Some(insight) = &explained.insight {
        push_insight(&mut lines, insight);
    }
    if let Some(linked) = &explained.linked {
        let pages = if linked.pages == 1 { "1 page".to_owned() } else { format!("{} pages", linked.pages) };
        let from =
            linked.from.first().map_or(String::new(), |inlink| format!(", {} among them", inlink.from));
        lines.push(format!("  linked      from {pages}{from}"));
        lines.extend(linked.anchors.iter().map(|anchor| format!("  called      {anchor:?}")));
    }
    if explained.authority > 0.0 {
        lines.push(format!("  authority   {:.2} (0 to 1, of its site)", explained.authority));
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

/// What has been learnt of a site: which patterns bring something, which are stopped and why.
fn push_insight(lines: &mut Vec<String>, insight: &SiteInsight) {
    for pattern in &insight.patterns {
        let stopped = pattern.stopped.as_ref().map_or(String::new(), |why| format!("; stopped: {why}"));
        lines.push(format!(
            "  pattern     {}: {} admitted, {} visited, {} useful, {} junk{stopped}",
            pattern.pattern, pattern.admitted, pattern.visited, pattern.useful, pattern.junk
        ));
    }
    for host in insight.hosts.iter().filter(|host| !host.junk.is_empty()) {
        let kinds: Vec<String> = host.junk.iter().map(|(word, times)| format!("{times} {word}")).collect();
        lines.push(format!("  junk        {}: {} of {} visited", host.host, kinds.join(", "), host.visited));
    }
    lines.extend(insight.mirrors.iter().map(|mirror| format!("  mirror      {mirror}")));
    for hub in &insight.hubs {
        let rate = hub.new_link_every.map_or(String::new(), |every| format!(", a new link every {every}"));
        lines.push(format!("  hub         {} every {}{rate}", hub.url, hub.interval));
    }
}
