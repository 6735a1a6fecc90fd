//! An archive in memory, for tests and trial runs.
//!
//! Invariant: behaves as [`crate::WarcArchive`] in everything the port promises, durability aside.

use std::path::PathBuf;

use model::{FetchRecord, Position};

use crate::error::Error;
use crate::format::digest;
use crate::group::encode::is_not_modified;
use crate::index::line::{self, Held};
use crate::store::{
    ArchiveSource, ArchiveStore, Entry, Erased, Reach, Replay, Replayed, check_size, is_doomed,
};

/// Records in memory. `Position::offset` counts records.
#[derive(Debug, Default)]
pub struct MemoryArchive {
    segments: Vec<Vec<FetchRecord>>,
}

impl MemoryArchive {
    /// An empty archive.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self, from: Position) -> impl Iterator<Item = (Position, Position, &FetchRecord)> {
        self.segments.iter().enumerate().skip(from.segment as usize).flat_map(move |(number, records)| {
            let segment = u32::try_from(number).unwrap_or(u32::MAX);
            let first = if segment == from.segment { from.offset } else { 0 };
            let skip = usize::try_from(first).unwrap_or(usize::MAX);
            records.iter().skip(skip).zip(first..).map(move |(record, offset)| {
                let at = Position { segment, offset };
                (at, Position { segment, offset: offset + 1 }, record)
            })
        })
    }
}

impl ArchiveSource for MemoryArchive {
    fn replay(&self, from: Position) -> Result<Replay<'_>, Error> {
        if from > self.end() {
            return Err(Error::BeyondEnd { dir: PathBuf::from("memory"), from, end: self.end() });
        }
        Ok(Box::new(
            self.records(from).map(|(at, next, record)| Ok(Replayed { at, next, record: record.clone() })),
        ))
    }

    fn end(&self) -> Position {
        let segment = self.segments.len().saturating_sub(1);
        Position {
            segment: u32::try_from(segment).unwrap_or(u32::MAX),
            offset: self.segments.last().map_or(0, |records| records.len() as u64),
        }
    }

    fn lookup(&self, url: &str) -> Result<Vec<Entry>, Error> {
        let held = self.records(Position::default()).filter(|(_, _, record)| record.visit.url == url);
        Ok(held.filter_map(|(at, _, record)| entry(at, record)).collect())
    }
}

impl ArchiveStore for MemoryArchive {
    fn append(&mut self, records: &[FetchRecord]) -> Result<Vec<Position>, Error> {
        for record in records {
            check_size(record)?;
        }
        if self.segments.is_empty() {
            self.segments.push(Vec::new());
        }
        let mut at = self.end();
        let mut positions = Vec::with_capacity(records.len());
        for record in records {
            let mut record = record.clone();
            if let Some(exchange) = &mut record.exchange {
                exchange.response.body.decoded = None;
            }
            if let Some(segment) = self.segments.last_mut() {
                segment.push(record);
            }
            positions.push(at);
            at.offset += 1;
        }
        Ok(positions)
    }

    fn erase_within(&mut self, doomed: &dyn Fn(&str) -> bool, reach: Reach) -> Result<Erased, Error> {
        let mut erased = Erased::default();
        if self.segments.last().is_some_and(|records| !records.is_empty()) {
            self.segments.push(Vec::new());
        }
        for records in &mut self.segments {
            let (count, rewritten) = (records.len(), erased.rewritten);
            records.retain(|record| !is_doomed(&record.visit.url, &record.outcome, doomed, reach));
            for record in records.iter_mut() {
                if reach == Reach::Names && record.visit.via.as_deref().is_some_and(doomed) {
                    record.visit.via = None;
                    erased.rewritten += 1;
                }
            }
            erased.records += (count - records.len()) as u64;
            erased.segments += u32::from(count > records.len() || erased.rewritten > rewritten);
        }
        erased.end = self.end();
        Ok(erased)
    }
}

fn entry(at: Position, record: &FetchRecord) -> Option<Entry> {
    let response = record.response()?;
    let digest = digest::text(&digest::sha1(&response.body.raw));
    let held = if is_not_modified(response) { Held::Elsewhere } else { Held::Here };
    line::entry(record, at, response.body.raw.len() as u64, digest, held)
}
