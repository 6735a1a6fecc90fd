//! Lending: which sites have their turn, and which of their URLs.
//!
//! Invariant: the work is in proportion to what is lent. Sites whose only due work are revisits beyond the horizon are not
//! in `share_turn`; the horizon follows the requests, and every revisit is passed by it once.

use std::collections::BTreeMap;

use model::{Site, Timestamp};
use rusqlite::{Connection, params};

use super::codec::{Columns, URL_COLUMNS, at_of, instant, number_of_lane};
use super::jobs::Jobs;
use super::loans::{Loan, Loans};
use super::read::{self, Reader};
use super::schema::NEVER;
use super::work::Work;
use crate::error::Error;
use crate::instant::floor_millis;
use crate::lease::LeaseRequest;
use crate::port::LentSite;
use crate::queue::{Lane, choose};

/// The bounds of a request, in milliseconds.
#[derive(Clone, Copy)]
struct Bounds {
    now: i64,
    /// Revisits due up to here count.
    revisits: i64,
}

pub(super) fn lend(
    connection: &Connection,
    jobs: &Jobs,
    loans: &mut Loans,
    request: &LeaseRequest,
    now: Timestamp,
) -> Result<Vec<LentSite>, Error> {
    let now = floor_millis(now).as_millisecond();
    let revisits = floor_millis(request.revisits_due_by).as_millisecond().min(now);
    let bounds = Bounds { now, revisits };
    let mut work = Work::begin(connection, loans)?;
    let promoted = promote(connection, &mut work, bounds)?;
    let wanted = jobs.wanted(request);
    let due = due_sites(connection, &wanted, request.sites_max, bounds)?;
    let mut reader = Reader::new(connection, jobs);
    let mut sites = Vec::with_capacity(due.len());
    for site in due {
        sites.extend(lend_site(&mut work, &mut reader, site, &wanted, request, bounds)?);
    }
    // An idle crawl asks again and again: nothing lent writes nothing, and there is no disk to wait for.
    if promoted || !sites.is_empty() {
        work.flush()?;
    }
    Ok(sites)
}

