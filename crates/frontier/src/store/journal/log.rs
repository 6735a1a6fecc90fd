//! The journal's files: reels of frames, one frame for each batch.
//!
//! A place is a number of bytes since the journal began, for ever: reel `reel-BASE` holds the places from BASE on, so deleting
//! a reel moves nothing. A frame is `FRAM`, length, CRC-32 (seeded with its place, so that an old frame in a wrong place is
//! none), then records: tag, length, content.
//!
//! Invariant: a frame is written once, by one write and one `fdatasync`; what follows the last whole frame was never
//! acknowledged and is cut off; a bad frame with a whole one behind it is damage and is reported, not cut.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::bytes::{Flaw, Reader, Writer, crc};
use super::record::{PAD, Record};
use super::table::{PLACE_END, UNIT};
use crate::error::Error;

/// Format of reels and snapshots that this program reads and writes. 1 and 2 were the `SQLite` files before.
pub(super) const VERSION: u32 = 3;
const MAGIC: &[u8; 8] = b"SILTREEL";
const HEADER: u64 = 16;
const FRAME: &[u8; 4] = b"FRAM";
const FRAME_HEADER: usize = 12;
/// A record is mostly read by one call that asks for this much: rows are shorter.
const GLANCE: usize = 512;

/// The reels, and the frame being put together.
#[derive(Debug)]
pub(super) struct Log {
    dir: PathBuf,
    writes: bool,
    reels: BTreeMap<u64, Reel>,
    /// Header and records of the next frame; empty when none was begun.
    frame: Vec<u8>,
    scratch: Vec<u8>,
}

#[derive(Debug)]
struct Reel {
    file: File,
    len: u64,
}

/// A record as it stands in a buffer.
pub(super) struct Found<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
}

impl Log {
    /// Opens every reel in `dir`.
    pub(super) fn open(dir: &Path, writes: bool) -> Result<Self, Error> {
        let mut log = Self {
            dir: dir.to_owned(),
            writes,
            reels: BTreeMap::new(),
            frame: Vec::new(),
            scratch: Vec::new(),
        };
        log.look_again()?;
        if writes && log.reels.is_empty() {
            log.begin_reel(0)?;
        }
        Ok(log)
    }

    /// Whether the directory holds a journal.
    pub(super) fn exists(dir: &Path) -> bool {
        names(dir).is_ok_and(|bases| !bases.is_empty())
    }

    /// Opens what another process has added or replaced, and lets go of what it deleted.
    pub(super) fn look_again(&mut self) -> Result<(), Error> {
        let bases = names(&self.dir).map_err(|e| Error::opening(&self.dir, e))?;
        self.reels.retain(|base, _| bases.contains(base));
        let last = bases.iter().max().copied();
        for base in bases {
            let path = self.path(base);
            let present = fs::metadata(&path);
            if let (Some(reel), Ok(present)) = (self.reels.get_mut(&base), present)
                && reel.file.metadata().is_ok_and(|open| open.ino() == present.ino())
            {
                reel.len = present.len();
                continue;
            }
            let file = match OpenOptions::new().read(true).write(self.writes).open(&path) {
                // Deleted since we looked.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !self.writes => continue,
                other => other.map_err(|e| Error::opening(&path, e))?,
            };
            let len = self.check_header(&file, &path, Some(base) == last)?;
            self.reels.insert(base, Reel { file, len });
        }
        Ok(())
    }

    fn check_header(&self, file: &File, path: &Path, is_last: bool) -> Result<u64, Error> {
        let len = file.metadata().map_err(|e| Error::opening(path, e))?.len();
        let mut header = [0; 16];
        if len < HEADER {
            if !is_last {
                return Err(Error::damaged(path, 0, "a reel is shorter than its header"));
            }
            // We died while beginning it.
            if self.writes {
                write_header(file).map_err(Error::Store)?;
            }
            return Ok(HEADER);
        }
        file.read_exact_at(&mut header, 0).map_err(|e| Error::opening(path, e))?;
        check_magic(&header, *MAGIC, path)?;
        Ok(len)
    }

    fn path(&self, base: u64) -> PathBuf {
        self.dir.join(format!("reel-{base:012x}"))
    }

    /// The place after the last frame.
    pub(super) fn end(&self) -> u64 {
        self.reels.last_key_value().map_or(0, |(base, reel)| base + reel.len)
    }

    /// Bases of all reels.
    pub(super) fn bases(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.reels.keys().copied()
    }

