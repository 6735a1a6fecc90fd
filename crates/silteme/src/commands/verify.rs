//! `silteme verify`: cross-check of the stores.

use std::sync::Arc;

use pipeline::Stores;

use super::Context;
use crate::args::VerifyArgs;
use crate::exit::Exit;

pub(super) fn run(context: &mut Context, args: &VerifyArgs) -> anyhow::Result<Exit> {
    let mut stores =
        Stores::open(&context.global.data, &context.config.pipeline, Arc::clone(&context.clock), "verify")?;
    let mut findings = Vec::new();
    let summary = pipeline::verify(&mut stores, args.repair, &mut |finding| findings.push(finding.clone()))?;
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
