//! `silteme verify`: cross-check of the stores, and whether what was forgotten is gone.

use std::sync::Arc;

use anyhow::Context as _;
use pipeline::{ReadStores, Stores};
use serde_json::json;

use super::Context;
use crate::args::VerifyArgs;
use crate::exit::Exit;

pub(super) fn run(context: &mut Context, args: &VerifyArgs) -> anyhow::Result<Exit> {
    if args.forgotten.is_some() || args.canary_file.is_some() {
        return forgotten(context, args);
    }
    let mut stores =
        Stores::open(&context.global.data, &context.config.pipeline, Arc::clone(&context.clock), "verify")?;
    let mut findings = Vec::new();
    let mut summary =
        pipeline::verify(&mut stores, args.repair, &mut |finding| findings.push(finding.clone()))?;
    // Nobody has been here yet if there is no folder; looking makes none.
    let persons = if context.global.data.join("profiles").is_dir() {
        super::person::open(context)?.verify()?
    } else {
        Vec::new()
    };
    summary.findings += persons.len() as u64;
    for finding in &persons {
        context.out.line(finding, |f| format!("{}: {}: {}", f.kind, f.subject, f.detail))?;
    }
    for finding in &findings {
        context.out.line(finding, |f| format!("{}: {}: {}", f.kind, f.subject, f.detail))?;
    }
    context.out.line(&summary, |s| {
        format!(
            "{} records, {} documents: {} mismatches, {} repaired",
            s.records, s.documents, s.findings, s.repaired
        )
    })?;
    Ok(if summary.findings > summary.repaired { Exit::Partly } else { Exit::Done })
}

fn forgotten(context: &mut Context, args: &VerifyArgs) -> anyhow::Result<Exit> {
    let mut texts = args.forgotten.clone().unwrap_or_default();
    if let Some(path) = &args.canary_file {
        let file =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        texts.extend(file.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    let stores =
        ReadStores::open(&context.global.data, &context.config.pipeline, Arc::clone(&context.clock))?;
    let traces = if texts.is_empty() {
        pipeline::scan_takedowns(&stores)?
    } else {
        pipeline::scan_texts(&stores, &texts)?
    };
    for trace in &traces {
        context.out.line(trace, |t| format!("{}: {}: {:?} {}", t.place, t.kind, t.what, t.form))?;
    }
    let summary = json!({ "event": "summary", "texts": texts.len(), "traces": traces.len() });
    context.out.line(&summary, |_| match traces.len() {
        0 => "nothing forgotten is left".to_owned(),
        left => format!("{left} traces left; what waits for a purge goes with the next command that writes"),
    })?;
    Ok(if traces.is_empty() { Exit::Done } else { Exit::Partly })
}
