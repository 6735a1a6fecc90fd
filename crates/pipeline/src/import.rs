//! Import: WARC files of any tool, and documents as NDJSON, become archive records like any other.
//!
//! Invariant: what was imported is in the archive, so that a reindex keeps it; and it is never scheduled for crawling.

use std::io::{BufRead, Read};
use std::time::Duration;

use archive::ArchiveStore;
use bytes::Bytes;
use indexer::{IndexWriter, LinkSource};
use model::{
    Body, CanonicalUrl, Exchange, FetchRecord, HeaderLine, Language, Outcome, Request, ResourceKind,
    Response, Timestamp, Visit,
};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::crawl::settling::{apply, derive_all};
use crate::progress::{Progress, add};
use crate::stores::Stores;
use crate::withdrawals::Withdrawals;

/// The job name of imported records: no job file can be called so.
pub(crate) const IMPORT_JOB: &str = "(import)";
/// Method of the made-up request that carries an imported document; a crawled record never has it.
pub(crate) const IMPORT_METHOD: &str = "IMPORT";
/// Media type of an imported document in the archive.
const DOCUMENT_TYPE: &str = "application/vnd.silteme.document+json";
/// Records archived and derived together.
const BATCH: usize = 256;
/// Longest NDJSON line taken, bytes. A line is one document.
const LINE_MAX: u64 = 16 * 1024 * 1024;

/// The final line of an import.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ImportSummary {
    /// Always `summary`.
    pub event: &'static str,
    /// Records or lines taken in.
    pub imported: u64,
    /// Documents written to the index.
    pub documents: u64,
    /// Left out because the index has a newer fetch of the same URL.
    pub superseded: u64,
    /// Left out because they could not be used; each was reported.
    pub rejected: u64,
}

/// An input that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JunkLine {
    /// File name, and line (NDJSON) or byte offset (WARC).
    pub at: String,
    /// Why.
    pub reason: String,
}

/// A document as it is given in NDJSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenDocument {
    url: String,
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    published: Option<Timestamp>,
    #[serde(default)]
    modified: Option<Timestamp>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    site_name: Option<String>,
    #[serde(default)]
    section: Option<String>,
    #[serde(default)]
    image: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// Takes in a WARC file.
///
/// # Errors
/// Failures of the stores. A file that is cut or damaged is reported through `junk`; what came before is kept.
pub fn import_warc(
    stores: &mut Stores,
    reader: impl Read,
    name: &str,
    progress: &Progress,
    junk: &mut dyn FnMut(JunkLine),
) -> Result<ImportSummary, Error> {
    let mut taking = Taking::new(stores, progress);
    for item in archive::import::read_warc(reader, name) {
        match item {
            Ok(imported) => {
                let at = format!("{name} at byte {}", imported.offset);
                match imported.into_record(IMPORT_JOB) {
                    Ok(record) => taking.push(record)?,
                    Err(e) => taking.reject(junk, at, e.to_string()),
                }
            }
            Err(e) => taking.reject(junk, name.to_owned(), e.to_string()),
        }
    }
    taking.finish()
}

/// Takes in documents, one JSON object a line.
///
/// # Errors
/// Failures of the stores or of reading. A line that cannot be used is reported through `junk` and left out.
pub fn import_documents(
    stores: &mut Stores,
    mut reader: impl BufRead,
    name: &str,
    progress: &Progress,
    junk: &mut dyn FnMut(JunkLine),
) -> Result<ImportSummary, Error> {
    let now = stores.clock.now();
    let mut taking = Taking::new(stores, progress);
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let read = reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).map_err(|e| {
            Error::Input(format!("{name} cannot be read at line {number}: {e}; lines before it were kept"))
        })?;
        if read == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match record_of_line(&line, now) {
            Ok(record) => taking.push(record)?,
            Err(reason) => taking.reject(junk, format!("{name} line {number}"), reason),
        }
    }
    taking.finish()
}

fn record_of_line(line: &[u8], now: Timestamp) -> Result<FetchRecord, String> {
    let given: GivenDocument = serde_json::from_slice(line)
        .map_err(|e| format!("not a document: {e}; a line is {{\"url\":…,\"title\":…,\"text\":…}}"))?;
    let url = CanonicalUrl::parse(&given.url).map_err(|e| e.to_string())?;
    let body = serde_json::to_vec(&given).map_err(|e| e.to_string())?;
    let header =
        |name: &str, value: &str| HeaderLine { name: name.to_owned(), value: Bytes::from(value.to_owned()) };
    Ok(FetchRecord {
        visit: Visit {
            key: url.key(),
            url: url.url().to_string(),
            kind: ResourceKind::Page,
            depth: 0,
            hops: 0,
            etag: None,
            last_modified: None,
            via: None,
            job: IMPORT_JOB.to_owned(),
            attempts: 0,
        },
        requested_at: now,
        duration: Duration::ZERO,
        remote: None,
        exchange: Some(Exchange {
            request: Request {
                method: IMPORT_METHOD.to_owned(),
                target: url.url().path().to_owned(),
                headers: Vec::new(),
            },
            response: Response {
                version: "HTTP/1.1".to_owned(),
                status: 200,
                headers: vec![
                    header("Content-Type", DOCUMENT_TYPE),
                    header("Content-Length", &body.len().to_string()),
                ],
                body: Body { raw: Bytes::from(body), decoded: None, truncated: None },
            },
        }),
        outcome: Outcome::Fetched,
    })
}

