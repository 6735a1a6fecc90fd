//! `silteme recommend --evaluate`: a log of readers is replayed and rankings are judged by it.

use std::io::BufReader;
use std::path::Path;

use recommender::evaluation::{Fault, Log, Outcome, Row, evaluate};
use serde::Serialize;

use super::scratch::Scratch;
use super::{Context, read_input};
use crate::exit::{Exit, usage};

/// Lines that cannot be used are named up to this many; the others are counted.
const FAULTS_SHOWN: usize = 10;

#[derive(Serialize)]
struct RowLine<'a> {
    event: &'static str,
    #[serde(flatten)]
    row: &'a Row,
}

#[derive(Serialize)]
struct Summary {
    event: &'static str,
    documents: usize,
    predictions: usize,
    left_out: usize,
    bad_lines: usize,
    candidates: f64,
}

pub(super) fn run(context: &mut Context, file: &Path) -> anyhow::Result<Exit> {
    let log = Log::read(BufReader::new(read_input(file)?.as_slice()))?;
    for Fault { line, why } in log.faults.iter().take(FAULTS_SHOWN) {
        context.out.say(&format!("{} line {line}: {why}", file.display()))?;
    }
    if log.faults.len() > FAULTS_SHOWN {
        context
            .out
            .say(&format!("and {} lines more that cannot be used", log.faults.len() - FAULTS_SHOWN))?;
    }
    if log.predictions() == 0 {
        return Err(usage(format!(
            "{} holds no prediction; write lines with at, history and clicked (docs/recommendations.md)",
            file.display()
        )));
    }
    let scratch = Scratch::new("evaluate")?;
    let outcome = evaluate(&log, &context.config.recommender, &context.config.feedback, &scratch.0)?;
    let summary = Summary {
        event: "summary",
        documents: log.documents(),
        predictions: outcome.predictions,
        left_out: outcome.left_out,
        bad_lines: log.faults.len(),
        candidates: outcome.candidates,
    };
    context.out.say(HEADER)?;
    for row in &outcome.rows {
        context.out.line(&RowLine { event: "ranker", row }, |line| human(line.row))?;
    }
    context.out.line(&summary, |summary| of_all(summary, &outcome))?;
    Ok(if log.faults.is_empty() && outcome.predictions > 0 { Exit::Done } else { Exit::Partly })
}

const HEADER: &str =
    "ranker                         MRR  nDCG@10  hit rate@10  duplicate pairs@10  source entropy@10";

fn human(row: &Row) -> String {
    let measures = &row.measures;
    format!(
        "{:26} {:7.4} {:8.4} {:12.4} {:19.2} {:18.2}",
        row.ranker,
        measures.mrr,
        measures.ndcg_10,
        measures.hit_rate_10,
        measures.duplicate_pairs_10,
        measures.source_entropy_10
    )
}

fn of_all(summary: &Summary, outcome: &Outcome) -> String {
    format!(
        "\n{} predictions over {} documents, {:.0} links to choose from each; {} left out (nothing opened was there), \
         {} bad lines",
        outcome.predictions, summary.documents, outcome.candidates, outcome.left_out, summary.bad_lines
    )
}
