//! What the frontier can tell about itself. Invariant: answers come from counters and keys, never from a scan.

use std::collections::BTreeMap;

use model::{Origin, Outcome, ResourceKind, Site, Span, Timestamp, UrlKey};
use serde::{Deserialize, Serialize};

use crate::pace::{Pace, PaceReason};

/// Where a URL stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UrlState {
    /// Never visited with success; to be visited, now or at the next attempt.
    Queued,
    /// On loan, or visited and not settled yet.
    Leased,
    /// Visited; to be visited again.
    Scheduled,
    /// 404 or 410 at the last visit; looked at rarely.
    Gone,
    /// robots.txt or we ourselves declined; asked again when that may have changed.
    Refused,
    /// Visited; its publisher wants it in no answer.
    Dropped,
}

/// Numbers of URLs by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct StateCounts {
    /// [`UrlState::Queued`].
    pub queued: u64,
    /// [`UrlState::Leased`].
    pub leased: u64,
    /// [`UrlState::Scheduled`].
    pub scheduled: u64,
    /// [`UrlState::Gone`].
    pub gone: u64,
    /// [`UrlState::Refused`].
    pub refused: u64,
    /// [`UrlState::Dropped`].
    pub dropped: u64,
}

/// The frontier in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// URLs never visited with success and not on loan.
    pub queued: u64,
    /// URLs on loan or not settled yet.
    pub leased: u64,
    /// URLs visited and to be visited again.
    pub scheduled: u64,
    /// URLs that were not there at the last visit.
    pub gone: u64,
    /// URLs declined by robots.txt or by us.
    pub refused: u64,
    /// URLs their publishers want in no answer.
    pub dropped: u64,
    /// Sites with at least one URL ever.
    pub sites: u64,
    /// Sites on loan.
    pub sites_leased: u64,
    /// Visits settled since the frontier was made, by [`Outcome::word`].
    pub outcomes: BTreeMap<String, u64>,
}

/// Everything known about a URL.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UrlStatus {
    /// Its key.
    pub key: UrlKey,
    /// As it is requested.
    pub url: String,
    /// Whose it is.
    pub site: Site,
    /// What is believed to be there.
    pub kind: ResourceKind,
    /// Links from a seed.
    pub depth: u16,
    /// Redirects that led to it.
    pub hops: u8,
    /// The page it was first found on.
    pub via: Option<String>,
    /// The job that admitted it.
    pub job: String,
    /// Where it stands.
    pub state: UrlState,
    /// Why it is not visited right now, or that it is due, in words.
    pub why: String,
    /// When it is due by its own schedule; absent when it is due at once or on loan.
    pub due: Option<Timestamp>,
    /// The earliest next request, the site's pace included; absent while on loan.
    pub next_visit: Option<Timestamp>,
    /// Failed attempts since the last success.
    pub attempts: u16,
    /// What the last visit brought.
    pub last_outcome: Option<Outcome>,
    /// When the last visit ended.
    pub last_visit: Option<Timestamp>,
    /// `ETag` of the copy held.
    pub etag: Option<String>,
    /// `Last-Modified` of the copy held.
    pub last_modified: Option<String>,
    /// Hash of the content last seen.
    pub content_hash: Option<u64>,
    /// The revisit interval it has arrived at.
    pub interval: Option<Span>,
}

/// Everything known about a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteStatus {
    /// The site.
    pub site: Site,
    /// No request leaves before this instant.
    pub next_allowed: Timestamp,
    /// Distance between requests at present.
    pub delay: Span,
    /// What decides `next_allowed`.
    pub why: PaceReason,
    /// Delay asked by robots.txt.
    pub crawl_delay: Option<Span>,
    /// Refusals and failures not yet forgiven.
    pub strikes: u8,
    /// Fence of the outstanding lease.
    pub fence: Option<u64>,
    /// URLs by state.
    pub counts: StateCounts,
    /// Origins whose robots.txt we hold a copy of. [`crate::Frontier::robots`] has the copies.
    pub robots: Vec<Origin>,
    /// When it last answered as a healthy site does.
    pub good_at: Option<Timestamp>,
    /// Since when it has only failed, if it fails.
    pub failing_since: Option<Timestamp>,
    /// Tells its [health](Pace::health) at an instant.
    #[serde(skip)]
    pub pace: Pace,
}

impl StateCounts {
    /// The number for a state, to be changed.
    pub(crate) fn of_mut(&mut self, state: UrlState) -> &mut u64 {
        match state {
            UrlState::Queued => &mut self.queued,
            UrlState::Leased => &mut self.leased,
            UrlState::Scheduled => &mut self.scheduled,
            UrlState::Gone => &mut self.gone,
            UrlState::Refused => &mut self.refused,
            UrlState::Dropped => &mut self.dropped,
        }
    }
}
