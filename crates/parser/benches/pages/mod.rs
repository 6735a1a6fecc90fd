//! The pages that the benchmarks read.

use std::fs;
use std::path::{Path, PathBuf};

use model::{Parsed, ResourceKind, Timestamp};
use parser::{Input, parse};
use url::Url;

/// Where the pages are said to come from.
pub(crate) fn url() -> Option<Url> {
    Url::parse("https://example.kz/news/2026/11/20/title").ok()
}

/// A page read by the whole parser.
pub(crate) fn read(url: &Url, body: &[u8]) -> Parsed {
    let fetched: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap_or_default();
    parse(&Input {
        url,
        content_type: Some("text/html"),
        headers: &[],
        body,
        kind: ResourceKind::Page,
        agent: "silteme",
        fetched,
    })
}

/// HTML files below a folder, by name; none if there is no such folder.
pub(crate) fn of(folder: &Path) -> Vec<Vec<u8>> {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().filter_map(|file| fs::read(file).ok()).collect()
}
