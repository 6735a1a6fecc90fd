//! State and journal together: opening, changing, keeping in shape.
//!
//! Invariant: memory never differs from what opening the files would give. A change is folded as it is written down; when
//! writing fails, the files are cut back to where they were and read again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use model::CanonicalUrl;

use super::log::Log;
use super::record::{QueuePlace, Record};
use super::snapshot;
use super::state::{ReelUse, State};
use super::table::Mark;
use super::view::View;
use super::walk::Walk;
use crate::error::Error;

/// A reel that is this long is ended in a small frontier; a large one has at most about eight times eight.
pub(super) const REEL_MIN: u64 = 1 << 20;
const REEL_MAX: u64 = 64 << 20;
/// The journal that opening reads after the snapshot: at least this much, and a fifth of all of it. Each fifth costs 14
/// bytes per URL; ten million new URLs are folded in about a second.
const TAIL_MIN: u64 = 1 << 20;
const TAIL_PART: u64 = 5;
/// Pages remembered by their text: those of a few batches, some 100 bytes each.
const VIAS_MAX: usize = 1_024;
/// Snapshots kept: the last one, and the one before should it be damaged.
const SNAPSHOTS: usize = 2;

/// See the module.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) dir: PathBuf,
    pub(super) log: Log,
    pub(super) state: State,
    writes: bool,
    /// Up to where the journal is folded.
    folded: u64,
    /// The latest snapshot's place.
    snapshot: u64,
    /// Writing a snapshot failed; not to be tried before the journal has this length.
    snapshot_after: u64,
    /// A write failed and reading again did, too.
    unsound: bool,
    /// The reel being cleaned, and how far.
    pub(super) cleaning: Option<(u64, u64)>,
    /// Pages URLs were found on lately and their marks, by the text we were given, which is that of their rows.
    vias: HashMap<Box<str>, Mark>,
}

impl Core {
    pub(super) fn open(dir: &Path, writes: bool) -> Result<Self, Error> {
        let mut log = Log::open(dir, writes)?;
        let (mut state, from) = newest(dir, &log, writes)?;
        let folded = follow(&mut log, &mut state, from)?;
        let present: Vec<u64> = log.bases().collect();
        state.reels.retain(|base, _| present.contains(base));
        Ok(Self {
            dir: dir.to_owned(),
            log,
            state,
            writes,
            folded,
            snapshot: from,
            snapshot_after: 0,
            unsound: false,
            cleaning: None,
            vias: HashMap::new(),
        })
    }

    /// Reads on, if another process has written more.
    pub(super) fn follow(&mut self) -> Result<(), Error> {
        self.log.look_again()?;
        let gone = self.log.base_of(self.folded).is_none() || self.log.end() < self.folded;
        let followed = if gone { None } else { follow(&mut self.log, &mut self.state, self.folded).ok() };
        match followed {
            Some(folded) => self.folded = folded,
            // It is ahead of us by more than a snapshot, or was rebuilt.
            None => *self = Self::open(&self.dir, self.writes)?,
        }
        Ok(())
    }

    /// The mark of a known URL that was written so; `None` when there is none or it is another spelling.
    pub(super) fn mark_of_text(&mut self, text: &str) -> Result<Option<Mark>, Error> {
        if let Some(mark) = self.vias.get(text) {
            return Ok(Some(*mark));
        }
        let Ok(url) = CanonicalUrl::parse(text) else { return Ok(None) };
        let mark = Mark::of(url.key());
        if self.state.known.get(mark)?.is_none() || self.view().text(mark)?.as_deref() != Some(text) {
            return Ok(None);
        }
        if self.vias.len() >= VIAS_MAX {
            self.vias.clear();
        }
        self.vias.insert(text.into(), mark);
        Ok(Some(mark))
    }

    /// Marks may be of nothing from now on.
    pub(super) fn forget_texts(&mut self) {
        self.vias.clear();
    }

