//! What the URLs of a pattern, a family or a host have brought so far. Pure.
//!
//! Invariant: what brings nothing new stops after a few visits, what goes on bringing something new is never stopped, and
//! what was stopped is tried again after a rest.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::settings::Limits;

/// Share of the useful visits that are granted as further visits without use: an archive with one new page in four goes
/// on for ever.
const CREDIT_SHARE: u32 = 4;
/// Most visits of such credit, so that a site that turns bad is noticed.
const CREDIT_MAX: u32 = 250;
/// Barren visits after which growth is looked at anew.
const WINDOW: u32 = 16;
/// Fingerprints kept: a calendar's months, and a few.
const PRINTS_MAX: usize = 16;
/// After how many days without a visit a stopped pattern is tried again: as rarely as what is gone (`gone = "30d"`).
const REST_DAYS: u32 = 30;

/// Counts of one pattern, family or host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// URLs admitted that a page linked to.
    pub(crate) linked: u32,
    /// URLs admitted that a seed, feed or sitemap named.
    pub(crate) listed: u32,
    /// URLs visited with an answer.
    pub(crate) visited: u32,
    /// Of these, those that brought something new.
    pub(crate) useful: u32,
    /// Of these, those where junk stood.
    pub(crate) junk: u32,
    /// Visits since the last useful one.
    barren: u32,
    /// `linked` as it was at the beginning of the present window of barren visits.
    linked_before: u32,
    /// By how much it grew in the window before.
    growth: u32,
    /// Day of the last visit, counted from 1970.
    day: u32,
    /// Its latest fingerprints, two bytes each, oldest first: pages of a busy pattern must not push those of another out
    /// of mind.
    prints: Vec<u8>,
}

/// Who names a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trust {
    /// The operator. Always admitted.
    Seed,
    /// A feed or sitemap.
    Listed,
    /// A page.
    Linked,
}

/// What budgets say to one more URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Admitted.
    Open,
    /// As many are admitted as what they brought allows.
    Spent,
    /// They bring nothing.
    Stopped,
    /// The site has too many hosts for what these bring.
    Hosts,
}

impl Tally {
    pub(crate) fn admit(&mut self, trust: Trust) {
        let count = if trust == Trust::Linked { &mut self.linked } else { &mut self.listed };
        *count = count.saturating_add(1);
    }

    /// Remembers a fingerprint; whether it was not among the latest of its pattern.
    pub(crate) fn note_print(&mut self, print: u64) -> bool {
        let short = print.to_le_bytes();
        let short = [short[0], short[1]];
        if self.prints.chunks_exact(2).any(|known| known == short) {
            return false;
        }
        if self.prints.len() >= PRINTS_MAX * 2 {
            self.prints.drain(..2);
        }
        self.prints.extend(short);
        true
    }

    pub(crate) fn bound(&mut self) {
        self.prints.truncate(PRINTS_MAX * 2);
        self.prints.truncate(self.prints.len() / 2 * 2);
    }

    pub(crate) fn visit(&mut self, is_useful: bool, is_junk: bool, now: Timestamp) {
        self.visited = self.visited.saturating_add(1);
        self.useful = self.useful.saturating_add(u32::from(is_useful));
        self.junk = self.junk.saturating_add(u32::from(is_junk));
        if is_useful || self.visited == 1 {
            self.linked_before = self.linked;
        }
        self.barren = if is_useful { 0 } else { self.barren.saturating_add(1) };
        if self.barren > 0 && self.barren.is_multiple_of(WINDOW) {
            self.growth = self.linked.saturating_sub(self.linked_before);
            self.linked_before = self.linked;
        }
        self.day = day(now);
    }

    pub(crate) fn judge(&self, trust: Trust, now: Timestamp, limits: &Limits, patience: u32) -> Verdict {
        if trust == Trust::Seed {
            return Verdict::Open;
        }
        if self.is_stopped(now, patience) {
            return Verdict::Stopped;
        }
        let (count, allowed) = match trust {
            Trust::Linked => (self.linked, limits.pattern_linked),
            _ => (self.listed, limits.pattern_listed),
        };
        let earned = self.useful.saturating_sub(self.junk).saturating_mul(limits.pattern_earned);
        if count < allowed.saturating_add(earned) { Verdict::Open } else { Verdict::Spent }
    }

    /// Whether it has brought nothing for so long, while it kept growing, that no more is visited. `patience` is what the
    /// site's size grants.
    pub(crate) fn is_stopped(&self, now: Timestamp, patience: u32) -> bool {
        let credit = (self.useful / CREDIT_SHARE).min(CREDIT_MAX);
        self.barren >= patience.saturating_add(credit)
            && (self.grows() || self.junk > self.visited / 2)
            && day(now).saturating_sub(self.day) < REST_DAYS
    }

    /// Whether barren visits lead to more URLs of the same kind, at least one for two visits. A trap has no end; two hundred
    /// pages that differ in a number only have one.
    fn grows(&self) -> bool {
        let visits = self.barren % WINDOW;
        let growth = self.linked.saturating_sub(self.linked_before);
        if visits >= WINDOW / 2 || self.barren < WINDOW {
            growth * 2 >= visits
        } else {
            self.growth * 2 >= WINDOW
        }
    }

    /// Whether at least half of a fair number of visits were useful.
    pub(crate) fn is_proven(&self) -> bool {
        /// As many as a stopped pattern has at least.
        const VISITS_MIN: u32 = 8;
        self.visited >= VISITS_MIN && self.useful >= self.visited / 2
    }

    /// Visits since the last useful one.
    pub(crate) fn barren(&self) -> u32 {
        self.barren
    }
}

fn day(now: Timestamp) -> u32 {
    u32::try_from(now.as_second().max(0) / 86_400).unwrap_or(u32::MAX)
}
