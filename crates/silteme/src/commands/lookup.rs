//! `silteme search` and `silteme similar`.

use std::fmt::Write as _;
use std::path::Path;

use indexer::{Filter, Hit, Index, LinkSource, Query, Seed, Similar};
use model::{CanonicalUrl, Language, Timestamp};
use pipeline::{Takedowns, hide_taken_down, index_dir};
use serde::Serialize;

use super::{Context, read_input};
use crate::args::{Filters, SearchArgs, SimilarArgs};
use crate::exit::{Exit, usage};

/// Documents per query of a TREC run: the depth that recall@100 and rescoring studies use, and ten times more.
const TREC_DEPTH: usize = 1_000;

/// One result.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) rank: u32,
    pub(super) score: f32,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) host: String,
    pub(super) language: String,
    pub(super) published: Option<Timestamp>,
    pub(super) snippet: String,
    /// Id of the story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) story: Option<String>,
    /// The most telling reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<recommender::Reason>,
    /// Every reason, the most telling first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reasons: Vec<recommender::Reason>,
}

impl Line {
    pub(super) fn of(hit: Hit, rank: u32, score: f32, reasons: Vec<recommender::Reason>) -> Self {
        Self {
            rank,
            score,
            url: hit.document.url,
            title: hit.document.title,
            host: hit.host,
            language: hit.document.language.to_string(),
            published: hit.document.published,
            snippet: hit.snippet.text,
            story: hit.story.map(|story| format!("{story:016x}")),
            reason: reasons.first().cloned(),
            reasons,
        }
    }
}

/// The index of the data directory, hiding what was taken down.
pub(super) fn open_index(context: &Context) -> anyhow::Result<Index> {
    let data = &context.global.data;
    let index = Index::open(&index_dir(data), context.config.pipeline.index.clone())
        .map_err(pipeline::Error::from)?;
    hide_taken_down(&index, &Takedowns::load(data)?);
    Ok(index)
}

/// The filter of lookup arguments.
pub(super) fn filter(filters: &Filters) -> anyhow::Result<Filter> {
    let languages = match filters.language.as_deref() {
        None => Vec::new(),
        Some(code) => vec![language(code)?],
    };
    let lower = |name: &Option<String>| name.as_ref().map(|name| name.to_ascii_lowercase());
    Ok(Filter {
        languages,
        host: lower(&filters.host),
        site: lower(&filters.site),
        section: filters.section.clone(),
        since: filters.since,
        until: filters.until,
        ..Filter::default()
    })
}

/// A language code, or a usage error.
pub(super) fn language(code: &str) -> anyhow::Result<Language> {
    code.parse().map_err(|e: model::UnknownLanguage| usage(e.to_string()))
}

/// Prints results; nothing found is exit status 1.
pub(super) fn print(context: &mut Context, lines: &[Line], nothing: &str) -> anyhow::Result<Exit> {
    if lines.is_empty() {
        context.out.say(nothing)?;
        return Ok(Exit::Partly);
    }
    for line in lines {
        context.out.line(line, human)?;
    }
    Ok(Exit::Done)
}

pub(super) fn search(context: &mut Context, args: &SearchArgs) -> anyhow::Result<Exit> {
    let index = open_index(context)?;
    let filter = filter(&args.filters)?;
    if let (Some(queries), Some(run)) = (&args.queries, &args.trec_run) {
        return trec_run(context, &index, &filter, queries, run);
    }
    let text = args.query.as_deref().unwrap_or_default();
    let cross_language = args.cross_language;
    let query =
        Query { filter, cross_language, ..Query::new(text, args.filters.limit.into(), context.clock.now()) };
    let answer = index.search(&query).map_err(lookup_error)?;
    for correction in &answer.corrections {
        context.out.say(&format!(
            "{:?} stands nowhere; looked for {:?} too",
            correction.written, correction.taken
        ))?;
    }
    let lines = answer
        .hits
        .into_iter()
        .map(|hit| (hit.rank, hit.score, hit))
        .map(|(r, s, hit)| Line::of(hit, r, s, Vec::new()));
    print(
        context,
        &lines.collect::<Vec<_>>(),
        "nothing found; try other words, or `silteme status` to see what is indexed",
    )
}

pub(super) fn similar(context: &mut Context, args: &SimilarArgs) -> anyhow::Result<Exit> {
    let index = open_index(context)?;
    let url = CanonicalUrl::parse(&args.url).map_err(|e| usage(format!("{:?}: {e}", args.url)))?;
    let now = context.clock.now();
    if index.get(&[url.key()], now).map_err(pipeline::Error::from)?.iter().flatten().next().is_none() {
        context.out.say(&format!("{url} is not in the index; `silteme explain {url}` says why"))?;
        return Ok(Exit::Partly);
    }
    let filter = filter(&args.filters)?;
    let similar = Similar {
        filter,
        cross_language: args.cross_language,
        without_copies: args.without_copies,
        ..Similar::new(Seed::Link(url.key()), args.filters.limit.into(), now)
    };
    let hits = index.similar(&similar).map_err(lookup_error)?;
    let lines = hits
        .into_iter()
        .map(|hit| (hit.rank, hit.score, hit))
        .map(|(r, s, hit)| Line::of(hit, r, s, Vec::new()));
    print(context, &lines.collect::<Vec<_>>(), "nothing like it in the index")
}

/// Runs a file of queries and writes a TREC run: `id Q0 URL rank score silteme`.
fn trec_run(
    context: &mut Context,
    index: &Index,
    filter: &Filter,
    queries: &Path,
    run: &Path,
) -> anyhow::Result<Exit> {
    let text = String::from_utf8(read_input(queries)?)
        .map_err(|_| usage(format!("{} is not UTF-8 text", queries.display())))?;
    let now = context.clock.now();
    let mut out = String::new();
    let mut asked = 0;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (id, query) = line
            .split_once('\t')
            .ok_or_else(|| usage(format!("{} line {}: write id TAB query", queries.display(), number + 1)))?;
        // Such files hold questions and titles, where a colon is a colon.
        let query = Query { filter: filter.clone(), verbatim: true, ..Query::new(query, TREC_DEPTH, now) };
        for hit in index.search(&query).map_err(lookup_error)?.hits {
            // A URL has no white space, so it can be a document id as it is.
            writeln!(out, "{id} Q0 {} {} {} silteme", hit.document.url, hit.rank, hit.score)?;
        }
        asked += 1;
    }
    std::fs::write(run, out).map_err(|e| pipeline::Error::Disk {
        action: "write",
        path: run.to_owned(),
        source: e,
    })?;
    context.out.say(&format!("{asked} queries answered; run written to {}", run.display()))?;
    Ok(if asked == 0 { Exit::Partly } else { Exit::Done })
}

/// A query beyond its limits is wrong usage; everything else is the machine's fault.
pub(super) fn lookup_error(error: indexer::Error) -> anyhow::Error {
    match error {
        error if error.is_askers() => usage(error.to_string()),
        other => pipeline::Error::from(other).into(),
    }
}

fn human(line: &Line) -> String {
    let published = line.published.map_or(String::new(), |at| format!("  {}", at.strftime("%Y-%m-%d")));
    let mut text =
        format!("{:>2}. {}\n    {}  [{}]{published}", line.rank, line.title, line.url, line.language);
    if !line.snippet.is_empty() {
        text += &format!("\n    {}", line.snippet);
    }
    if !line.reasons.is_empty() {
        let why: Vec<String> = line.reasons.iter().map(super::recommend::reason_words).collect();
        text += &format!("\n    why: {}", why.join("; "));
    }
    text
}
