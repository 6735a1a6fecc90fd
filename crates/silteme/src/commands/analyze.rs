//! `silteme analyze`: the index terms of a text, per token.

use serde::Serialize;

use super::Context;
use crate::args::AnalyzeArgs;
use crate::exit::Exit;

#[derive(Serialize)]
struct Line {
    token: String,
    terms: Vec<String>,
}

pub(super) fn run(context: &mut Context, args: &AnalyzeArgs) -> anyhow::Result<Exit> {
    let language = super::lookup::language(&args.language)?;
    let mut exit = Exit::Partly;
    for text in &args.text {
        for (token, terms) in indexer::analysis::explain(&language, text) {
            exit = Exit::Done;
            let line = Line { token, terms };
            context.out.line(&line, |line| format!("{}\t{}", line.token, line.terms.join(" ")))?;
        }
    }
    Ok(exit)
}
