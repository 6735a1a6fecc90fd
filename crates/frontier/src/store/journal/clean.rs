//! Cleaning: what is still needed of the emptiest reel is written again, a little with each batch, until the reel can go.
//!
//! Invariant: a reel is deleted only when both snapshots that are kept were written after everything in it was; the work of
//! a batch is bounded by what the batch itself wrote.

use super::core::{Core, REEL_MIN};
use super::log::{Log, records};
use super::record::Record;
use super::state::State;
use crate::error::Error;

/// Bytes read of a reel per batch, at least, and per byte that the batch wrote.
const STEP_MIN: usize = 64 << 10;
const STEP_FACTOR: usize = 4;
/// A reel is cleaned when at least this part of it (in percent) is needed no more.
const EMPTY_MIN: u64 = 20;

impl Core {
    /// Cleans a little, if there is much to gain and something is being written anyway.
    pub(super) fn clean_some(&mut self) -> Result<(), Error> {
        if self.log.waiting() == 0 {
            return Ok(());
        }
        let Some((base, from)) = self.cleaning.or_else(|| self.emptiest().map(|base| (base, base))) else {
            return Ok(());
        };
        let mut left = self.log.waiting().saturating_mul(STEP_FACTOR).max(STEP_MIN);
        let Self { log, state, .. } = self;
        let reached = log.frames(base, from, |log, place, frame| {
            move_live(log, state, place, frame)?;
            left = left.saturating_sub(frame.len());
            Ok(left > 0)
        })?;
        if reached < base + self.log.len_of(base) {
            self.cleaning = Some((base, reached));
        } else {
            self.cleaning = None;
            self.emit(&Record::Cleaned { base })?;
        }
        Ok(())
    }

    /// The reel with the least that is needed, if enough is not.
    fn emptiest(&self) -> Option<u64> {
        let last = self.log.bases().next_back()?;
        let (mut total, mut live, mut best) = (0, 0, None);
        for (base, reel) in self.state.reels.iter().filter(|(_, reel)| reel.cleaned.is_none()) {
            let (len, needed) = (self.log.len_of(*base), self.live_of(*base, *reel));
            total += len;
            live += needed;
            let part = needed * 100 / len.max(1);
            if *base != last && part <= 100 - EMPTY_MIN && best.is_none_or(|(least, _)| part < least) {
                best = Some((part, *base));
            }
        }
        let (_, base) = best?;
        (total > live + live / 2 + 2 * REEL_MIN).then_some(base)
    }
}

/// Writes what is needed of a frame again.
fn move_live(log: &mut Log, state: &mut State, place: u64, frame: &[u8]) -> Result<(), Error> {
    let mut kept = Vec::new();
    records(frame, place, &mut |at, tag, content| {
        let record = Record::read(tag, content)?;
        if record.is_kept() {
            kept.push((at, record));
        }
        Ok(())
    })
    .map_err(|flaw| log.damaged(place, flaw))?;
    for (at, record) in kept {
        if let Some(moved) = moved(state, at, record)? {
            let to = log.add(&moved)?;
            state.fold(&moved, to).map_err(|flaw| log.damaged(to, flaw))?;
        }
    }
    Ok(())
}

/// What has to be written so that a record can go; `None` when nobody needs it.
fn moved<'r>(state: &State, at: u64, record: Record<'r>) -> Result<Option<Record<'r>>, Error> {
    let is_live = match &record {
        Record::Row { row, .. } | Record::MovedRow(row) => state.known.get(row.mark())? == Some(at),
        Record::Robots { site, origin, .. } => state
            .sites
            .get(*site)
            .is_some_and(|site| site.robots.iter().any(|(known, place)| *place == at && **known == **origin)),
        Record::Memo { of, .. } => state.memos.get(of.as_ref()) == Some(&at),
        Record::Block { place, .. } | Record::MovedBlock { place, .. } => state
            .share(place.site, place.job)
            .and_then(|share| share.queue(place.lane))
            .is_some_and(|queue| queue.has_block(at)),
        _ => false,
    };
    Ok(Some(record).filter(|_| is_live).map(|record| match record {
        Record::Row { row, .. } => Record::MovedRow(row),
        Record::Block { place, entries, .. } | Record::MovedBlock { place, entries, .. } => {
            Record::MovedBlock { place, from: at, entries }
        }
        other => other,
    }))
}
