//! What arrived since the last time, told by the feed of changes.
//!
//! Invariant: the cursor only goes forward, and one answer reads at most [`ARRIVALS_MAX`] changes.

use std::time::Duration;

use indexer::{Change, Filter};
use model::UrlKey;

use crate::candidates::{Candidate, Gatherer};
use crate::error::Error;

/// Changes one answer looks at; a reader who was away longer asks again.
const ARRIVALS_MAX: usize = 300;

/// Without a cursor: what is dated within this time.
const FIRST_TIME: Duration = Duration::from_hours(24);

/// Content from which on an arrival fits interests.
pub(crate) const FITS_FROM: f32 = 0.15;

/// What arrived after a cursor, and the cursor after it.
pub(crate) fn since(
    gatherer: &Gatherer<'_>,
    cursor: Option<&str>,
) -> Result<(Vec<Candidate>, String), Error> {
    let now = gatherer.request.now;
    let Some(cursor) = cursor else {
        // Before the lookup: what arrives during it is told twice rather than never.
        let next = gatherer.source.stats()?.cursor();
        let first = model::time::earlier(now, FIRST_TIME);
        let filter = Filter { since: gatherer.filter.since.or(Some(first)), ..gatherer.filter.clone() };
        return Ok((gatherer.since(&filter)?, next));
    };
    let changes = gatherer.source.changes(Some(cursor), ARRIVALS_MAX, now)?;
    let arrived = changes.changes.iter().filter(|change| matches!(change, Change::Upsert { .. }));
    let keys: Vec<UrlKey> = arrived.map(Change::key).collect();
    Ok((gatherer.of_keys(&keys)?, changes.next))
}
