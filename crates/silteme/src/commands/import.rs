//! `silteme import`: WARC files and NDJSON documents.

use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use pipeline::{ImportSummary, JunkLine, Progress, Stores};

use super::{Context, open_input};
use crate::args::ImportArgs;
use crate::bars::{Kind, Shown};
use crate::exit::Exit;

pub(super) fn run(context: &mut Context, args: &ImportArgs) -> anyhow::Result<Exit> {
    // Every file is opened before anything is taken in, so that a typing error costs nothing.
    let inputs =
        args.files.iter().map(|file| Ok((file, open_input(file)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let mut stores =
        Stores::open(&context.global.data, &context.config.pipeline, Arc::clone(&context.clock), "import")?;
    let progress = Arc::new(Progress::default());
    let shown = Shown::start(Kind::Records("taken in"), &progress);
    let mut total = ImportSummary { event: "summary", ..ImportSummary::default() };
    for (file, input) in inputs {
        let mut junk = |junk: JunkLine| report(&junk);
        let name = file.display().to_string();
        let one = if is_warc(file) {
            pipeline::import_warc(&mut stores, input, &name, &progress, &mut junk)?
        } else {
            pipeline::import_documents(&mut stores, BufReader::new(input), &name, &progress, &mut junk)?
        };
        total.imported += one.imported;
        total.documents += one.documents;
        total.superseded += one.superseded;
        total.rejected += one.rejected;
    }
    drop(shown);
    context.out.line(&total, |total| {
        format!(
            "{} taken in, {} documents indexed, {} older than what the index has, {} left out",
            total.imported, total.documents, total.superseded, total.rejected
        )
    })?;
    Ok(if total.rejected > 0 || total.imported == 0 { Exit::Partly } else { Exit::Done })
}

#[expect(clippy::print_stderr, reason = "what was left out is told on standard error, line by line")]
fn report(junk: &JunkLine) {
    eprintln!("left out: {}: {}", junk.at, junk.reason);
}

/// By name, as the contract says; everything else is NDJSON.
fn is_warc(file: &Path) -> bool {
    let name = file.to_string_lossy().to_ascii_lowercase();
    [".warc", ".warc.gz", ".warc.zst"].iter().any(|end| name.ends_with(end))
}
