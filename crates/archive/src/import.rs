//! Reading WARC files by any tool: WARC/0.17 to 1.1, plain, gzip (per record or whole), Zstandard (with or without
//! dictionary), told apart by content.
//!
//! Invariant: streaming and bounded: one response in memory, at most [`PAYLOAD_BYTES_MAX`] of it. Foreign bytes never
//! panic; what cannot be used is counted in [`Skipped`], what ends reading is one [`ImportError`].

mod chunked;
mod records;
mod stream;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use model::{
    Body, CanonicalUrl, Exchange, FetchRecord, HeaderLine, Outcome, Request, ResourceKind, Response,
    Timestamp, Truncation, UrlError, Visit,
};

use crate::format::http::Lines;
use crate::import::chunked::Unchunked;
use crate::import::records::{Cause, Record, Records, Stop};

/// The most bytes of a response taken; longer ones are cut and marked [`Truncation::Length`].
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One response of a WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Byte offset of its record in the file as read: exact where records are plain or compressed one by one.
    pub offset: u64,
    /// `WARC-Target-URI`, http or https.
    pub url: String,
    /// `WARC-Date`.
    pub date: Timestamp,
    /// `WARC-IP-Address`.
    pub remote: Option<IpAddr>,
    /// The request, if the file has it beside the response.
    pub request: Option<Request>,
    /// The response: content codings still on, transfer codings off.
    pub response: Response,
}

/// Records that were passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// `revisit`: their payload is elsewhere.
    pub revisits: u64,
    /// Responses to something other than GET.
    pub not_get: u64,
    /// Of something other than http and https (`dns:`, `metadata:`, …).
    pub not_http: u64,
    /// HTTP or WARC fields that make no sense; records longer than their `Content-Length` says count here too.
    pub malformed: u64,
    /// `warcinfo`, `metadata`, `conversion`, `continuation` and unknown types.
    pub other: u64,
}

/// Why reading a WARC file stopped. Everything before it was yielded.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason} (byte {offset}); {advice}")]
pub struct ImportError {
    /// The file, as the caller named it.
    pub name: String,
    /// Where, in the file as read.
    pub offset: u64,
    /// What does not fit.
    pub reason: String,
    /// The next step.
    pub advice: &'static str,
    #[source]
    source: Option<std::io::Error>,
}

/// The responses of a WARC file, one at a time. After an error it ends.
pub struct WarcFile<R: Read> {
    name: String,
    records: Option<Records<R>>,
    skipped: Skipped,
    /// A response waiting for the request that may follow it.
    pending: Option<Pending>,
    /// Requests waiting for the response that may follow them.
    requests: VecDeque<Asked>,
    stop: Option<Stop>,
}

/// How many requests are remembered for a response that follows: tools write it right after.
const REQUESTS_MAX: usize = 16;

struct Pending {
    imported: Imported,
    id: String,
    concurrent: Option<String>,
}

struct Asked {
    id: String,
    concurrent: Option<String>,
    url: String,
    request: Request,
}

/// Reads a WARC file. `name` is used in errors.
pub fn read_warc<R: Read>(reader: R, name: &str) -> WarcFile<R> {
    WarcFile {
        name: name.to_owned(),
        records: Some(Records::new(reader)),
        skipped: Skipped::default(),
        pending: None,
        requests: VecDeque::new(),
        stop: None,
    }
}

impl<R: Read> WarcFile<R> {
    /// What was passed over so far.
    #[must_use]
    pub fn skipped(&self) -> Skipped {
        let remainders = self.records.as_ref().map_or(0, Records::remainders);
        Skipped { malformed: self.skipped.malformed + remainders, ..self.skipped }
    }

    /// Reads on until a response is complete with its request.
    fn advance(&mut self) -> Option<Imported> {
        loop {
            let next = self.records.as_mut()?.next();
            let done = match next {
                Ok(Some(record)) => self.take(&record),
                Ok(None) => {
                    self.close();
                    return self.flush();
                }
                Err(stop) => Err(stop),
            };
            match done {
                Ok(None) => {}
                Ok(some) => return some,
                Err(stop) => {
                    self.close();
                    self.stop = Some(stop);
                    return self.flush();
                }
            }
        }
    }

