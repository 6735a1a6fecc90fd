//! The entry points for foreign bytes one at a time: for the fuzz targets, the replay of their corpus and the feed
//! evaluation.
//!
//! Invariant: each function is total; what holds of every result is asserted here once, for fuzzer and test alike.

use std::borrow::Cow;

use model::{HeaderLine, Link, Parsed, ResourceKind, Timestamp};
use url::Url;

use crate::charset::{self, Markup};
use crate::dates::{self, Zone};
use crate::feed::{self, Clock};
use crate::sitemap;
use crate::sniff::{Form, sniff};
use crate::{Input, parse};

/// What a feed or a sitemap lists.
#[derive(Debug)]
pub struct Listing {
    /// Entries or locations, with or without a usable link.
    pub entries: usize,
    /// Their links, and those to further feeds and sitemaps.
    pub links: Vec<Link>,
    /// Codes of the notes.
    pub notes: Vec<String>,
}

/// When the foreign bytes are pretended to have been fetched.
fn fetched() -> Timestamp {
    Timestamp::constant(1_795_000_000, 0)
}

fn page_url() -> Option<Url> {
    Url::parse("https://www.e.kz/a/b?c=d").ok()
}

/// The text of a body and the name of its encoding.
#[must_use]
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>, is_xml: bool) -> (Cow<'a, str>, &'static str) {
    let markup = if is_xml { Markup::Xml } else { Markup::Html };
    let decoded = charset::decode(body, content_type, markup, "www.e.kz");
    (decoded.text, decoded.name)
}

/// The instant that a text names, as feeds, directives and metadata are read.
#[must_use]
pub fn date(text: &str) -> Option<Timestamp> {
    let whole = dates::parse(text, Zone::Kazakhstan).map(|date| date.at);
    let inside = dates::find(text, Zone::Utc).map(|date| date.at);
    whole.or(inside)
}

/// Reads a feed as [`parse`] would: what its bytes are is found out first. Nothing if they are no feed.
#[must_use]
pub fn feed(body: &[u8], url: &Url) -> Option<Listing> {
    let found = match sniff(body, None, ResourceKind::Feed) {
        Form::Feed => feed::read(&decode(body, None, true).0, url, clock()),
        Form::Json => {
            feed::read_json(&charset::decode(body, None, Markup::None, "").text, url, clock()).ok()?
        }
        _ => return None,
    };
    Some(listing(found))
}

/// Reads an XML feed or OPML whatever its first bytes are.
#[must_use]
pub fn feed_anyway(body: &[u8], url: &Url) -> Listing {
    listing(feed::read(&decode(body, None, true).0, url, clock()))
}

fn listing(found: feed::Feed) -> Listing {
    Listing { entries: found.entries, links: found.links, notes: codes(found.notes) }
}

/// Reads an XML sitemap whatever its first bytes are.
#[must_use]
pub fn sitemap_anyway(body: &[u8], url: &Url) -> Listing {
    let found = sitemap::read(&decode(body, None, true).0, url, clock());
    Listing { entries: found.links.len(), links: found.links, notes: codes(found.notes) }
}

fn clock() -> Clock {
    Clock { zone: Zone::Utc, latest: fetched() }
}

fn codes(notes: Vec<model::Note>) -> Vec<String> {
    notes.into_iter().map(|note| note.code).collect()
}

/// Reads any bytes as a response with these headers, and asserts what must hold of everything that was parsed.
///
/// # Panics
/// If an invariant of [`Parsed`] is broken: that is what the fuzzer looks for.
pub fn whole(body: &[u8], content_type: Option<&str>, headers: &[HeaderLine], kind: ResourceKind) {
    let Some(url) = page_url() else { return };
    let input = Input { url: &url, content_type, headers, body, kind, agent: "silteme", fetched: fetched() };
    check(&parse(&input));
}

/// Asserts what is promised of links, texts and directives.
fn check(parsed: &Parsed) {
    for link in &parsed.links {
        let url = Url::parse(&link.url);
        assert!(
            url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none()),
            "a link that is no web URL: {}",
            link.url
        );
        assert!(link.text.chars().count() <= 256, "an anchor text of {} bytes", link.text.len());
    }
    if let Some(document) = &parsed.document {
        assert!(!document.title.is_empty(), "a document without a title");
    }
    assert!(parsed.directives.raw.len() <= 64, "{} raw directives", parsed.directives.raw.len());
}

/// One target of the fuzzer: `name` is that of the file under `fuzz/fuzz_targets` and of its corpus.
///
/// Returns whether there is such a target.
///
/// # Panics
/// As [`whole`] does.
#[must_use]
pub fn run(name: &str, bytes: &[u8]) -> bool {
    let Some(url) = page_url() else { return false };
    match name {
        "page" => whole(bytes, Some("text/html"), &[], ResourceKind::Page),
        "feed" => {
            check_links(&feed_anyway(bytes, &url));
            whole(bytes, None, &[], ResourceKind::Feed);
        }
        "sitemap" => {
            check_links(&sitemap_anyway(bytes, &url));
            whole(bytes, None, &[], ResourceKind::Sitemap);
        }
        "charset" => run_charset(bytes),
        "directives" => run_headers(bytes),
        "dates" => drop(date(&String::from_utf8_lossy(bytes))),
        "anything" => whole(bytes, None, &[], ResourceKind::Page),
        _ => return false,
    }
    true
}

fn check_links(listing: &Listing) {
    assert!(listing.links.len() <= 110_000, "{} links", listing.links.len());
}

/// The first line is the declared type, the rest the body.
fn run_charset(bytes: &[u8]) {
    let (first, body) = line(bytes);
    let declared = String::from_utf8_lossy(first);
    for is_xml in [false, true] {
        let (text, name) = decode(body, Some(&declared), is_xml);
        assert!(!name.is_empty() && text.len() <= 4 * body.len() + 4, "{name}: {} bytes", text.len());
    }
}

/// Header lines, an empty line, and a page.
fn run_headers(bytes: &[u8]) {
    let mut headers = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && headers.len() < 64 {
        let (first, after) = line(rest);
        rest = after;
        let Some(colon) = first.iter().position(|byte| *byte == b':') else { break };
        headers.push(HeaderLine {
            name: String::from_utf8_lossy(&first[..colon]).into_owned(),
            value: first[colon + 1..].to_vec().into(),
        });
    }
    whole(rest, Some("text/html; charset=utf-8"), &headers, ResourceKind::Page);
}

/// The bytes up to the first line feed, and those behind it.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}
