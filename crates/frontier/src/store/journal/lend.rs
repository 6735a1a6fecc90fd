//! Lending: which sites have their turn, and which of their URLs.
//!
//! Invariant: the work is in proportion to what is lent. Sites whose only due work are revisits beyond the horizon have no
//! turn; the horizon follows the requests, and every revisit is passed by it once.

use std::collections::BTreeMap;

use model::{Origin, Site, Timestamp};

use super::apply::Firsts;
use super::core::Core;
use super::queue::Position;
use super::record::{Loan, QueuePlace, Record};
use super::row::{Row, instant, millis};
use super::site::{NEVER, SiteState};
use super::state::State;
use super::view::View;
use super::walk::{Spent, Walk};
use crate::error::Error;
use crate::instant::floor_millis;
use crate::lease::{LeaseRequest, RobotsEntry};
use crate::pace::PaceState;
use crate::port::{LentSite, UrlRow};
use crate::queue::choose;

/// The bounds of a request, in milliseconds.
#[derive(Clone, Copy)]
struct Bounds {
    now: u64,
    /// Revisits due up to here count.
    revisits: u64,
}

/// A queue with something due.
struct Due<'a> {
    place: QueuePlace,
    walk: Walk<'a>,
    rows: Vec<Row<'static>>,
    /// The first that is not due or not wanted.
    ahead: Option<Position>,
}

/// What a lease does to a site.
struct Lending {
    rows: Vec<UrlRow>,
    loans: Vec<Loan>,
    spent: Vec<(QueuePlace, Spent)>,
    firsts: Vec<(u16, Firsts)>,
}

