use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use model::{FetchRecord, Position};
use testkit::builders::{any_record, record};
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::random::Random;
use testkit::temp::Scratch;

use super::archive::{Opened, WarcArchive};
use super::names::{SegmentName, segments};
use super::recent::Recent;
use super::tail::{self, SegmentFile};
use crate::error::Error;
use crate::group::encode::Earlier;
use crate::settings::{Compression, Settings};
use crate::store::{ArchiveSource as _, ArchiveStore as _};

thread_local! {
    /// Bytes the simulated disk still takes, and whether it can cut files.
    static ROOM: Cell<usize> = const { Cell::new(usize::MAX) };
    static CUTS: Cell<bool> = const { Cell::new(true) };
    static SYNCS: Cell<bool> = const { Cell::new(true) };
}

/// A disk of limited size: like a real one it writes what fits before it fails.
#[derive(Debug)]
struct SmallDisk(File);

impl SegmentFile for SmallDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = ROOM.get();
        let fits = &bytes[..bytes.len().min(room)];
        self.0.write_all(fits)?;
        ROOM.set(room - fits.len());
        if fits.len() < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if SYNCS.get() { self.0.sync() } else { Err(io::Error::other("input/output error")) }
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        if CUTS.get() { self.0.truncate(bytes) } else { Err(io::Error::other("input/output error")) }
    }
}

fn small_disk(path: &Path) -> io::Result<Box<dyn SegmentFile>> {
    Ok(Box::new(SmallDisk(OpenOptions::new().append(true).create(true).open(path)?)))
}

fn open(dir: &Path) -> Opened {
    let clock = Arc::new(SimulatedClock::at(EPOCH));
    WarcArchive::open_with(dir, Settings::default(), clock, small_disk).unwrap()
}

fn some_records(seed: u64, count: usize) -> Vec<FetchRecord> {
    let mut random = Random::new(seed);
    (0..count).map(|_| any_record(&mut random)).collect()
}

fn records(archive: &WarcArchive) -> Vec<FetchRecord> {
    archive.replay(Position::default()).unwrap().map(|item| item.unwrap().record).collect()
}

#[test]
fn a_full_disk_loses_nothing_and_says_so() {
    let (first, second) = (some_records(1, 5), some_records(2, 5));
    for room in [0, 1, 100, 3_000] {
        let scratch = Scratch::new();
        ROOM.set(usize::MAX);
        let mut archive = open(scratch.path()).archive;
        archive.append(&first).unwrap();
        let end = archive.end();
        ROOM.set(room);
        let error = archive.append(&second).unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains("silteme-000000.warc.gz") && message.contains("free some space"),
            "{message}"
        );
        assert_eq!((archive.end(), records(&archive)), (end, first.clone()), "room for {room}");
        let length = std::fs::metadata(scratch.path().join("silteme-000000.warc.gz")).unwrap().len();
        assert_eq!(length, end.offset, "cut back to the last good batch");

        ROOM.set(usize::MAX);
        archive.append(&second).unwrap();
        let both = [first.clone(), second.clone()].concat();
        assert_eq!(records(&archive), both, "and goes on once there is room");
        drop(archive);
        let opened = open(scratch.path());
        assert_eq!((opened.torn_bytes, records(&opened.archive)), (0, both));
    }
}

#[test]
fn a_disk_full_from_the_start_leaves_an_empty_archive() {
    let scratch = Scratch::new();
    ROOM.set(10);
    let mut archive = open(scratch.path()).archive;
    assert!(archive.append(&some_records(1, 2)).is_err());
    ROOM.set(usize::MAX);
    drop(archive);
    let mut archive = open(scratch.path()).archive;
    assert!(records(&archive).is_empty());
    archive.append(&some_records(1, 2)).unwrap();
    assert_eq!(records(&archive), some_records(1, 2));
}

#[test]
fn a_failed_sync_takes_the_batch_back() {
    let scratch = Scratch::new();
    ROOM.set(usize::MAX);
    let mut archive = open(scratch.path()).archive;
    archive.append(&some_records(1, 2)).unwrap();
    SYNCS.set(false);
    assert!(matches!(archive.append(&some_records(2, 2)), Err(Error::Io { action: "sync", .. })));
    SYNCS.set(true);
    assert_eq!(records(&archive), some_records(1, 2));
    assert!(archive.lookup(&some_records(2, 2)[0].visit.url).unwrap().is_empty());
}

