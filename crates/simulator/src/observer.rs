//! What the simulated web saw of us, and whether it was polite.
//!
//! Invariant: nothing here is asked of the code under test. What was requested and answered, and when, is noted at the
//! transport; what a crawler had to know at that instant follows from what it was served. Time is the time that passed,
//! not what a clock shows.

mod duties;
mod robots;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use self::duties::{Duties, Floors};
use self::robots::RobotsSeen;
pub use self::robots::Served;

/// Whom a request goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Index of the site.
    pub site: usize,
    /// Host, index within its site.
    pub origin: usize,
    /// Where it was sent.
    pub address: Option<IpAddr>,
    /// The URL.
    pub url: String,
    /// URL of the robots.txt that rules it; absent for robots.txt itself.
    pub ruled_by: Option<String>,
    /// Path and query, as rules see them.
    pub path: String,
}

/// What the web said.
#[derive(Debug, Clone, Default)]
pub struct Landed {
    /// Status; 0 when nothing came back.
    pub status: u16,
    /// Of a robots.txt.
    pub robots: Option<Served>,
    /// Silence asked for.
    pub silence: Option<Duration>,
}

/// Notes every request and judges it.
#[derive(Debug)]
pub struct Observer {
    duties: Duties,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sites: BTreeMap<usize, SiteSeen>,
    origins: BTreeMap<(usize, usize), OriginSeen>,
    addresses: HashMap<IpAddr, Duration>,
    robots: HashMap<String, RobotsSeen>,
    visited: HashMap<String, Visited>,
    in_flight: usize,
    requests: u64,
    broken: Vec<Broken>,
}

#[derive(Debug, Default)]
struct SiteSeen {
    in_flight: usize,
    /// End of the last response.
    ended: Option<Duration>,
    silences: Vec<Silence>,
}

#[derive(Debug)]
struct Silence {
    until: Duration,
    url: String,
    archived: bool,
}

#[derive(Debug, Default)]
struct OriginSeen {
    ended: Option<Duration>,
    crawl_delay: Option<Duration>,
}

#[derive(Debug)]
struct Visited {
    ended: Duration,
    floor: Duration,
    archived: bool,
}

/// A duty that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// When.
    pub at: Duration,
    /// Which, and by how much.
    pub what: String,
}

/// A request on its way. Dropped before it lands, it was lost with the process.
#[derive(Debug)]
pub struct Flight {
    observer: Arc<Observer>,
    target: Option<Target>,
    begun: Duration,
    now: fn() -> tokio::time::Instant,
    started: tokio::time::Instant,
}

impl Observer {
    /// An observer that holds a crawler to these duties.
    #[must_use]
    pub fn new(duties: Duties) -> Self {
        Self { duties, state: Mutex::new(State::default()) }
    }

    /// A request leaves; `started` is the instant the simulation began.
    #[must_use]
    pub fn begin(self: &Arc<Self>, target: Target, started: tokio::time::Instant) -> Flight {
        let now = tokio::time::Instant::now;
        let at = now() - started;
        self.state().judge(&target, at, &self.duties);
        Flight { observer: Arc::clone(self), target: Some(target), begun: at, now, started }
    }

    /// A record of this URL is in the archive: what it says must be remembered from now on.
    pub fn archived(&self, url: &str) {
        let mut state = self.state();
        if let Some(visited) = state.visited.get_mut(url) {
            visited.archived = true;
        }
        for silence in state.sites.values_mut().flat_map(|site| &mut site.silences) {
            silence.archived |= silence.url == url;
        }
    }

    /// The process died. What it had not archived it cannot know; of the sites it held (`lent`), the robots.txt copies and
    /// their `Crawl-delay` were not given back.
    pub fn killed(&self, lent: &BTreeSet<usize>) {
        let mut state = self.state();
        state.visited.retain(|_, visited| visited.archived);
        for site in state.sites.values_mut() {
            site.silences.retain(|silence| silence.archived);
        }
        for (_, origin) in state.origins.iter_mut().filter(|((site, _), _)| lent.contains(site)) {
            origin.crawl_delay = None;
        }
        for seen in state.robots.values_mut().filter(|seen| lent.contains(&seen.site)) {
            seen.process_died();
        }
    }

    /// A run begins on a clock that was stepped forward since: what was counted on the old one looks passed. Nobody can
    /// tell such a clock from time that has passed, so only the distance itself is still owed.
    pub fn clock_was_stepped_forward(&self) {
        let mut state = self.state();
        state.visited.clear();
        state.sites.values_mut().for_each(|site| site.silences.clear());
        state.origins.values_mut().for_each(|origin| origin.ended = None);
        state.robots.values_mut().for_each(RobotsSeen::process_died);
    }

    /// A robots.txt was asked for whose host had no address: it cannot be reached, and no request shows it.
    pub fn robots_unresolved(&self, site: usize, url: &str, at: Duration) {
        let mut state = self.state();
        let seen = state.robots.entry(url.to_owned()).or_insert_with(|| RobotsSeen::new(site));
        seen.served(Served::Unavailable, at);
    }

