//! The durable log behind the feed of changes: `sequence TAB milliseconds TAB kind TAB key [TAB url]`, one line a change.
//!
//! An upsert line holds no content: whoever reads it gets the document as it is then. So a crash between this log and the
//! search engine's commit (the log goes first) leaves a line too many at worst, never one too few.
//!
//! Invariant: sequence numbers grow by one, from 1; [`compact`] leaves gaps and never reuses a number. A line without its
//! end (a crash while appending) does not count and is cut off by the next append.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use model::{Timestamp, UrlKey};

use crate::error::Error;
use crate::layout;

const LOG: &str = "changes.log";
const LOCK: &str = "changes.lock";

/// No line is longer: a URL is at most 8 KiB (`CanonicalUrl::LEN_MAX`).
const LINE_BYTES_MAX: u64 = 16 * 1024;

/// What happened to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Upsert,
    /// Deleted; its URL may be told.
    Gone(String),
    /// Deleted; nothing but the key may be told.
    Withdrawn,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) at: Timestamp,
    pub(crate) key: UrlKey,
    pub(crate) what: What,
}

/// Appends changes made at `now`, durably.
pub(crate) fn append<'a>(
    dir: &Path,
    now: Timestamp,
    changes: impl Iterator<Item = (UrlKey, &'a What)>,
) -> Result<(), Error> {
    let mut changes = changes.peekable();
    if changes.peek().is_none() {
        return Ok(());
    }
    let _lock = layout::lock_waiting(dir, LOCK)?;
    let path = dir.join(LOG);
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(Error::io("open", &path))?;
    let (end, mut sequence) = tail(&mut file, &path)?;
    let mut lines = String::new();
    for (key, what) in changes {
        sequence += 1;
        write_line(&mut lines, &Entry { sequence, at: now, key, what: what.clone() });
    }
    file.set_len(end)
        .and_then(|()| file.seek(SeekFrom::Start(end)))
        .and_then(|_| file.write_all(lines.as_bytes()))
        .and_then(|()| file.sync_data())
        .map_err(Error::io("write", &path))
}

/// The number of the last change; 0 when there is none.
pub(crate) fn last(dir: &Path) -> Result<u64, Error> {
    let path = dir.join(LOG);
    match open(&path)? {
        Some(mut file) => Ok(tail(&mut file, &path)?.1),
        None => Ok(0),
    }
}

