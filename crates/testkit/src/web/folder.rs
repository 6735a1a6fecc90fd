//! Pages from files with a manifest, and real robots.txt files from an archive.
//!
//! Invariant: a file outside the folder is never served; a manifest line that makes no sense is an error that names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path};
use std::process::Command;

use super::page::Page;
use crate::random::Random;
use crate::temp::Scratch;

/// When the files of a folder were last changed, as their `Last-Modified` says.
const LAST_MODIFIED: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

/// The pages that `manifest.tsv` in `folder` lists, with their URLs.
pub(super) fn pages(folder: &Path) -> io::Result<Vec<(String, Page)>> {
    let manifest = folder.join("manifest.tsv");
    let text = fs::read_to_string(&manifest)
        .map_err(|e| io::Error::new(e.kind(), format!("cannot read {}: {e}", manifest.display())))?;
    let mut lines = text.lines().enumerate();
    let names: Vec<&str> = lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
    let mut pages = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let fields: BTreeMap<&str, &str> = names.iter().copied().zip(line.split('\t')).collect();
        let page = page(folder, &fields).map_err(|reason| {
            let place = format!("{} line {}", manifest.display(), number + 1);
            io::Error::new(io::ErrorKind::InvalidData, format!("{place}: {reason}"))
        })?;
        pages.push(page);
    }
    Ok(pages)
}

fn page(folder: &Path, fields: &BTreeMap<&str, &str>) -> Result<(String, Page), String> {
    let field = |name: &str| fields.get(name).copied().filter(|value| !value.is_empty());
    let url = field("url").ok_or("no url")?;
    url::Url::parse(url).map_err(|e| format!("{url:?} is not an absolute URL: {e}"))?;
    let file = field("file").ok_or("no file")?;
    if Path::new(file).components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(format!("file {file:?} is not a path inside the folder"));
    }
    let path = folder.join(file);
    let bytes = fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let status = field("status").map_or(Ok(200), str::parse).map_err(|_| "status is not a number")?;
    let content_type = field("content_type").unwrap_or_else(|| guess_type(&path, &bytes));
    // Changes with the name and the length, which is enough for files that stay as they are.
    let etag = format!("\"{:016x}\"", Random::named(bytes.len() as u64, file).bits());
    let mut page = Page::file(content_type, path).status(status).etag(&etag).last_modified(LAST_MODIFIED);
    for line in field("headers").into_iter().flat_map(|lines| lines.split(" | ")) {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("header {line:?} has no colon"))?;
        page = page.header(name.trim(), value.trim());
    }
    Ok((url.to_owned(), page))
}

/// The type a server would send. Captured pages are often stored as UTF-8 whatever they declare; those which are valid
/// UTF-8 are said to be so.
fn guess_type(path: &Path, bytes: &[u8]) -> &'static str {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    match (extension.as_str(), std::str::from_utf8(bytes).is_ok()) {
        ("html" | "htm", true) => "text/html; charset=utf-8",
        ("html" | "htm", false) => "text/html",
        ("txt", true) => "text/plain; charset=utf-8",
        ("txt", false) => "text/plain",
        ("xml", _) => "application/xml",
        ("rss", _) => "application/rss+xml",
        ("atom", _) => "application/atom+xml",
        ("json", _) => "application/json",
        ("gz", _) => "application/gzip",
        ("png", _) => "image/png",
        ("jpg" | "jpeg", _) => "image/jpeg",
        ("pdf", _) => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// The host of a URL, as it is asked.
pub(super) fn host(url: &str) -> Option<String> {
    url::Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// The files of `archive` (a `tar.xz` with one file per host, named as the host) that belong to one of `hosts`.
pub(super) fn real_robots(
    archive: &Path,
    hosts: impl Iterator<Item = String>,
) -> io::Result<Vec<(String, Vec<u8>)>> {
    let scratch = Scratch::new();
    let tar = Command::new("tar").arg("-xJf").arg(archive).arg("-C").arg(scratch.path()).output()?;
    if !tar.status.success() {
        let said = String::from_utf8_lossy(&tar.stderr);
        return Err(io::Error::other(format!("tar cannot unpack {}: {}", archive.display(), said.trim())));
    }
    let hosts: BTreeSet<String> = hosts.collect();
    let there = hosts.into_iter().filter(|host| scratch.join(host).is_file());
    Ok(there.map(|host| (host.clone(), scratch.read(host))).collect())
}
