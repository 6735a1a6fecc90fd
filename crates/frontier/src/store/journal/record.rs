//! What the journal says: everything that ever changed, one record each, many to a frame.
//!
//! Invariant: the state of a frontier is the fold of its records ([`super::fold`]), the same when they are written and when
//! they are read again; a record holds what folding needs, so that folding reads nothing else.

use std::borrow::Cow;

use model::UrlKey;

use super::bytes::{Flaw, Reader, Writer};
use super::queue::{Entry, Position, lane_of, read_block, write_entries};
use super::row::{Row, number_of_state, read_mark, state_of};
use super::site::NEVER;
use super::table::Mark;
use crate::queue::Lane;
use crate::status::UrlState;
use crate::takedown::{Rule, RuleKind};

/// A byte between records, so that a record may begin at a multiple of [`super::table::UNIT`]; also what stood where something
/// was erased.
pub(super) const PAD: u8 = 0;

/// A change. Sites are named by [`crate::port::site_number`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record<'a> {
    /// A job appears, or its rules (JSON) are set.
    Job {
        id: u16,
        name: Cow<'a, str>,
        rules: Option<Cow<'a, str>>,
    },
    Site {
        site: u64,
        name: Cow<'a, str>,
        next_allowed: u64,
    },
    /// A URL appears or changes; it joins its queue.
    Row {
        row: Row<'a>,
        was: Was,
        counted: Counted,
    },
    /// The same row at another place.
    MovedRow(Row<'a>),
    /// A URL is forgotten.
    Gone {
        site: u64,
        mark: Mark,
        job: u16,
        state: UrlState,
    },
    Return {
        site: u64,
        pace: Cow<'a, [u8]>,
        next_allowed: u64,
    },
    Robots {
        site: u64,
        origin: Cow<'a, str>,
        copy: Cow<'a, [u8]>,
    },
    RobotsGone {
        site: u64,
        origin: Cow<'a, str>,
    },
    /// A URL on loan comes back unvisited.
    Unvisited {
        mark: Mark,
    },
    /// All of them do.
    Reclaim,
    Silence {
        site: u64,
        until: u64,
    },
    Memo {
        of: Cow<'a, str>,
        bytes: Cow<'a, [u8]>,
    },
    MemoGone {
        of: Cow<'a, str>,
    },
    Checkpoint {
        segment: u32,
        offset: u64,
    },
    Outcome {
        word: Cow<'a, str>,
        visits: u64,
    },
    /// A rule is kept; what it names is still to be erased.
    Takedown(Rule),
    /// Nothing is to be erased any more.
    Erased,
    Lend {
        site: u64,
        fence: u64,
        loans: Vec<Loan>,
    },
    Consumed {
        place: QueuePlace,
        through: Position,
        dropped: Vec<usize>,
        count: u32,
    },
    /// A share's first instants, looked up.
    Firsts {
        site: u64,
        job: u16,
        ready: u64,
        revisit: u64,
    },
    Horizon(u64),
    /// Entries of a queue in order. With `spill` they are its tail, else part of a merger that follows.
    Block {
        place: QueuePlace,
        spill: bool,
        entries: Vec<Entry>,
    },
    MovedBlock {
        place: QueuePlace,
        from: u64,
        entries: Vec<Entry>,
    },
    Merged {
        place: QueuePlace,
        runs: Vec<usize>,
        with_tail: bool,
        blocks: Vec<u64>,
        last: Position,
        len: u32,
    },
    /// Nothing in this reel is needed any more.
    Cleaned {
        base: u64,
    },
}

/// Where a URL stood before its row was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Was {
    Unknown,
    OnLoan,
    Queued { job: u16, state: UrlState },
}

/// What a new URL counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Free = 0,
    Page = 1,
    Hub = 2,
}

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueuePlace {
    pub(super) site: u64,
    pub(super) job: u16,
    pub(super) lane: Lane,
}

/// A URL on loan, and its place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loan {
    pub(super) key: UrlKey,
    pub(super) job: u16,
    pub(super) state: UrlState,
    pub(super) lane: Lane,
    pub(super) at: Position,
}

