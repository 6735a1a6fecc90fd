//! Politeness towards one site: `(state, event, now) → state'`, and from it the instant of the next request.
//!
//! Invariant: no event makes `next_allowed` earlier than it was, except that the delay shrinks slowly after answers that
//! show the site is well; an error, however fast, never does. A clock that steps backwards does not either.

mod health;

use std::fmt;
use std::time::Duration;

use model::time::later;
use model::{Outcome, Timestamp};
use serde::{Deserialize, Serialize};

use crate::settings::Politeness;

pub use self::health::Health;

/// Good answers in a row after which half of the strikes are forgiven: a site that refused at some rate is led back to it
/// in steps, not at once (scrapy#4424: a rate that rose while the site answered 429).
const CALM_TO_FORGIVE: u8 = 8;
/// Refusals with 401 or 403 in a row that count as a refusal of us rather than of some pages: a single forbidden page says
/// nothing about the site, and a reader without an account meets a few of them.
const FORBIDDEN_BURST: u8 = 5;
/// Strikes counted; 2^12 times any backoff is beyond every sensible `backoff_max`.
const STRIKES_MAX: u8 = 12;

/// One site's pace: what is known of the site under the policy in force. On loan with the site's lease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    policy: Politeness,
    state: PaceState,
}

/// What is remembered of a site, whatever the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaceState {
    /// From the site's name: makes jitter differ between sites and be the same in every run.
    seed: u64,
    /// Asked by robots.txt.
    crawl_delay: Option<Duration>,
    /// Latency of good answers: rises at once, falls by a quarter of the difference.
    latency: Duration,
    /// End of the last response, or departure of the last request while there is none.
    last: Option<Stamp>,
    /// Silence until then.
    silent_until: Option<Stamp>,
    /// Why.
    silence: PaceReason,
    /// Refusals and failures not forgiven.
    strikes: u8,
    /// Good answers since the last strike or forgiveness.
    calm: u8,
    /// Answers 401 or 403 since the last good one.
    forbidden: u8,
    /// When the first of the failures since the last answer was.
    failing_since: Option<Stamp>,
    /// The last answer that a healthy site gives.
    good_at: Option<Stamp>,
}

/// What decides the next request to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaceReason {
    /// The configured delay.
    Delay,
    /// `Crawl-delay` of robots.txt.
    CrawlDelay,
    /// It answers slowly.
    Latency,
    /// It refused or failed recently, so the delay is stretched.
    Strain,
    /// It asked for silence with `Retry-After`.
    RetryAfter,
    /// It answered 429 or 503.
    Backoff,
    /// It answered 401 or 403 several times in a row.
    Forbidden,
    /// It failed to answer.
    Failure,
    /// It has not answered for days and is only probed.
    Dead,
    /// Another site's robots.txt led to it, and that request may be under way.
    Neighbour,
    /// Too many other sites have the same IP address.
    Address,
    /// We died while it was on loan, and do not know what it was asked last.
    Restart,
}

