//! What is remembered of a site beyond its pace: patterns and hosts with what they brought, junk, mirrors, hubs. Pure.
//!
//! Invariant: its size is bounded whatever a site does; bytes that cannot be read are a site seen for the first time,
//! never an error; and what it says depends on what was visited, not on the order of offers within a batch.

mod hubs;
mod mirrors;
mod tally;

use std::collections::BTreeMap;

use model::{Junk, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use self::hubs::{HubVisit, Hubs};
pub(crate) use self::mirrors::{Mirrors, Observation};
pub(crate) use self::tally::{Tally, Trust, Verdict};
use crate::pattern::Pattern;
use crate::settings::Limits;

/// First byte of the encoded form.
const VERSION: u8 = 1;
/// Patterns kept by name. A large news site has about fifty; the rest shares one entry.
const PATTERNS_MAX: usize = 160;
/// Where patterns beyond [`PATTERNS_MAX`] are counted.
const OTHER_PATTERNS: &str = "{other patterns}";
/// Where hosts beyond [`Limits::hosts_per_site_max`] are counted.
const OTHER_HOSTS: &str = "{other hosts}";
/// Fingerprints of recent pages. Sixteen bits each: a chance of 1 in 128 to take a new page for a repeated one, which
/// costs nothing where most pages are new.
const PRINTS_MAX: usize = 512;
/// Texts seen more than once.
const ECHOES_MAX: usize = 16;
/// Pages with the same text after which it is taken for the site's answer to anything.
const ECHO_TIMES: u16 = 4;
/// Visits per host that the share of junk is judged by; the bits of [`Host::recent`].
const RECENT_MAX: u8 = 16;

/// A site's dossier.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Dossier {
    patterns: BTreeMap<String, Tally>,
    hosts: BTreeMap<String, Host>,
    /// The latest fingerprints, two bytes each, oldest first.
    prints: Vec<u8>,
    echoes: Vec<(u64, u16)>,
    pub(crate) mirrors: Mirrors,
    pub(crate) hubs: Hubs,
}

/// A host of the site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Host {
    /// URLs admitted and pages visited, by what they brought.
    pub(crate) tally: Tally,
    /// Junk by kind, in the order of [`Junk::ALL`].
    pub(crate) junk: [u32; 5],
    /// One bit per recent page, the latest lowest: whether a login, a check for robots or a parked domain stood there.
    recent: u16,
    /// How many bits of `recent` count.
    recent_count: u8,
}

/// What a first visit brought, for the counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brought {
    /// Fingerprint of the text; `None` when there was no page (404).
    pub(crate) fingerprint: Option<u64>,
    /// The same with its digits (`Settlement::likeness`).
    pub(crate) likeness: Option<u64>,
    /// What stood there instead of a page.
    pub(crate) junk: Option<Junk>,
    /// New links to patterns that are known to be good.
    pub(crate) leads: u32,
}

/// What a first visit was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worth {
    /// It brought something new.
    pub(crate) is_useful: bool,
    /// Its text is the site's answer to anything.
    pub(crate) is_echo: bool,
    /// Its pattern was stopped by this visit.
    pub(crate) stops_pattern: bool,
}

/// Barren visits in a row that a pattern is granted while its site has shown nothing useful; each useful page takes two
/// of them away, down to `pattern_patience`. Some dozens of like pages that lead to each other are all known by then.
const PATIENCE_AT_FIRST: u32 = 40;

