//! The queue of one job on one site in one lane: where URLs wait in order, mostly on disk.
//!
//! What joined last is the *tail*, in memory; full tails become blocks in the journal, blocks in order make a run, and runs
//! of like size are merged, so that a queue of n URLs has about 8 · log₈(n) runs and its head is found by reading one block of
//! each. Only the places of blocks are in memory.
//!
//! Invariant: an entry is a claim, not a fact: it counts if the row it names still stands at that place of that queue and is
//! not on loan. So rows change, move and vanish without anybody looking for their entries; consuming goes by position:
//! everything up to [`Run::consumed`] is spent.

use super::bytes::{Flaw, Reader, Writer};
use super::row::read_mark;
use super::table::Mark;
use crate::queue::Lane;

/// Entries that make a block. Small, because every queue keeps half a tail in memory on average.
pub(super) const BLOCK: usize = 32;
/// Entries believed in one block of a file.
const BLOCK_MAX: usize = 4 * BLOCK;
/// Runs of like size that are merged.
const FAN_IN: usize = 8;

/// A place in a queue: rank or instant, then the order of discovery.
pub(super) type Position = (u64, u64);

/// A URL that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) at: Position,
    pub(super) mark: Mark,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Queue {
    pub(super) lane: Lane,
    /// Entries as [`push`] wrote them, in the order they came.
    tail: Vec<u8>,
    tail_len: u32,
    tail_last: Position,
    runs: Vec<Run>,
    /// Entries not consumed, those that no longer count included.
    len: u32,
}

/// Blocks in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Places of blocks in the journal.
    pub(super) blocks: Vec<u64>,
    /// Everything up to here is spent; `None` at first.
    pub(super) consumed: Option<Position>,
    /// Of the last entry.
    last: Position,
}

