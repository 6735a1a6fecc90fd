//! Questions. Invariant: each is answered through a key, or from counters.

use std::collections::BTreeMap;

use model::{Origin, Position, Site};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::codec::{Columns, STATES, URL_COLUMNS, column_of_site, count, instant, lengthen, number_of_state};
use super::jobs::Jobs;
use super::loans::Loans;
use crate::error::Error;
use crate::lease::RobotsEntry;
use crate::pace::PaceState;
use crate::port::{Found, KeptRules, Ledger, SiteRow, UrlRow, Wanted, number_of, site_number};
use crate::status::{Counts, StateCounts, UrlState};
use crate::takedown::{Rule, RuleKind};

const SITE_COLUMNS: &str = "id, name, next_allowed, pace, fence, queued, scheduled, gone, refused, dropped, \
    lent_queued, lent_scheduled, lent_gone, lent_refused, lent_dropped";

/// Completes rows: names instead of numbers.
pub(super) struct Reader<'c> {
    pub(super) connection: &'c Connection,
    jobs: &'c Jobs,
    /// The page the last row was found on: neighbours mostly have the same.
    via: Option<(i64, Option<String>)>,
}

pub(super) fn read(
    connection: &Connection,
    jobs: &Jobs,
    loans: &Loans,
    wanted: &Wanted<'_>,
) -> Result<Found, Error> {
    let mut found = Found::default();
    let mut reader = Reader::new(connection, jobs);
    for key in wanted.urls {
        let row = reader.url(*key)?;
        found.urls.push(row.map(|row| UrlRow { on_loan: loans.get(*key).is_some(), ..row }));
    }
    for memo in wanted.memos {
        let mut statement = connection.prepare_cached("SELECT bytes FROM memo WHERE of = ?")?;
        found.memos.push(statement.query_row([memo.text()], |row| row.get(0)).optional()?);
    }
    let sites = sites(connection, wanted)?;
    for (id, site) in sites {
        found.sites.push(site);
        if wanted.robots {
            found.robots.push(robots_of(connection, id)?);
        }
    }
    if wanted.ledger {
        found.ledger = Some(ledger(connection)?);
    }
    if wanted.rules {
        found.rules = Some(rules(connection)?);
    }
    Ok(found)
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection, jobs: &'c Jobs) -> Self {
        Self { connection, jobs, via: None }
    }

    fn url(&mut self, key: model::UrlKey) -> Result<Option<UrlRow>, Error> {
        let site = column_of_site(number_of(key));
        let columns = {
            let mut statement = self
                .connection
                .prepare_cached(&format!("SELECT {URL_COLUMNS} FROM url WHERE site = ? AND tail = ?"))?;
            let mut rows = statement.query(params![site, &key.0[6..]])?;
            match rows.next()? {
                Some(row) => Columns::read(row)?,
                None => return Ok(None),
            }
        };
        let name: String = self
            .connection
            .prepare_cached("SELECT name FROM site WHERE id = ?")?
            .query_row([site], |row| row.get(0))?;
        self.complete(columns, &name).map(Some)
    }

    /// The row behind its columns; `site` is the name of its site.
    pub(super) fn complete(&mut self, columns: Columns, site: &str) -> Result<UrlRow, Error> {
        let via = match columns.via {
            Some(id) => self.via(id)?,
            None => columns.via_text,
        };
        Ok(UrlRow {
            url: lengthen(&columns.row.url, site)?,
            via,
            job: self.jobs.name_of(columns.job)?.to_owned(),
            ..columns.row
        })
    }

    fn via(&mut self, id: i64) -> Result<Option<String>, Error> {
        if let Some((known, url)) = &self.via
            && *known == id
        {
            return Ok(url.clone());
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT s.name, u.text FROM url u JOIN site s ON s.id = u.site WHERE u.id = ?")?;
        let found = statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let url = found.map(|(site, text): (String, String)| lengthen(&text, &site)).transpose()?;
        self.via = Some((id, url.clone()));
        Ok(url)
    }
}

fn sites(connection: &Connection, wanted: &Wanted<'_>) -> Result<Vec<(i64, SiteRow)>, Error> {
    let mut found = Vec::new();
    for site in wanted.sites {
        let mut statement =
            connection.prepare_cached(&format!("SELECT {SITE_COLUMNS} FROM site WHERE id = ?"))?;
        let mut rows = statement.query([column_of_site(site_number(site))])?;
        if let Some(row) = rows.next()? {
            found.push(site_row(row)?);
        }
    }
    if wanted.sites_max > 0 {
        let after = wanted.sites_after.map_or("", Site::as_str);
        let max = i64::try_from(wanted.sites_max).unwrap_or(i64::MAX);
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {SITE_COLUMNS} FROM site WHERE name > ? ORDER BY name LIMIT ?"
        ))?;
        let mut rows = statement.query(params![after, max])?;
        while let Some(row) = rows.next()? {
            found.push(site_row(row)?);
        }
    }
    if wanted.sites_on_loan {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {SITE_COLUMNS} FROM site INDEXED BY site_on_loan WHERE fence IS NOT NULL ORDER BY id"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.push(site_row(row)?);
        }
    }
    Ok(found)
}

