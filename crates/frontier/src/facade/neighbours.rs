//! One request to a site without a lease of it: a robots.txt that redirects to another site (RFC 9309 section 2.3.1.2).
//!
//! Invariant: a site is reserved for such a request only while it is not on loan, from the instant it may be asked, and is
//! neither leased nor reserved again before the reservation ends. A site that is always on loan is not given out for one
//! moment after a wish, so that the wish can be granted.

use std::collections::HashMap;
use std::time::Duration;

use model::time::later;
use model::{Site, Timestamp};

use super::Frontier;
use crate::error::Error;
use crate::port::{Batch, Wanted};

/// How long a wish for a site on loan is remembered.
const WISH: Duration = Duration::from_mins(1);
/// Gap between two loans of a site that somebody wishes for: those who wish look once a second.
const GAP: Duration = Duration::from_secs(3);
/// How soon to look again at a site on loan.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Reservations and wishes in force. They are rare (one a day for a site whose robots.txt lies elsewhere).
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    reserved: HashMap<Site, Timestamp>,
    wished: HashMap<Site, Timestamp>,
}

impl Neighbours {
    /// Until when a site is reserved.
    pub(super) fn until(&self, site: &Site) -> Option<Timestamp> {
        self.reserved.get(site).copied()
    }

    /// No earlier loan of a site that comes back than this.
    pub(super) fn gap(&self, site: &Site, now: Timestamp) -> Timestamp {
        let wished = self.wished.get(site).is_some_and(|end| *end > now);
        if wished { later(now, GAP) } else { Timestamp::MIN }
    }
}

impl Frontier {
    /// Reserves a site for one request by somebody without a lease of it, for `hold` from the instant returned, at which
    /// the request may leave; durably if the site is known. `Err` of the inner result says when to ask again: it is on
    /// loan, or reserved by somebody else. `again` says that the last reservation was the caller's own.
    ///
    /// # Errors
    /// A failure of the store; then nothing is reserved.
    pub fn reserve(
        &mut self,
        site: &Site,
        hold: Duration,
        again: bool,
        now: Timestamp,
    ) -> Result<Result<Timestamp, Timestamp>, Error> {
        self.neighbours.reserved.retain(|_, end| *end > now);
        self.neighbours.wished.retain(|_, end| *end > now);
        let mut allowed = now;
        if !again {
            if let Some(end) = self.neighbours.until(site) {
                return Ok(Err(end));
            }
            let wanted = Wanted { sites: std::slice::from_ref(site), ..Wanted::default() };
            if let Some(row) = self.store.read(&wanted)?.sites.into_iter().next() {
                if row.fence.is_some() {
                    self.neighbours.wished.insert(site.clone(), later(now, WISH));
                    return Ok(Err(later(now, LOOK_AGAIN)));
                }
                allowed = allowed.max(row.next_allowed).max(self.pace(site, row.pace).next_allowed());
            }
        }
        let end = later(allowed, hold);
        self.silence(site, end, now)?;
        self.neighbours.wished.remove(site);
        self.neighbours.reserved.insert(site.clone(), end);
        Ok(Ok(allowed))
    }

    /// Nothing to a known site before `until`, as somebody without a lease of it has learnt; durable.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn silence(&mut self, site: &Site, until: Timestamp, now: Timestamp) -> Result<(), Error> {
        let mut batch = Batch::new(now);
        batch.silences.push((site, until));
        self.store.apply(&batch).map(drop)
    }
}
