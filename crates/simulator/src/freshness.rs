//! How long after its publication an article was listed to us, and fetched; and what all of it cost.
//!
//! Invariant: counted at the transport, when an answer has arrived whole. Delays are kept in milliseconds, one per article.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::web::Web;

/// Counts.
#[derive(Debug)]
pub struct Freshness {
    web: Arc<Web>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sites: Vec<SiteCount>,
    traffic: Traffic,
    second: u64,
    in_second: u64,
}

/// What one site brought.
#[derive(Debug, Clone, Default)]
pub struct SiteCount {
    /// Requests, robots.txt included.
    pub requests: u64,
    /// Articles below this number were listed, or gone from every list before we looked.
    listed_to: usize,
    fetched: Vec<bool>,
    /// From publication until a hub listed it to us, milliseconds; of articles published during the simulation.
    pub listed_ms: Vec<u32>,
    /// From publication until it was fetched, milliseconds.
    pub fetched_ms: Vec<u32>,
    /// Articles that had left every list before we looked.
    pub missed: u64,
}

/// Requests in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// All.
    pub requests: u64,
    /// For robots.txt.
    pub robots: u64,
    /// Answered 304.
    pub not_modified: u64,
    /// Answered 4xx, 5xx or not at all, robots.txt not counted.
    pub failed: u64,
    /// Answered within the busiest second.
    pub peak_per_second: u64,
}

impl Freshness {
    /// Nothing yet.
    #[must_use]
    pub fn new(web: Arc<Web>) -> Self {
        let sites = vec![SiteCount::default(); web.sites.len()];
        Self { web, state: Mutex::new(State { sites, ..State::default() }) }
    }

    pub(crate) fn landed(
        &self,
        site: usize,
        at: Duration,
        listed: Option<Range<usize>>,
        article: Option<usize>,
        status: u16,
        is_robots: bool,
    ) {
        let mut state = self.state();
        state.count(at, status, is_robots);
        let published = &self.web.sites[site].articles;
        let Some(count) = state.sites.get_mut(site) else { return };
        count.requests += 1;
        // What came at or before the beginning is no news.
        let delay = |number: usize| {
            let published = published.get(number).filter(|published| !published.is_zero())?;
            u32::try_from(at.saturating_sub(*published).as_millis()).ok()
        };
        if let Some(listed) = listed {
            let missed = (count.listed_to..listed.start).filter(|number| delay(*number).is_some());
            count.missed += missed.count() as u64;
            count.listed_ms.extend((count.listed_to.max(listed.start)..listed.end).filter_map(delay));
            count.listed_to = count.listed_to.max(listed.end);
        }
        if let Some(number) = article
            && status == 200
        {
            if count.fetched.len() <= number {
                count.fetched.resize(number + 1, false);
            }
            if !count.fetched[number] {
                count.fetched[number] = true;
                count.fetched_ms.extend(delay(number));
            }
        }
    }

    /// Whether an article was ever fetched.
    #[must_use]
    pub fn has_fetched(&self, site: usize, article: usize) -> bool {
        self.state()
            .sites
            .get(site)
            .and_then(|count| count.fetched.get(article))
            .is_some_and(|fetched| *fetched)
    }

    /// Counts by site, in the order of the web's.
    #[must_use]
    pub fn sites(&self) -> Vec<SiteCount> {
        self.state().sites.clone()
    }

    /// Requests so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.state().traffic
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&mut self, at: Duration, status: u16, is_robots: bool) {
        let traffic = &mut self.traffic;
        traffic.requests += 1;
        traffic.robots += u64::from(is_robots);
        traffic.not_modified += u64::from(status == 304);
        traffic.failed += u64::from(!is_robots && (status == 0 || status >= 400));
        if self.second != at.as_secs() {
            self.second = at.as_secs();
            self.in_second = 0;
        }
        self.in_second += 1;
        traffic.peak_per_second = traffic.peak_per_second.max(self.in_second);
    }
}
