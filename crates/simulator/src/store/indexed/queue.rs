//! The sites of one job by when they can be lent, and their URLs by when it is their turn.
//!
//! Invariant: `places` says where a site stands, so that it can be moved without a search.

use std::collections::{BTreeSet, HashMap};

use frontier::LeaseRequest;
use frontier::store::{Lane, Turn, UrlRow};
use model::{Timestamp, UrlKey};

/// A URL in its lane: rank or millisecond, number in the order of discovery, key.
type Waiting = (i64, u64, UrlKey);

#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: HashMap<u64, [BTreeSet<Waiting>; 5]>,
    ready: BTreeSet<(Timestamp, u64)>,
    later: BTreeSet<(Timestamp, u64)>,
    places: HashMap<u64, Place>,
    /// Revisits due by then count for `ready`.
    revisits_due_by: Timestamp,
}

/// Where a site stands: in `ready`, in `later`, in both (a retry far ahead does not hide a revisit), or, on loan, nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    ready: Option<Timestamp>,
    later: Option<Timestamp>,
}

impl Queue {
    pub(super) fn insert(&mut self, site: u64, number: u64, row: &UrlRow) {
        let lanes = self.lanes.entry(site).or_default();
        lanes[row.lane() as usize].insert((order(row.turn), number, row.key));
    }

    pub(super) fn remove(&mut self, site: u64, number: u64, row: &UrlRow) {
        if let Some(lanes) = self.lanes.get_mut(&site) {
            lanes[row.lane() as usize].remove(&(order(row.turn), number, row.key));
        }
    }

    /// Puts a site into its index; `next_allowed` is absent while it is on loan.
    pub(super) fn place(&mut self, site: u64, next_allowed: Option<Timestamp>) {
        let place = next_allowed.map_or_else(Place::default, |allowed| {
            let Some(lanes) = self.lanes.get(&site) else { return Place::default() };
            let (due, later) = match first(lanes, true) {
                Some(turn) if turn > self.revisits_due_by => (None, Some(turn)),
                due => (due, None),
            };
            let ready = first(lanes, false).into_iter().chain(due).min();
            Place { ready: ready.map(|turn| turn.max(allowed)), later }
        });
        let before = self.places.insert(site, place).unwrap_or_default();
        if before.ready != place.ready {
            before.ready.map(|at| self.ready.remove(&(at, site)));
            place.ready.map(|at| self.ready.insert((at, site)));
        }
        if before.later != place.later {
            before.later.map(|at| self.later.remove(&(at, site)));
            place.later.map(|at| self.later.insert((at, site)));
        }
    }

    /// Raises the bound of revisits (`next_allowed` is absent for a site on loan); one that falls is met by [`Queue::ready`] looking at each site.
    pub(super) fn bound(
        &mut self,
        revisits_due_by: Timestamp,
        next_allowed: impl Fn(u64) -> Option<Timestamp>,
    ) {
        if revisits_due_by <= self.revisits_due_by {
            return;
        }
        self.revisits_due_by = revisits_due_by;
        let due: Vec<u64> =
            self.later.range(..=(revisits_due_by, u64::MAX)).map(|(_, number)| *number).collect();
        for number in due {
            self.place(number, next_allowed(number));
        }
    }

    /// Sites that can be lent now, those that could be longest first.
    pub(super) fn ready<'a>(
        &'a self,
        now: Timestamp,
        request: &'a LeaseRequest,
    ) -> impl Iterator<Item = (Timestamp, u64)> + 'a {
        let due = self.ready.range(..=(now, u64::MAX)).copied();
        due.filter(move |(_, site)| self.turn(*site, request).is_some_and(|turn| turn <= now))
    }

    /// When the first site can be lent; `allowed` tells when one may be asked.
    pub(super) fn next_due(
        &self,
        request: &LeaseRequest,
        allowed: impl Fn(u64) -> Timestamp,
    ) -> Option<Timestamp> {
        let wanted = |site: u64| Some(self.turn(site, request)?.max(allowed(site)));
        let mut best = self.ready.iter().find_map(|(_, site)| wanted(*site));
        for (turn, site) in &self.later {
            if *turn > request.revisits_due_by || best.is_some_and(|best| *turn >= best) {
                break;
            }
            best = best.into_iter().chain(wanted(*site)).min();
        }
        best
    }

    /// What is due on a site, lane by lane in order, no more than can be chosen.
    pub(super) fn due(
        &self,
        site: u64,
        request: &LeaseRequest,
        now: Timestamp,
        into: &mut [Vec<Waiting>; 5],
    ) {
        let Some(lanes) = self.lanes.get(&site) else { return };
        for lane in Lane::ALL {
            let until = if lane.is_revisit() { now.min(request.revisits_due_by) } else { now };
            let until = if lane.is_fresh() { i64::MAX } else { until.as_millisecond() };
            let due = lanes[lane as usize].iter().take_while(|(order, ..)| *order <= until);
            into[lane as usize].extend(due.take(request.visits_per_site_max));
        }
    }

    /// The first turn on a site that this request could get.
    fn turn(&self, site: u64, request: &LeaseRequest) -> Option<Timestamp> {
        let lanes = self.lanes.get(&site)?;
        let revisit = first(lanes, true).filter(|turn| *turn <= request.revisits_due_by);
        first(lanes, false).into_iter().chain(revisit).min()
    }
}

/// The first turn among revisits, or among all else.
fn first(lanes: &[BTreeSet<Waiting>; 5], revisits: bool) -> Option<Timestamp> {
    let wanted = Lane::ALL.into_iter().filter(|lane| lane.is_revisit() == revisits);
    let turns = wanted.filter_map(|lane| {
        let (order, ..) = lanes[lane as usize].first()?;
        if lane.is_fresh() {
            Some(Timestamp::UNIX_EPOCH)
        } else {
            Some(Timestamp::from_millisecond(*order).unwrap_or(Timestamp::MAX))
        }
    });
    turns.min()
}

fn order(turn: Turn) -> i64 {
    match turn {
        Turn::Fresh { rank } => i64::from(rank),
        Turn::At(at) => at.as_millisecond(),
    }
}
