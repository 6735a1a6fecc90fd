//! How the sites are doing, for operators: counts by health, and who needs a look.
//!
//! Invariant: one pass over the sites in steps, bounded memory; nothing here decides anything about a site.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use frontier::{Frontier, Health, LeaseRequest, SiteStatus};
use model::time::{earlier, later};
use model::{Site, Timestamp};
use serde::Serialize;

use crate::stores::frontier_dir;
use crate::{Error, Settings};

/// Sites read per step.
const STEP: usize = 256;
/// Troubled sites named; the others are counted.
const NAMED_MAX: usize = 20;
/// A site that has failed or must be left alone for longer than this is worth a look.
const SILENT_AFTER: Duration = Duration::from_hours(1);
/// Something that has been due for longer than this while a crawl runs means that the crawl stands still.
const STALLED_AFTER: Duration = Duration::from_hours(1);

/// How the sites are doing.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HostsReport {
    /// Sites by health: `ok`, `slow`, `blocked`, `dead`, `probe`.
    pub by_health: BTreeMap<Health, u64>,
    /// Sites that do not answer or want to be left alone, those with most URLs first; at most 20.
    pub silent: Vec<SilentHost>,
    /// How many there are in all.
    pub silent_count: u64,
    /// Since when something has been due and not been visited, if a crawl should have long ago.
    pub due_since: Option<Timestamp>,
}

/// A site that does not answer, or wants to be left alone for more than an hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SilentHost {
    /// The site.
    pub site: Site,
    /// How it is doing.
    pub health: Health,
    /// Since when it has only failed; absent when it refuses.
    pub since: Option<Timestamp>,
    /// When it last answered well.
    pub good_at: Option<Timestamp>,
    /// No request before.
    pub until: Timestamp,
    /// Why, in words.
    pub why: String,
    /// Its URLs known to us.
    pub urls: u64,
}

/// Looks at every site.
///
/// # Errors
/// When the frontier cannot be read.
pub fn hosts(frontier: &Frontier, now: Timestamp) -> Result<HostsReport, Error> {
    let mut report = HostsReport::default();
    each_site(frontier, &mut |site| {
        *report.by_health.entry(site.pace.health(now)).or_default() += 1;
        if let Some(silent) = SilentHost::of(site, now) {
            report.silent_count += 1;
            let place = report.silent.partition_point(|other| other.urls >= silent.urls);
            report.silent.insert(place, silent);
            report.silent.truncate(NAMED_MAX);
        }
        Ok(())
    })?;
    let anything = LeaseRequest { sites_max: 1, visits_per_site_max: 1, revisits_due_by: now, job: None };
    report.due_since = frontier
        .next_due(&anything, Timestamp::UNIX_EPOCH)?
        .filter(|due| *due <= earlier(now, STALLED_AFTER) && *due > Timestamp::UNIX_EPOCH);
    Ok(report)
}

/// Every site in name order.
pub(crate) fn each_site(
    frontier: &Frontier,
    each: &mut dyn FnMut(SiteStatus) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut after: Option<Site> = None;
    let mut count = 0;
    loop {
        let sites = frontier.sites(after.as_ref(), STEP)?;
        let Some(last) = sites.last() else { return Ok(count) };
        after = Some(last.site.clone());
        for site in sites {
            each(site)?;
            count += 1;
        }
    }
}

/// Looks at every site of a data directory, whoever is writing it; `None` when nothing was ever crawled there.
///
/// # Errors
/// When the frontier cannot be read.
pub fn hosts_of(data: &Path, settings: &Settings, now: Timestamp) -> Result<Option<HostsReport>, Error> {
    let frontier = Frontier::open_read_only(&frontier_dir(data), settings.frontier())?;
    frontier.map(|frontier| hosts(&frontier, now)).transpose()
}

impl HostsReport {
    /// Sites by the word of their health; every health has its number.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 5] {
        Health::ALL.map(|health| (health.word(), self.by_health.get(&health).copied().unwrap_or_default()))
    }

    /// What an operator should look at; `crawling` says that a process is crawling at this moment.
    #[must_use]
    pub fn alerts(&self, crawling: bool) -> Vec<String> {
        let mut alerts = Vec::new();
        if let Some(silent) = self.silent.first() {
            let others = match self.silent_count {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            alerts.push(format!(
                "{}{others} cannot be asked ({}); `silteme status --hosts` lists them, `silteme explain HOST` tells why",
                silent.site, silent.why
            ));
        }
        if let Some(due) = self.due_since.filter(|_| crawling) {
            alerts.push(format!(
                "the crawl stands still: something has been due since {due} although a process is writing; look at its log, stop it with Ctrl-C and start it again"
            ));
        }
        alerts
    }
}

impl SilentHost {
    fn of(site: SiteStatus, now: Timestamp) -> Option<Self> {
        let health = site.pace.health(now);
        let failing = site.failing_since.is_some_and(|since| since <= earlier(now, SILENT_AFTER));
        let blocked = health == Health::Blocked && site.next_allowed > later(now, SILENT_AFTER);
        if !failing && !blocked {
            return None;
        }
        let counts = site.counts;
        let urls =
            counts.queued + counts.leased + counts.scheduled + counts.gone + counts.refused + counts.dropped;
        let since = site.failing_since.map_or(String::new(), |since| format!(", failing since {since}"));
        Some(Self {
            why: format!("{}{since}, next request from {}", site.why, site.next_allowed),
            site: site.site,
            health,
            since: site.failing_since,
            good_at: site.good_at,
            until: site.next_allowed,
            urls,
        })
    }
}

#[cfg(test)]
mod tests;
