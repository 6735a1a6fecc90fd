//! Which spellings of a site's pages lead to the same pages. Pure.
//!
//! Invariant: nothing is believed of a spelling before three pages have shown it, and not when one in four shows the
//! opposite; a spelling and its reverse are never both followed.

use std::collections::BTreeMap;

use model::CanonicalUrl;
use serde::{Deserialize, Serialize};

use crate::spelling::{self, Spelling};

/// Pages that must have shown it.
const AGREE_MIN: u16 = 3;
/// Times as many pages must show it as show the opposite.
const AGREE_FACTOR: u16 = 4;
/// Hosts and spellings kept.
const EVIDENCE_MAX: usize = 48;

/// What pages have shown of the spellings of their site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Mirrors(BTreeMap<(Spelling, String), Evidence>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Evidence {
    agree: u16,
    against: u16,
}

/// What one page showed of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Observation {
    /// Both lead to the same page.
    Same,
    /// They lead to different pages.
    Different,
}

impl Mirrors {
    /// Takes in what a page of `host` showed.
    pub(crate) fn observe(&mut self, spelling: Spelling, host: &str, seen: Observation) {
        let key = (spelling, host.to_owned());
        if self.0.len() >= EVIDENCE_MAX && !self.0.contains_key(&key) {
            return;
        }
        let evidence = self.0.entry(key).or_default();
        let count = match seen {
            Observation::Same => &mut evidence.agree,
            Observation::Different => &mut evidence.against,
        };
        *count = count.saturating_add(1);
        if evidence.agree.max(evidence.against) > 1_000 {
            evidence.agree /= 2;
            evidence.against /= 2;
        }
    }

    /// Whether more pages need not be compared.
    pub(crate) fn is_decided(&self, spelling: Spelling, host: &str) -> bool {
        self.0
            .get(&(spelling, host.to_owned()))
            .is_some_and(|evidence| evidence.agree + evidence.against >= 2 * AGREE_MIN)
    }

    fn agreed(&self, spelling: Spelling, host: &str) -> bool {
        self.0.get(&(spelling, host.to_owned())).is_some_and(|evidence| {
            evidence.agree >= AGREE_MIN && evidence.agree >= evidence.against.saturating_mul(AGREE_FACTOR)
        })
    }

    /// The spelling to be fetched instead of this one, if there is a better one.
    pub(crate) fn preferred(&self, url: &CanonicalUrl) -> Option<CanonicalUrl> {
        /// More spellings at once than there are kinds of them would be a loop.
        const STEPS_MAX: usize = 4;
        if self.0.is_empty() {
            return None;
        }
        let mut best: Option<CanonicalUrl> = None;
        for _ in 0..STEPS_MAX {
            let from = best.as_ref().unwrap_or(url);
            let step = spelling::respelt(from).into_iter().find(|(spelling, other)| {
                self.agreed(*spelling, from.host())
                    && !spelling.reverse().is_some_and(|reverse| self.agreed(reverse, other.host()))
            });
            match step {
                Some((_, other)) => best = Some(other),
                None => break,
            }
        }
        best.filter(|best| best.key() != url.key())
    }

    /// What holds, for people: `AMP of www.a.kz`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let holds = self.0.keys().filter(|(spelling, host)| self.agreed(*spelling, host));
        holds.map(|(spelling, host)| format!("{} of {host}", spelling.word())).collect()
    }

    pub(super) fn bound(&mut self) {
        while self.0.len() > EVIDENCE_MAX {
            self.0.pop_last();
        }
    }
}