/// A timestamp that a compact format stores as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
struct Stamp(#[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")] Timestamp);

/// How an outcome bears on the site.
enum Sign {
    /// No request was made.
    Nothing,
    /// It answered as a healthy site does.
    Good,
    /// It refused: 429 or 503.
    Refusal { until: Option<Timestamp> },
    /// 401 or 403: may be one closed page.
    Forbidden,
    /// 5xx other than 503: may be one broken page.
    Broken,
    /// No answer.
    Failure,
}

impl Pace {
    /// The pace of a site never asked. `seed` comes from the site's name.
    #[must_use]
    pub fn new(policy: Politeness, seed: u64) -> Self {
        Self::of_state(
            policy,
            PaceState {
                seed,
                crawl_delay: None,
                latency: Duration::ZERO,
                last: None,
                silent_until: None,
                silence: PaceReason::Delay,
                strikes: 0,
                calm: 0,
                forbidden: 0,
                failing_since: None,
                good_at: None,
            },
        )
    }

    /// What is remembered of a site, under the policy now in force.
    #[must_use]
    pub fn of_state(policy: Politeness, state: PaceState) -> Self {
        Self { policy, state }
    }

    /// From now on another policy is in force.
    pub fn set_policy(&mut self, policy: Politeness) {
        self.policy = policy;
    }

    /// What is to be remembered.
    #[must_use]
    pub fn state(&self) -> &PaceState {
        &self.state
    }

    /// No request may leave before this instant.
    #[must_use]
    pub fn next_allowed(&self) -> Timestamp {
        let rested = self.state.last.map_or(Timestamp::MIN, |Stamp(last)| later(last, self.delay()));
        rested.max(self.state.silent_until.map_or(Timestamp::MIN, |Stamp(until)| until))
    }

    /// Distance kept at present between the end of a response and the next request.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.delay_and_reason().0
    }

    /// What decides [`Pace::next_allowed`].
    #[must_use]
    pub fn reason(&self) -> PaceReason {
        let (delay, reason) = self.delay_and_reason();
        let rested = self.state.last.map(|Stamp(last)| later(last, delay));
        match self.state.silent_until {
            Some(Stamp(until)) if rested.is_none_or(|rested| until > rested) => self.state.silence,
            _ => reason,
        }
    }

    /// Delay asked by robots.txt.
    #[must_use]
    pub fn asked_delay(&self) -> Option<Duration> {
        self.state.crawl_delay
    }

    /// Refusals and failures not yet forgiven.
    #[must_use]
    pub fn strikes(&self) -> u8 {
        self.state.strikes
    }

    /// A request leaves now.
    pub fn sent(&mut self, now: Timestamp) {
        self.touch(now);
    }

    /// The response ended now (or it is clear that there will be none); `latency` is from sending to the last byte.
    pub fn answered(&mut self, outcome: &Outcome, latency: Duration, now: Timestamp) {
        let sign = Sign::of(outcome);
        if matches!(sign, Sign::Nothing) {
            return;
        }
        self.touch(now);
        match sign {
            Sign::Nothing => {}
            Sign::Good => self.good(latency, now),
            Sign::Refusal { until: Some(until) } if until > now => {
                self.strike();
                self.silence(until.min(later(now, self.policy.silence_max.0)), PaceReason::RetryAfter);
            }
            Sign::Refusal { .. } => self.back_off(self.policy.backoff.0, PaceReason::Backoff, now),
            Sign::Forbidden => {
                self.state.forbidden = self.state.forbidden.saturating_add(1);
                if self.state.forbidden >= FORBIDDEN_BURST {
                    self.back_off(self.policy.backoff.0, PaceReason::Forbidden, now);
                }
            }
            Sign::Broken if self.state.strikes == 0 => {
                self.strike();
                self.fail(now);
            }
            Sign::Broken | Sign::Failure => {
                self.back_off(self.policy.backoff_failure.0, PaceReason::Failure, now);
                self.fail(now);
            }
        }
    }

    /// What robots.txt asks for now; `None` when it asks for nothing.
    pub fn crawl_delay(&mut self, delay: Option<Duration>) {
        self.state.crawl_delay = delay;
    }

    /// We died while the site was on loan: it may have been asked an instant before `now`.
    pub fn restarted(&mut self, now: Timestamp) {
        self.silence(later(now, self.delay()), PaceReason::Restart);
    }

    /// Nothing before `until`, as somebody else has learnt.
    pub fn silence(&mut self, until: Timestamp, reason: PaceReason) {
        if self.state.silent_until.is_none_or(|Stamp(before)| until > before) {
            self.state.silent_until = Some(Stamp(until));
            self.state.silence = reason;
        }
    }

    fn delay_and_reason(&self) -> (Duration, PaceReason) {
        let floor = self.policy.delay.0;
        let mut delay = (floor, PaceReason::Delay);
        if !floor.is_zero() {
            let ceiling = self.policy.delay_max.0;
            let slow = self.state.latency.saturating_mul(self.policy.latency_factor).min(ceiling);
            if slow > delay.0 {
                delay = (slow, PaceReason::Latency);
            }
            let strained = delay.0.saturating_mul(1 << self.state.strikes.min(STRIKES_MAX)).min(ceiling);
            if strained > delay.0 {
                delay = (strained, PaceReason::Strain);
            }
        }
        match self.state.crawl_delay {
            Some(asked) if asked > delay.0 => (asked, PaceReason::CrawlDelay),
            _ => delay,
        }
    }

    fn touch(&mut self, now: Timestamp) {
        self.state.last = self.state.last.max(Some(Stamp(now)));
    }

    fn good(&mut self, latency: Duration, now: Timestamp) {
        self.state.forbidden = 0;
        self.state.failing_since = None;
        self.state.good_at = self.state.good_at.max(Some(Stamp(now)));
        let known = self.state.latency;
        self.state.latency = latency.max(known.saturating_sub(known.saturating_sub(latency) / 4));
        if self.state.strikes > 0 {
            self.state.calm += 1;
            if self.state.calm >= CALM_TO_FORGIVE {
                self.state.calm = 0;
                self.state.strikes /= 2;
            }
        }
    }

    fn strike(&mut self) {
        self.state.calm = 0;
        self.state.strikes = (self.state.strikes + 1).min(STRIKES_MAX);
    }

    /// A strike, and silence for a time that grows with them.
    fn back_off(&mut self, base: Duration, reason: PaceReason, now: Timestamp) {
        self.strike();
        let rest = self.backoff(base);
        self.silence(later(now, rest), reason);
    }

    /// `base`, doubled with each strike after the first, then up to a quarter longer by the site's own jitter, so that
    /// sites that fell silent together do not come back together.
    fn backoff(&self, base: Duration) -> Duration {
        let doubled =
            base.saturating_mul(1 << self.state.strikes.saturating_sub(1)).min(self.policy.backoff_max.0);
        let mixed = (self.state.seed ^ u64::from(self.state.strikes)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let share = u32::try_from(mixed >> 48).unwrap_or_default();
        doubled.saturating_add(doubled / 4 / 65_536 * share)
    }
}

impl Sign {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Disallowed { .. } | Outcome::RobotsUnavailable { .. } | Outcome::Refused { .. } => {
                Self::Nothing
            }
            Outcome::RetryLater { until, .. } => Self::Refusal { until: *until },
            Outcome::HttpError { status: 401 | 403 } => Self::Forbidden,
            Outcome::HttpError { status: 500.. } => Self::Broken,
            Outcome::Failed { .. } => Self::Failure,
            Outcome::Fetched
            | Outcome::NotModified
            | Outcome::Redirected { .. }
            | Outcome::HttpError { .. } => Self::Good,
        }
    }
}

impl fmt::Display for PaceReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delay => "the delay between requests to a site",
            Self::CrawlDelay => "the Crawl-delay of its robots.txt",
            Self::Latency => "it answers slowly, so it is asked slowly",
            Self::Strain => "it refused or failed recently, so it is asked more slowly",
            Self::RetryAfter => "it asked for silence with Retry-After",
            Self::Backoff => "it answered 429 or 503",
            Self::Forbidden => "it answered 401 or 403 several times in a row",
            Self::Failure => "it failed to answer",
            Self::Dead => "it has not answered for days and is only probed",
            Self::Neighbour => "another site's robots.txt led to it, or its own to a site that is busy",
            Self::Address => "too many other sites have its IP address",
            Self::Restart => "it was on loan when the program stopped",
        })
    }
}

#[cfg(test)]
mod tests;
