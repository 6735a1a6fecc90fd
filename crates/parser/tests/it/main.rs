//! What the parser promises of foreign bytes, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its data is not what it must be"
)]

mod corpus;
mod directives;
mod hostile;
mod links;
mod lists;

use model::{HeaderLine, Parsed, ResourceKind, Timestamp};
use std::path::{Path, PathBuf};
use url::Url;

/// A file or folder of the development data; `None`, said once, where there is none.
#[expect(clippy::print_stdout, reason = "a skipped test says why")]
fn shared_data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data/{name}");
        return None;
    }
    Some(path)
}

/// A response read as `silteme` on 22 November 2026.
fn parsed(url: &str, headers: &[(&str, &str)], body: &[u8], kind: ResourceKind) -> Parsed {
    let lines: Vec<HeaderLine> = headers
        .iter()
        .map(|(name, value)| HeaderLine { name: (*name).to_owned(), value: value.as_bytes().to_vec().into() })
        .collect();
    let content_type =
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| *value);
    parser::parse(&parser::Input {
        url: &Url::parse(url).unwrap(),
        content_type,
        headers: &lines,
        body,
        kind,
        agent: "silteme",
        fetched: "2026-11-22T00:00:00Z".parse::<Timestamp>().unwrap(),
    })
}

/// A page of `https://e.kz/p`.
fn page(html: &str) -> Parsed {
    parsed(
        "https://e.kz/p",
        &[("Content-Type", "text/html; charset=utf-8")],
        html.as_bytes(),
        ResourceKind::Page,
    )
}

fn codes(parsed: &Parsed) -> Vec<&str> {
    parsed.notes.iter().map(|note| note.code.as_str()).collect()
}