    /// Whether the robots.txt last served allows a path.
    #[must_use]
    pub fn allows(&self, robots_url: &str, path: &str, at: Duration) -> bool {
        robots::judge(&self.state().robots, robots_url, path, at, &self.duties).is_ok()
    }

    /// Requests on their way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.state().in_flight
    }

    /// Requests so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.state().requests
    }

    /// Duties not kept, in order.
    #[must_use]
    pub fn broken(&self) -> Vec<Broken> {
        self.state().broken.clone()
    }

    /// Notes a duty that somebody else saw broken.
    pub fn blame(&self, at: Duration, what: String) {
        self.state().broken.push(Broken { at, what });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// When it left, of the time of the simulation.
    #[must_use]
    pub fn begun(&self) -> Duration {
        self.begun
    }

    /// It was answered.
    pub fn land(mut self, landed: &Landed) {
        if let Some(target) = self.target.take() {
            let at = (self.now)() - self.started;
            self.observer.state().land(target, landed, at, &self.observer.duties);
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(target) = self.target.take() {
            let at = (self.now)() - self.started;
            let mut state = self.observer.state();
            state.ended(&target, at);
        }
    }
}

impl State {
    fn judge(&mut self, target: &Target, at: Duration, duties: &Duties) {
        self.requests += 1;
        let mut broken: Vec<String> = Vec::new();
        let site = self.sites.entry(target.site).or_default();
        if site.in_flight > 0 {
            broken.push(format!("{} requests of the site are already in flight", site.in_flight));
        }
        if let Some(early) = early(site.ended, duties.delay, at) {
            broken.push(format!("{early:?} before the delay of {:?} has passed", duties.delay));
        }
        site.silences.retain(|silence| silence.until > at);
        if let Some(silence) = site.silences.first() {
            broken.push(format!(
                "{:?} before the end of a silence asked for by {}",
                silence.until.saturating_sub(at),
                silence.url
            ));
        }
        if let (Some(address), true) = (target.address, duties.address_delay > Duration::ZERO) {
            let last = self.addresses.insert(address, at);
            if let Some(early) = early(last, duties.address_delay, at) {
                broken.push(format!("{early:?} too early for address {address}"));
            }
        }
        let several =
            self.origins.keys().any(|(site, other)| *site == target.site && *other != target.origin);
        let origin = self.origins.entry((target.site, target.origin)).or_default();
        if let Some(ruled_by) = &target.ruled_by {
            match robots::judge(&self.robots, ruled_by, &target.path, at, duties) {
                Ok(crawl_delay) => origin.crawl_delay = crawl_delay,
                Err(why) => broken.push(why),
            }
        } else if let Some(why) = self.robots.get(&target.url).and_then(|seen| seen.too_soon(at, duties)) {
            broken.push(why);
        }
        // Hosts of a site may ask for different delays, and a robots.txt is asked for before its own is known again: then
        // only the delay is owed to it.
        if let Some(delay) = origin.crawl_delay.filter(|_| target.ruled_by.is_some() || !several)
            && let Some(early) = early(origin.ended, delay, at)
        {
            broken.push(format!("{early:?} before the Crawl-delay of {delay:?} has passed"));
        }
        if let Some(visited) = self.visited.get(&target.url)
            && let Some(early) = early(Some(visited.ended), visited.floor, at)
        {
            broken.push(format!("fetched again {early:?} before it can be due"));
        }
        self.broken
            .extend(broken.into_iter().map(|what| Broken { at, what: format!("{}: {what}", target.url) }));
        let site = self.sites.entry(target.site).or_default();
        site.in_flight += 1;
        self.in_flight += 1;
    }

    fn ended(&mut self, target: &Target, at: Duration) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let site = self.sites.entry(target.site).or_default();
        site.in_flight = site.in_flight.saturating_sub(1);
        site.ended = Some(at);
        self.origins.entry((target.site, target.origin)).or_default().ended = Some(at);
    }

    fn land(&mut self, target: Target, landed: &Landed, at: Duration, duties: &Duties) {
        self.ended(&target, at);
        if let Some(silence) = landed.silence {
            let until = at + silence.min(duties.silence_max);
            let site = self.sites.entry(target.site).or_default();
            site.silences.push(Silence { until, url: target.url.clone(), archived: false });
        }
        if let Some(served) = &landed.robots {
            if let Served::File { crawl_delay, .. } = served {
                self.origins.entry((target.site, target.origin)).or_default().crawl_delay = *crawl_delay;
            }
            self.robots
                .entry(target.url)
                .or_insert_with(|| RobotsSeen::new(target.site))
                .served(served.clone(), at);
        } else if let Some(floors) = &duties.floors {
            // A host that says when to come again is believed, but a page is not given up for years.
            let asked = landed.silence.map(|silence| silence.min(floors.refused));
            let floor = asked.unwrap_or_else(|| floors.after(landed.status));
            self.visited.insert(target.url, Visited { ended: at, floor, archived: false });
        }
    }
}

/// How much too early `at` is for something that may happen `distance` after `last`.
fn early(last: Option<Duration>, distance: Duration, at: Duration) -> Option<Duration> {
    let allowed = last? + distance;
    allowed.checked_sub(at).filter(|early| !early.is_zero())
}
