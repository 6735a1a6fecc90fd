//! `silteme reindex`.

use std::sync::Arc;

use pipeline::{Progress, ReindexRequest};
use serde_json::json;

use super::{Context, runtime};
use crate::args::ReindexArgs;
use crate::bars::{Kind, Shown};
use crate::exit::Exit;
use crate::signals::stop_token;

pub(super) fn run(context: &mut Context, args: &ReindexArgs) -> anyhow::Result<Exit> {
    let (data, settings) = (&context.global.data, &context.config.pipeline);
    if args.rollback {
        let generation = pipeline::rollback(data, &*context.clock)?;
        let line = json!({ "event": "summary", "generation": generation });
        context.out.line(&line, |_| format!("generation {generation} is live again"))?;
        return Ok(Exit::Done);
    }
    let runtime = runtime()?;
    let _guard = runtime.enter();
    let stop = stop_token();
    let progress = Arc::new(Progress::default());
    let shown = Shown::start(Kind::Records("replayed"), &progress);
    let request = ReindexRequest { since: args.since, verify: args.verify };
    let summary = pipeline::reindex(data, settings, &context.clock, request, &progress, &stop)?;
    drop(shown);
    context.out.line(&summary, |summary| {
        if summary.stopped {
            return format!("stopped after {} records; the same command goes on from here", summary.records);
        }
        format!(
            "{} records replayed in {:.1} s; authority of {} sites; generation {} with {} documents is live",
            summary.records, summary.seconds, summary.sites, summary.generation, summary.documents
        )
    })?;
    Ok(Exit::Done)
}
