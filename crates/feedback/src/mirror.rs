//! The counters in memory: what lookups read.
//!
//! Invariant: holds what the store holds (or is the store, in memory); every hour of a link stands once, hours ascending; the
//! sums of sites are those of their links.

use std::collections::{BTreeMap, HashMap};

use model::{Language, Timestamp, UrlKey};

use crate::counters::Trend;
use crate::counts::{Counts, SiteCounts, Tally};
use crate::event::Event;
use crate::settings::Settings;

/// Hours since 1970.
pub(crate) type Hour = u32;

/// What a batch adds: link and hour → how much.
pub(crate) type Additions = BTreeMap<(UrlKey, Hour), Tally>;

#[derive(Default)]
pub(crate) struct Mirror {
    links: HashMap<UrlKey, Entry>,
    sites: HashMap<[u8; 6], SiteCounts>,
}

#[derive(Default)]
struct Entry {
    language: Option<Language>,
    hours: Vec<(Hour, Tally)>,
}

/// The hour of an instant.
pub(crate) fn hour(at: Timestamp) -> Hour {
    u32::try_from(at.as_second().div_euclid(3_600).max(0)).unwrap_or(Hour::MAX)
}

/// The first hour that is still kept.
pub(crate) fn first_kept(settings: &Settings, now: Timestamp) -> Hour {
    hour(model::time::earlier(now, settings.retention.0))
}

/// Adds what events count, each in the hour in which it happened, but not after `now`.
pub(crate) fn add_up<'a>(events: impl Iterator<Item = &'a Event>, now: Timestamp) -> Additions {
    let mut additions = Additions::new();
    for event in events {
        let tally = Tally::of(&event.kind);
        for link in event.links() {
            additions.entry((link, hour(event.at.min(now)))).or_default().add(&tally);
        }
    }
    additions
}

fn site_of(link: &UrlKey) -> [u8; 6] {
    let mut site = [0; 6];
    site.copy_from_slice(&link.0[..6]);
    site
}

impl Mirror {
    /// Adds to an hour of a link.
    pub(crate) fn add(&mut self, link: UrlKey, hour: Hour, more: &Tally) {
        let mut sum = self.at(&link, hour);
        sum.add(more);
        self.set(link, hour, sum);
    }

    /// Sets an hour of a link.
    pub(crate) fn set(&mut self, link: UrlKey, hour: Hour, tally: Tally) {
        let site = self.sites.entry(site_of(&link)).or_default();
        let entry = self.links.entry(link).or_insert_with(|| {
            site.links += 1;
            Entry::default()
        });
        match entry.hours.binary_search_by_key(&hour, |(hour, _)| *hour) {
            Ok(place) => {
                site.total.take(&entry.hours[place].1);
                entry.hours[place].1 = tally;
            }
            Err(place) => entry.hours.insert(place, (hour, tally)),
        }
        site.total.add(&tally);
    }

    fn at(&self, link: &UrlKey, hour: Hour) -> Tally {
        let entry = self.links.get(link);
        let found = entry.and_then(|entry| {
            let place = entry.hours.binary_search_by_key(&hour, |(hour, _)| *hour).ok()?;
            Some(entry.hours[place].1)
        });
        found.unwrap_or_default()
    }

    /// Says in which language a link is, if anything is counted for it.
    pub(crate) fn set_language(&mut self, link: &UrlKey, language: Language) {
        if let Some(entry) = self.links.get_mut(link) {
            entry.language = Some(language);
        }
    }

    pub(crate) fn remove(&mut self, link: &UrlKey) {
        if let Some(entry) = self.links.remove(link) {
            self.take_from_site(link, &entry.hours, true);
        }
    }

    /// Drops the hours before `first`; how many.
    pub(crate) fn expire(&mut self, first: Hour) -> usize {
        let mut dropped = Vec::new();
        self.links.retain(|link, entry| {
            let place = entry.hours.partition_point(|(hour, _)| *hour < first);
            let gone: Vec<_> = entry.hours.drain(..place).collect();
            let is_last = entry.hours.is_empty();
            if !gone.is_empty() {
                dropped.push((*link, gone, is_last));
            }
            !is_last
        });
        let mut hours = 0;
        for (link, gone, is_last) in dropped {
            hours += gone.len();
            self.take_from_site(&link, &gone, is_last);
        }
        hours
    }

    fn take_from_site(&mut self, link: &UrlKey, gone: &[(Hour, Tally)], is_last: bool) {
        let site = site_of(link);
        if let Some(counts) = self.sites.get_mut(&site) {
            for (_, tally) in gone {
                counts.total.take(tally);
            }
            counts.links -= u64::from(is_last);
            if counts.links == 0 {
                self.sites.remove(&site);
            }
        }
    }

    /// The numbers of links at `now`.
    pub(crate) fn counts(&self, links: &[UrlKey], settings: &Settings, now: Timestamp) -> Vec<Counts> {
        let (this, first) = (hour(now), first_kept(settings, now));
        let half_life_hours = settings.half_life.0.as_secs_f32() / 3_600.0;
        // One power per age instead of one per hour of every link.
        let weights: Vec<f32> =
            (0..=this.saturating_sub(first)).map(|age| (-(age as f32) / half_life_hours).exp2()).collect();
        let of = |link: &UrlKey| {
            let site = self.sites.get(&site_of(link)).copied().unwrap_or_default();
            let mut counts = Counts { site, k: settings.shown_min, ..Counts::default() };
            let hours = self.links.get(link).map_or(&[][..], |entry| &entry.hours);
            for (hour, tally) in hours.iter().filter(|(hour, _)| *hour >= first) {
                counts.total.add(tally);
                let age = usize::try_from(this.saturating_sub(*hour)).unwrap_or(usize::MAX);
                counts.decayed.add(tally, weights.get(age).copied().unwrap_or(0.0));
            }
            counts
        };
        links.iter().map(of).collect()
    }

    /// The links opened or liked most within a window.
    pub(crate) fn trending(&self, trend: &Trend, settings: &Settings, now: Timestamp) -> Vec<(UrlKey, u64)> {
        let first = hour(model::time::earlier(now, trend.window.0)).max(first_kept(settings, now));
        let k = settings.shown_min;
        let mut found = Vec::new();
        for (link, entry) in &self.links {
            let is_spoken = trend.languages.is_empty()
                || entry.language.as_ref().is_some_and(|language| trend.languages.contains(language));
            if !is_spoken {
                continue;
            }
            let hours = entry.hours.iter().rev().take_while(|(hour, _)| *hour >= first);
            let sum: u64 = hours.map(|(_, tally)| tally.clicks + tally.likes).sum();
            if sum >= k {
                found.push((*link, sum - sum % k));
            }
        }
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(trend.limit);
        found
    }
}
