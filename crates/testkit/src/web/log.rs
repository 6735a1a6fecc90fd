//! What the web saw: every request, when, on which connection, and what else was in flight on that host.
//!
//! Invariant: times are those of the server (a monotonic clock), so a test judges politeness by what a site's operator
//! would see. A request is in flight from its last header byte until just before the last piece of its answer is
//! written (a client that has read an answer may ask again at once, and must not be seen as asking twice). So to catch a
//! client that asks twice at a time, give pages a delay.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// The most requests kept; later ones are only counted.
pub const ENTRIES_MAX: usize = 2_000_000;

/// One request as the server saw it.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedRequest {
    /// When its header was complete.
    #[serde(skip)]
    pub at: Instant,
    /// The same in milliseconds since the web began.
    pub at_ms: u64,
    /// When the answer was (but for its last piece) written or given up, in milliseconds since the web began.
    pub ended_ms: Option<u64>,
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host in lower case; with a port only if that is neither the scheme's nor the web's own.
    pub host: String,
    /// `GET`, `HEAD`, …
    pub method: String,
    /// Path and query as on the wire.
    pub path: String,
    /// Header lines in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The status of the answer, as planned when the request came (a fault may keep it from being sent).
    pub status: u16,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    pub version: &'static str,
    /// Number of the connection, from 1.
    pub connection: u64,
    /// The loopback address that was asked.
    pub address: IpAddr,
    /// Requests in flight on this host, this one included.
    pub in_flight_on_host: u32,
}

impl LoggedRequest {
    /// The URL asked for.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }

    /// The first header line of this name (given in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The requests a web has seen. Clones show the same log, also after the web has stopped.
#[derive(Debug, Clone)]
pub struct RequestLog {
    shared: Arc<(Mutex<State>, Condvar)>,
    began: Instant,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<LoggedRequest>,
    /// Index of `entries[0]` among all requests ever seen.
    first: u64,
    in_flight: HashMap<String, u32>,
    dropped: u64,
    file: Option<File>,
}

/// A request in flight; ends when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    log: RequestLog,
    number: Option<u64>,
    host: Option<String>,
}