fn site_row(row: &Row<'_>) -> Result<(i64, SiteRow), Error> {
    let name: String = row.get(1)?;
    let pace: Option<Vec<u8>> = row.get(3)?;
    let site = SiteRow {
        site: Site::of_domain(&name),
        pace: pace.as_deref().map(self::pace).transpose()?,
        next_allowed: instant(row.get(2)?)?,
        fence: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
        counts: state_counts(row, 5)?,
    };
    Ok((row.get(0)?, site))
}

pub(super) fn pace(bytes: &[u8]) -> Result<PaceState, Error> {
    postcard::from_bytes(bytes).map_err(|e| Error::corrupt("pace", e))
}

pub(super) fn robots_of(connection: &Connection, site: i64) -> Result<Vec<RobotsEntry>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT origin, copy FROM robots WHERE site = ? ORDER BY origin")?;
    let mut rows = statement.query([site])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let origin: String = row.get(0)?;
        let origin = url::Url::parse(&origin).map_err(|e| Error::corrupt("origin", e))?;
        found.push(RobotsEntry { origin: Origin::of(&origin), copy: row.get(1)? });
    }
    Ok(found)
}

fn ledger(connection: &Connection) -> Result<Ledger, Error> {
    let mut statement = connection.prepare_cached("SELECT word, visits FROM outcome")?;
    let outcomes = statement
        .query_map([], |row| Ok((row.get(0)?, count(row, 1)?)))?
        .collect::<Result<BTreeMap<String, u64>, _>>()?;
    let mut statement = connection.prepare_cached(
        "SELECT sites, sites_leased, segment, offset, queued, scheduled, gone, refused, dropped, \
         lent_queued, lent_scheduled, lent_gone, lent_refused, lent_dropped FROM state",
    )?;
    let ledger = statement.query_row([], |row| {
        let StateCounts { queued, leased, scheduled, gone, refused, dropped } = state_counts(row, 4)?;
        let (sites, sites_leased) = (count(row, 0)?, count(row, 1)?);
        Ok(Ledger {
            counts: Counts {
                queued,
                leased,
                scheduled,
                gone,
                refused,
                dropped,
                sites,
                sites_leased,
                outcomes,
            },
            checkpoint: Position { segment: row.get(2)?, offset: row.get::<_, i64>(3)?.cast_unsigned() },
        })
    })?;
    Ok(ledger)
}

/// Counters from ten columns: URLs by state, those on loan included, then those on loan.
fn state_counts(row: &Row<'_>, first: usize) -> Result<StateCounts, rusqlite::Error> {
    let lent = |state| count(row, first + STATES.len() + state);
    let free = |state: UrlState| {
        let state = usize::from(number_of_state(state));
        Ok::<_, rusqlite::Error>(count(row, first + state)?.saturating_sub(lent(state)?))
    };
    Ok(StateCounts {
        queued: free(UrlState::Queued)?,
        leased: (0..STATES.len()).map(lent).sum::<Result<u64, _>>()?,
        scheduled: free(UrlState::Scheduled)?,
        gone: free(UrlState::Gone)?,
        refused: free(UrlState::Refused)?,
        dropped: free(UrlState::Dropped)?,
    })
}

fn rules(connection: &Connection) -> Result<KeptRules, Error> {
    let mut kept = KeptRules::default();
    let mut statement =
        connection.prepare_cached("SELECT rules FROM job WHERE rules IS NOT NULL ORDER BY name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let json: String = row.get(0)?;
        kept.jobs.push(serde_json::from_str(&json).map_err(|e| Error::corrupt("job rules", e))?);
    }
    let mut statement =
        connection.prepare_cached("SELECT kind, length, hash FROM takedown ORDER BY kind, length, hash")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let kind: u8 = row.get(0)?;
        let kind = RuleKind::of_number(kind)
            .ok_or_else(|| Error::corrupt("takedown", format!("unknown kind {kind}")))?;
        kept.takedowns.push(Rule { kind, length: row.get(1)?, hash: row.get(2)? });
    }
    Ok(kept)
}
