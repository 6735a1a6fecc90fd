//! Export: links, documents and records as streams for other programs.
//!
//! Invariant: only what may be shown leaves; what was taken down or withdrawn does not, whatever the stores still hold.

use std::io::Write;

use archive::export::WarcWriter;
use archive::{ArchiveSource, Compression};
use indexer::Index;
use links::{Graph, Outlink};
use model::{Document, Position, Timestamp};
use serde::Serialize;

use crate::Error;
use crate::takedowns::Takedowns;

/// Documents or pages read per step.
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

/// Every link of every page that may be shown, in the order of the pages' keys, which puts a site's pages together.
///
/// # Errors
/// When the link graph or `each` fails.
pub fn export_links(
    graph: &Graph,
    takedowns: &Takedowns,
    since: Option<Timestamp>,
    now: Timestamp,
    each: &mut dyn FnMut(&LinkLine) -> std::io::Result<()>,
) -> Result<u64, Error> {
    let mut after = None;
    let mut count = 0;
    loop {
        let pages = graph.pages(after, STEP)?;
        let Some(last) = pages.last() else { return Ok(count) };
        after = Some(last.key);
        for page in pages {
            let is_wanted = page.may_show(now)
                && since.is_none_or(|since| page.fetched >= since)
                && !takedowns.hides(&page.url);
            if !is_wanted {
                continue;
            }
            for link in page.links.into_iter().filter(|link| !takedowns.hides(&link.url)) {
                let Outlink { url: to, text, rel, kind, .. } = link;
                let line = LinkLine { from: page.url.clone(), to, text, rel, kind, fetched: page.fetched };
                each(&line).map_err(Error::Output)?;
                count += 1;
            }
        }
    }
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
