//! Reading back.
//!
//! Invariant: memory is one group (and the payload it refers to), whatever the length of the archive.

use model::Position;

use crate::disk::catalog::Catalog;
use crate::disk::scan::{Fault, Group, Groups};
use crate::error::Error;
use crate::store::Replayed;

/// Records from a position to the end of the catalog.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    catalog: &'a Catalog,
    place: Position,
    reading: Option<(Groups, u64)>,
    ended: bool,
}

impl<'a> Records<'a> {
    pub(crate) fn new(catalog: &'a Catalog, from: Position) -> Self {
        Self { catalog, place: from, reading: None, ended: false }
    }

    /// The segment to read and the offset at which it ends.
    fn reading(&mut self) -> Result<Option<&mut (Groups, u64)>, Error> {
        while self.reading.is_none() {
            let Some(number) = self.catalog.segment_from(self.place.segment) else { return Ok(None) };
            if number > self.place.segment {
                self.place = Position { segment: number, offset: 0 };
            }
            let Some((name, bytes)) = self.catalog.extent(number) else { return Ok(None) };
            if self.place.offset >= bytes {
                self.leave_segment();
                continue;
            }
            self.reading = Some((Groups::open(&self.catalog.dir, name, self.place.offset)?, bytes));
        }
        Ok(self.reading.as_mut())
    }

    fn leave_segment(&mut self) {
        self.reading = None;
        match self.place.segment.checked_add(1) {
            Some(segment) => self.place = Position { segment, offset: 0 },
            None => self.ended = true,
        }
    }

    fn step(&mut self) -> Result<Option<Replayed>, Error> {
        while !self.ended {
            let Some((groups, bytes)) = self.reading()? else { break };
            let bytes = *bytes;
            if groups.offset() >= bytes {
                self.leave_segment();
                continue;
            }
            match groups.next() {
                // Behind the record that opens the file the snapshot may already end.
                Ok(Some(group)) if group.at.offset >= bytes => self.leave_segment(),
                Err(Fault::Broken { offset, .. }) if offset >= bytes => self.leave_segment(),
                Ok(Some(group)) => {
                    self.place = group.next;
                    return self.record(group).map(Some);
                }
                Ok(None) => self.leave_segment(),
                Err(Fault::Broken { offset, reason }) => {
                    let error = groups.error(Fault::Broken { offset, reason });
                    self.skip(offset)?;
                    return Err(error);
                }
                Err(fault) => return Err(groups.error(fault)),
            }
        }
        Ok(None)
    }

    /// Goes on behind damage.
    fn skip(&mut self, offset: u64) -> Result<(), Error> {
        match self.catalog.resume_after(self.place.segment, offset)? {
            Some(offset) => {
                self.reading = None;
                self.place.offset = offset;
            }
            None => self.leave_segment(),
        }
        Ok(())
    }

    fn record(&self, group: Group) -> Result<Replayed, Error> {
        let Group { at, next, parts, .. } = group;
        let damaged = |reason| Error::Damaged {
            path: self
                .catalog
                .extent(at.segment)
                .map_or_else(|| self.catalog.dir.clone(), |(name, _)| name.path(&self.catalog.dir)),
            offset: at.offset,
            reason,
        };
        let payload = match parts.elsewhere() {
            None => None,
            Some(wanted) => {
                let missing = || damaged(format!("the payload it shares with {} is missing", wanted.url));
                Some(self.catalog.payload(wanted)?.ok_or_else(missing)?)
            }
        };
        Ok(Replayed { at, next, record: parts.record(payload).map_err(damaged)? })
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Replayed, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.step().transpose();
        // Damage is passed over; a disk that fails would fail again.
        if matches!(item, Some(Err(ref error)) if !matches!(error, Error::Damaged { .. })) {
            self.ended = true;
        }
        item
    }
}
