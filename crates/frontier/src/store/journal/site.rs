//! A site and the jobs' parts of it, as kept in memory.
//!
//! Invariant: `ready` and `revisit` are the first instants of what is queued and not on loan; `turn` follows from them and
//! from the site.

use super::bytes::{Flaw, Reader, Writer};
use super::queue::{Entry, Queue};
use super::row::STATES;
use crate::queue::Lane;
use crate::status::{StateCounts, UrlState};

/// Stands for an instant that does not come. Later than every timestamp; never in an index.
pub(super) const NEVER: u64 = u64::MAX;

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SiteState {
    pub(super) name: Box<str>,
    pub(super) next_allowed: u64,
    /// Postcard of [`crate::pace::PaceState`]; empty when never asked.
    pub(super) pace: Box<[u8]>,
    pub(super) fence: Option<u64>,
    pub(super) tally: Tally,
    /// Origins whose robots.txt is kept, and where, in order.
    pub(super) robots: Vec<(Box<str>, u64)>,
    pub(super) shares: Vec<Share>,
}

/// A job's part of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) job: u16,
    /// Admitted.
    pub(super) pages: u32,
    pub(super) hubs: u32,
    /// First instant something never visited and not on loan is due; 0 = at once. May be [`NEVER`], as may the next two.
    pub(super) ready: u64,
    /// First instant a revisit not on loan is due.
    pub(super) revisit: u64,
    /// First instant to lease it, as the indexes have it.
    pub(super) turn: u64,
    /// [`Share::revisit`] as the index has it.
    pub(super) filed: u64,
    pub(super) queues: Vec<Queue>,
}

/// URLs by number of state.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    /// All, those on loan included.
    pub(super) all: [u32; 5],
    /// Those on loan.
    pub(super) lent: [u32; 5],
}

impl SiteState {
    pub(super) fn new(name: &str, next_allowed: u64) -> Self {
        Self {
            name: name.into(),
            next_allowed,
            pace: Box::default(),
            fence: None,
            tally: Tally::default(),
            robots: Vec::new(),
            shares: Vec::new(),
        }
    }

    /// The part of a job, if there is one.
    pub(super) fn share(&self, job: u16) -> Option<&Share> {
        self.shares.iter().find(|share| share.job == job)
    }

    /// The part of a job, made if there is none.
    pub(super) fn share_mut(&mut self, job: u16) -> &mut Share {
        let place = self.shares.iter().position(|share| share.job == job).unwrap_or_else(|| {
            self.shares.reserve_exact(1);
            self.shares.push(Share::new(job));
            self.shares.len() - 1
        });
        &mut self.shares[place]
    }

    /// Entries in its queues, and URLs that may be meant by them.
    pub(super) fn crowd(&self) -> (u64, u64) {
        let entries =
            self.shares.iter().flat_map(|share| &share.queues).map(|queue| u64::from(queue.len())).sum();
        (entries, self.tally.all.iter().map(|count| u64::from(*count)).sum())
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.text(&self.name);
        out.number(self.next_allowed);
        out.bytes(&self.pace);
        out.number(self.fence.unwrap_or_default());
        self.tally.write(out);
        out.number(self.robots.len() as u64);
        for (origin, place) in &self.robots {
            out.text(origin);
            out.number(*place);
        }
        out.number(self.shares.len() as u64);
        for share in &self.shares {
            share.write(out);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Flaw> {
        let mut site = Self::new(reader.text()?, reader.number()?);
        site.pace = reader.bytes()?.into();
        site.fence = Some(reader.number()?).filter(|fence| *fence > 0);
        site.tally = Tally::read(reader)?;
        for _ in 0..reader.count()? {
            site.robots.push((reader.text()?.into(), reader.number()?));
        }
        let shares = reader.count()?;
        site.shares.reserve_exact(shares.min(64));
        for _ in 0..shares {
            site.shares.push(Share::read(reader)?);
        }
        Ok(site)
    }
}

impl Share {
    fn new(job: u16) -> Self {
        Self {
            job,
            pages: 0,
            hubs: 0,
            ready: NEVER,
            revisit: NEVER,
            turn: NEVER,
            filed: NEVER,
            queues: Vec::new(),
        }
    }

    pub(super) fn queue(&self, lane: Lane) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.lane == lane)
    }

    pub(super) fn queue_mut(&mut self, lane: Lane) -> &mut Queue {
        let place = self.queues.iter().position(|queue| queue.lane == lane).unwrap_or_else(|| {
            self.queues.reserve_exact(1);
            self.queues.push(Queue::new(lane));
            self.queues.len() - 1
        });
        &mut self.queues[place]
    }

    /// A URL joins a lane.
    pub(super) fn join(&mut self, lane: Lane, entry: Entry) {
        self.queue_mut(lane).push(entry);
        let due = if lane.is_fresh() { 0 } else { entry.at.0 };
        let first = if lane.is_revisit() { &mut self.revisit } else { &mut self.ready };
        *first = due.min(*first);
    }

    /// When to lease it, if its site is free from an instant on and revisits due up to `horizon` count.
    pub(super) fn turn_at(&self, next_allowed: u64, horizon: u64) -> u64 {
        let due = if self.revisit <= horizon { self.ready.min(self.revisit) } else { self.ready };
        due.max(next_allowed)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.number(u64::from(self.job));
        out.number(u64::from(self.pages));
        out.number(u64::from(self.hubs));
        // NEVER becomes 0.
        out.number(self.ready.wrapping_add(1));
        out.number(self.revisit.wrapping_add(1));
        out.number(self.queues.len() as u64);
        for queue in &self.queues {
            queue.write(out);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Flaw> {
        let mut share = Self::new(reader.narrow()?);
        share.pages = reader.narrow()?;
        share.hubs = reader.narrow()?;
        share.ready = reader.number()?.wrapping_sub(1);
        share.revisit = reader.number()?.wrapping_sub(1);
        let queues = reader.count()?;
        share.queues.reserve_exact(queues.min(Lane::ALL.len()));
        for _ in 0..queues {
            share.queues.push(Queue::read(reader)?);
        }
        Ok(share)
    }
}

impl Tally {
    pub(super) fn counts(&self) -> StateCounts {
        let mut counts = StateCounts::default();
        for (number, state) in STATES.into_iter().enumerate() {
            *counts.of_mut(state) += u64::from(self.all[number].saturating_sub(self.lent[number]));
            *counts.of_mut(UrlState::Leased) += u64::from(self.lent[number]);
        }
        counts
    }

    fn write(&self, out: &mut Vec<u8>) {
        for count in self.all.iter().chain(&self.lent) {
            out.number(u64::from(*count));
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Flaw> {
        let mut tally = Self::default();
        for count in tally.all.iter_mut().chain(&mut tally.lent) {
            *count = reader.narrow()?;
        }
        Ok(tally)
    }
}