impl Dossier {
    /// Reads the encoded form.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let Some((&VERSION, payload)) = bytes.split_first() else { return Self::default() };
        postcard::from_bytes::<Self>(payload).map(Self::bounded).unwrap_or_default()
    }

    /// The encoded form; some kilobytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let encoded = postcard::to_extend(self, vec![VERSION]);
        encoded.unwrap_or_default()
    }

    /// Foreign bytes may decode to more than we would write.
    fn bounded(mut self) -> Self {
        while self.patterns.len() > PATTERNS_MAX + 1 {
            self.patterns.pop_last();
        }
        self.patterns.values_mut().for_each(Tally::bound);
        while self.hosts.len() > usize::from(u8::MAX) {
            self.hosts.pop_last();
        }
        self.prints.truncate(PRINTS_MAX * 2);
        self.prints.truncate(self.prints.len() / 2 * 2);
        self.echoes.truncate(ECHOES_MAX);
        self.mirrors.bound();
        self.hubs.bound();
        self
    }

    /// Judges one more URL of a pattern and counts it when it is admitted.
    pub(crate) fn admit(
        &mut self,
        pattern: &Pattern,
        host: &str,
        trust: Trust,
        now: Timestamp,
        limits: &Limits,
    ) -> Verdict {
        let verdict = self.judge(pattern, host, trust, now, limits);
        if matches!(verdict, Verdict::Open) {
            let name = self.pattern_name(pattern.as_str());
            change(&mut self.patterns, name, |tally| tally.admit(trust));
            if let Some(family) = pattern.family() {
                let name = self.pattern_name(&family);
                change(&mut self.patterns, name, |tally| tally.admit(trust));
            }
            let name = self.host_name(host, limits);
            change(&mut self.hosts, name, |host| host.tally.admit(trust));
        }
        verdict
    }

    /// Visits it learnt from, and URLs admitted.
    pub(crate) fn totals(&self) -> (u32, u32) {
        self.hosts.values().map(|host| &host.tally).fold((0, 0), |(visited, admitted), tally| {
            let linked = tally.linked.saturating_add(tally.listed);
            (tally.visited.saturating_add(visited), linked.saturating_add(admitted))
        })
    }

    /// What [`Dossier::admit`] would say.
    pub(crate) fn judge(
        &self,
        pattern: &Pattern,
        host: &str,
        trust: Trust,
        now: Timestamp,
        limits: &Limits,
    ) -> Verdict {
        let own = self.pattern(pattern.as_str());
        let verdict =
            own.map_or(Verdict::Open, |tally| tally.judge(trust, now, limits, self.patience(limits)));
        if !matches!(verdict, Verdict::Open) {
            return verdict;
        }
        // What only pages link to under a folder drawn at random is a session until a feed or sitemap names it.
        if trust == Trust::Linked
            && pattern.is_session()
            && own.is_some_and(|tally| tally.linked >= limits.pattern_patience && tally.listed == 0)
        {
            return Verdict::Spent;
        }
        // A pattern that never proved itself has the credit of its family only.
        if own.is_none_or(|tally| !tally.is_proven())
            && let Some(tally) = pattern.family().and_then(|family| self.patterns.get(&family))
            && tally.is_stopped(now, self.patience(limits))
        {
            return Verdict::Stopped;
        }
        let is_new_host = !self.hosts.contains_key(host);
        if is_new_host && self.hosts.len() >= limits.hosts_per_site_max {
            let other = self
                .hosts
                .get(OTHER_HOSTS)
                .map(|host| host.tally.judge(trust, now, limits, self.patience(limits)));
            if other.is_some_and(|verdict| !matches!(verdict, Verdict::Open)) {
                return Verdict::Hosts;
            }
        }
        Verdict::Open
    }

    /// Whether a URL queued earlier is not worth its visit any more.
    pub(crate) fn is_stopped(&self, pattern: &Pattern, now: Timestamp, limits: &Limits) -> bool {
        let own = self.pattern(pattern.as_str());
        own.is_some_and(|tally| tally.is_stopped(now, self.patience(limits)))
            || (own.is_none_or(|tally| !tally.is_proven())
                && pattern
                    .family()
                    .and_then(|family| self.patterns.get(&family))
                    .is_some_and(|tally| tally.is_stopped(now, self.patience(limits))))
    }

    /// Whether pages of a pattern have brought something, and still do.
    pub(crate) fn is_proven(&self, pattern: &Pattern, now: Timestamp, limits: &Limits) -> bool {
        self.pattern(pattern.as_str())
            .is_some_and(|tally| tally.is_proven() && !tally.is_stopped(now, self.patience(limits)))
    }

    /// Barren visits in a row that a pattern of this site is granted: much while nothing is known of the site, whose pages
    /// may all be alike but for a number, and little once it has shown pages that differ.
    pub(crate) fn patience(&self, limits: &Limits) -> u32 {
        let useful: u32 = self.hosts.values().map(|host| host.tally.useful).sum();
        limits.pattern_patience.max(PATIENCE_AT_FIRST.saturating_sub(useful.saturating_mul(2)))
    }

    /// Whether a text has become the site's answer to anything.
    pub(crate) fn is_echo(&self, likeness: u64) -> bool {
        self.echoes.iter().any(|(echo, times)| *echo == likeness && *times >= ECHO_TIMES)
    }

    /// Takes in the first visit of a URL.
    pub(crate) fn learn(
        &mut self,
        pattern: &Pattern,
        host: &str,
        brought: Brought,
        now: Timestamp,
        limits: &Limits,
    ) -> Worth {
        let is_new_here =
            brought.fingerprint.is_some_and(|print| self.pattern_mut(pattern.as_str()).note_print(print));
        let is_new =
            brought.fingerprint.is_some_and(|print| self.note_print(print, brought.likeness)) && is_new_here;
        let is_echo = brought.likeness.is_some_and(|likeness| self.is_echo(likeness));
        let is_junk = brought.junk.is_some() || is_echo;
        let is_useful = !is_junk && (is_new || brought.leads > 0);
        let patience = self.patience(limits);
        let tally = self.pattern_mut(pattern.as_str());
        let stopped_before = tally.is_stopped(now, patience);
        tally.visit(is_useful, is_junk, now);
        let stops_pattern = !stopped_before && tally.is_stopped(now, patience);
        if let Some(family) = pattern.family() {
            self.pattern_mut(&family).visit(is_useful, is_junk, now);
        }
        let host = self.host_mut(host, limits);
        host.tally.visit(is_useful, is_junk, now);
        host.note(brought.junk);
        Worth { is_useful, is_echo, stops_pattern }
    }

    /// Takes in a later visit of a URL, which earns nothing.
    pub(crate) fn note_junk(&mut self, host: &str, junk: Option<Junk>, limits: &Limits) {
        self.host_mut(host, limits).note(junk);
    }

    /// The patterns, most visited first.
    pub(crate) fn patterns(&self) -> Vec<(&str, &Tally)> {
        let mut patterns: Vec<_> = self.patterns.iter().map(|(text, tally)| (text.as_str(), tally)).collect();
        patterns.sort_by_key(|(text, tally)| (std::cmp::Reverse(tally.visited), *text));
        patterns
    }

    /// The hosts, by name.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = (&str, &Host)> {
        self.hosts.iter().map(|(name, host)| (name.as_str(), host))
    }

    /// What most of a host's recent answers were instead of pages, if most were.
    pub(crate) fn complaint(&self, host: &str) -> Option<Junk> {
        self.hosts.get(host)?.complaint()
    }

    /// The entry of a pattern, for people.
    pub(crate) fn pattern(&self, text: &str) -> Option<&Tally> {
        self.patterns.get(text).or_else(|| {
            (self.patterns.len() >= PATTERNS_MAX).then(|| self.patterns.get(OTHER_PATTERNS)).flatten()
        })
    }

    fn pattern_mut(&mut self, text: &str) -> &mut Tally {
        let name = self.pattern_name(text).to_owned();
        self.patterns.entry(name).or_default()
    }

    /// Under what name a pattern is counted.
    fn pattern_name<'a>(&self, text: &'a str) -> &'a str {
        let has_room = self.patterns.len() < PATTERNS_MAX || self.patterns.contains_key(text);
        if has_room { text } else { OTHER_PATTERNS }
    }

    /// Under what name a host is counted.
    fn host_name<'a>(&self, name: &'a str, limits: &Limits) -> &'a str {
        let has_room = self.hosts.len() < limits.hosts_per_site_max || self.hosts.contains_key(name);
        if has_room { name } else { OTHER_HOSTS }
    }

    fn host_mut(&mut self, name: &str, limits: &Limits) -> &mut Host {
        let name = self.host_name(name, limits).to_owned();
        self.hosts.entry(name).or_default()
    }

    /// Remembers a fingerprint; whether it was not among the latest. What is alike to the last digit is counted.
    fn note_print(&mut self, print: u64, likeness: Option<u64>) -> bool {
        let likeness = likeness.unwrap_or(print);
        let short = print.to_le_bytes();
        let short = [short[0], short[1]];
        if let Some(echo) = self.echoes.iter_mut().find(|(echo, _)| *echo == likeness) {
            echo.1 = echo.1.saturating_add(1);
            return false;
        }
        if self.prints.chunks_exact(2).any(|known| known == short) {
            if self.echoes.len() >= ECHOES_MAX {
                // The least often seen makes room.
                let least = self.echoes.iter().enumerate().min_by_key(|(_, (_, times))| *times);
                if let Some((at, _)) = least {
                    self.echoes.remove(at);
                }
            }
            self.echoes.push((likeness, 2));
            return false;
        }
        if self.prints.len() >= PRINTS_MAX * 2 {
            self.prints.drain(..2);
        }
        self.prints.extend(short);
        true
    }
}

