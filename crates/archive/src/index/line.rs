//! A line of a CDXJ index: `key timestamp {"url":…,"mime":…,"status":…,"digest":…,"length":…,"offset":…,"filename":…,"date":…}`.
//!
//! Invariant: `parse(print(line)) == line`; numbers are strings inside the JSON, as cdxj-indexer writes them. `date` is
//! ours: the instant with its fraction, which the 14-digit timestamp cannot say.

use std::borrow::Cow;

use model::{FetchRecord, Position, Response, Timestamp};
use serde::{Deserialize, Serialize};

use crate::index::surt;
use crate::store::Entry;

/// The key of the line that ends a closed index. `~` sorts after every SURT key.
pub(crate) const END_KEY: &str = "~";

#[derive(Debug, Serialize, Deserialize)]
struct Json<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    mime: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    digest: Cow<'a, str>,
    #[serde(borrow)]
    length: Cow<'a, str>,
    #[serde(borrow)]
    offset: Cow<'a, str>,
    #[serde(borrow)]
    filename: Cow<'a, str>,
    date: Timestamp,
}

/// Where the payload of a response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// In its own record.
    Here,
    /// In an earlier one; this is a revisit.
    Elsewhere,
}

/// The entry of a record that begins at `at`; `None` when it has no response.
pub(crate) fn entry(
    record: &FetchRecord,
    at: Position,
    length: u64,
    digest: String,
    held: Held,
) -> Option<Entry> {
    let response = record.response()?;
    let mime = match held {
        Held::Here => media_type(response),
        Held::Elsewhere => Entry::REVISIT.to_owned(),
    };
    Some(Entry {
        url: record.visit.url.clone(),
        timestamp: record.requested_at,
        mime,
        status: response.status,
        digest,
        length,
        at,
    })
}

/// Writes a line with its line break.
pub(crate) fn print(entry: &Entry, file_name: &str) -> String {
    let json = Json {
        url: Cow::Borrowed(&entry.url),
        mime: Cow::Borrowed(&entry.mime),
        status: Cow::Owned(entry.status.to_string()),
        digest: Cow::Borrowed(&entry.digest),
        length: Cow::Owned(entry.length.to_string()),
        offset: Cow::Owned(entry.at.offset.to_string()),
        filename: Cow::Borrowed(file_name),
        date: entry.timestamp,
    };
    let json = serde_json::to_string(&json).unwrap_or_default();
    format!("{} {} {json}\n", surt::key(&entry.url), digits(entry.timestamp))
}

/// Reads a line of segment `segment`, without its line break; `None` when it is torn.
pub(crate) fn parse(line: &[u8], segment: u32) -> Option<Entry> {
    let line = std::str::from_utf8(line).ok()?;
    let (_key, rest) = line.split_once(' ')?;
    let (_digits, json) = rest.split_once(' ')?;
    let json: Json<'_> = serde_json::from_str(json).ok()?;
    Some(Entry {
        url: json.url.into_owned(),
        timestamp: json.date,
        mime: json.mime.into_owned(),
        status: json.status.parse().ok()?,
        digest: json.digest.into_owned(),
        length: json.length.parse().ok()?,
        at: Position { segment, offset: json.offset.parse().ok()? },
    })
}

/// The key of a line.
pub(crate) fn key(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').next().unwrap_or_default()
}

/// The line that ends a closed index: it says how long the segment was, so that a torn or foreign index is noticed.
pub(crate) fn print_end(lines: u64, segment_bytes: u64) -> String {
    format!("{END_KEY} 99991231235959 {{\"lines\":\"{lines}\",\"segment_bytes\":\"{segment_bytes}\"}}\n")
}

/// The media type of a response without parameters, lower case; `unk` when it has none.
fn media_type(response: &Response) -> String {
    let value = response.header("content-type").map(String::from_utf8_lossy).unwrap_or_default();
    let bare = value.split([';', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    if bare.is_empty() { "unk".to_owned() } else { bare }
}

/// The 14-digit timestamp of web archives.
fn digits(at: Timestamp) -> String {
    at.max(Timestamp::UNIX_EPOCH).strftime("%Y%m%d%H%M%S").to_string()
}
