//! Export: links, documents and records as streams for other programs.
//!
//! Invariant: only what may be shown leaves; what was taken down or withdrawn does not, whatever the stores still hold.

use std::collections::HashMap;
use std::io::Write;

use archive::export::WarcWriter;
use archive::{ArchiveSource, Compression};
use indexer::Index;
use model::{Document, Outcome, Position, ResourceKind, Timestamp, UrlKey};
use serde::Serialize;

use crate::Error;
use crate::derive::{DeriveSettings, parse_record};
use crate::takedowns::Takedowns;

/// Documents read per step.
const STEP: usize = 256;

/// One link of the link index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkLine {
    /// The page the link is on.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// Anchor text.
    pub text: String,
    /// `rel` tokens.
    pub rel: Vec<String>,
    /// What the link is for.
    pub kind: model::LinkKind,
    /// When the page was fetched.
    pub fetched: Timestamp,
}

/// Every document that may be shown, in key order.
///
/// # Errors
/// When the index or `each` fails.
pub fn export_documents(
    index: &Index,
    since: Option<Timestamp>,
    now: Timestamp,
    each: &mut dyn FnMut(&Document) -> std::io::Result<()>,
) -> Result<u64, Error> {
    let mut after = None;
    let mut count = 0;
    loop {
        let documents = index.documents(after, STEP, now)?;
        let Some(last) = documents.last() else { return Ok(count) };
        after = Some(last.key);
        for document in
            documents.iter().filter(|document| since.is_none_or(|since| document.fetched >= since))
        {
            each(document).map_err(Error::Output)?;
            count += 1;
        }
    }
}

/// Every link of the newest copy of each page, in archive order.
///
/// # Errors
/// When the archive or `each` fails.
pub fn export_links(
    archive: &dyn ArchiveSource,
    takedowns: &Takedowns,
    settings: &DeriveSettings,
    since: Option<Timestamp>,
    each: &mut dyn FnMut(&LinkLine) -> std::io::Result<()>,
) -> Result<u64, Error> {
    let newest = newest_pages(archive)?;
    let mut count = 0;
    for item in archive.replay(Position::default())? {
        let item = item?;
        let visit = &item.record.visit;
        let wanted = newest.get(&visit.key) == Some(&item.at)
            && since.is_none_or(|since| item.record.requested_at >= since)
            && !takedowns.hides(&visit.url);
        let Some(parsed) = wanted.then(|| parse_record(&item.record, settings)).flatten() else { continue };
        if !parsed.directives.follow {
            continue;
        }
        for link in parsed.links.into_iter().filter(|link| !takedowns.hides(&link.url)) {
            let line = LinkLine {
                from: visit.url.clone(),
                to: link.url,
                text: link.text,
                rel: link.rel,
                kind: link.kind,
                fetched: item.record.requested_at,
            };
            each(&line).map_err(Error::Output)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Every record with a response, as one WARC stream.
///
/// # Errors
/// When the archive or the writer fails.
pub fn export_warc(
    archive: &dyn ArchiveSource,
    takedowns: &Takedowns,
    compression: Compression,
    since: Option<Timestamp>,
    now: Timestamp,
    out: impl Write,
) -> Result<u64, Error> {
    let mut writer = WarcWriter::new(out, compression, now, None).map_err(Error::Output)?;
    let mut count = 0;
    for item in archive.replay(Position::default())? {
        let record = item?.record;
        let wanted = record.exchange.is_some()
            && since.is_none_or(|since| record.requested_at >= since)
            && !takedowns.hides(&record.visit.url);
        if wanted {
            writer.write(&record).map_err(Error::Output)?;
            count += 1;
        }
    }
    writer.finish().and_then(|mut out| out.flush()).map_err(Error::Output)?;
    Ok(count)
}

/// Where the newest fetched copy of each page is; 40 bytes of memory a page.
fn newest_pages(archive: &dyn ArchiveSource) -> Result<HashMap<UrlKey, Position>, Error> {
    let mut newest = HashMap::new();
    for item in archive.replay(Position::default())? {
        let item = item?;
        if item.record.outcome == Outcome::Fetched && item.record.visit.kind != ResourceKind::Robots {
            newest.insert(item.record.visit.key, item.at);
        }
    }
    Ok(newest)
}