impl RequestLog {
    pub(super) fn new(file: Option<File>) -> Self {
        let state = State { file, ..State::default() };
        Self { shared: Arc::new((Mutex::new(state), Condvar::new())), began: Instant::now() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; sets its time and what is in flight.
    pub(super) fn begin(&self, mut entry: LoggedRequest) -> Ticket {
        let mut state = self.state();
        entry.at = Instant::now();
        entry.at_ms = millis(entry.at - self.began);
        let in_flight = state.in_flight.entry(entry.host.clone()).or_default();
        *in_flight += 1;
        entry.in_flight_on_host = *in_flight;
        let host = entry.host.clone();
        let number = if state.entries.len() < ENTRIES_MAX {
            state.entries.push(entry);
            Some(state.first + state.entries.len() as u64 - 1)
        } else {
            state.dropped += 1;
            None
        };
        self.shared.1.notify_all();
        Ticket { log: self.clone(), number, host: Some(host) }
    }

    /// Every request, in the order of arrival.
    #[must_use]
    pub fn all(&self) -> Vec<LoggedRequest> {
        self.state().entries.clone()
    }

    /// How many requests came.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state().entries.len()
    }

    /// Whether none came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The requests for which `matches` holds.
    #[must_use]
    pub fn filtered(&self, matches: impl Fn(&LoggedRequest) -> bool) -> Vec<LoggedRequest> {
        self.state().entries.iter().filter(|entry| matches(entry)).cloned().collect()
    }

    /// The requests to a host, robots.txt included.
    #[must_use]
    pub fn requests_to(&self, host: &str) -> Vec<LoggedRequest> {
        self.filtered(|entry| entry.host == host)
    }

    /// Milliseconds from each request of a host to its next one.
    #[must_use]
    pub fn intervals_ms(&self, host: &str) -> Vec<u64> {
        self.intervals_ms_of(|entry| entry.host == host)
    }

    /// Milliseconds from each request for which `matches` holds to the next one: all hosts of a site, of an address, …
    #[must_use]
    pub fn intervals_ms_of(&self, matches: impl Fn(&LoggedRequest) -> bool) -> Vec<u64> {
        self.filtered(matches).windows(2).map(|pair| millis(pair[1].at - pair[0].at)).collect()
    }

    /// The shortest of [`Self::intervals_ms`] of every host that was asked at least twice.
    #[must_use]
    pub fn shortest_intervals_ms(&self) -> BTreeMap<String, u64> {
        let mut last: HashMap<String, Instant> = HashMap::new();
        let mut shortest = BTreeMap::new();
        for entry in &self.state().entries {
            if let Some(before) = last.insert(entry.host.clone(), entry.at) {
                let gap = millis(entry.at - before);
                shortest
                    .entry(entry.host.clone())
                    .and_modify(|old: &mut u64| *old = gap.min(*old))
                    .or_insert(gap);
            }
        }
        shortest
    }

    /// Paths (with query) asked of a host, in the order of arrival, each as often as it was asked.
    #[must_use]
    pub fn paths(&self, host: &str) -> Vec<String> {
        self.requests_to(host).into_iter().map(|entry| entry.path).collect()
    }

    /// How often each URL was asked for, robots.txt left out.
    #[must_use]
    pub fn fetched(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.state().entries.iter().filter(|entry| entry.path != "/robots.txt") {
            *counts.entry(entry.url()).or_default() += 1;
        }
        counts
    }

    /// The most requests in flight on a host at any time; 0 when it was never asked.
    #[must_use]
    pub fn max_in_flight(&self, host: &str) -> u32 {
        self.requests_to(host).iter().map(|entry| entry.in_flight_on_host).max().unwrap_or_default()
    }

    /// The most requests in flight at any time among those for which `matches` holds: of a site, of an address, of all.
    #[must_use]
    pub fn max_in_flight_of(&self, matches: impl Fn(&LoggedRequest) -> bool) -> usize {
        let mut events = Vec::new();
        for entry in self.filtered(matches) {
            events.push((entry.at_ms, 1));
            events.push((entry.ended_ms.unwrap_or(u64::MAX), -1));
        }
        // Ends sort before starts of the same millisecond: what only seems to overlap must not count.
        events.sort_unstable();
        let mut now = 0_isize;
        let most = events.into_iter().map(|(_, change)| {
            now += change;
            now
        });
        usize::try_from(most.max().unwrap_or_default()).unwrap_or_default()
    }

    /// Requests that came when the log was full and are not in it.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.state().dropped
    }

    /// Forgets every request, for the next phase of a test.
    pub fn clear(&self) {
        let mut state = self.state();
        state.first += state.entries.len() as u64;
        state.entries.clear();
    }

    /// Waits until at least `count` requests are in the log; false when that did not happen in time.
    #[must_use]
    pub fn wait_for(&self, count: usize, at_most: Duration) -> bool {
        let too_few = |state: &mut State| state.entries.len() < count;
        let state = self.state();
        let waited = self.shared.1.wait_timeout_while(state, at_most, too_few);
        waited.is_ok_and(|(_, timeout)| !timeout.timed_out())
    }
}

impl Ticket {
    /// The answer is out, but for its last piece. Only the first call counts.
    pub(super) fn end(&mut self) {
        let Some(host) = self.host.take() else { return };
        let mut state = self.log.state();
        if let Some(in_flight) = state.in_flight.get_mut(&host) {
            *in_flight -= 1;
        }
        let Some(index) = self.number.and_then(|number| number.checked_sub(state.first)) else { return };
        let ended = millis(self.log.began.elapsed());
        let State { entries, file, .. } = &mut *state;
        let Some(entry) = usize::try_from(index).ok().and_then(|index| entries.get_mut(index)) else {
            return;
        };
        entry.ended_ms = Some(ended);
        if let Some(file) = file {
            let mut line = serde_json::to_vec(entry).unwrap();
            line.push(b'\n');
            // A full disk must not change how the web behaves; the log in memory is whole.
            let _ = file.write_all(&line);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.end();
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
