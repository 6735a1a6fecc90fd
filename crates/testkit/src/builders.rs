//! Visits, fetch records and documents with sensible defaults.
//!
//! Invariant: what is built is consistent — key, URL, status, outcome and header lines agree with each other — and the
//! same arguments (or the same seed) give the same value.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bytes::Bytes;
use model::{
    Body, CanonicalUrl, Directives, Document, Exchange, FailureKind, FetchRecord, HeaderLine, Language,
    Outcome, Request, ResourceKind, Response, Timestamp, Truncation, Visit,
};

use crate::clock::EPOCH;
use crate::random::Random;

/// A first visit to a page found as a seed of the job `test`. Change its public fields as needed.
///
/// # Panics
/// When `url` is not a crawlable URL.
#[must_use]
pub fn visit(url: &str) -> Visit {
    let url = CanonicalUrl::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"));
    Visit {
        key: url.key(),
        url: url.url().as_str().to_owned(),
        kind: ResourceKind::Page,
        depth: 0,
        hops: 0,
        etag: None,
        last_modified: None,
        via: None,
        job: "test".to_owned(),
        attempts: 0,
    }
}

/// A fetch record in the making; see [`record`].
#[derive(Debug, Clone)]
pub struct RecordBuilder {
    visit: Visit,
    at: Timestamp,
    duration: Duration,
    status: u16,
    headers: Vec<HeaderLine>,
    raw: Bytes,
    truncated: Option<Truncation>,
    outcome: Option<Outcome>,
}

/// The record of a visit to `url` that brought a short HTML page with status 200 at [`EPOCH`] in 20 ms.
///
/// # Panics
/// When `url` is not a crawlable URL.
#[must_use]
pub fn record(url: &str) -> RecordBuilder {
    RecordBuilder {
        visit: visit(url),
        at: EPOCH,
        duration: Duration::from_millis(20),
        status: 200,
        headers: vec![line("content-type", "text/html; charset=utf-8")],
        raw: Bytes::from_static(b"<!doctype html><title>A page</title><p>Some text.</p>"),
        truncated: None,
        outcome: None,
    }
}

fn line(name: &str, value: impl AsRef<[u8]>) -> HeaderLine {
    HeaderLine { name: name.to_owned(), value: Bytes::copy_from_slice(value.as_ref()) }
}

impl RecordBuilder {
    /// When the request left.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// Changes the visit: its kind, depth, job, validators.
    #[must_use]
    pub fn visit(mut self, change: impl FnOnce(&mut Visit)) -> Self {
        change(&mut self.visit);
        self
    }

    /// The status of the response; the outcome follows from it.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header line, after those there are.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push(line(name, value));
        self
    }

    /// Replaces the body and its type; no `Content-Type` when that is empty.
    #[must_use]
    pub fn body(mut self, content_type: &str, raw: impl Into<Bytes>) -> Self {
        self.headers.retain(|header| header.name != "content-type");
        if !content_type.is_empty() {
            self.headers.insert(0, line("content-type", content_type));
        }
        self.raw = raw.into();
        self
    }

    /// Replaces the body by HTML in UTF-8.
    #[must_use]
    pub fn html(self, html: impl Into<String>) -> Self {
        self.body("text/html; charset=utf-8", html.into())
    }

    /// Marks the body as cut.
    #[must_use]
    pub fn truncated(mut self, why: Truncation) -> Self {
        self.truncated = Some(why);
        self
    }

    /// The server says that the copy we hold is current: 304 without a body.
    #[must_use]
    pub fn not_modified(self) -> Self {
        self.status(304).body("", Bytes::new())
    }

    /// Nothing came back: an outcome without an exchange (a failure, a refusal, a disallowed visit).
    #[must_use]
    pub fn without_exchange(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// The record.
    #[must_use]
    pub fn build(self) -> FetchRecord {
        let url = url::Url::parse(&self.visit.url).unwrap();
        let remote = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let Self { visit, at: requested_at, duration, .. } = self;
        if let Some(outcome) = self.outcome {
            return FetchRecord { visit, requested_at, duration, remote: None, exchange: None, outcome };
        }
        let mut headers = self.headers;
        if !self.raw.is_empty() {
            headers.push(line("content-length", self.raw.len().to_string()));
        }
        let response = Response {
            version: "HTTP/1.1".to_owned(),
            status: self.status,
            headers,
            body: Body { raw: self.raw, decoded: None, truncated: self.truncated },
        };
        let request = request(&visit, &url);
        let outcome = Outcome::of_response(&response, &url, model::time::later(requested_at, duration));
        let exchange = Some(Exchange { request, response });
        FetchRecord { visit, requested_at, duration, remote, exchange, outcome }
    }
}

