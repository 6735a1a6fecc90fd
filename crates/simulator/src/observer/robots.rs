//! Which robots.txt was served, and what it forbids.
//!
//! Invariant: what the crawler was served last is what it must go by, whatever it made of it.

use std::collections::HashMap;
use std::time::Duration;

use super::Duties;

/// What was served as robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Served {
    /// A file.
    File {
        /// Prefixes it forbids.
        disallow: Vec<String>,
        /// The delay it asks for.
        crawl_delay: Option<Duration>,
    },
    /// 404: everything is allowed.
    Absent,
    /// It is at this URL.
    Redirect(String),
    /// 5xx, 429, 403 beside it, or nothing came.
    Unavailable,
}

/// How many redirects lead to a robots.txt (RFC 9309 section 2.3.1.2).
const HOPS_MAX: usize = 5;
/// A page may be judged, and then wait for its turn within the lease.
const JUDGED_BEFORE_MAX: Duration = Duration::from_mins(10);

/// What is known of one robots.txt URL.
#[derive(Debug)]
pub(super) struct RobotsSeen {
    pub(super) site: usize,
    good: Option<(Duration, Served)>,
    failed: bool,
    asked: Option<Duration>,
}

impl RobotsSeen {
    pub(super) fn new(site: usize) -> Self {
        Self { site, good: None, failed: false, asked: None }
    }

    pub(super) fn served(&mut self, served: Served, at: Duration) {
        self.asked = Some(at);
        self.failed = served == Served::Unavailable;
        if !self.failed {
            self.good = Some((at, served));
        }
    }

    /// Its copy may be lost with the process, so it may be asked for again at once.
    pub(super) fn process_died(&mut self) {
        self.asked = None;
    }

    /// Why it is asked for too soon, if it is.
    pub(super) fn too_soon(&self, at: Duration, duties: &Duties) -> Option<String> {
        // Where a redirect led may have failed.
        let may_have_failed = self.failed || matches!(self.good, Some((_, Served::Redirect(_))));
        let distance = if may_have_failed { duties.robots_retry } else { duties.robots_again };
        let early = super::early(self.asked, distance, at)?;
        Some(format!("robots.txt asked for again {early:?} too early"))
    }
}

/// The `Crawl-delay` in force for a page, or why it must not be requested.
pub(super) fn judge(
    seen: &HashMap<String, RobotsSeen>,
    ruled_by: &str,
    path: &str,
    at: Duration,
    duties: &Duties,
) -> Result<Option<Duration>, String> {
    let mut url = ruled_by;
    let mut stale = false;
    for _ in 0..=HOPS_MAX {
        let Some(known) = seen.get(url) else { return Err(format!("{url} was never served")) };
        let Some((served_at, served)) = &known.good else {
            return Err(format!("{url} cannot be reached and never could"));
        };
        stale |= known.failed;
        let age_max = if stale { duties.robots_stale_max } else { duties.robots_age_max };
        if at.saturating_sub(*served_at) > age_max + JUDGED_BEFORE_MAX {
            return Err(format!("{url} was last served {:?} ago", at.saturating_sub(*served_at)));
        }
        match served {
            Served::File { disallow, crawl_delay } => {
                return match disallow.iter().find(|prefix| path.starts_with(prefix.as_str())) {
                    Some(prefix) => Err(format!("disallowed by {prefix:?} of {url}")),
                    None => Ok(*crawl_delay),
                };
            }
            Served::Absent if stale => return Err(format!("{url} cannot be reached and there was no file")),
            Served::Absent => return Ok(None),
            Served::Redirect(to) => url = to,
            Served::Unavailable => return Err(format!("{url} cannot be reached")),
        }
    }
    Err(format!("{ruled_by} leads nowhere"))
}
