//! Everything the frontier knows that is not left on disk: sites, jobs, loans, indexes.
//!
//! Invariant: it is the fold of the journal's records ([`super::fold`]); the indexes agree with the shares after
//! [`State::retime`], which ends every batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::Position;

use super::known::Known;
use super::record::Loan;
use super::row::number_of_state;
use super::site::{NEVER, Share, SiteState};
use super::table::Mark;
use crate::keyed::KeyMap;
use crate::lease::LeaseRequest;
use crate::status::UrlState;
use crate::takedown::Rule;

/// See the module. Instants are milliseconds since 1970 or [`NEVER`].
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) known: Known,
    pub(super) sites: Sites,
    /// By number.
    pub(super) jobs: Vec<Job>,
    jobs_by_name: HashMap<String, u16>,
    pub(super) takedowns: BTreeSet<Rule>,
    /// What is to be erased from the files still.
    pub(super) erasing: Option<Rule>,
    pub(super) outcomes: BTreeMap<String, u64>,
    /// Places of memos.
    pub(super) memos: BTreeMap<Box<str>, u64>,
    pub(super) checkpoint: Position,
    /// The last one given.
    pub(super) fence: u64,
    /// URLs ever made known; numbers them in the order of discovery.
    pub(super) discovered: u64,
    /// Revisits due up to here count in the turns.
    pub(super) horizon: u64,
    pub(super) tally: [u64; 5],
    pub(super) lent: [u64; 5],
    pub(super) sites_lent: u64,
    pub(super) loans: KeyMap<Mark, Loan>,
    pub(super) reels: BTreeMap<u64, ReelUse>,
    turns: BTreeSet<u128>,
    revisits: BTreeSet<u128>,
    touched: Vec<u64>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) name: String,
    /// JSON; `None` when URLs name a job nobody registered.
    pub(super) rules: Option<String>,
    /// Admitted.
    pub(super) pages: u64,
}

/// How much of a reel is still needed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReelUse {
    /// Records whose places were kept.
    pub(super) records: u64,
    /// Those whose places still are.
    pub(super) live: u64,
    /// Since when nothing in it is needed but by older snapshots.
    pub(super) cleaned: Option<u64>,
}

/// Sites by number.
#[derive(Debug, Default)]
pub(super) struct Sites {
    list: Vec<SiteState>,
    index: KeyMap<u64, u32>,
}

impl Sites {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, site: u64) -> Option<&SiteState> {
        self.list.get(*self.index.get(&site)? as usize)
    }

    pub(super) fn get_mut(&mut self, site: u64) -> Option<&mut SiteState> {
        self.list.get_mut(*self.index.get(&site)? as usize)
    }

    pub(super) fn add(&mut self, site: u64, state: SiteState) {
        if let Ok(place) = u32::try_from(self.list.len())
            && !self.index.contains_key(&site)
        {
            self.index.insert(site, place);
            self.list.push(state);
        }
    }

    /// In no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &SiteState)> {
        self.index.iter().map(|(site, place)| (*site, &self.list[*place as usize]))
    }
}

impl State {
    pub(super) fn job_id(&self, name: &str) -> Option<u16> {
        self.jobs_by_name.get(name).copied()
    }

    pub(super) fn add_job(&mut self, job: Job) {
        if let Ok(id) = u16::try_from(self.jobs.len()) {
            self.jobs_by_name.insert(job.name.clone(), id);
            self.jobs.push(job);
        }
    }

    /// Numbers of the jobs a request is about.
    pub(super) fn wanted(&self, request: &LeaseRequest) -> Vec<u16> {
        match &request.job {
            Some(name) => self.job_id(name).into_iter().collect(),
            None => self.jobs_by_name.values().copied().collect(),
        }
    }

    /// Counts one more or one fewer URL of a state.
    pub(super) fn count(&mut self, site: u64, state: UrlState, more: bool) {
        let n = usize::from(number_of_state(state));
        change(&mut self.tally[n], more);
        if let Some(site) = self.sites.get_mut(site) {
            change(&mut site.tally.all[n], more);
        }
    }

    /// As [`State::count`], of those on loan.
    pub(super) fn count_lent(&mut self, site: u64, state: UrlState, more: bool) {
        let n = usize::from(number_of_state(state));
        change(&mut self.lent[n], more);
        if let Some(site) = self.sites.get_mut(site) {
            change(&mut site.tally.lent[n], more);
        }
    }

