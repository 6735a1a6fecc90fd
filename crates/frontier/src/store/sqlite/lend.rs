//! Lending: which sites have their turn, and which of their URLs.
//!
//! Invariant: the work is in proportion to what is lent. Sites whose only due work are revisits beyond the horizon are not
//! in `share_turn`; the horizon follows the requests, and every revisit is passed by it once.

use std::collections::BTreeMap;

use model::{Site, Timestamp};
use rusqlite::{Connection, params};

use super::codec::{Columns, URL_COLUMNS, instant, number_of_lane};
use super::jobs::Jobs;
use super::read::{Reader, robots_of};
use super::work::Work;
use crate::error::Error;
use crate::instant::floor_millis;
use crate::lease::LeaseRequest;
use crate::port::{LentSite, UrlRow};
use crate::queue::{Lane, choose};
use crate::status::UrlState;

/// What was lent, and whether the file was changed for it.
pub(super) struct Lent {
    pub(super) sites: Vec<LentSite>,
    pub(super) changed: bool,
}

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
    request: &LeaseRequest,
    now: Timestamp,
) -> Result<Lent, Error> {
    let now = floor_millis(now).as_millisecond();
    let revisits = floor_millis(request.revisits_due_by).as_millisecond().min(now);
    let bounds = Bounds { now, revisits };
    let mut work = Work::begin(connection)?;
    let promoted = promote(connection, &mut work, bounds)?;
    let wanted = jobs.wanted(request);
    let due = due_sites(connection, &wanted, request.sites_max, bounds)?;
    let mut reader = Reader::new(connection, jobs);
    let mut sites = Vec::with_capacity(due.len());
    for site in due {
        sites.extend(lend_site(&mut work, &mut reader, site, &wanted, request, bounds)?);
    }
    let changed = promoted || !sites.is_empty();
    if changed {
        work.finish()?;
    }
    Ok(Lent { sites, changed })
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
            let (ready, revisit): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
            if ready.is_some_and(|ready| ready <= bounds.now)
                || revisit.is_some_and(|due| due <= bounds.revisits)
            {
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
    let mut due: [Vec<Columns>; 5] = Default::default();
    let Some(site) = work.site(id)? else { return Ok(None) };
    for share in site.shares.iter().filter(|share| jobs.contains(&share.job)) {
        for lane in Lane::ALL {
            let first = if lane.is_revisit() { share.revisit } else { share.ready };
            let bound = if lane.is_revisit() { bounds.revisits } else { bounds.now };
            if first.is_some_and(|first| first <= bound) {
                let bound = if lane.is_fresh() { i64::MAX } else { bound };
                waiting(
                    reader.connection,
                    id,
                    share.job,
                    lane,
                    bound,
                    request.visits_per_site_max,
                    &mut due[lane as usize],
                )?;
            }
        }
    }
    for lane in &mut due {
        lane.sort_by_key(|columns| (super::codec::at_of(columns.row.turn), columns.id));
    }
    let lent = LentSite {
        site: Site::of_domain(&site.name),
        fence: fence.cast_unsigned(),
        pace: site.pace.as_deref().map(super::read::pace).transpose()?,
        next_allowed: instant(site.next_allowed)?,
        robots: robots_of(reader.connection, id)?,
        rows: Vec::new(),
    };
    let name = site.name.clone();
    let mut rows: Vec<UrlRow> = Vec::new();
    for columns in choose(due, request.visits_per_site_max, lent.fence) {
        reader
            .connection
            .prepare_cached("UPDATE url SET lane = -1 - lane WHERE id = ?")?
            .execute([columns.id])?;
        work.count(id, Some(columns.row.state), Some(UrlState::Leased))?;
        if let Some(site) = work.site(id)? {
            site.share(columns.job).left();
        }
        rows.push(reader.complete(columns, &name)?);
    }
    Ok(Some(LentSite { rows, ..lent }))
}

/// The first of a lane.
fn waiting(
    connection: &Connection,
    site: i64,
    job: i64,
    lane: Lane,
    bound: i64,
    max: usize,
    found: &mut Vec<Columns>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {URL_COLUMNS} FROM url INDEXED BY url_queue \
         WHERE lane >= 0 AND site = ? AND job = ? AND lane = ? AND at <= ? ORDER BY at, id LIMIT ?"
    ))?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![site, job, number_of_lane(lane), bound, max])?;
    while let Some(row) = rows.next()? {
        found.push(Columns::read(row)?);
    }
    Ok(())
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
            "SELECT turn, max(t.next_allowed, min(coalesce(ready, ?2), CASE WHEN revisit <= ?3 THEN revisit ELSE ?2 END)) \
             FROM share INDEXED BY share_turn JOIN site t ON t.id = share.site \
             WHERE job = ?1 AND turn IS NOT NULL ORDER BY turn",
        )?;
        // Turns come in order and no site is due before its turn, so mostly the first row decides.
        let mut rows = statement.query(params![job, i64::MAX, revisits])?;
        while let Some(row) = rows.next()?
            && best.is_none_or(|best| row.get::<_, i64>(0).is_ok_and(|turn| turn < best))
        {
            let due: i64 = row.get(1)?;
            if due < i64::MAX {
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
