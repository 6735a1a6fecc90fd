//! Cross-check of the stores against the archive, which is the truth.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use archive::ArchiveSource;
use indexer::{IndexWriter, Removal};
use links::{Graph, Page};
use model::{Document, FetchRecord, Position, Timestamp, UrlKey};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::crawl::settling::derive_all;
use crate::derive::{Change, PageChange};
use crate::graph::{links_dir, permitted};
use crate::stores::{Reached, Stores};

/// Records derived together.
const BATCH: usize = 256;

/// One mismatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `archive_damaged`, `document_missing`, `document_unexplained`, `document_differs`, `page_missing`, `page_unexplained`,
    /// `page_differs`, `url_unknown`, `takedown_pending`.
    pub kind: &'static str,
    /// The URL, document id or place concerned.
    pub subject: String,
    /// In words, with the next step.
    pub detail: String,
}

/// The final line of `verify`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct VerifySummary {
    /// Always `summary`.
    pub event: &'static str,
    /// Records of the archive that were read.
    pub records: u64,
    /// Documents that should be in the index.
    pub documents: u64,
    /// Mismatches found.
    pub findings: u64,
    /// Mismatches mended.
    pub repaired: u64,
}

/// What the archive says should be in the index.
#[derive(Default)]
struct Expected {
    /// Key of each document → hash of what it says, its URL, and the key it was visited under.
    documents: HashMap<UrlKey, (u64, String, UrlKey)>,
    /// Key of each page of the link graph → hash of what it says.
    pages: HashMap<UrlKey, u64>,
    /// Documents that were imported: the frontier never knew them.
    imported: HashSet<UrlKey>,
    records: u64,
}

/// Compares frontier and index with the archive; with `repair`, rebuilds what does not agree from it.
///
/// # Errors
/// When a store cannot be read at all; mismatches are findings.
pub fn verify(
    stores: &mut Stores,
    repair: bool,
    found: &mut dyn FnMut(&Finding),
) -> Result<VerifySummary, Error> {
    let mut findings = Findings { found, count: 0 };
    let expected = read_archive(stores, &mut findings)?;
    let (mut mendable, unexplained) = compare_index(stores, &expected, &mut findings)?;
    mendable += compare_frontier(stores, &expected, &mut findings)?;
    let (wrong, unexplained_pages) = compare_links(stores, &expected, &mut findings)?;
    mendable += wrong;
    for entry in stores.takedowns.pending() {
        findings.add(
            "takedown_pending",
            &format!("takedown {}", entry.id),
            "its bytes are not purged yet; any command that writes will do it",
        );
    }
    let mut summary = VerifySummary {
        event: "summary",
        records: expected.records,
        documents: expected.documents.len() as u64,
        findings: findings.count,
        repaired: 0,
    };
    if repair && mendable > 0 {
        drop(expected);
        stores.writer.delete(&unexplained, Removal::Withdrawn)?;
        stores.links.remove(&unexplained_pages)?;
        stores.replay_from(Reached::default())?;
        summary.repaired = mendable;
    }
    Ok(summary)
}

struct Findings<'a> {
    found: &'a mut dyn FnMut(&Finding),
    count: u64,
}

impl Findings<'_> {
    fn add(&mut self, kind: &'static str, subject: &str, detail: &str) {
        self.count += 1;
        (self.found)(&Finding { kind, subject: subject.to_owned(), detail: detail.to_owned() });
    }
}

