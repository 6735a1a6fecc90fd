//! Writing: batches into the active segment, rotation, repair on opening.
//!
//! Invariant: the segment's file is synced before its index is written and before a position is handed out; after any
//! failure it is cut back to the last batch that was.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Clock, FetchRecord, Outcome, Position};

use crate::disk::catalog::{Active, Catalog, Closed, Purpose};
use crate::disk::lock::WriterLock;
use crate::disk::names::{self, SegmentName};
use crate::disk::reader::WarcReader;
use crate::disk::recent::{PAYLOAD_BYTES_MIN, Recent};
use crate::disk::tail::{self, Opener, SegmentFile};
use crate::error::Error;
use crate::format::digest::{self, Sum};
use crate::group::encode::{Earlier, Encoder, Form, is_not_modified};
use crate::index::closed::ClosedIndex;
use crate::index::line::{self, Held};
use crate::index::open::LINES_MAX;
use crate::settings::Settings;
use crate::store::{ArchiveSource, ArchiveStore, Entry, Erased, Reach, Replay, check_size};

/// Bytes of a batch held in memory before they are handed to the file.
const WRITE_BYTES: usize = 4 * 1024 * 1024;

/// An archive in a folder, open for writing.
pub struct WarcArchive {
    pub(super) catalog: Catalog,
    pub(super) recent: Recent,
    settings: Settings,
    clock: Arc<dyn Clock>,
    encoder: Encoder,
    /// Memory of the batch being written, kept from one to the next.
    buffer: Vec<u8>,
    file: Option<Box<dyn SegmentFile>>,
    opener: Opener,
    /// A failure could not be undone: nothing may be appended before the archive is opened again.
    unsettled: bool,
    _lock: WriterLock,
}

/// An archive just opened for writing, and what had to be repaired.
#[derive(Debug)]
pub struct Opened {
    /// The archive.
    pub archive: WarcArchive,
    /// Bytes of unfinished records cut from the end; 0 after a clean stop.
    pub torn_bytes: u64,
    /// Where they were moved to.
    pub torn_path: Option<PathBuf>,
}

impl std::fmt::Debug for WarcArchive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WarcArchive").field("catalog", &self.catalog).finish_non_exhaustive()
    }
}

impl WarcArchive {
    /// Opens the archive in `dir` for writing, creating it if need be and repairing what a kill left behind.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process writes it; [`Error::Settings`]; failures of the disk.
    pub fn open(dir: &Path, settings: Settings, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
        Self::open_with(dir, settings, clock, tail::open)
    }

    /// Opens the archive in `dir` for reading, as it stands now; later appends are seen by opening it again.
    /// `None` when there is no such folder.
    ///
    /// # Errors
    /// Failures of the disk.
    pub fn open_read_only(dir: &Path) -> Result<Option<WarcReader>, Error> {
        WarcReader::open(dir)
    }

    pub(super) fn open_with(
        dir: &Path,
        settings: Settings,
        clock: Arc<dyn Clock>,
        opener: Opener,
    ) -> Result<Opened, Error> {
        settings.check().map_err(Error::Settings)?;
        std::fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
        let lock = WriterLock::take(dir)?;
        names::remove_all(dir, ".tmp").map_err(Error::io("tidy", dir))?;
        let catalog = Catalog::load(dir, Purpose::Write)?;
        let encoder =
            Encoder::new(settings.compression).map_err(Error::io("prepare compression for", dir))?;
        let recent = Recent::new(settings.duplicates_max);
        let mut archive = Self {
            catalog,
            recent,
            settings,
            clock,
            encoder,
            buffer: Vec::new(),
            file: None,
            opener,
            unsettled: false,
            _lock: lock,
        };
        archive.remove_stale_indexes()?;
        let (torn_bytes, torn_path) = archive.mend()?;
        if archive.catalog.active.as_ref().is_some_and(|a| a.name.compression != archive.settings.compression)
        {
            archive.close_active()?;
            archive.begin()?;
        }
        Ok(Opened { archive, torn_bytes, torn_path })
    }

    /// Moves what follows the last whole group aside and brings the index up to it.
    fn mend(&mut self) -> Result<(u64, Option<PathBuf>), Error> {
        let dir = self.catalog.dir.clone();
        let Some(active) = &mut self.catalog.active else { return Ok((0, None)) };
        let path = active.name.path(&dir);
        let length = std::fs::metadata(&path).map_err(Error::io("inspect", &path))?.len();
        let torn_bytes = length.saturating_sub(active.bytes);
        let mut torn_path = None;
        if torn_bytes > 0 {
            let aside = active.name.torn(&dir, active.bytes);
            move_aside(&path, active.bytes, &aside).map_err(Error::io("move the torn tail to", &aside))?;
            (self.opener)(&path)
                .and_then(|mut file| file.truncate(active.bytes))
                .map_err(Error::io("cut the torn tail of", &path))?;
            names::sync_dir(&dir).map_err(Error::io("sync", &dir))?;
            tracing::warn!(torn_bytes, path = %aside.display(), "unfinished records moved aside");
            torn_path = Some(aside);
        }
        active.index.save().map_err(Error::io("write", &active.name.open_index(&dir)))?;
        Ok((torn_bytes, torn_path))
    }