impl Core {
    pub(super) fn lend(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error> {
        let now = millis(floor_millis(now));
        let bounds = Bounds { now, revisits: millis(floor_millis(request.revisits_due_by)).min(now) };
        // An idle crawl asks again and again: nothing let in writes nothing, and there is no disk to wait for.
        if self.state.revisits_between(self.state.horizon, bounds.revisits).next().is_some() {
            self.emit(&Record::Horizon(bounds.revisits))?;
            self.state.retime();
        }
        let wanted = self.state.wanted(request);
        let due = due_sites(&self.state, &wanted, request.sites_max, bounds);
        due.into_iter()
            .filter_map(|site| self.lend_site(site, &wanted, request, bounds).transpose())
            .collect()
    }

    fn lend_site(
        &mut self,
        number: u64,
        jobs: &[u16],
        request: &LeaseRequest,
        bounds: Bounds,
    ) -> Result<Option<LentSite>, Error> {
        let fence = self.state.fence + 1;
        let view = self.view();
        let Some(site) = self.state.sites.get(number) else { return Ok(None) };
        let lending = choose_urls(&view, number, site, jobs, request.visits_per_site_max, fence, bounds)?;
        let lent = LentSite {
            site: Site::of_domain(&site.name),
            fence,
            pace: pace(site)?,
            next_allowed: instant(site.next_allowed).map_err(|flaw| Error::corrupt("site", flaw))?,
            robots: robots(&view, site)?,
            rows: lending.rows,
        };
        self.emit(&Record::Lend { site: number, fence, loans: lending.loans })?;
        for (place, spent) in lending.spent {
            self.emit(&spent.record(place))?;
        }
        for (job, Firsts { ready, revisit }) in lending.firsts {
            self.emit(&Record::Firsts { site: number, job, ready, revisit })?;
        }
        Ok(Some(lent))
    }
}

/// Sites whose turn has come, longest waiting first.
fn due_sites(state: &State, jobs: &[u16], sites_max: usize, bounds: Bounds) -> Vec<u64> {
    let mut turns: BTreeMap<u64, u64> = BTreeMap::new();
    for job in jobs {
        let due = state.turns(*job, bounds.now).filter(|(_, site)| {
            let share = state.share(*site, *job);
            share.is_some_and(|share| share.ready <= bounds.now || share.revisit <= bounds.revisits)
        });
        for (turn, site) in due.take(sites_max) {
            turns.entry(site).and_modify(|known| *known = turn.min(*known)).or_insert(turn);
        }
    }
    let mut due: Vec<(u64, u64)> = turns.into_iter().map(|(site, turn)| (turn, site)).collect();
    due.sort_unstable();
    due.truncate(sites_max);
    due.into_iter().map(|(_, site)| site).collect()
}

fn choose_urls(
    view: &View<'_>,
    number: u64,
    site: &SiteState,
    jobs: &[u16],
    visits_max: usize,
    fence: u64,
    bounds: Bounds,
) -> Result<Lending, Error> {
    let mut due = due_queues(view, number, site, jobs, visits_max, bounds)?;
    let mut candidates: [Vec<(Position, usize, Row<'static>)>; 5] = Default::default();
    for (n, queue) in due.iter_mut().enumerate() {
        let waiting = &mut candidates[queue.place.lane as usize];
        waiting.extend(queue.rows.drain(..).map(|row| ((row.order(), row.number), n, row)));
    }
    // The first of each queue that is left is among those not chosen, or what lies ahead.
    let mut left: Vec<Vec<Position>> = vec![Vec::new(); due.len()];
    for waiting in &mut candidates {
        waiting.sort_by_key(|(at, ..)| *at);
        for (at, n, _) in &*waiting {
            left[*n].push(*at);
        }
    }
    let mut taken = vec![0; due.len()];
    let mut lending = Lending { rows: Vec::new(), loans: Vec::new(), spent: Vec::new(), firsts: Vec::new() };
    for (at, n, row) in choose(candidates, visits_max, fence) {
        taken[n] += 1;
        lending.loans.push(Loan { key: row.key, job: row.job, state: row.state, lane: row.lane(), at });
        lending.rows.push(view.complete(row)?);
    }
    let mut firsts: BTreeMap<u16, Firsts> = BTreeMap::new();
    for (n, queue) in due.iter().enumerate() {
        let first = left[n].get(taken[n]).copied().or(queue.ahead);
        firsts.entry(queue.place.job).or_default().see(queue.place.lane, first);
        lending.spent.extend(queue.walk.spent(first).map(|spent| (queue.place, spent)));
    }
    for (job, mut first) in firsts {
        let Some(share) = site.share(job) else { continue };
        if share.ready > bounds.now {
            first.ready = share.ready;
        }
        if share.revisit > bounds.revisits {
            first.revisit = share.revisit;
        }
        lending.firsts.push((job, first));
    }
    Ok(lending)
}

/// The queues of a site in which something may be due, each with the first of what is.
fn due_queues<'a>(
    view: &'a View<'a>,
    number: u64,
    site: &'a SiteState,
    jobs: &[u16],
    visits_max: usize,
    bounds: Bounds,
) -> Result<Vec<Due<'a>>, Error> {
    let mut due = Vec::new();
    for share in site.shares.iter().filter(|share| jobs.contains(&share.job)) {
        for queue in &share.queues {
            let lane = queue.lane;
            let (first, bound) =
                if lane.is_revisit() { (share.revisit, bounds.revisits) } else { (share.ready, bounds.now) };
            if first > bound {
                continue;
            }
            let bound = if lane.is_fresh() { NEVER } else { bound };
            let place = QueuePlace { site: number, job: share.job, lane };
            let mut walk = Walk::new(view, place, queue)?;
            let (mut rows, mut ahead) = (Vec::new(), None);
            while let Some((entry, row)) = walk.next_row()? {
                if rows.len() >= visits_max || entry.at.0 > bound {
                    ahead = Some(entry.at);
                    break;
                }
                rows.push(row);
            }
            due.push(Due { place, walk, rows, ahead });
        }
    }
    Ok(due)
}

/// What is remembered of a site's pace.
pub(super) fn pace(site: &SiteState) -> Result<Option<PaceState>, Error> {
    if site.pace.is_empty() {
        return Ok(None);
    }
    postcard::from_bytes(&site.pace).map(Some).map_err(|e| Error::corrupt("pace", e))
}

/// The robots.txt copies of a site.
pub(super) fn robots(view: &View<'_>, site: &SiteState) -> Result<Vec<RobotsEntry>, Error> {
    let mut buffer = Vec::new();
    let mut found = Vec::with_capacity(site.robots.len());
    for (origin, place) in &site.robots {
        let Record::Robots { copy, .. } = view.log.record(*place, &mut buffer)? else {
            return Err(view.log.damaged(*place, "another record stands where a robots.txt should"));
        };
        let origin = url::Url::parse(origin).map_err(|e| Error::corrupt("origin", e))?;
        found.push(RobotsEntry { origin: Origin::of(&origin), copy: copy.into_owned() });
    }
    Ok(found)
}

/// The earliest instant at which something could be lent.
pub(super) fn next_due(state: &State, request: &LeaseRequest) -> Result<Option<Timestamp>, Error> {
    let revisits = millis(floor_millis(request.revisits_due_by));
    let wanted = state.wanted(request);
    let mut best = NEVER;
    for job in &wanted {
        // Turns come in order and no site is due before its turn, so mostly the first one decides.
        for (turn, number) in state.turns(*job, NEVER) {
            if turn >= best {
                break;
            }
            if let (Some(site), Some(share)) = (state.sites.get(number), state.share(number, *job)) {
                best = best.min(share.turn_at(site.next_allowed, revisits));
            }
        }
    }
    // Beyond the horizon, revisits are not in the turns yet.
    for (revisit, number, job) in state.revisits_between(state.horizon, revisits) {
        if revisit >= best {
            break;
        }
        let free = state.sites.get(number).filter(|site| site.fence.is_none() && wanted.contains(&job));
        best = free.map_or(best, |site| best.min(revisit.max(site.next_allowed)));
    }
    if best == NEVER {
        return Ok(None);
    }
    instant(best).map(Some).map_err(|flaw| Error::corrupt("instant", flaw))
}
