//! The pages, feeds and sitemaps of a site that bring new links, and how much visiting them costs. Pure.
//!
//! Invariant: a bounded number of them is kept, the liveliest; what is not kept is scheduled all the same, without a share
//! in the budget.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Timestamp, UrlKey};
use serde::{Deserialize, Serialize};

/// Hubs kept.
const HUBS_MAX: usize = 32;
/// Longest URL kept for people, bytes.
const URL_LEN_MAX: usize = 200;
/// A hub that brought nothing for this many times its usual distance between new links is silent…
const SILENT_FACTOR: u64 = 10;
/// … but not before this: weekends and holidays are quiet (field.md section 2: discovery was dead from Saturday to
/// Monday, and nobody saw it; a day more would be a report too late).
const SILENT_MIN: Duration = Duration::from_hours(48);
/// Smoothing of the usual distance between new links.
const SMOOTHING: u64 = 4;

/// The hubs of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Hubs(BTreeMap<u64, Hub>);

/// One hub.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Hub {
    /// For people.
    pub(crate) url: String,
    /// Seconds between visits.
    pub(crate) interval_s: u32,
    /// Seconds between new links, smoothed; 0 before the second one.
    pub(crate) link_every_s: u32,
    /// When it last brought a new link, seconds from 1970.
    pub(crate) fresh_at_s: i64,
    /// Links it held at the last visit.
    pub(crate) links: u32,
    /// It is silent or empty, and that has been said.
    pub(crate) is_reported: bool,
}

/// A visit of a hub.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HubVisit<'a> {
    pub(crate) key: UrlKey,
    pub(crate) url: &'a str,
    /// When.
    pub(crate) at: Timestamp,
    /// Links that nobody had known; `None` when the answer was "not modified".
    pub(crate) fresh: u32,
    /// Links it holds; `None` when the answer was "not modified".
    pub(crate) links: Option<u32>,
    /// Whether it is a feed or sitemap, which has nothing but links.
    pub(crate) is_list: bool,
}

impl Hubs {
    /// Takes in a visit. What a person should know of it, in words.
    pub(crate) fn note(&mut self, visit: HubVisit<'_>) -> Option<String> {
        let key = tail(visit.key);
        if !self.0.contains_key(&key) && (visit.fresh == 0 || !self.make_room(visit.at)) {
            return None;
        }
        let hub = self.0.entry(key).or_insert_with(|| Hub {
            url: visit.url[..visit.url.floor_char_boundary(URL_LEN_MAX)].to_owned(),
            fresh_at_s: visit.at.as_second(),
            ..Hub::default()
        });
        let since = u32::try_from((visit.at.as_second() - hub.fresh_at_s).max(0)).unwrap_or(u32::MAX);
        let links_before = hub.links;
        hub.links = visit.links.unwrap_or(links_before);
        if visit.fresh > 0 {
            if since > 0 {
                let every = u64::from(since) / u64::from(visit.fresh);
                let before = if hub.link_every_s == 0 { every } else { u64::from(hub.link_every_s) };
                let smoothed = (before * (SMOOTHING - 1) + every) / SMOOTHING;
                hub.link_every_s = u32::try_from(smoothed.max(1)).unwrap_or(u32::MAX);
            }
            hub.fresh_at_s = visit.at.as_second();
            hub.is_reported = false;
            return None;
        }
        let silent_after = (u64::from(hub.link_every_s) * SILENT_FACTOR).max(SILENT_MIN.as_secs());
        let complaint = if visit.is_list && hub.links == 0 && links_before > 0 {
            Some(format!("{} is empty; it listed {links_before} links before", hub.url))
        } else if hub.link_every_s > 0 && u64::from(since) > silent_after && !hub.is_reported {
            Some(format!(
                "{} has brought no new link for {} hours; it used to every {} minutes",
                hub.url,
                since / 3600,
                hub.link_every_s.div_ceil(60)
            ))
        } else {
            None
        };
        hub.is_reported |= complaint.is_some();
        complaint
    }

    /// How long a hub may rest so that all kept hubs together stay within a budget; `wanted` when they do already.
    pub(crate) fn within_budget(&mut self, key: UrlKey, wanted: Duration, visits_per_hour: u32) -> Duration {
        let key = tail(key);
        let others: f64 = self
            .0
            .iter()
            .filter(|(other, hub)| **other != key && hub.interval_s > 0)
            .map(|(_, hub)| 3600.0 / f64::from(hub.interval_s))
            .sum();
        let own = 3600.0 / wanted.as_secs_f64().max(1.0);
        let budget = f64::from(visits_per_hour.max(1));
        let factor = ((others + own) / budget).max(1.0);
        let granted = wanted.mul_f64(factor.min(1e6));
        if let Some(hub) = self.0.get_mut(&key) {
            hub.interval_s = u32::try_from(granted.as_secs()).unwrap_or(u32::MAX);
        }
        granted
    }

    /// When a hub last brought a new link, as far as is known.
    pub(crate) fn fresh_at(&self, key: UrlKey) -> Option<Timestamp> {
        Timestamp::from_second(self.0.get(&tail(key))?.fresh_at_s).ok()
    }

    /// Every hub kept.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Hub> {
        self.0.values()
    }

    /// Drops the hub that was silent longest if it is full; false when all of them are livelier than a newcomer.
    fn make_room(&mut self, now: Timestamp) -> bool {
        if self.0.len() < HUBS_MAX {
            return true;
        }
        let oldest =
            self.0.iter().min_by_key(|(key, hub)| (hub.fresh_at_s, **key)).map(|(key, hub)| (*key, hub));
        match oldest {
            Some((key, hub)) if hub.fresh_at_s < now.as_second() => {
                self.0.remove(&key);
                true
            }
            _ => false,
        }
    }

    pub(super) fn bound(&mut self) {
        while self.0.len() > HUBS_MAX {
            self.0.pop_last();
        }
        for hub in self.0.values_mut() {
            let len = hub.url.floor_char_boundary(URL_LEN_MAX);
            hub.url.truncate(len);
        }
    }
}

/// The part of a key that tells the URLs of a site apart.
fn tail(key: UrlKey) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&key.0[8..]);
    u64::from_be_bytes(bytes)
}
