//! The index of the active segment: lines in the order of appending, found through hashes in memory.
//!
//! Invariant: a line is in the file only after its record is durable in the segment, so the file may lag behind the
//! segment but never runs ahead of it. Memory is 16 bytes a line and bounded by [`LINES_MAX`].

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::format::digest;
use crate::index::line;
use crate::store::Entry;

/// A segment with this many lines is closed whatever its size, so that sorting them at the end stays within 100 MB.
pub(crate) const LINES_MAX: usize = 250_000;

/// The longest line read; URLs have at most 8 KiB.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// Lines of the active segment.
#[derive(Debug)]
pub(crate) struct OpenIndex {
    path: PathBuf,
    segment: u32,
    /// Bytes of the file that hold whole lines.
    saved: u64,
    /// Lines not in the file (yet).
    pending: Vec<u8>,
    /// Hash of the key, and where the line begins.
    places: BTreeSet<(u64, u64)>,
    /// Where in the segment the last known group begins.
    last: Option<u64>,
    file: Option<File>,
}

impl OpenIndex {
    /// An index without lines; the first save replaces what is in the file.
    pub(crate) fn empty(path: &Path, segment: u32) -> Self {
        Self {
            path: path.to_owned(),
            segment,
            saved: 0,
            pending: Vec::new(),
            places: BTreeSet::new(),
            last: None,
            file: None,
        }
    }

    /// Reads what the file has; stops at the first line that is torn or does not fit.
    pub(crate) fn load(path: &Path, segment: u32) -> io::Result<Self> {
        let mut index = Self::empty(path, segment);
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(index),
            Err(error) => return Err(error),
        };
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(text) = piece.strip_suffix(b"\n") else { break };
            let Some(entry) = line::parse(text, segment) else { break };
            if index.last.is_some_and(|last| entry.at.offset <= last) {
                break;
            }
            index.places.insert((hash(line::key(text)), index.saved));
            index.saved += piece.len() as u64;
            index.last = Some(entry.at.offset);
        }
        Ok(index)
    }

    /// Where the last group with a line begins; the segment is whole at least up to there.
    pub(crate) fn last(&self) -> Option<u64> {
        self.last
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.places.len()
    }

    /// Adds a line, in memory only.
    pub(crate) fn push(&mut self, entry: &Entry, file_name: &str) {
        let text = line::print(entry, file_name);
        let at = self.saved + self.pending.len() as u64;
        self.places.insert((hash(line::key(text.as_bytes())), at));
        self.pending.extend_from_slice(text.as_bytes());
        self.last = Some(entry.at.offset);
    }

    /// Drops the lines that were never saved.
    pub(crate) fn forget_pending(&mut self) {
        self.pending.clear();
        let saved = self.saved;
        self.places.retain(|(_, at)| *at < saved);
    }

    /// Writes pending lines to the file. On failure the file holds whole lines up to where it did before.
    pub(crate) fn save(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.file.is_none() {
            let file = OpenOptions::new().append(true).create(true).open(&self.path)?;
            file.set_len(self.saved)?;
            self.file = Some(file);
        }
        if let Some(file) = &mut self.file
            && let Err(error) = file.write_all(&self.pending)
        {
            // A torn last line is recognised as such by `load`; cutting it only keeps the file tidy.
            let _ = file.set_len(self.saved);
            return Err(error);
        }
        self.saved += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Entries whose key is `key`, in the order of appending.
    pub(crate) fn find(&self, key: &[u8]) -> io::Result<Vec<Entry>> {
        let wanted = hash(key);
        let mut found = Vec::new();
        let mut file = None;
        for (_, at) in self.places.range((wanted, 0)..=(wanted, u64::MAX)) {
            let text = self.line_at(*at, &mut file)?;
            if line::key(&text) == key {
                found.extend(line::parse(&text, self.segment));
            }
        }
        Ok(found)
    }

    /// The offset of the first group with a line that begins after `offset`.
    pub(crate) fn next_after(&self, offset: u64) -> io::Result<Option<u64>> {
        let text = self.text()?;
        let entries = text.split(|byte| *byte == b'\n').filter_map(|text| line::parse(text, self.segment));
        Ok(entries.map(|entry| entry.at.offset).filter(|at| *at > offset).min())
    }

    /// Every line with its line break, in the order of appending.
    pub(crate) fn text(&self) -> io::Result<Vec<u8>> {
        let mut bytes = if self.saved == 0 { Vec::new() } else { std::fs::read(&self.path)? };
        bytes.truncate(usize::try_from(self.saved).unwrap_or(usize::MAX));
        bytes.extend_from_slice(&self.pending);
        Ok(bytes)
    }

    fn line_at(&self, at: u64, file: &mut Option<File>) -> io::Result<Vec<u8>> {
        if let Some(start) = at.checked_sub(self.saved) {
            let rest = self.pending.get(usize::try_from(start).unwrap_or(usize::MAX)..).unwrap_or_default();
            return Ok(rest.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec());
        }
        let file = match file {
            Some(file) => file,
            None => file.insert(File::open(&self.path)?),
        };
        crate::index::closed::read_line(file, at, LINE_BYTES_MAX)
    }
}

/// Eight bytes of SHA-1: sites choose their URLs and must not be able to make them collide.
fn hash(key: &[u8]) -> u64 {
    let sum = digest::sha1(key);
    u64::from_le_bytes([sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7]])
}
