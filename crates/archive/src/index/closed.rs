//! The index of a closed segment: sorted lines, found by binary search.
//!
//! Invariant: the file is written whole, then renamed into place, and ends with a line that names the length of its
//! segment; anything else counts as missing. Memory is one key per [`SAMPLE_BYTES`] of the file.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::index::line;
use crate::store::Entry;

/// One key is kept in memory for so many bytes of the file: a lookup reads about one such stretch.
const SAMPLE_BYTES: usize = 16 * 1024;

/// The end line has fewer bytes than this.
const END_BYTES_MAX: u64 = 256;

/// Sorted lines.
#[derive(Debug)]
pub(crate) struct ClosedIndex {
    segment: u32,
    source: Source,
    samples: OnceLock<Vec<Sample>>,
}

/// The key of a line and where it begins.
type Sample = (Box<[u8]>, u64);

#[derive(Debug, Clone)]
enum Source {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

impl ClosedIndex {
    /// The index in `path`, if it is whole and belongs to a segment of `segment_bytes`.
    pub(crate) fn open(path: &Path, segment: u32, segment_bytes: u64) -> io::Result<Option<Self>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END_BYTES_MAX)))?;
        let mut tail = Vec::new();
        file.take(END_BYTES_MAX).read_to_end(&mut tail)?;
        let last = tail.strip_suffix(b"\n").and_then(|tail| tail.rsplit(|byte| *byte == b'\n').next());
        let expected = format!("\"segment_bytes\":\"{segment_bytes}\"}}");
        let whole = last.is_some_and(|last| last.starts_with(b"~ ") && last.ends_with(expected.as_bytes()));
        Ok(whole.then(|| Self { segment, source: Source::File(path.to_owned()), samples: OnceLock::new() }))
    }

    /// An index in memory, for a reader that must not write.
    pub(crate) fn in_memory(lines: &[u8], segment: u32, segment_bytes: u64) -> Self {
        let text = sorted(lines, segment_bytes);
        Self { segment, source: Source::Memory(Arc::from(text)), samples: OnceLock::new() }
    }

    /// Sorts `lines` and puts them in place of `path`, durably.
    pub(crate) fn create(path: &Path, lines: &[u8], segment: u32, segment_bytes: u64) -> io::Result<Self> {
        let temporary = path.with_extension("cdxj.tmp");
        let mut file = File::create(&temporary)?;
        file.write_all(&sorted(lines, segment_bytes))?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        Ok(Self { segment, source: Source::File(path.to_owned()), samples: OnceLock::new() })
    }

    /// Entries whose key is `key`, oldest first.
    pub(crate) fn find(&self, key: &[u8]) -> io::Result<Vec<Entry>> {
        let samples = self.samples()?;
        let after = samples.partition_point(|(sample, _)| sample.as_ref() < key);
        let start = after.checked_sub(1).map_or(0, |index| samples[index].1);
        let mut found = Vec::new();
        self.each_line(start, |text, _| {
            let this = line::key(text);
            if this == key {
                found.extend(line::parse(text, self.segment));
            }
            this <= key
        })?;
        found.sort_by_key(|entry| entry.at);
        Ok(found)
    }

    /// The offset of the first group with a line that begins after `offset`.
    pub(crate) fn next_after(&self, offset: u64) -> io::Result<Option<u64>> {
        let mut next: Option<u64> = None;
        self.each_line(0, |text, _| {
            if let Some(entry) = line::parse(text, self.segment).filter(|entry| entry.at.offset > offset) {
                next = Some(next.map_or(entry.at.offset, |next| next.min(entry.at.offset)));
            }
            true
        })?;
        Ok(next)
    }

    fn samples(&self) -> io::Result<&[Sample]> {
        if let Some(samples) = self.samples.get() {
            return Ok(samples);
        }
        let mut samples = Vec::new();
        let mut due = SAMPLE_BYTES as u64;
        self.each_line(0, |text, at| {
            if at >= due {
                samples.push((Box::from(line::key(text)), at));
                due = at + SAMPLE_BYTES as u64;
            }
            true
        })?;
        Ok(self.samples.get_or_init(|| samples))
    }

    /// Calls `each` with every line from `start` on and where it begins, until it says no.
    fn each_line(&self, start: u64, mut each: impl FnMut(&[u8], u64) -> bool) -> io::Result<()> {
        let mut reader: Box<dyn io::BufRead> = match &self.source {
            Source::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(start))?;
                Box::new(BufReader::with_capacity(SAMPLE_BYTES, file))
            }
            Source::Memory(text) => {
                Box::new(text.get(usize::try_from(start).unwrap_or(usize::MAX)..).unwrap_or_default())
            }
        };
        let (mut at, mut text) = (start, Vec::new());
        while reader.read_until(b'\n', &mut text)? > 0 {
            if !each(text.strip_suffix(b"\n").unwrap_or(&text), at) {
                break;
            }
            at += text.len() as u64;
            text.clear();
        }
        Ok(())
    }
}

/// The line that begins at `at`, without its line break.
pub(crate) fn read_line(file: &mut File, at: u64, bytes_max: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut text = Vec::new();
    BufReader::with_capacity(1024, file.take(bytes_max)).read_until(b'\n', &mut text)?;
    if text.ends_with(b"\n") {
        text.pop();
    }
    Ok(text)
}

fn sorted(lines: &[u8], segment_bytes: u64) -> Vec<u8> {
    let mut pieces: Vec<&[u8]> =
        lines.split(|byte| *byte == b'\n').filter(|piece| !piece.is_empty()).collect();
    pieces.sort_unstable();
    let mut text = Vec::with_capacity(lines.len() + 128);
    for piece in &pieces {
        text.extend_from_slice(piece);
        text.push(b'\n');
    }
    text.extend_from_slice(line::print_end(pieces.len() as u64, segment_bytes).as_bytes());
    text
}