    /// The reel a place is in.
    pub(super) fn base_of(&self, place: u64) -> Option<u64> {
        self.reels.range(..=place).next_back().map(|(base, _)| *base)
    }

    pub(super) fn len_of(&self, base: u64) -> u64 {
        self.reels.get(&base).map_or(0, |reel| reel.len)
    }

    /// Bytes of all reels.
    pub(super) fn len(&self) -> u64 {
        self.reels.values().map(|reel| reel.len).sum()
    }

    /// Ends the present reel and begins another.
    pub(super) fn roll(&mut self) -> Result<(), Error> {
        self.begin_reel(self.end())
    }

    fn begin_reel(&mut self, base: u64) -> Result<(), Error> {
        let path = self.path(base);
        let begin = || {
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path)?;
            write_header(&file)?;
            sync_dir(&self.dir)?;
            Ok(file)
        };
        let file = begin().map_err(|e: io::Error| {
            // Without space not even the header stands: nothing must be left behind.
            let _ = fs::remove_file(&path);
            Error::Store(e)
        })?;
        self.reels.insert(base, Reel { file, len: HEADER });
        Ok(())
    }

    /// Deletes a reel nobody needs.
    pub(super) fn delete(&mut self, base: u64) -> Result<(), Error> {
        if self.reels.remove(&base).is_some() {
            fs::remove_file(self.path(base)).map_err(Error::Store)?;
        }
        Ok(())
    }

    /// Adds a record to the frame; returns its place.
    pub(super) fn add(&mut self, record: &Record<'_>) -> Result<u64, Error> {
        if self.frame.is_empty() {
            self.frame.resize(FRAME_HEADER, 0);
        }
        if record.is_kept() {
            self.pad();
        }
        let place = self.end() + self.frame.len() as u64;
        if place >= PLACE_END - u64::from(u32::MAX) {
            return Err(Error::damaged(&self.dir, place, "the journal has no places left"));
        }
        self.scratch.clear();
        record.write(&mut self.scratch);
        self.frame.push(record.tag());
        self.frame.bytes(&self.scratch);
        Ok(place)
    }

    fn pad(&mut self) {
        let len = self.frame.len().next_multiple_of(4);
        self.frame.resize(len, PAD);
    }

    /// Bytes of the frame so far.
    pub(super) fn waiting(&self) -> usize {
        self.frame.len()
    }

    /// Writes the frame. When that fails, nothing of it remains.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        if self.frame.is_empty() {
            return Ok(());
        }
        self.pad();
        let end = self.end();
        seal(&mut self.frame, end)?;
        let Some((_, reel)) = self.reels.iter_mut().next_back() else { return Ok(()) };
        let written = reel.file.write_all_at(&self.frame, reel.len).and_then(|()| reel.file.sync_data());
        let len = self.frame.len() as u64;
        self.frame.clear();
        match written {
            Ok(()) => {
                reel.len += len;
                Ok(())
            }
            Err(error) => {
                self.cut_back()?;
                Err(Error::Store(error))
            }
        }
    }

    /// Takes away what a failed write left.
    pub(super) fn cut_back(&mut self) -> Result<(), Error> {
        self.frame.clear();
        let Some((_, reel)) = self.reels.iter().next_back() else { return Ok(()) };
        reel.file.set_len(reel.len).and_then(|()| reel.file.sync_data()).map_err(Error::Store)
    }

    /// The record at a place, through a buffer; `None` when nothing is there.
    pub(super) fn read<'b>(&self, place: u64, buffer: &'b mut Vec<u8>) -> Result<Found<'b>, Error> {
        let damaged = |flaw: Flaw| self.damaged(place, flaw);
        buffer.clear();
        let end = self.end();
        if place >= end {
            let from = usize::try_from(place - end).unwrap_or(usize::MAX);
            buffer.extend_from_slice(self.frame.get(from..).unwrap_or_default());
        } else {
            let (base, reel) =
                self.reels.range(..=place).next_back().ok_or_else(|| damaged("its reel is missing"))?;
            let left = usize::try_from((base + reel.len).saturating_sub(place)).unwrap_or(usize::MAX);
            buffer.resize(left.min(GLANCE), 0);
            reel.file.read_exact_at(buffer, place - base).map_err(Error::Store)?;
            let mut reader = Reader::new(buffer);
            let len: usize =
                reader.byte().and_then(|_| reader.narrow()).map_err(|_| damaged("a record is not there"))?;
            let head = buffer.len() - reader.left();
            if len > left - head {
                return Err(damaged("a record is longer than its reel"));
            }
            if head + len > buffer.len() {
                buffer.resize(head + len, 0);
                reel.file.read_exact_at(buffer, place - base).map_err(Error::Store)?;
            }
        }
        let mut reader = Reader::new(buffer);
        let tag = reader.byte().map_err(damaged)?;
        let content = reader.bytes().map_err(damaged)?;
        Ok(Found { tag, content })
    }

    /// Something is wrong at a place.
    pub(super) fn damaged(&self, place: u64, flaw: Flaw) -> Error {
        let base = self.base_of(place).unwrap_or_default();
        Error::damaged(&self.path(base), place.saturating_sub(base), flaw)
    }

    /// As [`Log::read`], read whole.
    pub(super) fn record<'b>(&self, place: u64, buffer: &'b mut Vec<u8>) -> Result<Record<'b>, Error> {
        let found = self.read(place, buffer)?;
        Record::read(found.tag, found.content).map_err(|flaw| self.damaged(place, flaw))
    }

    /// Reads on from a place: hands over every record of every whole frame, with its place, and what `framed` says at the end
    /// of each frame. A writer cuts off what comes after the last one. Returns the place after it.
    pub(super) fn replay(
        &mut self,
        from: u64,
        mut each: impl FnMut(u64, u8, &[u8]) -> Result<(), Flaw>,
        mut framed: impl FnMut(u64) -> Result<(), Flaw>,
    ) -> Result<u64, Error> {
        let mut next = from;
        let bases: Vec<u64> =
            self.reels.keys().copied().filter(|base| base + self.len_of(*base) > from).collect();
        let mut buffer = Vec::new();
        for (n, base) in bases.iter().enumerate() {
            let path = self.path(*base);
            // At the end of one reel the next begins, behind its header.
            next = if next == *base { base + HEADER } else { next };
            if next < base + HEADER {
                return Err(Error::damaged(&path, 0, "the reel before it is missing or was cut"));
            }
            while next < base + self.len_of(*base) {
                let Some(reel) = self.reels.get_mut(base) else { break };
                let Some(len) = read_frame(reel, *base, next, &mut buffer).map_err(Error::Store)? else {
                    if n + 1 < bases.len() || frame_follows(reel, *base, next).map_err(Error::Store)? {
                        return Err(Error::damaged(&path, next - base, "a frame is damaged"));
                    }
                    if self.writes {
                        tracing::info!(path = %path.display(), at = next - base, "cut off an unfinished frame");
                        reel.file
                            .set_len(next - base)
                            .and_then(|()| reel.file.sync_data())
                            .map_err(Error::Store)?;
                        reel.len = next - base;
                    }
                    return Ok(next);
                };
                records(&buffer, next, &mut each)
                    .and_then(|()| framed(next + len))
                    .map_err(|flaw| Error::damaged(&path, next - base, flaw))?;
                next += len;
            }
        }
        Ok(next)
    }

    /// Hands over the frames of one reel, beginning at `from`, until `each` has had enough; returns the place reached.
    pub(super) fn frames(
        &mut self,
        base: u64,
        from: u64,
        mut each: impl FnMut(&mut Self, u64, &[u8]) -> Result<bool, Error>,
    ) -> Result<u64, Error> {
        let mut next = from.max(base + HEADER);
        let mut buffer = Vec::new();
        while next < base + self.len_of(base) {
            let path = self.path(base);
            let Some(reel) = self.reels.get_mut(&base) else { break };
            let Some(len) = read_frame(reel, base, next, &mut buffer).map_err(Error::Store)? else {
                return Err(Error::damaged(&path, next - base, "a frame is damaged"));
            };
            let more = each(self, next, &buffer)?;
            next += len;
            if !more {
                break;
            }
        }
        Ok(next)
    }

    /// Puts other content in the place of a reel's: the same length, frame by frame.
    pub(super) fn replace(&mut self, base: u64, frames: &[(u64, Vec<u8>)]) -> Result<(), Error> {
        let path = self.path(base);
        let swap = || {
            let next = self.dir.join("reel.tmp");
            fs::copy(&path, &next)?;
            let file = OpenOptions::new().read(true).write(true).open(&next)?;
            for (place, frame) in frames {
                file.write_all_at(frame, place - base)?;
            }
            file.sync_all()?;
            fs::rename(&next, &path)?;
            sync_dir(&self.dir)?;
            Ok(file)
        };
        let file = swap().map_err(|e: io::Error| Error::Store(e))?;
        if let Some(reel) = self.reels.get_mut(&base) {
            reel.file = file;
        }
        Ok(())
    }
}