/// The request our fetcher would send for a visit.
fn request(visit: &Visit, url: &url::Url) -> Request {
    let mut headers = vec![
        line("host", &url[url::Position::BeforeHost..url::Position::AfterPort]),
        line("user-agent", "silteme/0.1"),
        line("accept-encoding", "gzip, br, zstd"),
    ];
    headers.extend(visit.etag.iter().map(|etag| line("if-none-match", etag)));
    headers.extend(visit.last_modified.iter().map(|date| line("if-modified-since", date)));
    let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
    Request { method: "GET".to_owned(), target, headers }
}

/// A short English document, fetched at [`EPOCH`]. Change its public fields as needed.
///
/// # Panics
/// When `url` is not a crawlable URL.
#[must_use]
pub fn document(url: &str) -> Document {
    let url = CanonicalUrl::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"));
    Document {
        key: url.key(),
        url: url.url().as_str().to_owned(),
        title: "A page".to_owned(),
        text: "Some text of a page.".to_owned(),
        description: None,
        author: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        image: None,
        language: Language::new("en"),
        published: None,
        modified: None,
        fetched: EPOCH,
        directives: Directives::default(),
    }
}

/// Any document: one of 40 hosts, 20 to 400 words, three languages, published within a year before [`EPOCH`] or undated.
/// Two documents of one sequence may have the same URL, as re-crawled pages do.
pub fn any_document(random: &mut Random) -> Document {
    let url = any_url(random);
    let title_len = random.index(8) + 1;
    let text_len = random.index(380) + 20;
    let year = Duration::from_hours(365 * 24);
    let published = random
        .chance(80)
        .then(|| model::time::earlier(EPOCH, Duration::from_secs(random.below(year.as_secs()))));
    Document {
        title: random.words(title_len),
        text: random.words(text_len),
        author: random.chance(50).then(|| random.words(2)),
        description: random.chance(50).then(|| random.words(12)),
        language: Language::new(["kk", "ru", "en"][random.index(3)]),
        published,
        ..document(&url)
    }
}

/// Any record: mostly pages with arbitrary bytes as body (also none), and every kind of outcome among them. Requested
/// within a day after [`EPOCH`].
pub fn any_record(random: &mut Random) -> FetchRecord {
    let url = any_url(random);
    let record = record(&url)
        .at(model::time::later(EPOCH, Duration::from_millis(random.below(86_400_000))))
        .visit(|visit| {
            visit.depth = u16::try_from(random.below(20)).unwrap_or_default();
            visit.etag = random.chance(30).then(|| format!("\"{:x}\"", random.bits()));
            visit.last_modified = random.chance(30).then(|| "Thu, 01 Jan 2026 00:00:00 GMT".to_owned());
            visit.via = random.chance(50).then(|| any_url(random));
        });
    match random.below(20) {
        0 => record.not_modified(),
        1 => record.status(301).header("location", any_url(random)).body("", Bytes::new()),
        2 => record.status(u16::try_from(random.within(400..500)).unwrap_or(404)),
        3 => record.status(503).header("retry-after", random.below(7_200).to_string()),
        4 => record.without_exchange(Outcome::Disallowed { rule: "Disallow: /".to_owned(), line: 2 }),
        5 => record.without_exchange(Outcome::Failed {
            kind: *random.pick(&[FailureKind::Dns, FailureKind::Connect, FailureKind::Timeout]),
            detail: random.words(4),
        }),
        6 => record.truncated(*random.pick(&[Truncation::Length, Truncation::Time, Truncation::Disconnect])),
        7 => record.body("application/octet-stream", Bytes::new()),
        _ => {
            let len = random.index(5_000);
            record.body("text/html", random.bytes(len))
        }
    }
    .build()
}

/// Any URL: 40 hosts, up to 1,000 paths each, some with a query.
pub fn any_url(random: &mut Random) -> String {
    let scheme = if random.chance(70) { "https" } else { "http" };
    let (host, page) = (random.below(40), random.below(1_000));
    let query = if random.chance(20) { "?page=2" } else { "" };
    format!("{scheme}://host{host}.test/page/{page}{query}")
}

#[cfg(test)]
mod tests;
