//! The evaluation of extraction: every extractor over every page, judged, in tables.
//!
//! Invariant: all extractors are judged by the same code on the same pages.

mod look;
mod measure;
mod ours;
mod peers;
mod table;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use crate::Options;
use crate::gold::{self, Gold};

pub(crate) use look::look;

/// What an extractor makes of one page; a line of a peer's output.
#[derive(Debug, Clone, Default, Deserialize)]
struct Found {
    file: String,
    #[serde(default)]
    text: String,
    title: Option<String>,
    author: Option<String>,
    /// The day it was published, or a time that begins with it.
    date: Option<String>,
    /// Language code; peers do not say it.
    #[serde(skip)]
    language: Option<String>,
    /// The date in every time zone it may be meant in; peers give a day.
    #[serde(skip)]
    days: Vec<String>,
    cpu_ms: Option<f64>,
}

/// An extractor with its results.
#[derive(Debug)]
struct Extractor {
    /// Name and version.
    name: String,
    /// Whether it was asked for the main text; `htmldate` is not.
    has_text: bool,
    /// Results by file.
    found: HashMap<String, Found>,
}

impl Extractor {
    fn new(name: impl Into<String>, found: Vec<Found>) -> Self {
        let has_text = found.iter().any(|found| !found.text.is_empty());
        let found = found.into_iter().map(|found| (found.file.clone(), found)).collect();
        Self { name: name.into(), has_text, found }
    }
}

/// Measures and prints.
///
/// # Errors
/// If the file of held-out texts cannot be read.
pub(crate) fn evaluate(options: &Options) -> anyhow::Result<()> {
    let pages = gold::pages();
    if pages.is_empty() {
        println!("nothing to evaluate: no {}", gold::folder().display());
        return Ok(());
    }
    let shipped: Vec<Found> = pages.iter().map(ours::extract).collect();
    if options.errors {
        for (page, found) in pages.iter().zip(&shipped) {
            look::errors(page, found);
        }
    }
    let mut extractors = Vec::new();
    if let Some(path) = &options.held_out {
        extractors.push(held_out(path, &shipped)?);
    }
    extractors.push(Extractor::new("silteme (has seen the pages)", shipped));
    if !options.no_peers {
        for name in peers::NAMES {
            match peers::results(name, &gold::folder(), options.fresh) {
                Ok(extractor) => extractors.push(extractor),
                Err(error) => {
                    eprintln!("{name} left empty: {error:#}");
                    extractors.push(Extractor {
                        name: format!("{name} (not here)"),
                        has_text: name != "htmldate",
                        found: HashMap::new(),
                    });
                }
            }
        }
    }
    print!("{}", report(&pages, &extractors));
    Ok(())
}

/// Our results with the main texts of forests that have not seen the page. Nothing but the main text is trained, so all
/// else stays.
fn held_out(path: &Path, shipped: &[Found]) -> anyhow::Result<Extractor> {
    let lines = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut texts = HashMap::new();
    for line in lines.lines() {
        let found: Found = serde_json::from_str(line).with_context(|| format!("in {}", path.display()))?;
        texts.insert(found.file, found.text);
    }
    let found: Vec<Found> = shipped
        .iter()
        .filter_map(|found| Some(Found { text: texts.get(&found.file)?.clone(), ..found.clone() }))
        .collect();
    Ok(Extractor::new("silteme (held out)", found))
}

fn report(pages: &[Gold], extractors: &[Extractor]) -> String {
    let groups = table::groups(pages);
    let mut report = String::new();
    report.push_str(&table::texts(&groups, extractors));
    report.push_str(&table::snippets(&groups, extractors));
    report.push_str(&table::metadata(&groups, extractors));
    report.push_str(&table::languages(&groups, extractors));
    report.push_str(&table::times(pages, extractors));
    report
}
