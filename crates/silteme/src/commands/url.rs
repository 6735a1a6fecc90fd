//! `silteme url`: canonical form and site, and what was changed.

use std::path::Path;

use model::CanonicalUrl;
use serde::Serialize;

use super::{Context, read_input};
use crate::args::UrlArgs;
use crate::exit::Exit;

#[derive(Serialize)]
struct Line<'a> {
    input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(context: &mut Context, args: &UrlArgs) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    for argument in &args.urls {
        if argument == "-" {
            let text = read_input(Path::new("-"))?;
            for line in String::from_utf8_lossy(&text).lines().filter(|line| !line.trim().is_empty()) {
                one(context, line, &mut exit)?;
            }
        } else {
            one(context, argument, &mut exit)?;
        }
    }
    Ok(exit)
}

fn one(context: &mut Context, input: &str, exit: &mut Exit) -> anyhow::Result<()> {
    let line = match CanonicalUrl::explain(input) {
        Ok((url, changes)) => Line {
            input,
            canonical: Some(url.canonical().to_owned()),
            fetched: Some(url.url().to_string()),
            site: Some(url.site().to_string()),
            host: Some(url.host().to_owned()),
            id: Some(url.key().to_string()),
            changes: Some(changes.iter().map(ToString::to_string).collect()),
            error: None,
        },
        Err(error) => {
            *exit = Exit::Partly;
            Line {
                input,
                canonical: None,
                fetched: None,
                site: None,
                host: None,
                id: None,
                changes: None,
                error: Some(error.to_string()),
            }
        }
    };
    Ok(context.out.line(&line, human)?)
}

fn human(line: &Line<'_>) -> String {
    match &line.error {
        Some(error) => format!("{}\n  error: {error}", line.input),
        None => format!(
            "{}\n  canonical  {}\n  site       {}\n  changed    {}",
            line.input,
            line.canonical.as_deref().unwrap_or_default(),
            line.site.as_deref().unwrap_or_default(),
            line.changes
                .as_ref()
                .filter(|changes| !changes.is_empty())
                .map_or("nothing".to_owned(), |c| c.join(", ")),
        ),
    }
}