/// The document a record carries, if it was imported as one.
pub(crate) fn imported_document(record: &FetchRecord) -> Option<model::Document> {
    let exchange = record.exchange.as_ref()?;
    if record.visit.job != IMPORT_JOB || exchange.request.method != IMPORT_METHOD {
        return None;
    }
    let given: GivenDocument = serde_json::from_slice(&exchange.response.body.raw).ok()?;
    let language = match given.language.as_deref() {
        Some(code) => Language::new(code),
        None => language_of(record, &given),
    };
    Some(model::Document {
        key: record.visit.key,
        url: record.visit.url.clone(),
        title: given.title,
        text: given.text,
        description: given.description,
        author: given.author,
        site_name: given.site_name,
        section: given.section,
        tags: given.tags,
        image: given.image,
        language,
        published: given.published,
        modified: given.modified,
        fetched: record.requested_at,
        directives: model::Directives::default(),
    })
}

/// What the parser takes the text for.
fn language_of(record: &FetchRecord, given: &GivenDocument) -> Language {
    let Ok(url) = url::Url::parse(&record.visit.url) else { return Language::unknown() };
    let parsed = parser::parse(&parser::Input {
        url: &url,
        content_type: Some("text/plain; charset=utf-8"),
        headers: &[],
        body: format!("{}\n\n{}", given.title, given.text).as_bytes(),
        kind: ResourceKind::Page,
        agent: "",
        fetched: record.requested_at,
    });
    parsed.document.map(|document| document.language).unwrap_or_default()
}

/// Records on their way in, a batch at a time.
struct Taking<'a> {
    stores: &'a mut Stores,
    progress: &'a Progress,
    batch: Vec<FetchRecord>,
    summary: ImportSummary,
}

impl<'a> Taking<'a> {
    fn new(stores: &'a mut Stores, progress: &'a Progress) -> Self {
        let summary = ImportSummary { event: "summary", ..ImportSummary::default() };
        Self { stores, progress, batch: Vec::new(), summary }
    }

    fn reject(&mut self, junk: &mut dyn FnMut(JunkLine), at: String, reason: String) {
        self.summary.rejected += 1;
        junk(JunkLine { at, reason });
    }

    fn push(&mut self, record: FetchRecord) -> Result<(), Error> {
        self.batch.push(record);
        if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.drop_superseded()?;
        if self.batch.is_empty() {
            return Ok(());
        }
        let stores = &mut *self.stores;
        stores.archive.append(&self.batch)?;
        let derived =
            derive_all(&self.batch, &stores.settings.derive(), stores.settings.crawl.parser_threads());
        Withdrawals::of(&stores.data).note(&derived)?;
        let end = archive::ArchiveSource::end(&stores.archive);
        let changed =
            apply(derived, &mut stores.writer, &mut stores.links, &stores.frontier, end, &*stores.clock)?;
        self.summary.imported += self.batch.len() as u64;
        self.summary.documents += changed.documents;
        add(&self.progress.records, self.batch.len() as u64);
        self.batch.clear();
        let now = stores.clock.now();
        if stores.writer.commit_due(now) {
            stores.writer.commit(end, now)?;
        }
        Ok(())
    }

    /// An older capture must not replace a newer one, neither now nor at the next reindex.
    fn drop_superseded(&mut self) -> Result<(), Error> {
        let keys: Vec<_> = self.batch.iter().map(|record| record.visit.key).collect();
        let known = self.stores.index.get(&keys, self.stores.clock.now())?;
        let mut newer = known
            .into_iter()
            .zip(&self.batch)
            .map(|(hit, record)| hit.is_some_and(|hit| hit.document.fetched > record.requested_at));
        let before = self.batch.len();
        let keep: Vec<bool> = newer.by_ref().map(|newer| !newer).collect();
        let mut keep = keep.into_iter();
        self.batch.retain(|_| keep.next().unwrap_or(true));
        self.summary.superseded += (before - self.batch.len()) as u64;
        Ok(())
    }

    fn finish(mut self) -> Result<ImportSummary, Error> {
        self.flush()?;
        let stores = self.stores;
        let (end, now) = (archive::ArchiveSource::end(&stores.archive), stores.clock.now());
        stores.writer.commit(end, now)?;
        stores.links.commit(end, now)?;
        Ok(self.summary)
    }
}
