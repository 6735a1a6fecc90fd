//! What a URL answers, and how badly.
//!
//! Invariant: a page is a value. It says everything about one answer — status, header lines, body, speed, faults — and
//! does nothing itself; [`super::delivery`] and [`super::http2`] act it out.

use std::io::Write as _;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// A request as the code of a page sees it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host in lower case; with a port only if that is neither the scheme's nor the web's own.
    pub host: String,
    /// Path and query as on the wire.
    pub target: String,
    /// `GET`, `HEAD`, …
    pub method: String,
    /// Header lines in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// How often this URL was asked for before: 0 at the first request.
    pub nth: u64,
}

impl Asked {
    /// The first header line of this name (given in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The URL asked for.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.target)
    }
}

/// What a URL answers: built with a constructor and changed by chaining.
#[derive(Debug, Clone)]
pub struct Page {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, Bytes)>,
    pub(super) content: Content,
    pub(super) manner: Manner,
    pub(super) refusal: Option<(u64, Box<Page>)>,
}

/// Where the body comes from.
#[derive(Clone)]
pub(super) enum Content {
    Bytes(Bytes),
    File(PathBuf),
    Computed(Arc<dyn Fn(&Asked) -> Page + Send + Sync>),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Computed(_) => f.write_str("computed"),
        }
    }
}

/// How the answer is delivered.
#[derive(Debug, Clone, Default)]
pub(super) struct Manner {
    pub(super) delay: Duration,
    pub(super) head_rate: Option<NonZeroU32>,
    pub(super) body_rate: Option<NonZeroU32>,
    pub(super) framing: Framing,
    pub(super) fault: Option<Fault>,
}

/// How the end of the body is told (RFC 9112 section 6.3).
#[derive(Debug, Clone, Default)]
pub(super) enum Framing {
    #[default]
    Length,
    Declared(u64),
    Chunked(usize),
    UntilClose,
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    Silent,
    CloseEarly,
    ResetAfter(usize),
    BrokenChunks,
    EndlessBody,
    EndlessInterim,
    EndlessTrailers,
    HeaderFlood(usize),
    Verbatim(Bytes),
}

impl Page {
    /// Any bytes of any type, with status 200. An empty type sends no `Content-Type`.
    #[must_use]
    pub fn bytes(content_type: &str, body: impl Into<Bytes>) -> Self {
        let page = Self {
            status: 200,
            headers: Vec::new(),
            content: Content::Bytes(body.into()),
            manner: Manner::default(),
            refusal: None,
        };
        if content_type.is_empty() { page } else { page.header("Content-Type", content_type) }
    }

    /// HTML in UTF-8, declared as such.
    #[must_use]
    pub fn html(html: impl Into<String>) -> Self {
        Self::bytes("text/html; charset=utf-8", html.into())
    }

    /// A small HTML page with this title, a sentence, and these links (`href` values).
    #[must_use]
    pub fn linking(title: &str, links: &[&str]) -> Self {
        let items: Vec<_> =
            links.iter().map(|href| format!("<li><a href=\"{href}\">to {href}</a>\n")).collect();
        let items = items.concat();
        Self::html(format!(
            "<!doctype html>\n<html lang=\"en\"><title>{title}</title>\n<main><h1>{title}</h1>\n\
             <p>This page is called {title} and stands on the simulated web.</p>\n<ul>\n{items}</ul></main></html>\n"
        ))
    }

