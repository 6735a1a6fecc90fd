//! Whether anything forgotten is still in a file: every byte under the data directory, as it is and unpacked.
//!
//! Invariant: nothing is skipped in silence. What cannot be read is reported as unreadable.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use archive::ArchiveSource as _;
use flate2::read::MultiGzDecoder;
use indexer::Index;
use model::{Outcome, Position, Timestamp};
use serde::Serialize;

use crate::Error;
use crate::derive::{decoded_body, parse_record};
use crate::stores::{ReadStores, index_dir};
use crate::takedowns::Takedowns;
use crate::withdrawals::Withdrawals;

mod forms;

use self::forms::{Match, Matcher};

/// Documents or pages read per step.
const STEP: usize = 256;

/// Where something forgotten was found, or what could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Trace {
    /// The file, or the store.
    pub place: String,
    /// `bytes`, `compressed member`, `stored document`, `index term`, `archived body`, `archived page`, `stored URL`,
    /// `unreadable`.
    pub kind: &'static str,
    /// The text or URL found; the reason for what is unreadable.
    pub what: String,
    /// `UTF-8`, `UTF-16LE`, `percent-encoded`, `base64`, …; empty where it says nothing.
    pub form: &'static str,
}

/// Looks for texts (or URLs) in every form in every file; none where nothing of them is left.
///
/// # Errors
/// [`Error::Input`] for a text that is too short.
pub fn scan_texts(stores: &ReadStores, texts: &[String]) -> Result<Vec<Trace>, Error> {
    let mut scan = Scan { matcher: Matcher::new(texts)?, texts, root: &stores.data, traces: BTreeSet::new() };
    let mut files = Vec::new();
    files_under(&stores.data, &mut files).map_err(|e| Error::disk("read", &stores.data, e))?;
    for file in &files {
        if let Err(error) = scan.file(file) {
            scan.unreadable(file, &error);
        }
    }
    for folder in files.iter().filter(|file| file.ends_with("meta.json")).filter_map(|file| file.parent()) {
        scan.engine(folder);
    }
    scan.bodies(stores);
    Ok(scan.traces.into_iter().collect())
}

/// Looks at every stored URL for one that the takedown journal lists.
///
/// # Errors
/// When a store cannot be read.
pub fn scan_takedowns(stores: &ReadStores) -> Result<Vec<Trace>, Error> {
    let mut look = Urls { takedowns: &stores.takedowns, traces: BTreeSet::new() };
    // An index that hides nothing.
    let index = Index::open(&index_dir(&stores.data), stores.settings.index.clone())?;
    let mut after = None;
    loop {
        let documents = index.documents(after, STEP, Timestamp::MIN)?;
        let Some(last) = documents.last() else { break };
        after = Some(last.key);
        for document in &documents {
            look.at("index", &document.url);
        }
    }
    let mut after = None;
    while let Some(graph) = &stores.links {
        let pages = graph.pages(after, STEP)?;
        let Some(last) = pages.last() else { break };
        after = Some(last.key);
        for page in &pages {
            look.at("link graph", &page.url);
            for link in &page.links {
                look.at("link graph", &link.url);
            }
        }
    }
    if let Some(archive) = &stores.archive {
        for item in archive.replay(Position::default())? {
            let record = item?.record;
            look.at("archive", &record.visit.url);
            if let Some(via) = &record.visit.via {
                look.at("archive", via);
            }
            if let Outcome::Redirected { to, .. } = &record.outcome {
                look.at("archive", to);
            }
        }
    }
    for url in Withdrawals::of(&stores.data).read()?.keys() {
        look.at("withdrawn.ndjson", url);
    }
    Ok(look.traces.into_iter().collect())
}

struct Urls<'a> {
    takedowns: &'a Takedowns,
    traces: BTreeSet<Trace>,
}

impl Urls<'_> {
    fn at(&mut self, place: &str, url: &str) {
        if self.takedowns.hides(url) {
            let trace = Trace { place: place.to_owned(), kind: "stored URL", what: url.to_owned(), form: "" };
            self.traces.insert(trace);
        }
    }
}

struct Scan<'a> {
    matcher: Matcher,
    texts: &'a [String],
    root: &'a Path,
    traces: BTreeSet<Trace>,
}

impl Scan<'_> {
    /// A file as it is, and unpacked if it is compressed.
    fn file(&mut self, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        let mut magic = [0; 4];
        let len = file.read(&mut magic)?;
        file.rewind()?;
        self.stream(path, "bytes", &file)?;
        file.rewind()?;
        match &magic[..len] {
            [0x1f, 0x8b, ..] => {
                self.stream(path, "compressed member", MultiGzDecoder::new(BufReader::new(file)))
            }
            // A frame, or a skippable frame (a dictionary) before the first.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
                self.stream(path, "compressed member", zstd::stream::read::Decoder::new(file)?)
            }
            _ => Ok(()),
        }
    }

    fn stream(&mut self, path: &Path, kind: &'static str, stream: impl io::Read) -> io::Result<()> {
        let mut hits = BTreeSet::new();
        let read = self.matcher.stream(stream, &mut |hit| hits.extend([hit]));
        let place = self.place(path);
        self.add(&place, kind, hits);
        read
    }

    /// What the search engine holds in a folder.
    fn engine(&mut self, folder: &Path) {
        let mut found = BTreeSet::new();
        let matcher = &self.matcher;
        let read = links::each_bytes(folder, &mut |path, kind, bytes| {
            matcher.bytes(bytes, &mut |hit| found.extend([(path.to_owned(), kind, hit)]));
        });
        for (path, kind, hit) in found {
            let place = self.place(&path);
            self.add(&place, kind, [hit]);
        }
        if let Err(error) = read {
            self.unreadable(folder, &error);
        }
    }

    /// Archived bodies without their content coding, and pages without their charset.
    fn bodies(&mut self, stores: &ReadStores) {
        let Some(archive) = &stores.archive else { return };
        let settings = stores.settings.derive();
        let records = match archive.replay(Position::default()) {
            Ok(records) => records,
            Err(error) => return self.unreadable(&crate::stores::archive_dir(self.root), &error),
        };
        for item in records {
            let record = match item {
                Ok(item) => item.record,
                Err(error) => {
                    self.unreadable(&crate::stores::archive_dir(self.root), &error);
                    continue;
                }
            };
            let place = format!("archive: {}", record.visit.url);
            let mut hits = BTreeSet::new();
            if let Some(response) = record.response() {
                self.matcher.bytes(&decoded_body(response, &settings), &mut |hit| hits.extend([hit]));
            }
            self.add(&place, "archived body", std::mem::take(&mut hits));
            if let Some(document) = parse_record(&record, &settings).and_then(|parsed| parsed.document) {
                for text in [&document.title, &document.text] {
                    self.matcher.bytes(text.as_bytes(), &mut |hit| hits.extend([hit]));
                }
            }
            self.add(&place, "archived page", hits);
        }
    }

    fn place(&self, path: &Path) -> String {
        path.strip_prefix(self.root).unwrap_or(path).display().to_string()
    }

    fn add(&mut self, place: &str, kind: &'static str, hits: impl IntoIterator<Item = Match>) {
        self.traces.extend(hits.into_iter().map(|Match { text, form }| Trace {
            place: place.to_owned(),
            kind,
            what: self.texts[text].clone(),
            form,
        }));
    }

    fn unreadable(&mut self, path: &Path, error: &dyn std::error::Error) {
        let place = self.place(path);
        self.traces.insert(Trace { place, kind: "unreadable", what: error.to_string(), form: "" });
    }
}

fn files_under(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            files_under(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
