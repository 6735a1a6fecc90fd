//! A URL's row as it stands in the journal.
//!
//! Invariant: reading back what was written gives the same row; anything else is refused, never guessed at.

use std::borrow::Cow;
use std::time::Duration;

use model::{Outcome, ResourceKind, Timestamp, UrlKey};

use super::bytes::{Flaw, Reader, Writer};
use super::table::Mark;
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

/// A row: [`UrlRow`] with numbers for names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row<'a> {
    pub(super) key: UrlKey,
    /// Order of discovery; stays with the URL.
    pub(super) number: u64,
    pub(super) job: u16,
    pub(super) kind: ResourceKind,
    pub(super) state: UrlState,
    pub(super) turn: Turn,
    pub(super) depth: u16,
    pub(super) hops: u8,
    pub(super) attempts: u16,
    /// As [`shorten`] gives it.
    pub(super) text: Cow<'a, str>,
    pub(super) via: Via<'a>,
    pub(super) last: Option<Last<'a>>,
}

/// The page a URL was found on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Via<'a> {
    None,
    /// A URL of ours, by its text.
    Known(Mark),
    /// Any other.
    Text(Cow<'a, str>),
}

/// What the last visit brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Last<'a> {
    /// Milliseconds since 1970, as everywhere here.
    at: u64,
    outcome: Cow<'a, str>,
    etag: Option<Cow<'a, str>>,
    modified: Option<Cow<'a, str>>,
    content_hash: Option<u64>,
    /// Seconds.
    interval: u64,
}

impl<'a> Row<'a> {
    /// A port's row, with its text shortened and names replaced.
    pub(super) fn of(
        row: &'a UrlRow,
        site: &str,
        number: u64,
        job: u16,
        via: Via<'a>,
    ) -> Result<Self, Error> {
        Ok(Self {
            key: row.key,
            number,
            job,
            kind: row.kind,
            state: row.state,
            turn: row.turn,
            depth: row.depth,
            hops: row.hops,
            attempts: row.attempts,
            text: shorten(&row.url, site).into(),
            via,
            last: row.last.as_ref().map(Last::of).transpose()?,
        })
    }

    pub(super) fn mark(&self) -> Mark {
        Mark::of(self.key)
    }

    /// The same row, of its own.
    pub(super) fn into_owned(self) -> Row<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Row {
            text: own(self.text),
            via: match self.via {
                Via::None => Via::None,
                Via::Known(mark) => Via::Known(mark),
                Via::Text(text) => Via::Text(own(text)),
            },
            last: self.last.map(|last| Last {
                at: last.at,
                outcome: own(last.outcome),
                etag: last.etag.map(own),
                modified: last.modified.map(own),
                content_hash: last.content_hash,
                interval: last.interval,
            }),
            key: self.key,
            number: self.number,
            job: self.job,
            kind: self.kind,
            state: self.state,
            turn: self.turn,
            depth: self.depth,
            hops: self.hops,
            attempts: self.attempts,
        }
    }

    pub(super) fn lane(&self) -> Lane {
        Lane::of(self.kind, self.state, self.turn)
    }

    /// Its place in its queue, before the order of discovery.
    pub(super) fn order(&self) -> u64 {
        order_of(self.turn)
    }

    /// The port's row; what is missing are the texts behind numbers.
    pub(super) fn complete(self, site: &str, job: &str, via: Option<String>) -> Result<UrlRow, Flaw> {
        Ok(UrlRow {
            key: self.key,
            url: lengthen(&self.text, site)?,
            kind: self.kind,
            depth: self.depth,
            hops: self.hops,
            via,
            job: job.to_owned(),
            state: self.state,
            turn: self.turn,
            on_loan: false,
            attempts: self.attempts,
            last: self.last.map(Last::complete).transpose()?,
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let via = match self.via {
            Via::None => 0,
            Via::Known(_) => 1,
            Via::Text(_) => 2,
        };
        // Three bits of state, two of kind, two of via, one for the kind of turn.
        let fresh = matches!(self.turn, Turn::Fresh { .. });
        out.push(
            number_of_state(self.state) | number_of_kind(self.kind) << 3 | via << 5 | u8::from(fresh) << 7,
        );
        // Most rows were never visited, came by a link and never failed.
        let flags =
            u8::from(self.hops > 0) | u8::from(self.attempts > 0) << 1 | u8::from(self.last.is_some()) << 2;
        out.push(flags);
        out.extend_from_slice(&self.key.0);
        out.number(self.number);
        out.number(u64::from(self.job));
        out.number(self.order());
        out.number(u64::from(self.depth));
        if self.hops > 0 {
            out.push(self.hops);
        }
        if self.attempts > 0 {
            out.number(u64::from(self.attempts));
        }
        match &self.via {
            Via::None => {}
            Via::Known(mark) => out.extend_from_slice(&mark.number().to_le_bytes()[..7]),
            Via::Text(text) => out.text(text),
        }
        if let Some(last) = &self.last {
            last.write(out);
        }
        out.text(&self.text);
    }

    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        let head = reader.byte()?;
        let flags = reader.byte()?;
        let key = UrlKey(reader.take(16)?.try_into().map_err(|_| "it ends too early")?);
        let number = reader.number()?;
        let job = reader.narrow()?;
        let turn = turn_of(reader.number()?, head >> 7 == 1)?;
        let depth = reader.narrow()?;
        let hops = if flags & 1 > 0 { reader.byte()? } else { 0 };
        let attempts = if flags & 2 > 0 { reader.narrow()? } else { 0 };
        let via = match head >> 5 & 3 {
            0 => Via::None,
            1 => Via::Known(read_mark(reader)?),
            2 => Via::Text(reader.text()?.into()),
            _ => return Err("an unknown kind of via"),
        };
        let last = if flags & 4 > 0 { Some(Last::read(reader)?) } else { None };
        Ok(Self {
            key,
            number,
            job,
            kind: KINDS[usize::from(head >> 3 & 3)],
            state: state_of(head & 7)?,
            turn,
            depth,
            hops,
            attempts,
            text: reader.text()?.into(),
            via,
            last,
        })
    }
}