    /// Marks a site whose turns are to be computed.
    pub(super) fn touch(&mut self, site: u64) {
        if self.touched.last() != Some(&site) {
            self.touched.push(site);
        }
    }

    /// Moves the horizon.
    pub(super) fn set_horizon(&mut self, horizon: u64) {
        let passed =
            self.revisits_between(self.horizon, horizon).map(|(_, site, _)| site).collect::<Vec<_>>();
        self.horizon = self.horizon.max(horizon);
        self.touched.extend(passed);
    }

    /// Brings the indexes up to date.
    pub(super) fn retime(&mut self) {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        for number in touched.drain(..) {
            let Some(site) = self.sites.get_mut(number) else { continue };
            let free_at = if site.fence.is_some() { NEVER } else { site.next_allowed };
            for share in &mut site.shares {
                let turn = share.turn_at(free_at, self.horizon);
                if turn != share.turn {
                    if share.turn < NEVER {
                        self.turns.remove(&turn_key(share.job, share.turn, number));
                    }
                    if turn < NEVER {
                        self.turns.insert(turn_key(share.job, turn, number));
                    }
                    share.turn = turn;
                }
                if share.filed != share.revisit {
                    if share.filed < NEVER {
                        self.revisits.remove(&revisit_key(share.filed, number, share.job));
                    }
                    if share.revisit < NEVER {
                        self.revisits.insert(revisit_key(share.revisit, number, share.job));
                    }
                    share.filed = share.revisit;
                }
            }
        }
        self.touched = touched;
    }

    /// Turns of a job up to an instant: when, which site.
    pub(super) fn turns(&self, job: u16, until: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let until = until.min(NEVER - 1);
        self.turns.range(turn_key(job, 0, 0)..turn_key(job, until + 1, 0)).map(|key| {
            let low = |key: u128| u64::try_from(key & u128::from(u64::MAX)).unwrap_or_default();
            (low(key >> 48), low(*key) & SITE)
        })
    }

    /// First revisits later than `after` up to `until`: when, site, job.
    pub(super) fn revisits_between(
        &self,
        after: u64,
        until: u64,
    ) -> impl Iterator<Item = (u64, u64, u16)> + '_ {
        let until = until.min(NEVER - 1);
        let range = revisit_key(after + 1, 0, 0)..revisit_key(until.max(after) + 1, 0, 0);
        self.revisits.range(range).map(|key| {
            let low = u64::try_from(key & u128::from(u64::MAX)).unwrap_or_default();
            let revisit = u64::try_from(key >> 64).unwrap_or_default();
            (revisit, low >> 16, u16::try_from(low & 0xFFFF).unwrap_or_default())
        })
    }

    /// A job's part of a site.
    pub(super) fn share(&self, site: u64, job: u16) -> Option<&Share> {
        self.sites.get(site)?.share(job)
    }

    /// A kept record appears at a place, perhaps instead of the one at another.
    pub(super) fn keep(&mut self, place: u64, before: Option<u64>) {
        if let Some((_, reel)) = self.reels.range_mut(..=place).next_back() {
            reel.records += 1;
            reel.live += 1;
        }
        if let Some(before) = before {
            self.let_go(before);
        }
    }

    /// The record at a place is needed no longer.
    pub(super) fn let_go(&mut self, place: u64) {
        if let Some((_, reel)) = self.reels.range_mut(..=place).next_back() {
            reel.live = reel.live.saturating_sub(1);
        }
    }
}

const SITE: u64 = (1 << 48) - 1;

fn turn_key(job: u16, turn: u64, site: u64) -> u128 {
    u128::from(job) << 112 | u128::from(turn) << 48 | u128::from(site & SITE)
}

fn revisit_key(revisit: u64, site: u64, job: u16) -> u128 {
    u128::from(revisit) << 64 | u128::from(site & SITE) << 16 | u128::from(job)
}

fn change<T: Copy + std::ops::AddAssign + std::ops::SubAssign + From<u8> + PartialOrd>(
    count: &mut T,
    more: bool,
) {
    if more {
        *count += T::from(1);
    } else if *count > T::from(0) {
        *count -= T::from(1);
    }
}
