//! How values are written in columns. Invariant: reading back what was written gives the same value; anything else in a
//! column is reported as damage, never guessed at.

use model::{Outcome, ResourceKind, Timestamp, UrlKey};
use rusqlite::Row;

use crate::error::Error;
use crate::instant::ceil_millis;
use crate::port::{LastVisit, UrlRow};
use crate::queue::{Lane, Turn};
use crate::status::UrlState;

/// States by number; [`UrlState::Leased`] is not stored.
pub(super) const STATES: [UrlState; 5] =
    [UrlState::Queued, UrlState::Scheduled, UrlState::Gone, UrlState::Refused, UrlState::Dropped];

const KINDS: [ResourceKind; 4] =
    [ResourceKind::Page, ResourceKind::Feed, ResourceKind::Sitemap, ResourceKind::Robots];

/// The columns of a URL that [`Columns::read`] expects, in its order.
pub(super) const URL_COLUMNS: &str = "id, site, tail, job, kind, state, lane, at, depth, hops, text, via, via_text, \
    attempts, last_at, outcome, etag, last_modified, content_hash, interval";

/// A row of the table `url`, as it is written.
pub(super) struct Columns {
    pub(super) id: i64,
    pub(super) job: i64,
    pub(super) via: Option<i64>,
    pub(super) via_text: Option<String>,
    /// With `url` still as in the column `text`, without `via` and `job`, and as if it were not on loan.
    pub(super) row: UrlRow,
}

impl Columns {
    /// Reads [`URL_COLUMNS`].
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Error> {
        let lane: i64 = row.get(6)?;
        let at: i64 = row.get(7)?;
        let fresh = Lane::ALL.iter().any(|known| number_of_lane(*known) == lane && known.is_fresh());
        let turn = if fresh { Turn::Fresh { rank: number(at, "rank")? } } else { Turn::At(instant(at)?) };
        let last_at: Option<i64> = row.get(14)?;
        Ok(Self {
            id: row.get(0)?,
            job: row.get(3)?,
            via: row.get(11)?,
            via_text: row.get(12)?,
            row: UrlRow {
                key: key(row.get(1)?, row.get_ref(2)?.as_blob().map_err(|e| Error::corrupt("URL key", e))?)?,
                url: row.get(10)?,
                kind: *at_number(&KINDS, row.get(4)?, "kind")?,
                depth: number(row.get(8)?, "depth")?,
                hops: number(row.get(9)?, "hops")?,
                via: None,
                job: String::new(),
                state: *at_number(&STATES, row.get(5)?, "state")?,
                turn,
                on_loan: false,
                attempts: number(row.get::<_, Option<i64>>(13)?.unwrap_or_default(), "attempts")?,
                last: last_at.map(|last_at| last_visit(row, last_at)).transpose()?,
            },
        })
    }
}

fn last_visit(row: &Row<'_>, at: i64) -> Result<LastVisit, Error> {
    Ok(LastVisit {
        at: instant(at)?,
        outcome: outcome(&row.get::<_, String>(15)?)?,
        etag: row.get(16)?,
        last_modified: row.get(17)?,
        content_hash: row.get::<_, Option<i64>>(18)?.map(i64::cast_unsigned),
        interval: std::time::Duration::from_secs(number(row.get(19)?, "interval")?),
    })
}

/// The column `at`.
pub(super) fn at_of(turn: Turn) -> i64 {
    match turn {
        Turn::Fresh { rank } => i64::from(rank),
        Turn::At(at) => millis(at),
    }
}

/// The instant something counts from: 0, at once, for what is fresh.
pub(super) fn due_of(lane: i64, at: i64) -> i64 {
    if lane == number_of_lane(Lane::FreshHub) || lane == number_of_lane(Lane::FreshPage) { 0 } else { at }
}

pub(super) fn number_of_lane(lane: Lane) -> i64 {
    i64::from(lane as u8)
}