/// Calls `each` with place, tag and content of every record of a frame at `place`.
pub(super) fn records<'f>(
    frame: &'f [u8],
    place: u64,
    each: &mut impl FnMut(u64, u8, &'f [u8]) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    let mut reader = Reader::new(frame);
    reader.take(FRAME_HEADER)?;
    while !reader.is_empty() {
        let at = place + (frame.len() - reader.left()) as u64;
        match reader.byte()? {
            PAD => {}
            tag => each(at, tag, reader.bytes()?)?,
        }
    }
    Ok(())
}

/// Fills a frame's header in.
pub(super) fn seal(frame: &mut [u8], place: u64) -> Result<(), Error> {
    let len = u32::try_from(frame.len()).map_err(|e| Error::Store(io::Error::other(e)))?;
    frame[..4].copy_from_slice(FRAME);
    frame[4..8].copy_from_slice(&len.to_le_bytes());
    let sum = frame_sum(frame, place);
    frame[8..12].copy_from_slice(&sum.to_le_bytes());
    Ok(())
}

fn frame_sum(frame: &[u8], place: u64) -> u32 {
    let seed = crc(crc(0, &place.to_le_bytes()), &frame[4..8]);
    crc(seed, &frame[FRAME_HEADER..])
}

/// Reads the frame at a place, header included; `None` when there is no whole one.
fn read_frame(reel: &Reel, base: u64, place: u64, buffer: &mut Vec<u8>) -> io::Result<Option<u64>> {
    let left = base + reel.len - place;
    let mut header = [0; FRAME_HEADER];
    if left < header.len() as u64 {
        return Ok(None);
    }
    reel.file.read_exact_at(&mut header, place - base)?;
    let [_, _, _, _, l0, l1, l2, l3, s0, s1, s2, s3] = header;
    let len = u32::from_le_bytes([l0, l1, l2, l3]);
    let possible = header.starts_with(FRAME)
        && len as usize > FRAME_HEADER
        && u64::from(len) <= left
        && u64::from(len).is_multiple_of(UNIT);
    if !possible {
        return Ok(None);
    }
    buffer.resize(len as usize, 0);
    reel.file.read_exact_at(buffer, place - base)?;
    Ok((frame_sum(buffer, place) == u32::from_le_bytes([s0, s1, s2, s3])).then_some(u64::from(len)))
}

