//! `silteme parse`: bytes to document, no network, no store.

use std::collections::BTreeMap;

use bytes::Bytes;
use model::{
    Directives, Evidence, Fact, FactSource, HeaderLine, LanguageShare, LinkKind, Note, PageType, ResourceKind,
};
use serde::Serialize;
use url::Url;

use super::{Context, read_input};
use crate::args::ParseArgs;
use crate::exit::{Exit, usage};

/// Where a file came from when nobody says: relative links need some base.
const UNKNOWN_URL: &str = "https://unknown.invalid/";

/// Facts below this confidence are pointed out to people.
const DOUBTFUL: f32 = 0.6;

#[derive(Serialize)]
struct Line {
    file: String,
    url: String,
    title: Option<String>,
    text: Option<String>,
    author: Option<String>,
    published: Option<model::Timestamp>,
    modified: Option<model::Timestamp>,
    language: Option<String>,
    language_shares: Vec<LanguageShare>,
    canonical: Option<String>,
    image: Option<String>,
    description: Option<String>,
    site_name: Option<String>,
    section: Option<String>,
    tags: Vec<String>,
    links: Vec<LinkLine>,
    feeds: Vec<String>,
    sitemaps: Vec<String>,
    directives: Directives,
    charset: Option<String>,
    page_type: Option<PageType>,
    notes: Vec<Note>,
    /// What the facts rest on, by fact.
    evidence: BTreeMap<Fact, EvidenceLine>,
    /// The page in other languages.
    alternates: Vec<AlternateLine>,
}

#[derive(Serialize)]
struct EvidenceLine {
    value: String,
    source: FactSource,
    confidence: f32,
}

#[derive(Serialize)]
struct AlternateLine {
    language: String,
    url: String,
    source: FactSource,
    confidence: f32,
}

#[derive(Serialize)]
struct LinkLine {
    url: String,
    text: String,
    rel: Vec<String>,
    kind: LinkKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    dated: Option<model::Timestamp>,
    #[serde(skip_serializing_if = "String::is_empty")]
    context: String,
    position: u16,
}

pub(super) fn run(context: &mut Context, args: &ParseArgs) -> anyhow::Result<Exit> {
    let url = args.url.as_deref().unwrap_or(UNKNOWN_URL);
    let url = Url::parse(url).map_err(|e| usage(format!("--url {url:?} is not a URL: {e}")))?;
    let headers = args.header.iter().map(|text| header_line(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut exit = Exit::Done;
    for file in &args.files {
        let body = read_input(file)?;
        let parsed = parser::parse(&parser::Input {
            url: &url,
            content_type: args.content_type.as_deref(),
            headers: &headers,
            body: &body,
            kind: ResourceKind::Page,
            agent: &context.config.pipeline.fetcher.agent.name.to_ascii_lowercase(),
            fetched: context.clock.now(),
        });
        if parsed.document.is_none() && parsed.links.is_empty() {
            exit = Exit::Partly;
        }
        let line = line_of(file.display().to_string(), &url, parsed);
        context.out.line(&line, human)?;
    }
    Ok(exit)
}

fn header_line(text: &str) -> anyhow::Result<HeaderLine> {
    let (name, value) = text.split_once(':').ok_or_else(|| {
        usage(format!("--header {text:?} has no ':'; write --header 'X-Robots-Tag: noindex'"))
    })?;
    Ok(HeaderLine { name: name.trim().to_owned(), value: Bytes::from(value.trim().to_owned()) })
}

fn line_of(file: String, url: &Url, parsed: model::Parsed) -> Line {
    let targets = |kind: LinkKind| -> Vec<String> {
        parsed.links.iter().filter(|link| link.kind == kind).map(|link| link.url.clone()).collect()
    };
    let (feeds, sitemaps) = (targets(LinkKind::Feed), targets(LinkKind::Sitemap));
    let (evidence, alternates) = evidence_of(parsed.evidence);
    let mut line = Line {
        file,
        url: url.to_string(),
        title: None,
        text: None,
        author: None,
        published: None,
        modified: None,
        language: None,
        language_shares: parsed.language_shares,
        canonical: parsed.canonical,
        image: None,
        description: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        links: parsed
            .links
            .into_iter()
            .map(|link| LinkLine {
                url: link.url,
                text: link.text,
                rel: link.rel,
                kind: link.kind,
                dated: link.dated,
                context: link.context,
                position: link.position,
            })
            .collect(),
        feeds,
        sitemaps,
        directives: parsed.directives,
        charset: parsed.charset,
        page_type: parsed.page_type,
        notes: parsed.notes,
        evidence,
        alternates,
    };
    if let Some(document) = parsed.document {
        line.title = Some(document.title);
        line.text = Some(document.text);
        line.author = document.author;
        line.published = document.published;
        line.modified = document.modified;
        line.language = Some(document.language.to_string());
        line.image = document.image;
        line.description = document.description;
        line.site_name = document.site_name;
        line.section = document.section;
        line.tags = document.tags;
    }
    line
}

/// Facts by name, and the alternates, of which there are several.
fn evidence_of(list: Vec<Evidence>) -> (BTreeMap<Fact, EvidenceLine>, Vec<AlternateLine>) {
    let mut facts = BTreeMap::new();
    let mut alternates = Vec::new();
    for Evidence { fact, value, language, source, confidence } in list {
        match language {
            Some(language) => alternates.push(AlternateLine { language, url: value, source, confidence }),
            None => {
                facts.insert(fact, EvidenceLine { value, source, confidence });
            }
        }
    }
    (facts, alternates)
}

fn human(line: &Line) -> String {
    let text = line.text.as_deref().unwrap_or_default();
    let field = |name: &str, value: Option<String>| {
        value.map_or(String::new(), |value| format!("  {name:<11}{value}\n"))
    };
    let mut out = format!("{}\n", line.file);
    out += &field("title", line.title.clone());
    out += &field("author", line.author.clone());
    out += &field("published", line.published.map(|at| at.to_string()));
    out += &field("modified", line.modified.map(|at| at.to_string()));
    out +=
        &field("language", line.language.as_ref().map(|language| in_words(language, &line.language_shares)));
    out += &field("charset", line.charset.clone());
    out += &field("page type", line.page_type.map(|page_type| page_type.to_string()));
    out += &field("canonical", line.canonical.clone());
    out += &field("index", Some(format!("{}, follow {}", line.directives.index, line.directives.follow)));
    out += &field(
        "links",
        Some(format!("{} ({} feeds, {} sitemaps)", line.links.len(), line.feeds.len(), line.sitemaps.len())),
    );
    for (fact, evidence) in line.evidence.iter().filter(|(_, evidence)| evidence.confidence < DOUBTFUL) {
        out += &field("doubtful", Some(format!("{fact:?} from {:?}: {}", evidence.source, evidence.value)));
    }
    for note in &line.notes {
        out += &field("note", Some(format!("{}: {}", note.code, note.detail)));
    }
    if !text.is_empty() {
        out += "\n";
        out += text;
    }
    out.trim_end().to_owned()
}

/// The language with its script, and the other languages of a mixed page.
fn in_words(language: &str, shares: &[LanguageShare]) -> String {
    let percent = |share: &LanguageShare| format!("{} {:.0} %", share.language, share.share * 100.0);
    match shares {
        [] => language.to_owned(),
        [only] => format!("{language} ({})", only.script),
        [first, ..] => {
            let all: Vec<String> = shares.iter().map(percent).collect();
            format!("{language} ({}; {})", first.script, all.join(", "))
        }
    }
}