impl Queue {
    pub(super) fn new(lane: Lane) -> Self {
        Self { lane, tail: Vec::new(), tail_len: 0, tail_last: (0, 0), runs: Vec::new(), len: 0 }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    pub(super) fn push(&mut self, entry: Entry) {
        if self.tail.capacity() - self.tail.len() < 24 {
            self.tail.reserve_exact(64);
        }
        write_entry(&mut self.tail, &mut self.tail_last, entry);
        self.tail_len += 1;
        self.len += 1;
    }

    /// Whether the tail ought to become a block.
    pub(super) fn is_full(&self) -> bool {
        self.tail_len as usize >= BLOCK
    }

    /// How many entries the tail has.
    pub(super) fn tail_len(&self) -> usize {
        self.tail_len as usize
    }

    /// The tail in order.
    pub(super) fn tail(&self) -> Result<Vec<Entry>, Flaw> {
        let mut entries = read_entries(&mut Reader::new(&self.tail), self.tail_len as usize)?;
        entries.sort_unstable();
        Ok(entries)
    }

    /// The tail became a block.
    pub(super) fn spilled(&mut self, block: u64, entries: &[Entry]) {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
        self.clear_tail();
        match self.runs.last_mut() {
            Some(run) if run.last < first.at => {
                if run.blocks.capacity() == run.blocks.len() {
                    run.blocks.reserve_exact((run.blocks.len() / 4).max(2));
                }
                run.blocks.push(block);
                run.last = last.at;
            }
            _ => {
                self.runs.reserve_exact(1);
                self.runs.push(Run { blocks: vec![block], consumed: None, last: last.at });
            }
        }
    }

    /// The runs that ought to be merged: the first of many of like size.
    pub(super) fn crowded(&self) -> Option<Vec<usize>> {
        if self.runs.len() < FAN_IN {
            return None;
        }
        let level = |run: &Run| run.blocks.len().ilog2() / 3;
        (0..=level(self.runs.iter().max_by_key(|run| run.blocks.len())?)).find_map(|wanted| {
            let like: Vec<usize> = (0..self.runs.len()).filter(|n| level(&self.runs[*n]) == wanted).collect();
            (like.len() >= FAN_IN).then_some(like)
        })
    }

    /// Some runs (and the tail, `with_tail`) became one, of these blocks; `len` entries are left in the queue. Returns the
    /// blocks that are no longer needed.
    pub(super) fn merged(
        &mut self,
        runs: &[usize],
        with_tail: bool,
        blocks: Vec<u64>,
        last: Position,
        len: u32,
    ) -> Vec<u64> {
        let mut spent = Vec::new();
        for run in runs.iter().rev() {
            if *run < self.runs.len() {
                spent.extend(self.runs.remove(*run).blocks);
            }
        }
        if with_tail {
            self.clear_tail();
        }
        if !blocks.is_empty() {
            self.runs.insert(0, Run { blocks, consumed: None, last });
        }
        self.len = len;
        spent
    }

    /// Everything up to `through` is spent, `count` entries, with as many blocks of each run as `dropped` says. Returns those
    /// blocks.
    pub(super) fn consume(
        &mut self,
        through: Position,
        dropped: &[usize],
        count: u32,
    ) -> Result<Vec<u64>, Flaw> {
        if dropped.len() != self.runs.len() {
            return Err("a queue has other runs than its consumer saw");
        }
        let mut gone = Vec::new();
        for (run, dropped) in self.runs.iter_mut().zip(dropped) {
            run.consumed = run.consumed.max(Some(through));
            gone.extend(run.blocks.drain(..(*dropped).min(run.blocks.len())));
        }
        self.runs.retain(|run| !run.blocks.is_empty());
        let tail = self.tail()?;
        let spent = tail.partition_point(|entry| entry.at <= through);
        if spent > 0 {
            self.clear_tail();
            self.len -= u32::try_from(tail.len()).unwrap_or_default().min(self.len);
            tail[spent..].iter().for_each(|entry| self.push(*entry));
            self.len += u32::try_from(spent).unwrap_or_default();
        }
        self.len = self.len.saturating_sub(count);
        Ok(gone)
    }

    /// A block stands elsewhere now; false when it is none of ours.
    pub(super) fn moved(&mut self, from: u64, to: u64) -> bool {
        let block = self.runs.iter_mut().flat_map(|run| &mut run.blocks).find(|block| **block == from);
        block.map(|block| *block = to).is_some()
    }

    /// Whether a block is still needed.
    pub(super) fn has_block(&self, place: u64) -> bool {
        self.runs.iter().any(|run| run.blocks.contains(&place))
    }

    fn clear_tail(&mut self) {
        self.tail = Vec::new();
        (self.tail_len, self.tail_last) = (0, (0, 0));
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(self.lane as u8);
        out.number(u64::from(self.len));
        out.number(u64::from(self.tail_len));
        out.bytes(&self.tail);
        out.number(self.tail_last.0);
        out.number(self.tail_last.1);
        out.number(self.runs.len() as u64);
        for run in &self.runs {
            out.push(u8::from(run.consumed.is_some()));
            for number in
                run.consumed.into_iter().chain([run.last]).flat_map(|(order, number)| [order, number])
            {
                out.number(number);
            }
            out.number(run.blocks.len() as u64);
            let mut before = 0;
            for block in &run.blocks {
                out.signed((block / super::table::UNIT).cast_signed() - before);
                before = (block / super::table::UNIT).cast_signed();
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Flaw> {
        let lane = lane_of(reader.byte()?)?;
        let mut queue = Self { len: reader.narrow()?, tail_len: reader.narrow()?, ..Self::new(lane) };
        queue.tail = reader.bytes()?.to_vec();
        queue.tail_last = (reader.number()?, reader.number()?);
        queue.tail()?;
        let runs = reader.count()?;
        queue.runs.reserve_exact(runs);
        for _ in 0..runs {
            let consumed = if reader.byte()? > 0 { Some((reader.number()?, reader.number()?)) } else { None };
            let last = (reader.number()?, reader.number()?);
            let count = reader.count()?;
            let (mut blocks, mut before) = (Vec::with_capacity(count), 0i64);
            for _ in 0..count {
                before = before.checked_add(reader.signed()?).ok_or("a place is too far")?;
                let place =
                    u64::try_from(before).ok().and_then(|place| place.checked_mul(super::table::UNIT));
                blocks.push(place.ok_or("a place is too far")?);
            }
            queue.runs.push(Run { blocks, consumed, last });
        }
        Ok(queue)
    }
}

/// The lane of a number.
pub(super) fn lane_of(number: u8) -> Result<Lane, Flaw> {
    Lane::ALL.into_iter().find(|lane| *lane as u8 == number).ok_or("an unknown lane")
}

/// Entries as the distance from the one before.
pub(super) fn write_entries(out: &mut Vec<u8>, entries: &[Entry]) {
    out.number(entries.len() as u64);
    let mut before = (0, 0);
    for entry in entries {
        write_entry(out, &mut before, *entry);
    }
}

/// What [`write_entries`] wrote.
pub(super) fn read_block(reader: &mut Reader<'_>) -> Result<Vec<Entry>, Flaw> {
    let count = reader.count()?;
    if count == 0 || count > BLOCK_MAX {
        return Err("a block has an impossible number of entries");
    }
    read_entries(reader, count)
}

fn write_entry(out: &mut Vec<u8>, before: &mut Position, entry: Entry) {
    out.signed(entry.at.0.wrapping_sub(before.0).cast_signed());
    out.signed(entry.at.1.wrapping_sub(before.1).cast_signed());
    out.extend_from_slice(&entry.mark.number().to_le_bytes()[..7]);
    *before = entry.at;
}

fn read_entries(reader: &mut Reader<'_>, count: usize) -> Result<Vec<Entry>, Flaw> {
    let (mut order, mut number) = (0u64, 0u64);
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        order = order.wrapping_add_signed(reader.signed()?);
        number = number.wrapping_add_signed(reader.signed()?);
        entries.push(Entry { at: (order, number), mark: read_mark(reader)? });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
