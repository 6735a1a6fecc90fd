//! A visit and what came of it.
//!
//! Invariant: outcomes of the web are values. Nothing here is an error type; a 404, a refusal by robots.txt and a
//! connection reset are all [`Outcome`]s that are carried, counted and stored.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::AsciiSet;
use serde::{Deserialize, Serialize};

use crate::document::ResourceKind;
use crate::time::Timestamp;
use crate::url::UrlKey;

/// One URL that is due, leased by the frontier to the fetcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Key of the canonical URL.
    pub key: UrlKey,
    /// The URL to request: http or https, no fragment, no credentials.
    pub url: String,
    /// What the discoverer believes is there; decides its schedule, not how it is parsed.
    pub kind: ResourceKind,
    /// Links followed from a seed; a seed has 0.
    pub depth: u16,
    /// Redirects followed since the last page, 0 to 10.
    pub hops: u8,
    /// `ETag` of the copy we hold, sent as `If-None-Match`.
    pub etag: Option<String>,
    /// `Last-Modified` of the copy we hold, sent as `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// The page this URL was first seen on.
    pub via: Option<String>,
    /// Name of the crawl job that admitted it.
    pub job: String,
    /// Failed attempts since the last success.
    pub attempts: u16,
}

/// A place between two records of the archive: the projections' checkpoints. Ordered as the records were appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Position {
    /// Segment number, from 0; segments are numbered in the order they were begun.
    pub segment: u32,
    /// Byte offset in the segment's file.
    pub offset: u64,
}

/// What one visit brought: the request, what came back, and what that means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchRecord {
    /// The visit that led to it.
    pub visit: Visit,
    /// When the request left (or, if none did, when that was decided).
    pub requested_at: Timestamp,
    /// From sending the request to the last byte kept.
    pub duration: Duration,
    /// The address actually connected to.
    pub remote: Option<IpAddr>,
    /// Request and response; absent when nothing came back.
    pub exchange: Option<Exchange>,
    /// What it means for the URL.
    pub outcome: Outcome,
}

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// As sent.
    pub request: Request,
    /// As received.
    pub response: Response,
}

/// One header line: name as on the wire where known, value as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderLine {
    /// Field name; compared without regard to case.
    pub name: String,
    /// Field value, unfolded, without the final CRLF; any bytes.
    pub value: Bytes,
}

/// A GET request as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Always `GET` today.
    pub method: String,
    /// Path and query, as in the request line.
    pub target: String,
    /// Header lines in order.
    pub headers: Vec<HeaderLine>,
}

/// A response as received: content codings still on, transfer codings off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    pub version: String,
    /// 100 to 599.
    pub status: u16,
    /// Header lines in order.
    pub headers: Vec<HeaderLine>,
    /// The body and whether it is whole.
    pub body: Body,
}

/// A response body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// Bytes as received, content codings still on. What the archive keeps.
    pub raw: Bytes,
    /// The same with content codings removed, when the fetcher has already done so to enforce its limit. Never archived.
    pub decoded: Option<Bytes>,
    /// Why the body stops before its end, if it does.
    pub truncated: Option<Truncation>,
}

/// Why a body was cut. The words are those of WARC 1.1 section 5.13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncation {
    /// Longer than the limit on received or decoded bytes.
    Length,
    /// Slower than the total deadline or the minimum rate.
    Time,
    /// The connection broke.
    Disconnect,
    /// The content coding is broken from some point on.
    Unspecified,
}

/// What a visit means for its URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// 2xx with a body (possibly truncated).
    Fetched,
    /// 304: the copy we hold is current.
    NotModified,
    /// 3xx with a usable `Location`, resolved to an absolute URL; following it is a new visit.
    Redirected {
        /// Absolute target.
        to: String,
        /// 301 or 308.
        permanent: bool,
    },
    /// Any other final status.
    HttpError {
        /// 300 to 599.
        status: u16,
    },
    /// 429 or 503: the host asks for silence.
    RetryLater {
        /// 429 or 503.
        status: u16,
        /// From `Retry-After`, either form, if it gave a usable one.
        until: Option<Timestamp>,
    },
    /// robots.txt forbids it; nothing was requested.
    Disallowed {
        /// The rule as written, for `explain`.
        rule: String,
        /// Its line in robots.txt, from 1.
        line: u32,
    },
    /// robots.txt cannot be had (5xx, 429, network), so nothing may be requested yet (RFC 9309 section 2.3.1.4).
    RobotsUnavailable {
        /// Why, for `explain`.
        reason: String,
        /// When robots.txt will be asked for again.
        retry_at: Timestamp,
    },
    /// We decline: address guard, scheme, redirect limit.
    Refused {
        /// Why, for `explain`.
        reason: String,
    },
    /// The network or the server failed.
    Failed {
        /// At which step.
        kind: FailureKind,
        /// The cause in words.
        detail: String,
    },
}

