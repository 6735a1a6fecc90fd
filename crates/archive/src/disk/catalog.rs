//! What is in an archive's folder.
//!
//! Invariant: a snapshot: nothing beyond [`Catalog::end`] is ever read, so a writer in another process does not disturb.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use model::Position;

use crate::disk::names::{self, SegmentName};
use crate::disk::replay::Records;
use crate::disk::scan::{Fault, Groups};
use crate::error::Error;
use crate::group::account::PayloadRef;
use crate::index::closed::ClosedIndex;
use crate::index::open::OpenIndex;
use crate::index::surt;
use crate::store::{Entry, Replay};

/// How many of the newest segments are asked for the copy that a 304 confirms. The reference is a courtesy to other
/// tools; without a bound an archive of thousands of segments would pay for each 304.
const REFERENCE_SEGMENTS_MAX: usize = 100;

/// Segments and their indexes.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) dir: PathBuf,
    pub(crate) closed: BTreeMap<u32, Closed>,
    pub(crate) active: Option<Active>,
    /// The number of the segment to be begun next.
    pub(crate) next: u32,
}

/// A segment that is never appended to again.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) name: SegmentName,
    pub(crate) bytes: u64,
    pub(crate) index: ClosedIndex,
}

/// The segment being appended to.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) name: SegmentName,
    /// Bytes of whole records and groups.
    pub(crate) bytes: u64,
    /// Whether there is no group yet, at most the record that opens the file.
    pub(crate) is_blank: bool,
    pub(crate) index: OpenIndex,
}

/// Whether missing indexes may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write,
    Read,
}

impl Catalog {
    /// Reads the folder. Bytes beyond the last whole group of the active segment are ignored, not removed.
    pub(crate) fn load(dir: &Path, purpose: Purpose) -> Result<Self, Error> {
        let segments = names::segments(dir).map_err(Error::io("list", dir))?;
        let mut catalog = Self { dir: dir.to_owned(), closed: BTreeMap::new(), active: None, next: 0 };
        for (position, name) in segments.iter().enumerate() {
            let path = name.path(dir);
            let bytes = std::fs::metadata(&path).map_err(Error::io("inspect", &path))?.len();
            let index_path = name.closed_index(dir);
            let index =
                ClosedIndex::open(&index_path, name.number, bytes).map_err(Error::io("read", &index_path))?;
            let is_last = position + 1 == segments.len();
            match index {
                Some(index) => {
                    catalog.closed.insert(name.number, Closed { name: *name, bytes, index });
                }
                None if is_last && !index_path.exists() => catalog.active = Some(Active::load(dir, *name)?),
                None => {
                    let index = rebuild(dir, *name, bytes, purpose)?;
                    catalog.closed.insert(name.number, Closed { name: *name, bytes, index });
                }
            }
            catalog.next = name.number.saturating_add(1);
        }
        Ok(catalog)
    }

    pub(crate) fn end(&self) -> Position {
        match &self.active {
            Some(active) => Position { segment: active.name.number, offset: active.bytes },
            None => Position { segment: self.next, offset: 0 },
        }
    }

