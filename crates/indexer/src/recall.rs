//! The stories of an index are found again at its opening: what was put last is read back with where it was placed.
//!
//! Invariant: a document is never placed anew as long as it is in the index.

use tantivy::{DocAddress, Searcher};

use crate::error::Error;
use crate::schema;
use crate::story::{Placement, Settings, Stories};
use crate::view::View;

/// The stories of the documents fetched last, in the order of their fetch.
pub(crate) fn stories(view: &View, settings: &Settings) -> Result<Stories, Error> {
    let failed = |e| Error::engine("read", &view.path)(e);
    let searcher = view.searcher()?;
    let mut latest: Vec<(i64, u64, DocAddress)> = Vec::new();
    for (number, segment) in (0..).zip(searcher.segment_readers()) {
        let fetched = segment.fast_fields().i64(schema::FETCHED).map_err(failed)?;
        let tie = segment.fast_fields().u64(schema::TIE).map_err(failed)?;
        for doc in segment.doc_ids_alive() {
            let (fetched, tie) = (fetched.first(doc).unwrap_or_default(), tie.first(doc).unwrap_or_default());
            latest.push((fetched, tie, DocAddress::new(number, doc)));
        }
    }
    latest.sort_unstable();
    let window = i64::try_from(settings.window.0.as_secs()).unwrap_or(i64::MAX);
    let since = latest.last().map_or(0, |(newest, ..)| newest.saturating_sub(window));
    let first = latest.partition_point(|(fetched, ..)| *fetched < since);
    let first = first.max(latest.len().saturating_sub(settings.documents_max));
    let mut stories = Stories::new(settings.clone());
    for (_, _, address) in &latest[first..] {
        if let Some(placement) = placement(view, &searcher, *address)? {
            stories.restore(&view.document(&searcher, *address)?, placement);
        }
    }
    Ok(stories)
}

/// Where the document at an address was placed.
pub(crate) fn placement(
    view: &View,
    searcher: &Searcher,
    address: DocAddress,
) -> Result<Option<Placement>, Error> {
    let groups = view.groups(searcher, address)?;
    Ok(groups.story.zip(groups.copy).map(|(story, copy)| Placement { story, copy }))
}