pub(super) fn number_of_kind(kind: ResourceKind) -> i64 {
    match kind {
        ResourceKind::Page => 0,
        ResourceKind::Feed => 1,
        ResourceKind::Sitemap => 2,
        ResourceKind::Robots => 3,
    }
}

pub(super) fn number_of_state(state: UrlState) -> u8 {
    match state {
        UrlState::Queued | UrlState::Leased => 0,
        UrlState::Scheduled => 1,
        UrlState::Gone => 2,
        UrlState::Refused => 3,
        UrlState::Dropped => 4,
    }
}

/// A column that counts.
pub(super) fn count(row: &Row<'_>, column: usize) -> Result<u64, rusqlite::Error> {
    row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or_default())
}

/// An instant that is due, rounded up.
pub(super) fn millis(at: Timestamp) -> i64 {
    ceil_millis(at).as_millisecond()
}

pub(super) fn instant(millis: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis).map_err(|e| Error::corrupt("instant", e))
}

/// A site's number as a column.
pub(super) fn column_of_site(number: u64) -> i64 {
    number.cast_signed()
}

fn key(site: i64, tail: &[u8]) -> Result<UrlKey, Error> {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&site.to_be_bytes()[2..]);
    let tail: &[u8; 10] =
        tail.try_into().map_err(|e: std::array::TryFromSliceError| Error::corrupt("URL key", e))?;
    bytes[6..].copy_from_slice(tail);
    Ok(UrlKey(bytes))
}

fn number<T: TryFrom<i64, Error = std::num::TryFromIntError>>(
    value: i64,
    what: &'static str,
) -> Result<T, Error> {
    value.try_into().map_err(|e| Error::corrupt(what, e))
}

fn at_number<'a, T>(known: &'a [T], index: i64, what: &'static str) -> Result<&'a T, Error> {
    let found = usize::try_from(index).ok().and_then(|index| known.get(index));
    found.ok_or_else(|| Error::corrupt(what, format!("{index} stands for nothing")))
}

/// One letter for what most visits bring, JSON for the rest.
pub(super) fn outcome_text(outcome: &Outcome) -> Result<String, Error> {
    match outcome {
        Outcome::Fetched => Ok("F".to_owned()),
        Outcome::NotModified => Ok("N".to_owned()),
        other => serde_json::to_string(other).map_err(|e| Error::corrupt("outcome", e)),
    }
}

fn outcome(text: &str) -> Result<Outcome, Error> {
    match text {
        "F" => Ok(Outcome::Fetched),
        "N" => Ok(Outcome::NotModified),
        json => serde_json::from_str(json).map_err(|e| Error::corrupt("outcome", e)),
    }
}

/// What a URL may begin with, before the name of its site, and the letter it is shortened to.
const HEADS: [(char, &str); 4] =
    [('s', "https://"), ('w', "https://www."), ('h', "http://"), ('v', "http://www.")];

/// A URL without what its site's name tells: `https://www.example.kz/a` becomes `w/a`. A fifth of a typical URL.
pub(super) fn shorten(url: &str, site: &str) -> String {
    for (letter, head) in HEADS {
        let rest = url.strip_prefix(head).and_then(|rest| rest.strip_prefix(site));
        if let Some(rest) = rest.filter(|rest| rest.starts_with(['/', ':', '?'])) {
            return format!("{letter}{rest}");
        }
    }
    format!("={url}")
}

/// The URL that [`shorten`] was given.
pub(super) fn lengthen(text: &str, site: &str) -> Result<String, Error> {
    if let Some(url) = text.strip_prefix('=') {
        return Ok(url.to_owned());
    }
    for (letter, head) in HEADS {
        if let Some(rest) = text.strip_prefix(letter) {
            return Ok(format!("{head}{site}{rest}"));
        }
    }
    Err(Error::corrupt("URL", format!("{text:?} does not begin as a stored URL does")))
}

#[cfg(test)]
mod tests;