    pub(super) fn view(&self) -> View<'_> {
        View::new(&self.log, &self.state)
    }

    /// Writes a record down and takes it in; returns its place.
    pub(super) fn emit(&mut self, record: &Record<'_>) -> Result<u64, Error> {
        let place = self.log.add(record)?;
        self.state.fold(record, place).map_err(|flaw| self.log.damaged(place, flaw))?;
        Ok(place)
    }

    /// One batch: everything `work` emits is on disk when this returns, or nothing has happened.
    pub(super) fn atomically<R>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.make_sound()?;
        let done = work(self).and_then(|done| {
            self.clean_some()?;
            self.state.retime();
            self.log.commit()?;
            Ok(done)
        });
        match done {
            Ok(done) => {
                self.folded = self.log.end();
                self.keep_in_shape();
                Ok(done)
            }
            Err(error) => {
                self.unsound = true;
                // What cannot be cut off now is cut off by opening.
                let cut = self.log.cut_back();
                if let Err(second) = self.reload().and(cut) {
                    tracing::error!(error = %second, "the frontier's files could not be put right at once");
                }
                Err(error)
            }
        }
    }

    /// Reads the files again if that failed after a failed write.
    pub(super) fn make_sound(&mut self) -> Result<(), Error> {
        if self.unsound { self.reload() } else { Ok(()) }
    }

    fn reload(&mut self) -> Result<(), Error> {
        // The table is large: never two of them.
        self.state = State::default();
        *self = Self::open(&self.dir, self.writes)?;
        Ok(())
    }

    /// What may be done after a batch, and may fail without harm to it.
    fn keep_in_shape(&mut self) {
        let live = self.live();
        let Some(last) = self.log.bases().next_back() else { return };
        let rolled = if self.log.len_of(last) > (live / 8).clamp(REEL_MIN, REEL_MAX) {
            self.log.roll().map(|()| {
                if let Some(base) = self.log.bases().next_back() {
                    self.state.reels.entry(base).or_default();
                }
            })
        } else {
            Ok(())
        };
        let end = self.log.end();
        let tail = end - self.snapshot;
        if tail > (self.log.len() / TAIL_PART).max(TAIL_MIN)
            && end > self.snapshot_after
            && let Err(error) = rolled.and_then(|()| self.snapshot())
        {
            self.snapshot_after = end + TAIL_MIN;
            tracing::warn!(%error, "no snapshot of the frontier could be written; opening will take longer");
        }
    }

    /// Writes a snapshot, and deletes what only older ones needed.
    pub(super) fn snapshot(&mut self) -> Result<(), Error> {
        let place = self.log.end();
        if let Err(error) = snapshot::write(&self.dir, place, &self.state) {
            let _ = fs::remove_file(self.dir.join("snapshot.tmp"));
            return Err(Error::Store(error));
        }
        self.snapshot = place;
        let places = snapshot::places(&self.dir).map_err(Error::Store)?;
        for old in places.iter().skip(SNAPSHOTS) {
            fs::remove_file(snapshot::path(&self.dir, *old)).map_err(Error::Store)?;
        }
        let needed = places.get(SNAPSHOTS - 1).copied().unwrap_or_default();
        let spent: Vec<u64> = self
            .state
            .reels
            .iter()
            .filter(|(_, reel)| reel.cleaned.is_some_and(|cleaned| cleaned < needed))
            .map(|(base, _)| *base)
            .collect();
        for base in spent {
            self.state.reels.remove(&base);
            self.log.delete(base)?;
        }
        Ok(())
    }

    /// Writes a snapshot and deletes all others.
    pub(super) fn snapshot_alone(&mut self) -> Result<(), Error> {
        self.snapshot()?;
        for old in snapshot::places(&self.dir).map_err(Error::Store)?.into_iter().skip(1) {
            fs::remove_file(snapshot::path(&self.dir, old)).map_err(Error::Store)?;
        }
        Ok(())
    }

    /// About how many bytes of the journal are needed.
    pub(super) fn live(&self) -> u64 {
        self.state
            .reels
            .iter()
            .filter(|(_, reel)| reel.cleaned.is_none())
            .map(|(base, reel)| self.live_of(*base, *reel))
            .sum()
    }

    pub(super) fn live_of(&self, base: u64, reel: ReelUse) -> u64 {
        let len = u128::from(self.log.len_of(base)) * u128::from(reel.live) / u128::from(reel.records.max(1));
        u64::try_from(len).unwrap_or(u64::MAX)
    }

    /// Keeps a queue that something joined in shape: few entries in memory, few runs, few entries that do not count.
    pub(super) fn tend(&mut self, place: QueuePlace) -> Result<(), Error> {
        let Some(queue) = self.state.share(place.site, place.job).and_then(|share| share.queue(place.lane))
        else {
            return Ok(());
        };
        if !queue.is_full() {
            return Ok(());
        }
        if queue.tail_len() > 2 * super::queue::BLOCK {
            self.merge(place, &[], true, false)?;
        } else {
            let entries = queue.tail().map_err(|flaw| Error::corrupt("queue", flaw))?;
            self.emit(&Record::Block { place, spill: true, entries })?;
        }
        let Some(site) = self.state.sites.get(place.site) else { return Ok(()) };
        let (entries, urls) = site.crowd();
        let queue = site.share(place.job).and_then(|share| share.queue(place.lane));
        let crowded = queue.and_then(super::queue::Queue::crowded);
        if entries > 2 * urls + 4 * super::queue::BLOCK as u64 {
            let all = site.shares.iter().flat_map(|share| {
                share.queues.iter().map(|queue| (share.job, queue.lane, queue.runs().len()))
            });
            for (job, lane, runs) in all.collect::<Vec<_>>() {
                let runs: Vec<usize> = (0..runs).collect();
                self.merge(QueuePlace { site: place.site, job, lane }, &runs, true, true)?;
            }
        } else if let Some(runs) = crowded {
            self.merge(place, &runs, false, false)?;
        }
        Ok(())
    }

    /// Makes one run of some (and the tail); with `sift` without the entries that do not count.
    fn merge(&mut self, place: QueuePlace, runs: &[usize], with_tail: bool, sift: bool) -> Result<(), Error> {
        let view = self.view();
        let queue = self.state.share(place.site, place.job).and_then(|share| share.queue(place.lane));
        let Some(queue) = queue else { return Ok(()) };
        let mut walk = Walk::of_runs(&view, place, queue, runs, with_tail)?;
        let mut entries = Vec::new();
        while let Some(entry) = if sift { walk.next_row()?.map(|(entry, _)| entry) } else { walk.next()? } {
            entries.push(entry);
        }
        let dropped = walk.passed() - entries.len();
        let len = (queue.len() as usize).saturating_sub(dropped);
        let last = entries.last().map_or((0, 0), |entry| entry.at);
        let mut blocks = Vec::with_capacity(entries.len().div_ceil(super::queue::BLOCK));
        for entries in entries.chunks(super::queue::BLOCK) {
            blocks.push(self.emit(&Record::Block { place, spill: false, entries: entries.to_vec() })?);
        }
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        self.emit(&Record::Merged { place, runs: runs.to_vec(), with_tail, blocks, last, len })?;
        Ok(())
    }
}

/// The newest snapshot that can be read, or the beginning.
fn newest(dir: &Path, log: &Log, writes: bool) -> Result<(State, u64), Error> {
    let places = snapshot::places(dir).map_err(|e| Error::opening(dir, e))?;
    let mut failed = None;
    for place in places {
        match snapshot::read(dir, place, writes) {
            Ok(state) => return Ok((state, place)),
            Err(error @ Error::Version { .. }) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "a snapshot of the frontier is damaged; using the one before");
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        // From the beginning, unless its reels are gone.
        Some(error) if log.bases().next() != Some(0) => Err(error),
        _ => Ok((State::default(), 0)),
    }
}

/// Folds the journal from a place on; returns where it ends.
fn follow(log: &mut Log, state: &mut State, from: u64) -> Result<u64, Error> {
    for base in log.bases() {
        state.reels.entry(base).or_default();
    }
    // Both closures change the state, one after the other.
    let state = std::cell::RefCell::new(state);
    log.replay(
        from,
        |place, tag, content| {
            Record::read(tag, content).and_then(|record| state.borrow_mut().fold(&record, place))
        },
        |_| {
            state.borrow_mut().retime();
            Ok(())
        },
    )
}

#[cfg(test)]
mod tests;
