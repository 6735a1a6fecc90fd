//! How a site is doing, told from its pace: ok → slow → blocked → dead → probe.
//!
//! Invariant: health follows from what is remembered and the present instant; it is never stored, so it cannot disagree
//! with the pace that decides requests.

use std::time::Duration;

use model::Timestamp;
use model::time::{later, until};
use serde::{Deserialize, Serialize};

use super::{Pace, PaceReason, Stamp};

/// A dead site is probed at distances of this part of the time it has been dead, so that probes become rare but a site
/// that is down for a week is found again within two days of its return.
const PROBES_PER_OUTAGE: u32 = 3;

/// How a site is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It answers, and is asked at the delay it is due.
    Ok,
    /// It is asked more slowly than it might be, because it answers slowly, or refused or failed recently.
    Slow,
    /// It is left alone until [`Pace::next_allowed`].
    Blocked,
    /// It has not answered for `[politeness] dead_after`; it is left alone until the next probe.
    Dead,
    /// It counted as dead, and the time for one request has come.
    Probe,
}

impl Health {
    /// Every one, from best to worst.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Slow, Self::Blocked, Self::Dead, Self::Probe];

    /// One word, as in JSON and metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Slow => "slow",
            Self::Blocked => "blocked",
            Self::Dead => "dead",
            Self::Probe => "probe",
        }
    }
}

impl Pace {
    /// How the site is doing at `now`.
    #[must_use]
    pub fn health(&self, now: Timestamp) -> Health {
        let silent = self.state.silent_until.is_some_and(|Stamp(until)| until > now);
        if self.is_dead() {
            return if silent { Health::Dead } else { Health::Probe };
        }
        // A silence of our own making says nothing about the site.
        let ours =
            matches!(self.state.silence, PaceReason::Restart | PaceReason::Neighbour | PaceReason::Address);
        if silent && !ours {
            return Health::Blocked;
        }
        match self.delay_and_reason().1 {
            PaceReason::Latency | PaceReason::Strain => Health::Slow,
            _ if self.state.strikes > 0 => Health::Slow,
            _ => Health::Ok,
        }
    }

    /// When the site last answered as a healthy one does.
    #[must_use]
    pub fn good_at(&self) -> Option<Timestamp> {
        self.state.good_at.map(|Stamp(at)| at)
    }

    /// Since when it has only failed, if it fails.
    #[must_use]
    pub fn failing_since(&self) -> Option<Timestamp> {
        self.state.failing_since.map(|Stamp(since)| since)
    }

    fn is_dead(&self) -> bool {
        self.outage().is_some_and(|outage| outage >= self.policy.dead_after.0)
    }

    /// From the first failure to the last, if nothing came between them.
    fn outage(&self) -> Option<Duration> {
        let (Stamp(since), Stamp(last)) = (self.state.failing_since?, self.state.last?);
        Some(until(since, last))
    }

    /// Another failure; a site that has failed for long enough is dead, and rests until a probe.
    pub(super) fn fail(&mut self, now: Timestamp) {
        self.state.failing_since.get_or_insert(Stamp(now));
        if let Some(outage) = self.outage().filter(|outage| *outage >= self.policy.dead_after.0) {
            let rest = (outage / PROBES_PER_OUTAGE).min(self.policy.probe_max.0);
            self.silence(later(now, rest), PaceReason::Dead);
        }
    }
}