/// The step at which a fetch failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The name does not resolve, or the resolver failed.
    Dns,
    /// No connection.
    Connect,
    /// The TLS handshake failed or the certificate is not trusted.
    Tls,
    /// A deadline passed before the header was complete.
    Timeout,
    /// The connection broke before the header was complete.
    Reset,
    /// Not HTTP, or HTTP beyond our limits (header size).
    Protocol,
}

impl Outcome {
    /// The outcome of a response, as it would be judged on arrival. `url` resolves a relative `Location`;
    /// `at` is when the response arrived, for `Retry-After` in seconds.
    #[must_use]
    pub fn of_response(response: &Response, url: &url::Url, at: Timestamp) -> Self {
        match response.status {
            200..=299 => Self::Fetched,
            304 => Self::NotModified,
            301 | 302 | 303 | 307 | 308 => response
                .header("location")
                .and_then(|value| redirect_target(value, url))
                .map_or(Self::HttpError { status: response.status }, |target| Self::Redirected {
                    to: target.into(),
                    permanent: matches!(response.status, 301 | 308),
                }),
            status @ (429 | 503) => Self::RetryLater { status, until: retry_after(response, at) },
            status => Self::HttpError { status },
        }
    }

    /// One word for counters and logs: bounded, without foreign text.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::NotModified => "not_modified",
            Self::Redirected { .. } => "redirected",
            Self::HttpError { .. } => "http_error",
            Self::RetryLater { .. } => "retry_later",
            Self::Disallowed { .. } => "disallowed",
            Self::RobotsUnavailable { .. } => "robots_unavailable",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Response {
    /// The first value of a header, by case-insensitive name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|line| line.name.eq_ignore_ascii_case(name)).map(|line| line.value.as_ref())
    }

    /// Every value of a header, in order.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |line| line.name.eq_ignore_ascii_case(name))
            .map(|line| line.value.as_ref())
    }
}

impl FetchRecord {
    /// The response, if one came back.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.exchange.as_ref().map(|exchange| &exchange.response)
    }
}

/// `Location` as browsers read it: bytes beyond ASCII are percent-encoded as they came, whatever their charset, so that
/// the server gets back the bytes it sent (WHATWG fetch issue 883 and its test redirect-location-escape). An empty value
/// leads nowhere.
fn redirect_target(value: &[u8], base: &url::Url) -> Option<url::Url> {
    let value = value.trim_ascii();
    if value.is_empty() {
        return None;
    }
    // The empty set still covers every byte beyond ASCII.
    let escaped = percent_encoding::percent_encode(value, &AsciiSet::EMPTY).to_string();
    base.join(&escaped).ok().filter(|target| matches!(target.scheme(), "http" | "https"))
}

/// `Retry-After` (RFC 9110 section 10.2.3) as an instant: delay-seconds or an HTTP date, also one with a numeric zone,
/// which servers do send. A date in the past is "now"; seconds beyond what time can represent are its end.
fn retry_after(response: &Response, at: Timestamp) -> Option<Timestamp> {
    let text = std::str::from_utf8(response.header("retry-after")?).ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Only too many digits can fail here.
        let seconds = text.parse::<u64>().unwrap_or(u64::MAX);
        return Some(crate::time::later(at, Duration::from_secs(seconds)));
    }
    let date = match httpdate::parse_http_date(text) {
        Ok(date) => Timestamp::try_from(date).ok()?,
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp(),
    };
    Some(date.max(at))
}

#[cfg(test)]
mod tests;