    fn close(&mut self) {
        self.skipped = self.skipped();
        self.records = None;
    }

    /// Takes one record in; returns a response that is complete because of it.
    fn take(&mut self, record: &Record) -> Result<Option<Imported>, Stop> {
        let Some(records) = &mut self.records else { return Ok(None) };
        let kind = record.head.kind().to_ascii_lowercase();
        if !matches!(kind.as_str(), "response" | "resource" | "request") {
            records.skip(record.length)?;
            *(if kind == "revisit" { &mut self.skipped.revisits } else { &mut self.skipped.other }) += 1;
            return Ok(None);
        }
        let url = record.head.get("WARC-Target-URI").unwrap_or_default();
        let url = url.trim_start_matches('<').trim_end_matches('>').to_owned();
        if !is_http(&url) {
            records.skip(record.length)?;
            self.skipped.not_http += 1;
            return Ok(None);
        }
        let (block, whole) = records.block(record.length, PAYLOAD_BYTES_MAX)?;
        let block = Bytes::from(block);
        if kind == "request" {
            return Ok(self.asked(record, url, &block));
        }
        let response =
            if kind == "resource" { Some(resource(record, block)) } else { response(record, &block) };
        let date = record.head.get("WARC-Date").and_then(date);
        let (Some(mut response), Some(date)) = (response, date) else {
            self.skipped.malformed += 1;
            return Ok(None);
        };
        if !whole {
            response.body.truncated = Some(Truncation::Length);
        }
        let remote = record.head.get("WARC-IP-Address").and_then(|text| text.parse().ok());
        let imported = Imported { offset: record.offset, url, date, remote, request: None, response };
        Ok(self.answered(record, imported))
    }

    /// A response: pairs it with a request before it, or keeps it for one after it.
    fn answered(&mut self, record: &Record, mut imported: Imported) -> Option<Imported> {
        let before = self.flush();
        let (id, concurrent) = names(record);
        let asked = self.requests.iter().position(|asked| {
            let named = asked.concurrent.as_deref() == Some(&id) || concurrent.as_deref() == Some(&asked.id);
            named || (concurrent.is_none() && asked.concurrent.is_none() && asked.url == imported.url)
        });
        imported.request = asked.and_then(|index| self.requests.remove(index)).map(|asked| asked.request);
        self.pending = Some(Pending { imported, id, concurrent });
        before
    }

    /// A request: completes the response before it, or waits for one.
    fn asked(&mut self, record: &Record, url: String, block: &Bytes) -> Option<Imported> {
        let lines = Lines::split(block);
        let Some((method, target)) = lines.request(block) else {
            self.skipped.malformed += 1;
            return None;
        };
        let request = Request { method, target, headers: lines.headers(block) };
        let (id, concurrent) = names(record);
        let completes = self.pending.as_ref().is_some_and(|pending| {
            let named =
                concurrent.as_deref() == Some(&pending.id) || pending.concurrent.as_deref() == Some(&id);
            pending.imported.request.is_none()
                && (named || (concurrent.is_none() && pending.imported.url == url))
        });
        if completes {
            if let Some(pending) = &mut self.pending {
                pending.imported.request = Some(request);
            }
            return self.flush();
        }
        if self.requests.len() == REQUESTS_MAX {
            self.requests.pop_front();
        }
        self.requests.push_back(Asked { id, concurrent, url, request });
        None
    }

    /// The response that waited, unless it answers something other than GET.
    fn flush(&mut self) -> Option<Imported> {
        let imported = self.pending.take()?.imported;
        if imported.request.as_ref().is_some_and(|request| request.method != "GET") {
            self.skipped.not_get += 1;
            return None;
        }
        Some(imported)
    }

    fn error(&self, stop: Stop) -> ImportError {
        let (reason, advice, source) = match stop.cause {
            Cause::Cut => {
                let reason = "the file ends inside a record".to_owned();
                (reason, "what came before was taken; get the whole file to have the rest", None)
            }
            Cause::Wrong(reason) => {
                (reason, "give a WARC file, plain, .gz or .zst; what came before was taken", None)
            }
            Cause::Disk(source) => (
                "cannot be read".to_owned(),
                "check the file and its disk, then import it again",
                Some(source),
            ),
        };
        ImportError { name: self.name.clone(), offset: stop.offset, reason, advice, source }
    }
}