impl<'a> Record<'a> {
    /// Whether its place is kept, so that it has to begin at a multiple of [`super::table::UNIT`].
    pub(super) fn is_kept(&self) -> bool {
        matches!(
            self,
            Self::Row { .. }
                | Self::MovedRow(_)
                | Self::Robots { .. }
                | Self::Memo { .. }
                | Self::Block { .. }
                | Self::MovedBlock { .. }
        )
    }

    /// The number that leads it on disk.
    pub(super) fn tag(&self) -> u8 {
        match self {
            Self::Job { .. } => 2,
            Self::Site { .. } => 3,
            Self::Row { .. } => 4,
            Self::MovedRow(_) => 5,
            Self::Gone { .. } => 6,
            Self::Return { .. } => 7,
            Self::Robots { .. } => 8,
            Self::RobotsGone { .. } => 9,
            Self::Unvisited { .. } => 10,
            Self::Reclaim => 11,
            Self::Silence { .. } => 12,
            Self::Memo { .. } => 13,
            Self::MemoGone { .. } => 14,
            Self::Checkpoint { .. } => 15,
            Self::Outcome { .. } => 16,
            Self::Takedown(_) => 17,
            Self::Erased => 18,
            Self::Lend { .. } => 19,
            Self::Consumed { .. } => 20,
            Self::Firsts { .. } => 21,
            Self::Horizon(_) => 22,
            Self::Block { .. } => 23,
            Self::MovedBlock { .. } => 24,
            Self::Merged { .. } => 25,
            Self::Cleaned { .. } => 26,
        }
    }