impl Host {
    fn note(&mut self, junk: Option<Junk>) {
        if let Some(at) = junk.and_then(|junk| Junk::ALL.iter().position(|one| *one == junk)) {
            self.junk[at] = self.junk[at].saturating_add(1);
        }
        self.recent = self.recent << 1 | u16::from(junk.is_some_and(Junk::is_of_host));
        self.recent_count = (self.recent_count + 1).min(RECENT_MAX);
    }

    /// Share of junk among the recent pages that says something about the whole host, 0 to 1.
    pub(crate) fn recent_share(&self) -> f64 {
        let count = self.recent_count.clamp(1, RECENT_MAX);
        f64::from(self.recent.count_ones()) / f64::from(count)
    }

    fn complaint(&self) -> Option<Junk> {
        /// Fewer pages prove nothing, except that a host of a few pages has no others.
        const PAGES_MIN: u8 = 3;
        if self.recent_count < PAGES_MIN || self.recent_share() <= 0.5 {
            return None;
        }
        let of_host = Junk::ALL.iter().zip(self.junk).filter(|(junk, _)| junk.is_of_host());
        of_host.max_by_key(|(_, times)| *times).map(|(junk, _)| *junk)
    }
}

/// Changes an entry, made if there is none; the name is copied only then.
fn change<T: Default>(entries: &mut BTreeMap<String, T>, name: &str, change: impl FnOnce(&mut T)) {
    match entries.get_mut(name) {
        Some(entry) => change(entry),
        None => change(entries.entry(name.to_owned()).or_default()),
    }
}

#[cfg(test)]
mod tests;