/// Whether a whole frame stands anywhere behind a place.
fn frame_follows(reel: &Reel, base: u64, place: u64) -> io::Result<bool> {
    let mut rest = vec![0; usize::try_from(base + reel.len - place).unwrap_or_default()];
    reel.file.read_exact_at(&mut rest, place - base)?;
    let mut buffer = Vec::new();
    for at in (4..rest.len().saturating_sub(FRAME_HEADER)).step_by(4) {
        if rest[at..].starts_with(FRAME) && read_frame(reel, base, place + at as u64, &mut buffer)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn write_header(file: &File) -> io::Result<()> {
    let mut header = [0; 16];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    file.set_len(0)?;
    file.write_all_at(&header, 0)?;
    file.sync_all()
}

/// Checks the twelve bytes that every file of ours begins with.
pub(super) fn check_magic(header: &[u8], magic: [u8; 8], path: &Path) -> Result<(), Error> {
    let mut reader = Reader::new(header);
    let (found, version) = reader
        .take(8)
        .and_then(|found| Ok((found, reader.take(4)?)))
        .map_err(|flaw| Error::damaged(path, 0, flaw))?;
    if found != magic {
        return Err(Error::damaged(path, 0, "it does not begin as a file of the frontier does"));
    }
    match version.try_into().map(u32::from_le_bytes) {
        Ok(VERSION) => Ok(()),
        found => Err(Error::Version {
            path: path.to_owned(),
            found: i64::from(found.unwrap_or_default()),
            expected: i64::from(VERSION),
        }),
    }
}

pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// The bases of the reels in a directory.
fn names(dir: &Path) -> io::Result<Vec<u64>> {
    let mut bases = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let base = name.to_str().and_then(|name| name.strip_prefix("reel-"));
        bases.extend(base.and_then(|base| u64::from_str_radix(base, 16).ok()));
    }
    bases.sort_unstable();
    Ok(bases)
}
