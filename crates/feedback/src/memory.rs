//! Counters that live as long as the process: for tests, and for lookups without any counters.
//!
//! Invariant: counts as the embedded store does (one conformance suite).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Clock, Language, SystemClock, Timestamp, UrlKey};

use crate::counters::{Counters, Recorded, Trend};
use crate::counts::Counts;
use crate::error::Error;
use crate::event::Event;
use crate::mirror::{Mirror, add_up, first_kept};
use crate::settings::Settings;

/// Counters in memory. Empty ones are what a lookup without feedback is made with.
pub struct MemoryCounters {
    settings: Settings,
    clock: Arc<dyn Clock>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    mirror: Mirror,
    seen: HashMap<String, Timestamp>,
}

impl MemoryCounters {
    /// Counters with nothing in them.
    #[must_use]
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        Self { settings: settings.clone(), clock, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryCounters {
    fn default() -> Self {
        Self::new(&Settings::default(), Arc::new(SystemClock))
    }
}

/// Whether every event of a batch can be counted.
pub(crate) fn check(events: &[Event], settings: &Settings, now: Timestamp) -> Result<(), Error> {
    for (place, event) in events.iter().enumerate() {
        event.check(settings, now).map_err(|why| Error::Refused { place, why })?;
    }
    Ok(())
}

/// The languages that events tell of their links.
pub(crate) fn languages(events: &[&Event]) -> Vec<(UrlKey, Language)> {
    let of = |event: &&Event| {
        let language = event.language.clone()?;
        Some(event.links().into_iter().map(move |link| (link, language.clone())))
    };
    events.iter().filter_map(of).flatten().collect()
}

impl Counters for MemoryCounters {
    fn record(&self, events: &[Event]) -> Result<Recorded, Error> {
        let now = self.clock.now();
        check(events, &self.settings, now)?;
        let mut held = self.held();
        let mut fresh = Vec::new();
        for event in events {
            if held.seen.insert(event.id.clone(), now).is_none() {
                fresh.push(event);
            }
        }
        for ((link, hour), tally) in add_up(fresh.iter().copied(), now) {
            held.mirror.add(link, hour, &tally);
        }
        for (link, language) in languages(&fresh) {
            held.mirror.set_language(&link, language);
        }
        Ok(Recorded { accepted: fresh.len(), repeated: events.len() - fresh.len() })
    }

    fn counts(&self, links: &[UrlKey], now: Timestamp) -> Result<Vec<Counts>, Error> {
        Ok(self.held().mirror.counts(links, &self.settings, now))
    }

    fn trending(&self, trend: &Trend, now: Timestamp) -> Result<Vec<(UrlKey, u64)>, Error> {
        Ok(self.held().mirror.trending(trend, &self.settings, now))
    }

    fn remove(&self, links: &[UrlKey]) -> Result<(), Error> {
        let mut held = self.held();
        for link in links {
            held.mirror.remove(link);
        }
        Ok(())
    }

    fn expire(&self, now: Timestamp) -> Result<usize, Error> {
        let mut held = self.held();
        let oldest = model::time::earlier(now, self.settings.repeat_window.0);
        held.seen.retain(|_, at| *at >= oldest);
        Ok(held.mirror.expire(first_kept(&self.settings, now)))
    }
}