    /// Closed segments need no open index; one is left when a kill fell between the two.
    fn remove_stale_indexes(&self) -> Result<(), Error> {
        for closed in self.catalog.closed.values() {
            remove_if_there(&closed.name.open_index(&self.catalog.dir))?;
        }
        Ok(())
    }

    /// Closes the active segment, if there is one: its index is sorted, and the next append begins a new segment.
    pub(super) fn close_active(&mut self) -> Result<(), Error> {
        let dir = &self.catalog.dir;
        let Some(active) = &self.catalog.active else { return Ok(()) };
        let (name, bytes) = (active.name, active.bytes);
        let lines = active.index.text().map_err(Error::io("read", &name.open_index(dir)))?;
        let path = name.closed_index(dir);
        let index =
            ClosedIndex::create(&path, &lines, name.number, bytes).map_err(Error::io("write", &path))?;
        names::sync_dir(dir).map_err(Error::io("sync", dir))?;
        remove_if_there(&name.open_index(dir))?;
        self.file = None;
        self.catalog.active = None;
        self.catalog.closed.insert(name.number, Closed { name, bytes, index });
        self.catalog.next = name.number.saturating_add(1);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.catalog.active.as_ref().is_some_and(|active| {
            active.bytes >= self.settings.segment_size.0 || active.index.lines() >= LINES_MAX
        })
    }

    /// Makes sure that there is an active segment, its file open and begun. Whatever is closed is followed by one, so that
    /// the end of the archive never moves back, not even when an index is lost.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        let dir = self.catalog.dir.clone();
        let name = SegmentName { number: self.catalog.next, compression: self.settings.compression };
        let active = self.catalog.active.get_or_insert_with(|| Active::begin(&dir, name));
        let name = active.name;
        self.catalog.next = name.number.saturating_add(1);
        let path = name.path(&dir);
        if self.file.is_none() {
            self.file = Some((self.opener)(&path).map_err(Error::io("open", &path))?);
            names::sync_dir(&dir).map_err(Error::io("sync", &dir))?;
        }
        if active.bytes == 0 {
            let mut info = Vec::new();
            let written = self.encoder.warcinfo(self.clock.now(), Some(&name.file_name()), &mut info);
            written.map_err(Error::io("compress a record for", &path))?;
            let appended =
                self.file.as_mut().map_or(Ok(()), |file| file.append(&info).and_then(|()| file.sync()));
            if let Err(source) = appended {
                self.roll_back();
                return Err(Error::io("append to", &path)(source));
            }
            active.bytes = info.len() as u64;
        }
        Ok(())
    }

    /// Cuts the segment back to the last good batch.
    fn roll_back(&mut self) {
        self.recent.clear();
        let Some(active) = &mut self.catalog.active else { return };
        active.index.forget_pending();
        let undone = self.file.as_mut().map(|file| file.truncate(active.bytes));
        self.unsettled = !matches!(undone, Some(Ok(())));
    }

    fn write_batch(&mut self, records: &[FetchRecord]) -> Result<Vec<Position>, Error> {
        let mut batch = Batch::new(self)?;
        let mut positions = Vec::with_capacity(records.len());
        for record in records {
            positions.push(batch.add(record)?);
            if batch.archive.buffer.len() >= WRITE_BYTES {
                batch.flush()?;
            }
        }
        batch.finish()?;
        Ok(positions)
    }
}

/// A batch on its way to the active segment.
struct Batch<'a> {
    archive: &'a mut WarcArchive,
    name: SegmentName,
    /// Where in the segment the buffer begins.
    start: u64,
}

impl<'a> Batch<'a> {
    fn new(archive: &'a mut WarcArchive) -> Result<Self, Error> {
        let (name, start) = match &archive.catalog.active {
            Some(active) => (active.name, active.bytes),
            None => return Err(Error::Unsettled { path: archive.catalog.dir.clone() }),
        };
        archive.buffer.clear();
        Ok(Self { archive, name, start })
    }

    fn path(&self) -> PathBuf {
        self.name.path(&self.archive.catalog.dir)
    }

