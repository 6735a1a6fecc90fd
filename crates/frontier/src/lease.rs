//! A site on loan. Invariant: whoever holds the lease is the only one who may ask the site, and holds everything that
//! politeness towards it needs.

use model::{Origin, Site, Timestamp, UrlKey, Visit};

use crate::pace::Pace;

/// How much is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRequest {
    /// Sites, at most.
    pub sites_max: usize,
    /// Visits per site, at most.
    pub visits_per_site_max: usize,
    /// Revisits (of what was visited, refused or gone before) that were due by then; URLs never visited and their retries
    /// are not bound by it. A run passes the time it started, so that it ends although feeds come due again meanwhile.
    pub revisits_due_by: Timestamp,
    /// Only what this job admitted.
    pub job: Option<String>,
}

/// A site on loan until its [`SiteReturn`].
#[derive(Debug, Clone, PartialEq)]
pub struct SiteLease {
    /// The site.
    pub site: Site,
    /// Number of this loan: larger than that of every loan before it, of any site, for ever.
    pub fence: u64,
    /// The site's politeness state; [`Pace::next_allowed`] may lie in the future by a little, after a change of settings.
    pub pace: Pace,
    /// Copies of robots.txt we hold for its origins.
    pub robots: Vec<RobotsEntry>,
    /// What to visit, in this order. Never empty.
    pub visits: Vec<Visit>,
}

/// A kept copy of an origin's robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsEntry {
    /// The origin it speaks for.
    pub origin: Origin,
    /// Opaque here; `fetcher::robots` owns the format.
    pub copy: Vec<u8>,
}

/// The end of a loan.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteReturn {
    /// The site.
    pub site: Site,
    /// As in the lease; any other value makes the return void.
    pub fence: u64,
    /// The pace after the last request.
    pub pace: Pace,
    /// Copies that changed.
    pub robots: Vec<RobotsEntry>,
    /// Leased URLs that were not visited: due again. The visited ones stay on loan until they are settled.
    pub unvisited: Vec<UrlKey>,
}