    /// Everything but tag and length.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Job { id, name, rules } => {
                out.number(u64::from(*id));
                out.text(name);
                out.text(rules.as_deref().unwrap_or_default());
            }
            Self::Site { site, name, next_allowed } => {
                out.number(*site);
                out.text(name);
                out.number(*next_allowed);
            }
            Self::Row { row, was, counted } => {
                let (kind, state, job) = match was {
                    Was::Unknown => (0, 0, None),
                    Was::OnLoan => (1, 0, None),
                    Was::Queued { job, state } => (2, number_of_state(*state), Some(*job)),
                };
                out.push(kind | state << 2 | (*counted as u8) << 5);
                if let Some(job) = job {
                    out.number(u64::from(job));
                }
                row.write(out);
            }
            Self::MovedRow(row) => row.write(out),
            Self::Gone { site, mark, job, state } => {
                out.number(*site);
                out.extend_from_slice(&mark.number().to_le_bytes()[..7]);
                out.number(u64::from(*job));
                out.push(number_of_state(*state));
            }
            Self::Return { site, pace, next_allowed } => {
                out.number(*site);
                out.bytes(pace);
                out.number(*next_allowed);
            }
            Self::Robots { site, origin, copy } => {
                out.number(*site);
                out.text(origin);
                out.bytes(copy);
            }
            Self::RobotsGone { site, origin } => {
                out.number(*site);
                out.text(origin);
            }
            Self::Unvisited { mark } => out.extend_from_slice(&mark.number().to_le_bytes()[..7]),
            Self::Reclaim | Self::Erased => {}
            Self::Silence { site, until } => {
                out.number(*site);
                out.number(*until);
            }
            Self::Memo { of, bytes } => {
                out.text(of);
                out.bytes(bytes);
            }
            Self::MemoGone { of } => out.text(of),
            Self::Checkpoint { segment, offset } => {
                out.number(u64::from(*segment));
                out.number(*offset);
            }
            Self::Outcome { word, visits } => {
                out.text(word);
                out.number(*visits);
            }
            Self::Takedown(rule) => write_rule(out, rule),
            Self::Lend { site, fence, loans } => {
                out.number(*site);
                out.number(*fence);
                out.number(loans.len() as u64);
                for loan in loans {
                    loan.write(out);
                }
            }
            _ => self.write_queue(out),
        }
    }

    /// [`Record::write`] of what is about queues and reels.
    fn write_queue(&self, out: &mut Vec<u8>) {
        match self {
            Self::Consumed { place, through, dropped, count } => {
                place.write(out);
                write_position(out, *through);
                out.number(u64::from(*count));
                write_numbers(out, dropped);
            }
            Self::Firsts { site, job, ready, revisit } => {
                out.number(*site);
                out.number(u64::from(*job));
                // NEVER becomes 0.
                out.number(ready.wrapping_add(1));
                out.number(revisit.wrapping_add(1));
            }
            Self::Horizon(horizon) => out.number(*horizon),
            Self::Block { place, spill, entries } => {
                place.write(out);
                out.push(u8::from(*spill));
                write_entries(out, entries);
            }
            Self::MovedBlock { place, from, entries } => {
                place.write(out);
                out.number(*from);
                write_entries(out, entries);
            }
            Self::Merged { place, runs, with_tail, blocks, last, len } => {
                place.write(out);
                out.push(u8::from(*with_tail));
                write_position(out, *last);
                out.number(u64::from(*len));
                write_numbers(out, runs);
                out.number(blocks.len() as u64);
                for block in blocks {
                    out.number(*block);
                }
            }
            Self::Cleaned { base } => out.number(*base),
            // The others are written by the caller.
            _ => {}
        }
    }

    /// What [`Record::write`] wrote under a tag.
    pub(super) fn read(tag: u8, bytes: &'a [u8]) -> Result<Self, Flaw> {
        let mut reader = Reader::new(bytes);
        let record = Self::read_from(tag, &mut reader)?;
        if reader.is_empty() { Ok(record) } else { Err("a record is longer than it should be") }
    }

    fn read_from(tag: u8, reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        Ok(match tag {
            2 => {
                let (id, name, rules) = (reader.narrow()?, reader.text()?, reader.text()?);
                Self::Job { id, name: name.into(), rules: Some(rules.into()).filter(|_| !rules.is_empty()) }
            }
            3 => Self::Site {
                site: read_site(reader)?,
                name: reader.text()?.into(),
                next_allowed: reader.number()?,
            },
            4 => {
                let head = reader.byte()?;
                let was = match head & 3 {
                    0 => Was::Unknown,
                    1 => Was::OnLoan,
                    2 => Was::Queued { job: reader.narrow()?, state: state_of(head >> 2 & 7)? },
                    _ => return Err("an unknown origin of a row"),
                };
                let counted = match head >> 5 {
                    0 => Counted::Free,
                    1 => Counted::Page,
                    2 => Counted::Hub,
                    _ => return Err("an unknown budget"),
                };
                Self::Row { row: Row::read(reader)?, was, counted }
            }
            5 => Self::MovedRow(Row::read(reader)?),
            6 => Self::Gone {
                site: read_site(reader)?,
                mark: read_mark(reader)?,
                job: reader.narrow()?,
                state: state_of(reader.byte()?)?,
            },
            7 => Self::Return {
                site: read_site(reader)?,
                pace: reader.bytes()?.into(),
                next_allowed: reader.number()?,
            },
            8 => Self::Robots {
                site: read_site(reader)?,
                origin: reader.text()?.into(),
                copy: reader.bytes()?.into(),
            },
            9 => Self::RobotsGone { site: read_site(reader)?, origin: reader.text()?.into() },
            10 => Self::Unvisited { mark: read_mark(reader)? },
            11 => Self::Reclaim,
            12 => Self::Silence { site: read_site(reader)?, until: reader.number()? },
            13 => Self::Memo { of: reader.text()?.into(), bytes: reader.bytes()?.into() },
            14 => Self::MemoGone { of: reader.text()?.into() },
            15 => Self::Checkpoint { segment: reader.narrow()?, offset: reader.number()? },
            16 => Self::Outcome { word: reader.text()?.into(), visits: reader.number()? },
            17 => Self::Takedown(read_rule(reader)?),
            18 => Self::Erased,
            19 => Self::read_lend(reader)?,
            _ => return Self::read_queue(tag, reader),
        })
    }

    fn read_lend(reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        let (site, fence) = (read_site(reader)?, reader.number()?);
        let loans = (0..reader.count()?).map(|_| Loan::read(reader, site)).collect::<Result<_, _>>()?;
        Ok(Self::Lend { site, fence, loans })
    }

    fn read_queue(tag: u8, reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        Ok(match tag {
            20 => Self::Consumed {
                place: QueuePlace::read(reader)?,
                through: (reader.number()?, reader.number()?),
                count: reader.narrow()?,
                dropped: read_numbers(reader)?,
            },
            21 => Self::Firsts {
                site: read_site(reader)?,
                job: reader.narrow()?,
                ready: reader.number()?.wrapping_sub(1),
                revisit: reader.number()?.wrapping_sub(1),
            },
            22 => Self::Horizon(Some(reader.number()?).filter(|h| *h < NEVER).ok_or("a horizon is too far")?),
            23 => Self::Block {
                place: QueuePlace::read(reader)?,
                spill: reader.byte()? > 0,
                entries: read_block(reader)?,
            },
            24 => Self::MovedBlock {
                place: QueuePlace::read(reader)?,
                from: reader.number()?,
                entries: read_block(reader)?,
            },
            25 => Self::Merged {
                place: QueuePlace::read(reader)?,
                with_tail: reader.byte()? > 0,
                last: (reader.number()?, reader.number()?),
                len: reader.narrow()?,
                runs: read_numbers(reader)?,
                blocks: (0..reader.count()?).map(|_| reader.number()).collect::<Result<_, _>>()?,
            },
            26 => Self::Cleaned { base: reader.number()? },
            _ => return Err("an unknown kind of record"),
        })
    }
}