/// At most `limit` changes after number `after`.
pub(crate) fn read(dir: &Path, after: u64, limit: usize) -> Result<Vec<Entry>, Error> {
    let path = dir.join(LOG);
    let Some(mut file) = open(&path)? else { return Ok(Vec::new()) };
    let start = position_after(&mut file, after).map_err(Error::io("read", &path))?;
    file.seek(SeekFrom::Start(start)).map_err(Error::io("read", &path))?;
    let mut reader = BufReader::new(file);
    let mut found = Vec::new();
    while found.len() < limit {
        let Some(line) = next_line(&mut reader).map_err(Error::io("read", &path))? else { break };
        let entry = parse_line(&line).ok_or_else(|| damaged(&path, &line))?;
        if entry.sequence > after {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Drops what later changes of the same link have made pointless, and every URL of a link that is withdrawn or that
/// `forgotten` names. The last line always stays, for its number.
pub(crate) fn compact(dir: &Path) -> Result<(), Error> {
    let path = dir.join(LOG);
    if !path.exists() {
        return Ok(());
    }
    let _lock = layout::lock_waiting(dir, LOCK)?;
    let mut last_of: HashMap<UrlKey, u64> = HashMap::new();
    let mut withdrawn: HashSet<UrlKey> = HashSet::new();
    let mut end = 0;
    for_each(&path, |entry| {
        last_of.insert(entry.key, entry.sequence);
        end = entry.sequence;
        match entry.what {
            What::Withdrawn => withdrawn.insert(entry.key),
            _ => withdrawn.remove(&entry.key),
        };
        Ok(())
    })?;
    let temporary = path.with_extension("tmp");
    let mut out = File::create(&temporary).map_err(Error::io("create", &temporary))?;
    let mut lines = String::new();
    for_each(&path, |mut entry| {
        if last_of.get(&entry.key) != Some(&entry.sequence) && entry.sequence != end {
            return Ok(());
        }
        if withdrawn.contains(&entry.key) {
            entry.what = What::Withdrawn;
        }
        lines.clear();
        write_line(&mut lines, &entry);
        out.write_all(lines.as_bytes()).map_err(Error::io("write", &temporary))
    })?;
    out.sync_all().map_err(Error::io("write", &temporary))?;
    fs::rename(&temporary, &path).map_err(Error::io("replace", &path))
}

/// The cursor after change number `sequence`.
pub(crate) fn cursor(sequence: u64) -> String {
    format!("c{sequence}")
}

/// The number a cursor stands for; no cursor = before everything.
pub(crate) fn place_of(cursor: Option<&str>, last: u64) -> Result<u64, Error> {
    let Some(text) = cursor else { return Ok(0) };
    let number = text.strip_prefix('c').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    number.and_then(|n| n.parse().ok()).filter(|n| *n <= last).ok_or_else(|| Error::cursor(text))
}

/// The first `limit` entries and whether there were more.
pub(crate) fn stretch(mut entries: Vec<Entry>, limit: usize) -> (Vec<Entry>, bool) {
    let more = entries.len() > limit;
    entries.truncate(limit);
    (entries, more)
}

/// Of several entries of one link the last, in the order of those.
pub(crate) fn last_of_each(entries: Vec<Entry>) -> impl Iterator<Item = Entry> {
    let last: HashMap<UrlKey, u64> = entries.iter().map(|entry| (entry.key, entry.sequence)).collect();
    entries.into_iter().filter(move |entry| last.get(&entry.key) == Some(&entry.sequence))
}

fn for_each(path: &Path, mut each: impl FnMut(Entry) -> Result<(), Error>) -> Result<(), Error> {
    let Some(file) = open(path)? else { return Ok(()) };
    let mut reader = BufReader::new(file);
    while let Some(line) = next_line(&mut reader).map_err(Error::io("read", path))? {
        each(parse_line(&line).ok_or_else(|| damaged(path, &line))?)?;
    }
    Ok(())
}

fn open(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io("open", path)(e)),
    }
}

fn damaged(path: &Path, line: &str) -> Error {
    let start: String = line.chars().take(60).collect();
    Error::Damaged { path: path.to_owned(), detail: format!("{start:?} is no line of it") }
}

/// Where the last whole line ends, and its number.
fn tail(file: &mut File, path: &Path) -> Result<(u64, u64), Error> {
    let read = Error::io("read", path);
    let mut take = || -> std::io::Result<(u64, Vec<u8>)> {
        let len = file.seek(SeekFrom::End(0))?;
        let start = len.saturating_sub(2 * LINE_BYTES_MAX);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(2 * LINE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok((start, bytes))
    };
    let (start, bytes) = take().map_err(read)?;
    let Some(end) = bytes.iter().rposition(|b| *b == b'\n') else { return Ok((start, 0)) };
    let first = bytes[..end].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let line = String::from_utf8_lossy(&bytes[first..end]);
    let entry = parse_line(&line).ok_or_else(|| damaged(path, &line))?;
    Ok((start + end as u64 + 1, entry.sequence))
}

/// A place at the start of a line, not after the first line with a number greater than `after`, and not far before it.
fn position_after(file: &mut File, after: u64) -> std::io::Result<u64> {
    let (mut low, mut high) = (0, file.seek(SeekFrom::End(0))?);
    while high - low > 4 * LINE_BYTES_MAX {
        let middle = low.midpoint(high);
        file.seek(SeekFrom::Start(middle))?;
        let mut reader = BufReader::new(&mut *file);
        let mut skipped = Vec::new();
        let skip = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut skipped)? as u64;
        match next_line(&mut reader)?.and_then(|line| parse_line(&line)) {
            Some(entry) if entry.sequence <= after => low = middle + skip,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// The next whole line; none at the end or where the last line has no end.
fn next_line(reader: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    reader.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)?;
    if bytes.pop() != Some(b'\n') {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn write_line(out: &mut String, entry: &Entry) {
    let (kind, url) = match &entry.what {
        What::Upsert => ('u', ""),
        What::Gone(url) => ('d', url.as_str()),
        What::Withdrawn => ('w', ""),
    };
    out.push_str(&format!("{}\t{}\t{kind}\t{}", entry.sequence, entry.at.as_millisecond(), entry.key));
    // A URL holds neither tabs nor line ends (WHATWG serialisation); one that does is not told.
    if !url.is_empty() && !url.contains(['\t', '\n', '\r']) && url.len() < 8 * 1024 + 1 {
        out.push('\t');
        out.push_str(url);
    }
    out.push('\n');
}

fn parse_line(line: &str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let sequence = parts.next()?.parse().ok()?;
    let at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
    let kind = parts.next()?;
    let key = UrlKey::from_hex(parts.next()?)?;
    let what = match (kind, parts.next()) {
        ("u", None) => What::Upsert,
        ("d", url) => What::Gone(url.unwrap_or_default().to_owned()),
        ("w", None) => What::Withdrawn,
        _ => return None,
    };
    parts.next().is_none().then_some(Entry { sequence, at, key, what })
}

#[cfg(test)]
mod tests;