impl<R: Read> Iterator for WarcFile<R> {
    type Item = Result<Imported, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(imported) = self.advance() {
            return Some(Ok(imported));
        }
        let stop = self.stop.take()?;
        Some(Err(self.error(stop)))
    }
}

impl<R: Read> std::fmt::Debug for WarcFile<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WarcFile")
            .field("name", &self.name)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}

impl Imported {
    /// As a record of our own archive, admitted by `job`. Where the file has no request, one without header lines stands
    /// for it, which the archive never writes as if it had been sent.
    ///
    /// # Errors
    /// When the URL is not one we would crawl.
    pub fn into_record(self, job: &str) -> Result<FetchRecord, UrlError> {
        let url = CanonicalUrl::parse(&self.url)?;
        let target = match url.url().query() {
            Some(query) => format!("{}?{query}", url.url().path()),
            None => url.url().path().to_owned(),
        };
        let kind = if url.url().path() == "/robots.txt" { ResourceKind::Robots } else { ResourceKind::Page };
        let outcome = Outcome::of_response(&self.response, url.url(), self.date);
        let request =
            self.request.unwrap_or_else(|| Request { method: "GET".to_owned(), target, headers: Vec::new() });
        let visit = Visit {
            key: url.key(),
            url: url.url().as_str().to_owned(),
            kind,
            depth: 0,
            hops: 0,
            etag: None,
            last_modified: None,
            via: None,
            job: job.to_owned(),
            attempts: 0,
        };
        Ok(FetchRecord {
            visit,
            requested_at: self.date,
            duration: Duration::ZERO,
            remote: self.remote,
            exchange: Some(Exchange { request, response: self.response }),
            outcome,
        })
    }
}

fn names(record: &Record) -> (String, Option<String>) {
    let id = record.head.get("WARC-Record-ID").unwrap_or_default().to_owned();
    (id, record.head.get("WARC-Concurrent-To").map(str::to_owned))
}

fn is_http(url: &str) -> bool {
    let starts = |start: &str| url.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    starts("http://") || starts("https://")
}

/// The HTTP response in a block.
fn response(record: &Record, block: &Bytes) -> Option<Response> {
    let lines = Lines::split(block);
    let (version, status) = lines.status(block)?;
    if !(100..600).contains(&status) {
        return None;
    }
    let version = match record.head.get("WARC-Protocol") {
        Some("h2") => "HTTP/2".to_owned(),
        _ => version,
    };
    let mut truncated = record.head.get("WARC-Truncated").map(truncation);
    let mut raw = block.slice(lines.body..);
    if lines.is_chunked(block) {
        match chunked::undo(&raw) {
            Unchunked::AsItWas => {}
            Unchunked::Whole(body) => raw = Bytes::from(body),
            Unchunked::Cut(body) => {
                raw = Bytes::from(body);
                truncated = truncated.or(Some(Truncation::Unspecified));
            }
        }
    }
    Some(Response {
        version,
        status,
        headers: lines.headers(block),
        body: Body { raw, decoded: None, truncated },
    })
}

/// A `resource` record: a body without HTTP around it.
fn resource(record: &Record, block: Bytes) -> Response {
    let kind = record.head.get("Content-Type").map(|value| HeaderLine {
        name: "Content-Type".to_owned(),
        value: Bytes::copy_from_slice(value.as_bytes()),
    });
    let truncated = record.head.get("WARC-Truncated").map(truncation);
    Response {
        version: "HTTP/1.1".to_owned(),
        status: 200,
        headers: kind.into_iter().collect(),
        body: Body { raw: block, decoded: None, truncated },
    }
}

fn truncation(word: &str) -> Truncation {
    match word.trim() {
        "length" => Truncation::Length,
        "time" => Truncation::Time,
        "disconnect" => Truncation::Disconnect,
        _ => Truncation::Unspecified,
    }
}

/// `WARC-Date`, which WARC 1.1 section 5.4 lets stop at any unit from the year on.
fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let digits = text.trim_end_matches('Z');
    let rest = "0000-01-01T00:00:00Z".get(digits.len()..)?;
    format!("{digits}{rest}").parse().ok()
}