    pub(crate) fn replay(&self, from: Position) -> Result<Replay<'_>, Error> {
        if from > self.end() {
            return Err(Error::BeyondEnd { dir: self.dir.clone(), from, end: self.end() });
        }
        Ok(Box::new(Records::new(self, from)))
    }

    pub(crate) fn lookup(&self, url: &str) -> Result<Vec<Entry>, Error> {
        let key = surt::key(url);
        let mut found = Vec::new();
        for number in self.closed.keys().chain(self.active.as_ref().map(|active| &active.name.number)) {
            found.extend(self.find(*number, key.as_bytes())?.into_iter().filter(|entry| entry.url == url));
        }
        Ok(found)
    }

    /// The last whole copy of `url` among the newest segments.
    pub(crate) fn latest_copy(&self, url: &str) -> Result<Option<Entry>, Error> {
        let key = surt::key(url);
        let numbers = self.active.as_ref().map(|active| &active.name.number).into_iter();
        for number in numbers.chain(self.closed.keys().rev()).take(REFERENCE_SEGMENTS_MAX) {
            let found = self.find(*number, key.as_bytes())?;
            let copy = found
                .into_iter()
                .rfind(|entry| entry.url == url && !entry.is_revisit() && (200..300).contains(&entry.status));
            if copy.is_some() {
                return Ok(copy);
            }
        }
        Ok(None)
    }

    /// The payload that a revisit refers to; `None` when it is not where it should be.
    pub(crate) fn payload(&self, wanted: &PayloadRef) -> Result<Option<Bytes>, Error> {
        let key = surt::key(&wanted.url);
        let found = self.find(wanted.segment, key.as_bytes())?;
        let holder = found
            .into_iter()
            .find(|entry| entry.url == wanted.url && entry.digest == wanted.digest && !entry.is_revisit());
        let (Some(entry), Some(name)) = (holder, self.name(wanted.segment)) else { return Ok(None) };
        let mut groups = Groups::open(&self.dir, name, entry.at.offset)?;
        match groups.next() {
            Ok(group) => Ok(group.map(|group| group.parts.payload())),
            Err(fault) => Err(groups.error(fault)),
        }
    }

    /// A segment's name and how many of its bytes count.
    pub(crate) fn extent(&self, number: u32) -> Option<(SegmentName, u64)> {
        let closed = self.closed.get(&number).map(|closed| (closed.name, closed.bytes));
        let active = self.active.as_ref().filter(|active| active.name.number == number);
        closed.or_else(|| active.map(|active| (active.name, active.bytes)))
    }

    /// The first segment from `number` on.
    pub(crate) fn segment_from(&self, number: u32) -> Option<u32> {
        let closed = self.closed.range(number..).next().map(|(number, _)| *number);
        closed.or_else(|| {
            self.active.as_ref().map(|active| active.name.number).filter(|active| *active >= number)
        })
    }

    /// Where to go on in a segment after damage at `offset`: only the index is trusted to say, because a body may hold
    /// bytes that look like records.
    pub(crate) fn resume_after(&self, number: u32, offset: u64) -> Result<Option<u64>, Error> {
        let next = match self.closed.get(&number) {
            Some(closed) => closed.index.next_after(offset),
            None => self.active.as_ref().map_or(Ok(None), |active| active.index.next_after(offset)),
        };
        next.map_err(Error::io("read the index of", &self.dir))
    }

    fn name(&self, number: u32) -> Option<SegmentName> {
        self.extent(number).map(|(name, _)| name)
    }

    fn find(&self, number: u32, key: &[u8]) -> Result<Vec<Entry>, Error> {
        if let Some(closed) = self.closed.get(&number) {
            return closed.index.find(key).map_err(Error::io("read", &closed.name.closed_index(&self.dir)));
        }
        match self.active.as_ref().filter(|active| active.name.number == number) {
            Some(active) => {
                active.index.find(key).map_err(Error::io("read", &active.name.open_index(&self.dir)))
            }
            None => Ok(Vec::new()),
        }
    }
}

impl Active {
    /// Reads the index and checks every group that it does not yet list.
    fn load(dir: &Path, name: SegmentName) -> Result<Self, Error> {
        let index_path = name.open_index(dir);
        let index = OpenIndex::load(&index_path, name.number).map_err(Error::io("read", &index_path))?;
        if let Some(active) = Self::check(dir, name, index)? {
            return Ok(active);
        }
        // The index speaks of another file than the one that is there.
        let checked = Self::check(dir, name, OpenIndex::empty(&index_path, name.number))?;
        Ok(checked.unwrap_or_else(|| Self::begin(dir, name)))
    }

    /// A segment with nothing in it.
    pub(crate) fn begin(dir: &Path, name: SegmentName) -> Self {
        Self { name, bytes: 0, is_blank: true, index: OpenIndex::empty(&name.open_index(dir), name.number) }
    }

    /// `None` when not even the group with the last line of the index is whole.
    fn check(dir: &Path, name: SegmentName, mut index: OpenIndex) -> Result<Option<Self>, Error> {
        let known = index.last();
        let mut groups = Groups::open(dir, name, known.unwrap_or(0))?;
        let mut is_blank = true;
        loop {
            match groups.next() {
                Ok(Some(group)) => {
                    let entry = group.entry().unwrap_or_default();
                    if let Some(entry) = entry.filter(|entry| Some(entry.at.offset) != known) {
                        index.push(&entry, &name.file_name());
                    }
                    is_blank = false;
                }
                Ok(None) | Err(Fault::Broken { .. }) => break,
                Err(fault @ Fault::Disk(_)) => return Err(groups.error(fault)),
            }
        }
        let is_whole = known.is_none() || !is_blank;
        Ok(is_whole.then(|| Self { name, bytes: groups.whole(), is_blank, index }))
    }
}

/// The index of a closed segment, from the segment itself.
fn rebuild(dir: &Path, name: SegmentName, bytes: u64, purpose: Purpose) -> Result<ClosedIndex, Error> {
    tracing::warn!(segment = name.number, "index missing or torn; building it again");
    let mut lines = Vec::new();
    let mut groups = Groups::open(dir, name, 0)?;
    loop {
        match groups.next() {
            Ok(Some(group)) => {
                if let Ok(Some(entry)) = group.entry() {
                    lines.extend_from_slice(crate::index::line::print(&entry, &name.file_name()).as_bytes());
                }
            }
            Ok(None) => break,
            Err(fault @ Fault::Broken { .. }) => {
                tracing::warn!(error = %groups.error(fault), "the index ends before the damage");
                break;
            }
            Err(fault @ Fault::Disk(_)) => return Err(groups.error(fault)),
        }
    }
    match purpose {
        Purpose::Read => Ok(ClosedIndex::in_memory(&lines, name.number, bytes)),
        Purpose::Write => {
            let path = name.closed_index(dir);
            ClosedIndex::create(&path, &lines, name.number, bytes).map_err(Error::io("write", &path))
        }
    }
}