impl QueuePlace {
    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.site.to_le_bytes()[..6]);
        out.number(u64::from(self.job));
        out.push(self.lane as u8);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Flaw> {
        let mut site = [0; 8];
        site[..6].copy_from_slice(reader.take(6)?);
        let (site, job, lane) = (u64::from_le_bytes(site), reader.narrow()?, lane_of(reader.byte()?)?);
        Ok(Self { site, job, lane })
    }
}

impl Loan {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.key.0[6..]);
        out.number(u64::from(self.job));
        out.push(number_of_state(self.state) | (self.lane as u8) << 4);
        write_position(out, self.at);
    }

    pub(super) fn read(reader: &mut Reader<'_>, site: u64) -> Result<Self, Flaw> {
        let mut key = [0; 16];
        key[..6].copy_from_slice(&site.to_be_bytes()[2..]);
        key[6..].copy_from_slice(reader.take(10)?);
        let job = reader.narrow()?;
        let head = reader.byte()?;
        let (state, lane) = (state_of(head & 15)?, lane_of(head >> 4)?);
        Ok(Self { key: UrlKey(key), job, state, lane, at: (reader.number()?, reader.number()?) })
    }
}

/// A site's number: 48 bits.
fn read_site(reader: &mut Reader<'_>) -> Result<u64, Flaw> {
    Some(reader.number()?).filter(|site| site >> 48 == 0).ok_or("a site's number is too large")
}

fn write_position(out: &mut Vec<u8>, position: Position) {
    out.number(position.0);
    out.number(position.1);
}

fn write_numbers(out: &mut Vec<u8>, numbers: &[usize]) {
    out.number(numbers.len() as u64);
    for number in numbers {
        out.number(*number as u64);
    }
}

fn read_numbers(reader: &mut Reader<'_>) -> Result<Vec<usize>, Flaw> {
    (0..reader.count()?).map(|_| reader.narrow()).collect()
}

pub(super) fn write_rule(out: &mut Vec<u8>, rule: &Rule) {
    out.push(rule.kind as u8);
    out.number(u64::from(rule.length));
    out.extend_from_slice(&rule.hash);
}

pub(super) fn read_rule(reader: &mut Reader<'_>) -> Result<Rule, Flaw> {
    let kind = RuleKind::of_number(reader.byte()?).ok_or("an unknown kind of takedown")?;
    let length = reader.narrow()?;
    let hash = reader.take(32)?.try_into().map_err(|_| "it ends too early")?;
    Ok(Rule { kind, length, hash })
}

#[cfg(test)]
mod tests;