/// Moves the horizon up to the request's bound; true when that let revisits in.
fn promote(connection: &Connection, work: &mut Work<'_>, bounds: Bounds) -> Result<bool, Error> {
    if bounds.revisits <= work.horizon {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(
        "SELECT site FROM share INDEXED BY share_revisit WHERE revisit > ? AND revisit <= ?",
    )?;
    let sites = statement.query_map(params![work.horizon, bounds.revisits], |row| row.get(0))?;
    let sites = sites.collect::<Result<Vec<i64>, _>>()?;
    if sites.is_empty() {
        // Not worth a write: the same range is found empty again next time, by one step of the index.
        return Ok(false);
    }
    work.horizon = bounds.revisits;
    for site in sites {
        work.site(site)?;
    }
    work.flush()?;
    Ok(true)
}

/// Sites whose turn has come, longest waiting first.
fn due_sites(
    connection: &Connection,
    jobs: &[i64],
    sites_max: usize,
    bounds: Bounds,
) -> Result<Vec<i64>, Error> {
    let mut turns: BTreeMap<i64, i64> = BTreeMap::new();
    let mut statement = connection.prepare_cached(
        "SELECT turn, site, ready, revisit FROM share INDEXED BY share_turn WHERE job = ? AND turn <= ? ORDER BY turn, site",
    )?;
    for job in jobs {
        let mut rows = statement.query(params![job, bounds.now])?;
        let mut found = 0;
        while found < sites_max
            && let Some(row) = rows.next()?
        {
            let (turn, site): (i64, i64) = (row.get(0)?, row.get(1)?);
            let (ready, revisit): (i64, i64) = (row.get(2)?, row.get(3)?);
            if ready <= bounds.now || revisit <= bounds.revisits {
                found += 1;
                turns.entry(site).and_modify(|known| *known = turn.min(*known)).or_insert(turn);
            }
        }
    }
    let mut due: Vec<(i64, i64)> = turns.into_iter().map(|(site, turn)| (turn, site)).collect();
    due.sort_unstable();
    due.truncate(sites_max);
    Ok(due.into_iter().map(|(_, site)| site).collect())
}

fn lend_site(
    work: &mut Work<'_>,
    reader: &mut Reader<'_>,
    id: i64,
    jobs: &[i64],
    request: &LeaseRequest,
    bounds: Bounds,
) -> Result<Option<LentSite>, Error> {
    let fence = work.lend(id)?;
    let due = due_urls(work, reader.connection, id, jobs, request.visits_per_site_max, bounds)?;
    let Some(site) = work.site(id)? else { return Ok(None) };
    let name = site.name.clone();
    let mut lent = LentSite {
        site: Site::of_domain(&name),
        fence: fence.cast_unsigned(),
        pace: site.pace.as_deref().map(read::pace).transpose()?,
        next_allowed: instant(site.next_allowed)?,
        robots: read::robots_of(reader.connection, id)?,
        rows: Vec::new(),
    };
    for columns in choose(due, request.visits_per_site_max, lent.fence) {
        let row = &columns.row;
        let (state, lane, at) = (row.state, number_of_lane(row.lane()), at_of(row.turn));
        work.begin_loan(row.key, Loan { id: columns.id, site: id, job: columns.job, state, lane, at })?;
        lent.rows.push(reader.complete(columns, &name)?);
    }
    Ok(Some(lent))
}

/// The first of each lane of a site.
fn due_urls(
    work: &mut Work<'_>,
    connection: &Connection,
    id: i64,
    jobs: &[i64],
    visits_max: usize,
    bounds: Bounds,
) -> Result<[Vec<Columns>; 5], Error> {
    let mut due: [Vec<Columns>; 5] = Default::default();
    let mut lanes = Vec::new();
    let shares = work.site(id)?.map(|site| site.shares.as_slice()).unwrap_or_default();
    for share in shares.iter().filter(|share| jobs.contains(&share.job)) {
        for lane in Lane::ALL {
            let (first, bound) =
                if lane.is_revisit() { (share.revisit, bounds.revisits) } else { (share.ready, bounds.now) };
            if first <= bound {
                lanes.push((share.job, lane, if lane.is_fresh() { i64::MAX } else { bound }));
            }
        }
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {URL_COLUMNS} FROM url INDEXED BY url_queue \
         WHERE site = ? AND job = ? AND lane = ? AND at <= ? ORDER BY at, id"
    ))?;
    for (job, lane, bound) in lanes {
        let waiting = &mut due[lane as usize];
        let wanted = waiting.len().saturating_add(visits_max);
        let mut rows = statement.query(params![id, job, number_of_lane(lane), bound])?;
        while waiting.len() < wanted
            && let Some(row) = rows.next()?
        {
            if !work.loans.has(row.get(0)?) {
                waiting.push(Columns::read(row)?);
            }
        }
    }
    for waiting in &mut due {
        waiting.sort_by_key(|columns| (at_of(columns.row.turn), columns.id));
    }
    Ok(due)
}

pub(super) fn next_due(
    connection: &Connection,
    jobs: &Jobs,
    request: &LeaseRequest,
) -> Result<Option<Timestamp>, Error> {
    let revisits = floor_millis(request.revisits_due_by).as_millisecond();
    let wanted = jobs.wanted(request);
    let mut best: Option<i64> = None;
    for job in &wanted {
        let mut statement = connection.prepare_cached(
            "SELECT turn, max(t.next_allowed, min(ready, CASE WHEN revisit <= ?3 THEN revisit ELSE ?2 END)) \
             FROM share INDEXED BY share_turn JOIN site t ON t.id = share.site \
             WHERE job = ?1 AND turn < ?2 ORDER BY turn",
        )?;
        // Turns come in order and no site is due before its turn, so mostly the first row decides.
        let mut rows = statement.query(params![job, NEVER, revisits])?;
        while let Some(row) = rows.next()?
            && best.is_none_or(|best| row.get::<_, i64>(0).is_ok_and(|turn| turn < best))
        {
            let due: i64 = row.get(1)?;
            if due < NEVER {
                best = Some(best.map_or(due, |best| best.min(due)));
            }
        }
    }
    // Beyond the horizon, revisits are not in the turns yet.
    let horizon: i64 =
        connection.prepare_cached("SELECT horizon FROM state")?.query_row([], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "SELECT revisit, job, max(revisit, t.next_allowed) FROM share INDEXED BY share_revisit \
         JOIN site t ON t.id = share.site WHERE revisit > ? AND revisit <= ? AND t.fence IS NULL ORDER BY revisit",
    )?;
    let mut rows = statement.query(params![horizon, revisits])?;
    while let Some(row) = rows.next()?
        && best.is_none_or(|best| row.get::<_, i64>(0).is_ok_and(|revisit| revisit < best))
    {
        if wanted.contains(&row.get(1)?) {
            let due: i64 = row.get(2)?;
            best = Some(best.map_or(due, |best| best.min(due)));
        }
    }
    best.map(instant).transpose()
}