impl<'a> Last<'a> {
    fn of(last: &'a LastVisit) -> Result<Self, Error> {
        Ok(Self {
            at: millis(last.at),
            outcome: outcome_text(&last.outcome)?,
            etag: last.etag.as_deref().map(Cow::Borrowed),
            modified: last.last_modified.as_deref().map(Cow::Borrowed),
            content_hash: last.content_hash,
            interval: last.interval.as_secs(),
        })
    }

    fn complete(self) -> Result<LastVisit, Flaw> {
        Ok(LastVisit {
            at: instant(self.at)?,
            outcome: outcome(&self.outcome)?,
            etag: self.etag.map(Cow::into_owned),
            last_modified: self.modified.map(Cow::into_owned),
            content_hash: self.content_hash,
            interval: Duration::from_secs(self.interval),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let flags = u8::from(self.etag.is_some())
            | u8::from(self.modified.is_some()) << 1
            | u8::from(self.content_hash.is_some()) << 2;
        out.push(flags);
        out.number(self.at);
        out.number(self.interval);
        out.text(&self.outcome);
        for text in [&self.etag, &self.modified].into_iter().flatten() {
            out.text(text);
        }
        if let Some(hash) = self.content_hash {
            out.fixed(hash);
        }
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        let flags = reader.byte()?;
        let at = reader.number()?;
        let interval = reader.number()?;
        let outcome = reader.text()?.into();
        let mut text = |wanted: bool| -> Result<Option<Cow<'a, str>>, Flaw> {
            if wanted { reader.text().map(|text| Some(text.into())) } else { Ok(None) }
        };
        let etag = text(flags & 1 > 0)?;
        let modified = text(flags & 2 > 0)?;
        let content_hash = if flags & 4 > 0 { Some(reader.fixed()?) } else { None };
        Ok(Self { at, outcome, etag, modified, content_hash, interval })
    }
}

/// A mark in seven bytes.
pub(super) fn read_mark(reader: &mut Reader<'_>) -> Result<Mark, Flaw> {
    let mut bytes = [0; 8];
    bytes[..7].copy_from_slice(reader.take(7)?);
    Mark::of_number(u64::from_le_bytes(bytes)).ok_or("a mark is too large")
}

/// Its place in its queue: the rank, or the instant in milliseconds.
pub(super) fn order_of(turn: Turn) -> u64 {
    match turn {
        Turn::Fresh { rank } => u64::from(rank),
        Turn::At(at) => millis(at),
    }
}

fn turn_of(order: u64, fresh: bool) -> Result<Turn, Flaw> {
    if fresh {
        let rank = u16::try_from(order).map_err(|_| "a rank is too large")?;
        return Ok(Turn::Fresh { rank });
    }
    instant(order).map(Turn::At)
}

/// An instant that is due, rounded up.
pub(super) fn millis(at: Timestamp) -> u64 {
    u64::try_from(ceil_millis(at).as_millisecond()).unwrap_or_default()
}

pub(super) fn instant(millis: u64) -> Result<Timestamp, Flaw> {
    let millis = i64::try_from(millis).map_err(|_| "an instant is too late")?;
    Timestamp::from_millisecond(millis).map_err(|_| "an instant is too late")
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

pub(super) fn state_of(number: u8) -> Result<UrlState, Flaw> {
    STATES.get(usize::from(number)).copied().ok_or("an unknown state")
}

fn number_of_kind(kind: ResourceKind) -> u8 {
    match kind {
        ResourceKind::Page => 0,
        ResourceKind::Feed => 1,
        ResourceKind::Sitemap => 2,
        ResourceKind::Robots => 3,
    }
}

/// One letter for what most visits bring, JSON for the rest.
fn outcome_text(outcome: &Outcome) -> Result<Cow<'static, str>, Error> {
    match outcome {
        Outcome::Fetched => Ok("F".into()),
        Outcome::NotModified => Ok("N".into()),
        other => serde_json::to_string(other).map(Cow::Owned).map_err(|e| Error::corrupt("outcome", e)),
    }
}

fn outcome(text: &str) -> Result<Outcome, Flaw> {
    match text {
        "F" => Ok(Outcome::Fetched),
        "N" => Ok(Outcome::NotModified),
        json => serde_json::from_str(json).map_err(|_| "an unknown outcome"),
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
            let mut text = String::with_capacity(rest.len() + 1);
            text.push(letter);
            text.push_str(rest);
            return text;
        }
    }
    format!("={url}")
}

/// The URL that [`shorten`] was given.
pub(super) fn lengthen(text: &str, site: &str) -> Result<String, Flaw> {
    if let Some(url) = text.strip_prefix('=') {
        return Ok(url.to_owned());
    }
    for (letter, head) in HEADS {
        if let Some(rest) = text.strip_prefix(letter) {
            return Ok([head, site, rest].concat());
        }
    }
    Err("a text does not begin as a stored URL does")
}

#[cfg(test)]
mod tests;