#[test]
fn what_cannot_be_undone_stops_writing_until_the_next_opening() {
    let scratch = Scratch::new();
    ROOM.set(usize::MAX);
    let mut archive = open(scratch.path()).archive;
    archive.append(&some_records(1, 3)).unwrap();
    ROOM.set(500);
    CUTS.set(false);
    assert!(matches!(archive.append(&some_records(2, 3)), Err(Error::DiskFull { .. })));
    ROOM.set(usize::MAX);
    CUTS.set(true);
    let message = archive.append(&some_records(2, 3)).unwrap_err().to_string();
    assert!(message.contains("start again"), "{message}");
    assert_eq!(records(&archive), some_records(1, 3), "reading goes on");
    drop(archive);
    let mut opened = open(scratch.path());
    assert_eq!(opened.torn_bytes, 500);
    assert_eq!(std::fs::metadata(opened.torn_path.unwrap()).unwrap().len(), 500);
    opened.archive.append(&some_records(2, 3)).unwrap();
    assert_eq!(records(&opened.archive), [some_records(1, 3), some_records(2, 3)].concat());
}

#[test]
fn a_batch_beyond_the_write_buffer_is_one_batch() {
    let scratch = Scratch::new();
    ROOM.set(usize::MAX);
    let mut archive = open(scratch.path()).archive;
    let mut random = Random::new(5);
    let big: Vec<FetchRecord> = (0..7)
        .map(|index| {
            let body = random.bytes(1_500_000);
            record(&format!("https://a.test/{index}"))
                .header("content-encoding", "br")
                .body("text/html", body)
                .build()
        })
        .collect();
    archive.append(&some_records(1, 1)).unwrap();
    let end = archive.end();
    ROOM.set(9_000_000);
    assert!(archive.append(&big).is_err(), "fails in the third piece");
    assert_eq!(archive.end(), end);
    ROOM.set(usize::MAX);
    let positions = archive.append(&big).unwrap();
    let item = archive.replay(positions[6]).unwrap().next().unwrap().unwrap();
    assert_eq!(item.record, big[6]);
    assert_eq!(records(&archive).len(), 8);
}

#[test]
fn file_names_are_recognised() {
    for compression in [Compression::Gzip, Compression::Zstd] {
        for number in [0, 12, 999_999, 1_000_000, u32::MAX] {
            let name = SegmentName { number, compression };
            assert_eq!(SegmentName::parse(&name.file_name()), Some(name));
        }
    }
    assert_eq!(
        SegmentName { number: 12, compression: Compression::Gzip }.file_name(),
        "silteme-000012.warc.gz"
    );
    for foreign in
        ["silteme-12.warc.gz", "silteme-000012.warc", "silteme-000012.cdxj", "silteme-0000012.warc.gz", "x"]
    {
        assert_eq!(SegmentName::parse(foreign), None, "{foreign}");
    }
    let dir = tempfile::tempdir().unwrap();
    for name in
        ["silteme-1000000.warc.gz", "silteme-000002.warc.zst", "silteme-000010.warc.gz", "other.warc.gz"]
    {
        std::fs::write(dir.path().join(name), b"").unwrap();
    }
    let numbers: Vec<u32> = segments(dir.path()).unwrap().iter().map(|name| name.number).collect();
    assert_eq!(numbers, [2, 10, 1_000_000]);
}

#[test]
fn recent_payloads_are_bounded_and_kept_apart_by_host() {
    let earlier = |url: &str| Earlier { segment: 0, url: url.to_owned(), date: EPOCH, digest: String::new() };
    let key = |url: &str, byte: u8| Recent::key(url, &[byte; 20]);
    assert_eq!(key("https://a.kz/x", 1), key("https://a.kz/y?z", 1));
    assert_ne!(key("https://a.kz/x", 1), key("https://b.kz/x", 1));
    let mut recent = Recent::new(2);
    for byte in 0..5 {
        recent.insert(key("https://a.kz/", byte), earlier("https://a.kz/"));
    }
    let held: Vec<bool> = (0..5).map(|byte| recent.get(&key("https://a.kz/", byte)).is_some()).collect();
    assert_eq!(held, [false, false, false, true, true], "the oldest are forgotten");
    let mut none = Recent::new(0);
    none.insert(key("https://a.kz/", 0), earlier("https://a.kz/"));
    assert!(none.get(&key("https://a.kz/", 0)).is_none());
}

#[test]
fn the_real_file_is_cut_and_appended_to() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    let mut file = tail::open(&path).unwrap();
    file.append(b"abcdef").unwrap();
    file.truncate(2).unwrap();
    file.append(b"x").unwrap();
    file.sync().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"abx");
}
