//! A queue in order: its runs and its tail as one.
//!
//! Invariant: entries come in ascending positions, equal ones once; blocks are read when their turn comes, not before.

use super::queue::{Entry, Position, Queue};
use super::record::{QueuePlace, Record};
use super::row::Row;
use super::view::View;
use crate::error::Error;

/// See the module.
pub(super) struct Walk<'a> {
    view: &'a View<'a>,
    place: QueuePlace,
    heads: Vec<Head<'a>>,
    /// Every entry handed out or skipped, in order.
    passed: Vec<Position>,
    /// The last position of every block read, by run.
    blocks: Vec<(usize, Position)>,
    runs: usize,
}

/// A run being read, or the tail.
struct Head<'a> {
    run: Option<usize>,
    /// Blocks not read yet.
    blocks: &'a [u64],
    consumed: Option<Position>,
    /// In descending order: the next one is the last.
    entries: Vec<Entry>,
}

/// What is spent once a walk's first entries are taken.
pub(super) struct Spent {
    pub(super) through: Position,
    /// Blocks of each run.
    pub(super) dropped: Vec<usize>,
    pub(super) count: u32,
}

impl<'a> Walk<'a> {
    /// Begins with all runs and the tail.
    pub(super) fn new(view: &'a View<'a>, place: QueuePlace, queue: &'a Queue) -> Result<Self, Error> {
        let all: Vec<usize> = (0..queue.runs().len()).collect();
        Self::of_runs(view, place, queue, &all, true)
    }

    /// Begins with some runs.
    pub(super) fn of_runs(
        view: &'a View<'a>,
        place: QueuePlace,
        queue: &'a Queue,
        runs: &[usize],
        with_tail: bool,
    ) -> Result<Self, Error> {
        let mut walk = Self {
            view,
            place,
            heads: Vec::new(),
            passed: Vec::new(),
            blocks: Vec::new(),
            runs: queue.runs().len(),
        };
        for run in runs {
            let Some(state) = queue.runs().get(*run) else { continue };
            let mut head = Head {
                run: Some(*run),
                blocks: &state.blocks,
                consumed: state.consumed,
                entries: Vec::new(),
            };
            walk.blocks.extend(head.fill(view)?);
            walk.heads.push(head);
        }
        if with_tail {
            let mut entries = queue.tail().map_err(|flaw| Error::corrupt("queue", flaw))?;
            entries.reverse();
            walk.heads.push(Head { run: None, blocks: &[], consumed: None, entries });
        }
        Ok(walk)
    }

    /// The next entry, whether it counts or not.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Error> {
        loop {
            let first = self
                .heads
                .iter_mut()
                .filter(|head| !head.entries.is_empty())
                .min_by_key(|head| head.entries.last().copied());
            let Some(head) = first else { return Ok(None) };
            let Some(entry) = head.entries.pop() else { return Ok(None) };
            if head.entries.is_empty() {
                self.blocks.extend(head.fill(self.view)?);
            }
            let again = self.passed.last() == Some(&entry.at);
            self.passed.push(entry.at);
            if !again {
                return Ok(Some(entry));
            }
        }
    }

    /// The next entry that counts, with its row.
    pub(super) fn next_row(&mut self) -> Result<Option<(Entry, Row<'static>)>, Error> {
        while let Some(entry) = self.next()? {
            if let Some(row) = self.view.claimed(self.place, entry)? {
                return Ok(Some((entry, row)));
            }
        }
        Ok(None)
    }

    /// Entries handed out or skipped so far.
    pub(super) fn passed(&self) -> usize {
        self.passed.len()
    }

    /// What is spent when everything passed before `first_left` is (or everything passed, when nothing is left); `None` when
    /// that is nothing.
    pub(super) fn spent(&self, first_left: Option<Position>) -> Option<Spent> {
        let count = first_left.map_or(self.passed.len(), |left| self.passed.partition_point(|at| *at < left));
        let through = *self.passed[..count].last()?;
        let mut dropped = vec![0; self.runs];
        for (run, last) in &self.blocks {
            if *last <= through {
                dropped[*run] += 1;
            }
        }
        Some(Spent { through, dropped, count: u32::try_from(count).unwrap_or(u32::MAX) })
    }
}

impl Head<'_> {
    /// Reads blocks until there is an entry; returns run and last position of each.
    fn fill(&mut self, view: &View<'_>) -> Result<Vec<(usize, Position)>, Error> {
        let mut read = Vec::new();
        while self.entries.is_empty()
            && let (Some(run), Some((block, rest))) = (self.run, self.blocks.split_first())
        {
            self.blocks = rest;
            self.entries = view.block_at(*block)?;
            self.entries.sort_unstable();
            read.extend(self.entries.last().map(|last| (run, last.at)));
            self.entries.retain(|entry| self.consumed.is_none_or(|consumed| entry.at > consumed));
            self.entries.reverse();
        }
        Ok(read)
    }
}

impl Spent {
    /// As it is written down.
    pub(super) fn record(self, place: QueuePlace) -> Record<'static> {
        Record::Consumed { place, through: self.through, dropped: self.dropped, count: self.count }
    }
}