    /// Plain text in UTF-8.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::bytes("text/plain; charset=utf-8", text.into())
    }

    /// XML: a feed or a sitemap.
    #[must_use]
    pub fn xml(text: impl Into<String>) -> Self {
        Self::bytes("application/xml", text.into())
    }

    /// Only a status, with a line of text as body.
    #[must_use]
    pub fn error(status: u16) -> Self {
        Self::text(format!("status {status}\n")).status(status)
    }

    /// A redirect (301, 302, 303, 307 or 308) to `location`, which may be relative.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::text(format!("see {location}\n")).status(status).header("Location", location)
    }

    /// The bytes of a file, read at each request.
    #[must_use]
    pub fn file(content_type: &str, path: impl Into<PathBuf>) -> Self {
        Self { content: Content::File(path.into()), ..Self::bytes(content_type, Bytes::new()) }
    }

    /// A page made for each request: traps, counters, cookies.
    #[must_use]
    pub fn computed(make: impl Fn(&Asked) -> Self + Send + Sync + 'static) -> Self {
        Self { content: Content::Computed(Arc::new(make)), ..Self::bytes("", Bytes::new()) }
    }

    /// One page after the other, request by request; the last one stays.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn sequence(pages: Vec<Self>) -> Self {
        assert!(!pages.is_empty(), "a sequence needs at least one page");
        Self::computed(move |asked| {
            let nth = usize::try_from(asked.nth).unwrap_or(usize::MAX);
            pages[nth.min(pages.len() - 1)].clone()
        })
    }

    /// A whole answer as written here, byte for byte; then the connection is closed. HTTP/1 only.
    #[must_use]
    pub fn verbatim(answer: impl Into<Bytes>) -> Self {
        Self::bytes("", Bytes::new()).fault(Fault::Verbatim(answer.into()))
    }

    /// A gzip body that decodes to `decoded` bytes of zeros (rounded up to MiB) and is a thousandth of that on the wire.
    #[must_use]
    pub fn gzip_bomb(decoded: u64) -> Self {
        Self::bytes("text/html", gzip_of_zeros(decoded.div_ceil(MEBIBYTE))).header("Content-Encoding", "gzip")
    }

    /// Replaces the status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), Bytes::copy_from_slice(value.as_ref())));
        self
    }

    /// Sets the `ETag`, quotes included. Requests that name it in `If-None-Match` get a 304.
    #[must_use]
    pub fn etag(self, etag: &str) -> Self {
        self.header("ETag", etag)
    }

    /// Sets `Last-Modified` (an HTTP date). Requests with `If-Modified-Since` not before it get a 304, unless they also
    /// carry `If-None-Match` (RFC 9110 section 13.1.3).
    #[must_use]
    pub fn last_modified(self, date: &str) -> Self {
        self.header("Last-Modified", date)
    }

    /// Compresses the body as it is now with gzip and says so in `Content-Encoding`; twice makes `gzip, gzip`.
    /// Only for bodies given as bytes.
    ///
    /// # Panics
    /// When the body is computed or a file.
    #[must_use]
    pub fn gzipped(mut self) -> Self {
        let Content::Bytes(plain) = &self.content else { panic!("only bytes can be compressed beforehand") };
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        self.content = Content::Bytes(encoder.finish().unwrap().into());
        match self.headers.iter_mut().find(|(name, _)| name == "Content-Encoding") {
            Some((_, value)) => *value = [value.as_ref(), b", gzip"].concat().into(),
            None => return self.header("Content-Encoding", "gzip"),
        }
        self
    }

    /// The first `times` requests get `status` (429 or 503) with this `Retry-After`, if any; then the page.
    #[must_use]
    pub fn refusing_first(self, times: u64, status: u16, retry_after: Option<&str>) -> Self {
        let refusal = Self::error(status);
        let refusal = match retry_after {
            Some(value) => refusal.header("Retry-After", value),
            None => refusal,
        };
        self.preceded_by(times, refusal)
    }

    /// The first `times` requests get `other`; then the page.
    #[must_use]
    pub fn preceded_by(mut self, times: u64, other: Self) -> Self {
        self.refusal = Some((times, Box::new(other)));
        self
    }

    /// Waits before the status line.
    #[must_use]
    pub fn delayed(mut self, by: Duration) -> Self {
        self.manner.delay = by;
        self
    }

    /// Sends the body at this many bytes a second (0 is taken as 1).
    #[must_use]
    pub fn slow(mut self, bytes_per_second: u32) -> Self {
        self.manner.body_rate = NonZeroU32::new(bytes_per_second.max(1));
        self
    }

    /// Sends status line and header lines at this many bytes a second (0 is taken as 1). HTTP/1 only.
    #[must_use]
    pub fn slow_headers(mut self, bytes_per_second: u32) -> Self {
        self.manner.head_rate = NonZeroU32::new(bytes_per_second.max(1));
        self
    }

    /// Sends the body in chunks of this many bytes (0 is taken as 1) instead of with a length.
    #[must_use]
    pub fn chunked(mut self, chunk: usize) -> Self {
        self.manner.framing = Framing::Chunked(chunk.max(1));
        self
    }

    /// Sends no length: the end of the connection is the end of the body.
    #[must_use]
    pub fn until_close(mut self) -> Self {
        self.manner.framing = Framing::UntilClose;
        self
    }

    /// Lies in `Content-Length`; the connection ends after the true body.
    #[must_use]
    pub fn declared_length(mut self, length: u64) -> Self {
        self.manner.framing = Framing::Declared(length);
        self
    }

    /// Reads the request and says nothing until the client gives up.
    #[must_use]
    pub fn silent(self) -> Self {
        self.fault(Fault::Silent)
    }

    /// Closes the connection instead of answering.
    #[must_use]
    pub fn close_early(self) -> Self {
        self.fault(Fault::CloseEarly)
    }

    /// Sends the header and this much of the body, then resets the connection (TCP RST; `RST_STREAM` in HTTP/2).
    #[must_use]
    pub fn reset_after(self, body_bytes: usize) -> Self {
        self.fault(Fault::ResetAfter(body_bytes))
    }

    /// Sends half of the body as a chunk and then something that is no chunk.
    #[must_use]
    pub fn broken_chunks(self) -> Self {
        self.fault(Fault::BrokenChunks)
    }

    /// Repeats the body without end.
    #[must_use]
    pub fn endless(self) -> Self {
        self.fault(Fault::EndlessBody)
    }

    /// Sends interim answers (103) without end. HTTP/1 only; silent in HTTP/2.
    #[must_use]
    pub fn endless_interim(self) -> Self {
        self.fault(Fault::EndlessInterim)
    }

    /// Sends the body in chunks and then trailer lines without end. HTTP/1 only; a reset in HTTP/2.
    #[must_use]
    pub fn endless_trailers(self) -> Self {
        self.fault(Fault::EndlessTrailers)
    }

    /// Sends this many bytes of header lines before the body.
    #[must_use]
    pub fn header_flood(self, bytes: usize) -> Self {
        self.fault(Fault::HeaderFlood(bytes))
    }

    fn fault(mut self, fault: Fault) -> Self {
        self.manner.fault = Some(fault);
        self
    }
}

const MEBIBYTE: u64 = 1 << 20;

/// One gzip member of `mebibytes` MiB of zeros, without compressing more than one of them: a deflate block that ends in a
/// full flush refers to nothing before it (RFC 1951), so it can be repeated.
fn gzip_of_zeros(mebibytes: u64) -> Vec<u8> {
    let zeros = vec![0; 1 << 20];
    let mut block = Vec::with_capacity(1 << 14);
    Compress::new(Compression::best(), false).compress_vec(&zeros, &mut block, FlushCompress::Full).unwrap();
    let mut one = Crc::new();
    one.update(&zeros);

    let mut gzip = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255];
    let mut crc = Crc::new();
    for _ in 0..mebibytes {
        gzip.extend_from_slice(&block);
        crc.combine(&one);
    }
    // An empty last block, then checksum and length (RFC 1952 section 2.3.1).
    gzip.extend_from_slice(&[0x03, 0x00]);
    gzip.extend_from_slice(&crc.sum().to_le_bytes());
    gzip.extend_from_slice(&u32::try_from((mebibytes * MEBIBYTE) % (1 << 32)).unwrap().to_le_bytes());
    gzip
}

#[cfg(test)]
mod tests;