    fn add(&mut self, record: &FetchRecord) -> Result<Position, Error> {
        let at =
            Position { segment: self.name.number, offset: self.start + self.archive.buffer.len() as u64 };
        let sum = digest::sha1(record.response().map_or(&[][..], |response| &response.body.raw));
        let earlier = self.earlier(record, at, &sum)?;
        let form = match (&earlier, record.response()) {
            (earlier, Some(response)) if is_not_modified(response) => Form::NotModified(earlier.as_ref()),
            (Some(earlier), _) => Form::Identical(earlier),
            (None, _) => Form::Whole,
        };
        let archive = &mut *self.archive;
        let written = archive.encoder.group(record, at, &sum, form, &mut archive.buffer);
        let written = written.map_err(Error::io("compress a record for", &self.path()))?;
        let held = if matches!(form, Form::Whole) { Held::Here } else { Held::Elsewhere };
        let digest = earlier.as_ref().map_or_else(|| digest::text(&sum), |earlier| earlier.digest.clone());
        let entry = line::entry(record, at, written.response_bytes, digest, held);
        if let (Some(entry), Some(active)) = (entry, &mut self.archive.catalog.active) {
            active.index.push(&entry, &self.name.file_name());
        }
        Ok(at)
    }

    /// The earlier record that this one can refer to.
    fn earlier(&mut self, record: &FetchRecord, at: Position, sum: &Sum) -> Result<Option<Earlier>, Error> {
        let Some(response) = record.response() else { return Ok(None) };
        let url = &record.visit.url;
        if is_not_modified(response) {
            let copy = self.archive.catalog.latest_copy(url)?;
            return Ok(copy.map(|entry| Earlier {
                segment: entry.at.segment,
                url: entry.url,
                date: entry.timestamp,
                digest: entry.digest,
            }));
        }
        let body = &response.body;
        let worth = body.raw.len() >= PAYLOAD_BYTES_MIN && body.truncated.is_none();
        if !worth || record.outcome != Outcome::Fetched {
            return Ok(None);
        }
        let key = Recent::key(url, sum);
        if let Some(earlier) = self.archive.recent.get(&key) {
            return Ok(Some(earlier.clone()));
        }
        let earlier = Earlier {
            segment: at.segment,
            url: url.clone(),
            date: record.requested_at,
            digest: digest::text(sum),
        };
        self.archive.recent.insert(key, earlier);
        Ok(None)
    }

    fn flush(&mut self) -> Result<(), Error> {
        if let Some(file) = &mut self.archive.file {
            file.append(&self.archive.buffer)
                .map_err(Error::io("append to", &self.name.path(&self.archive.catalog.dir)))?;
        }
        self.start += self.archive.buffer.len() as u64;
        self.archive.buffer.clear();
        self.archive.buffer.shrink_to(2 * WRITE_BYTES);
        Ok(())
    }

    fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        let path = self.path();
        if let Some(file) = &mut self.archive.file {
            file.sync().map_err(Error::io("sync", &path))?;
        }
        if let Some(active) = &mut self.archive.catalog.active {
            active.index.save().map_err(Error::io("write the index of", &path))?;
            active.bytes = self.start;
            active.is_blank = false;
        }
        Ok(())
    }
}

impl ArchiveSource for WarcArchive {
    fn replay(&self, from: Position) -> Result<Replay<'_>, Error> {
        self.catalog.replay(from)
    }

    fn end(&self) -> Position {
        self.catalog.end()
    }

    fn lookup(&self, url: &str) -> Result<Vec<Entry>, Error> {
        self.catalog.lookup(url)
    }
}

impl ArchiveStore for WarcArchive {
    fn append(&mut self, records: &[FetchRecord]) -> Result<Vec<Position>, Error> {
        if self.unsettled {
            let active = self.catalog.active.as_ref();
            let path = active.map_or(self.catalog.dir.clone(), |active| active.name.path(&self.catalog.dir));
            return Err(Error::Unsettled { path });
        }
        if records.is_empty() {
            return Ok(Vec::new());
        }
        for record in records {
            check_size(record)?;
        }
        if self.is_full() {
            self.close_active()?;
        }
        self.begin()?;
        let written = self.write_batch(records);
        if written.is_err() {
            self.roll_back();
        }
        written
    }

    fn erase_within(&mut self, doomed: &dyn Fn(&str) -> bool, reach: Reach) -> Result<Erased, Error> {
        super::erase::erase(self, doomed, reach)
    }
}

/// Copies what follows `from` in `path` to `aside`, durably.
fn move_aside(path: &Path, from: u64, aside: &Path) -> std::io::Result<()> {
    use std::io::{Seek as _, SeekFrom};
    let mut source = std::fs::File::open(path)?;
    source.seek(SeekFrom::Start(from))?;
    let mut target = std::fs::File::create_new(aside)?;
    std::io::copy(&mut source, &mut target)?;
    target.sync_all()
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}