fn read_archive(stores: &Stores, findings: &mut Findings<'_>) -> Result<Expected, Error> {
    let mut expected = Expected::default();
    let mut replay = stores.archive.replay(Position::default())?;
    loop {
        let items: Vec<_> = replay.by_ref().take(BATCH).collect();
        if items.is_empty() {
            return Ok(expected);
        }
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Ok(item) => records.push(item.record),
                Err(error @ archive::Error::Damaged { .. }) => {
                    findings.add("archive_damaged", "archive", &error.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        }
        expected.take_in(stores, &records);
    }
}

impl Expected {
    fn take_in(&mut self, stores: &Stores, records: &[FetchRecord]) {
        self.records += records.len() as u64;
        for derived in derive_all(records, &stores.settings.derive(), stores.settings.crawl.parser_threads())
        {
            match derived.page {
                PageChange::Put(page) => match permitted(*page, &stores.takedowns) {
                    Some(page) => drop(self.pages.insert(page.key, hash_of(&page))),
                    None => drop(self.pages.remove(&derived.key)),
                },
                PageChange::Delete => drop(self.pages.remove(&derived.key)),
                PageChange::Keep => {}
            }
            match derived.change {
                Change::Put(document) if !stores.takedowns.hides(&document.url) => {
                    // Importing is not crawling: the frontier never hears of it.
                    if derived.settlement.is_none() {
                        self.imported.insert(document.key);
                    } else {
                        self.imported.remove(&document.key);
                    }
                    // A view is found as the page it names; the frontier knows it by its own key.
                    let kept = (fingerprint(&document), document.url, derived.key);
                    self.documents.insert(document.key, kept);
                }
                Change::Put(_) | Change::Delete(_) => drop(self.documents.remove(&derived.key)),
                Change::Keep => {}
            }
        }
    }
}

/// Compares every document of the index with what the archive says; returns the number of mismatches and the
/// documents that should not be there.
fn compare_index(
    stores: &Stores,
    expected: &Expected,
    findings: &mut Findings<'_>,
) -> Result<(u64, Vec<UrlKey>), Error> {
    let before = findings.count;
    let mut unexplained = Vec::new();
    let mut present = HashSet::new();
    let mut after = None;
    // Withdrawn by date is still present: look as if from the beginning of time.
    let now = Timestamp::MIN;
    loop {
        let documents = stores.index.documents(after, BATCH, now)?;
        let Some(last) = documents.last() else { break };
        after = Some(last.key);
        for document in &documents {
            present.insert(document.key);
            match expected.documents.get(&document.key) {
                None => {
                    unexplained.push(document.key);
                    findings.add(
                        "document_unexplained",
                        &document.url,
                        "the index has it, the archive does not say so; --repair removes it",
                    );
                }
                Some((hash, ..)) if *hash != fingerprint(document) => {
                    findings.add(
                        "document_differs",
                        &document.url,
                        "the index says something else than the archive; --repair rebuilds the index",
                    );
                }
                Some(_) => {}
            }
        }
    }
    let mut missing: Vec<&String> = expected
        .documents
        .iter()
        .filter(|(key, _)| !present.contains(key))
        .map(|(_, (_, url, _))| url)
        .collect();
    missing.sort();
    for url in missing {
        findings.add(
            "document_missing",
            url,
            "the archive has it, the index does not; --repair rebuilds the index",
        );
    }
    Ok((findings.count - before, unexplained))
}

/// Compares every page of the link graph with what the archive says; returns the number of mismatches and the pages that
/// should not be there.
fn compare_links(
    stores: &Stores,
    expected: &Expected,
    findings: &mut Findings<'_>,
) -> Result<(u64, Vec<UrlKey>), Error> {
    let before = findings.count;
    let mut unexplained = Vec::new();
    let mut missing: HashSet<&UrlKey> = expected.pages.keys().collect();
    let graph = Graph::open(&links_dir(&stores.data))?;
    let mut after = None;
    while let Some(graph) = &graph {
        let pages = graph.pages(after, BATCH)?;
        let Some(last) = pages.last() else { break };
        after = Some(last.key);
        for page in &pages {
            missing.remove(&page.key);
            let (kind, detail) = match expected.pages.get(&page.key) {
                Some(hash) if *hash == hash_of(page) => continue,
                Some(_) => {
                    ("page_differs", "the link graph says something else than the archive; --repair mends it")
                }
                None => {
                    unexplained.push(page.key);
                    (
                        "page_unexplained",
                        "the link graph has it, the archive does not say so; --repair removes it",
                    )
                }
            };
            findings.add(kind, &page.url, detail);
        }
    }
    let mut missing: Vec<&UrlKey> = missing.into_iter().collect();
    missing.sort();
    for key in missing {
        let detail = "the archive has this page, the link graph does not; --repair mends it";
        findings.add("page_missing", &key.to_string(), detail);
    }
    Ok((findings.count - before, unexplained))
}

fn hash_of(page: &Page) -> u64 {
    let mut hasher = DefaultHasher::new();
    page.hash(&mut hasher);
    hasher.finish()
}

/// Looks for archived pages that the frontier does not know; returns their number.
fn compare_frontier(stores: &Stores, expected: &Expected, findings: &mut Findings<'_>) -> Result<u64, Error> {
    let before = findings.count;
    let frontier = stores.frontier.lock();
    let mut urls: Vec<(&UrlKey, &String, &UrlKey)> =
        expected.documents.iter().map(|(key, (_, url, visited))| (key, url, visited)).collect();
    urls.sort_by_key(|(key, ..)| **key);
    for (key, url, visited) in urls {
        if !expected.imported.contains(key) && frontier.url_status(*visited)?.is_none() {
            findings.add(
                "url_unknown",
                url,
                "the archive has it, the frontier does not know it; --repair settles it again",
            );
        }
    }
    Ok(findings.count - before)
}

/// What a document says, without the fields that depend on the program's version only.
fn fingerprint(document: &Document) -> u64 {
    let digest = Sha256::new()
        .chain_update(&document.url)
        .chain_update([0])
        .chain_update(&document.title)
        .chain_update([0])
        .chain_update(&document.text)
        .finalize();
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}
