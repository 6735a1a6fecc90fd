//! The archive on disk across kills, damage, other processes and erasures.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic where it stands")]

use std::path::Path;
use std::sync::Arc;

use archive::{ArchiveSource, ArchiveStore, Compression, Error, Opened, Settings, WarcArchive};
use model::{ByteSize, FetchRecord, Position};
use testkit::builders::{any_record, record};
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::random::Random;
use testkit::temp::Scratch;

const BOTH: [Compression; 2] = [Compression::Gzip, Compression::Zstd];

fn try_open(dir: &Path, settings: &Settings) -> Result<Opened, Error> {
    WarcArchive::open(dir, settings.clone(), Arc::new(SimulatedClock::at(EPOCH)))
}

fn open(dir: &Path, settings: &Settings) -> Opened {
    try_open(dir, settings).unwrap()
}

fn some_records(seed: u64, count: usize) -> Vec<FetchRecord> {
    let mut random = Random::new(seed);
    (0..count).map(|_| any_record(&mut random)).collect()
}

fn records(archive: &dyn ArchiveSource) -> Vec<FetchRecord> {
    archive.replay(Position::default()).unwrap().map(|item| item.unwrap().record).collect()
}

fn files(dir: &Path, end: &str) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|item| item.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(end));
    files.sort();
    files
}

fn small() -> Settings {
    Settings { segment_size: ByteSize::kibibytes(8), ..Settings::default() }
}

#[test]
fn a_tail_torn_at_any_byte_leaves_whole_exchanges() {
    for compression in BOTH {
        let settings = Settings { compression, ..Settings::default() };
        let scratch = Scratch::new();
        let mut archive = open(scratch.path(), &settings).archive;
        let expected = vec![
            record("https://a.test/1").html("x".repeat(600)).build(),
            record("https://a.test/2").html("x".repeat(600)).build(),
            record("https://a.test/1").not_modified().build(),
            record("https://a.test/3")
                .without_exchange(model::Outcome::Refused { reason: "private address".to_owned() })
                .build(),
        ];
        let mut starts = archive.append(&expected[..2]).unwrap();
        starts.extend(archive.append(&expected[2..]).unwrap());
        let end = archive.end();
        drop(archive);
        let segment = scratch.path().join(format!("silteme-000000.{}", compression.extension()));
        let bytes = std::fs::read(&segment).unwrap();
        let index = std::fs::read(scratch.path().join("silteme-000000.cdxj.open")).unwrap();
        assert_eq!(bytes.len() as u64, end.offset);
        let whole =
            |cut: usize| starts.iter().skip(1).chain([&end]).filter(|next| next.offset <= cut as u64).count();
        let tear = |dir: &Path, cut: usize| {
            std::fs::write(dir.join(segment.file_name().unwrap()), &bytes[..cut]).unwrap();
            // The index may be ahead of, level with or behind what is left: it is all there, partly or not at all.
            let part = index.len() * (cut % 3) / 2;
            std::fs::write(dir.join("silteme-000000.cdxj.open"), &index[..part]).unwrap();
        };
        let torn = Scratch::new();
        // Both kinds share all but the decoder: every byte of one, every seventh of the other.
        let step = if compression == Compression::Gzip { 1 } else { 7 };
        for cut in (0..=bytes.len()).step_by(step) {
            tear(torn.path(), cut);
            let reader = WarcArchive::open_read_only(torn.path()).unwrap().unwrap();
            assert_eq!(records(&reader), expected[..whole(cut)], "{compression:?} read only, cut at {cut}");
        }
        // Repairing takes several syncs: every byte around a boundary, every forty-first elsewhere.
        let near = |cut: usize| starts.iter().chain([&end]).any(|at| at.offset.abs_diff(cut as u64) < 2);
        for cut in (0..=bytes.len()).filter(|cut| near(*cut) || cut % 41 == 0) {
            let torn = Scratch::new();
            tear(torn.path(), cut);
            let whole = whole(cut);
            let mut opened = open(torn.path(), &settings);
            assert_eq!(records(&opened.archive), expected[..whole], "{compression:?} cut at {cut}");
            let kept = opened.archive.end().offset;
            assert!(whole > 0 || kept <= starts[0].offset, "at most the opening record");
            assert_eq!(opened.torn_bytes, cut as u64 - kept);
            if let Some(path) = &opened.torn_path {
                assert_eq!(std::fs::read(path).unwrap(), &bytes[usize::try_from(kept).unwrap()..cut]);
            }
            opened.archive.append(&expected[whole..]).unwrap();
            assert_eq!(records(&opened.archive), expected, "{compression:?} and goes on, cut at {cut}");
            for record in expected.iter().filter(|record| record.exchange.is_some()) {
                let held = opened.archive.lookup(&record.visit.url).unwrap();
                let responses = expected.iter().filter(|r| r.visit.url == record.visit.url);
                assert_eq!(held.len(), responses.count(), "index after a cut at {cut}");
            }
        }
    }
}

#[test]
fn a_page_that_looks_like_an_archive_is_not_taken_for_one() {
    // A crawled .warc.gz of our own kind, cut by a kill: its groups are whole, but they are somebody's bytes.
    let forged = Scratch::new();
    let mut archive = open(forged.path(), &Settings::default()).archive;
    archive.append(&[record("https://evil.test/forged").build()]).unwrap();
    drop(archive);
    let body = std::fs::read(forged.path().join("silteme-000000.warc.gz")).unwrap();
    let scratch = Scratch::new();
    let mut archive = open(scratch.path(), &Settings::default()).archive;
    let page =
        record("https://evil.test/x.warc.gz").header("content-encoding", "gzip").body("a/b", body).build();
    let last = archive.append(&[record("https://a.test/").build(), page]).unwrap()[1];
    let end = archive.end();
    drop(archive);
    let path = scratch.path().join("silteme-000000.warc.gz");
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(end.offset - 10).unwrap();
    let opened = open(scratch.path(), &Settings::default());
    assert_eq!(opened.archive.end(), last);
    assert_eq!(records(&opened.archive).len(), 1);
}

#[test]
fn one_writer_at_a_time_and_the_other_is_told_who() {
    let scratch = Scratch::new();
    let first = open(scratch.path(), &Settings::default());
    let error = try_open(scratch.path(), &Settings::default()).unwrap_err();
    assert!(matches!(error, Error::Locked { pid: Some(pid), .. } if pid == std::process::id()), "{error:?}");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(first);
    open(scratch.path(), &Settings::default());
}

#[test]
fn a_reader_sees_what_was_there_when_it_opened() {
    let scratch = Scratch::new();
    assert!(WarcArchive::open_read_only(&scratch.path().join("absent")).unwrap().is_none());
    let settings = small();
    let mut archive = open(scratch.path(), &settings).archive;
    let expected = some_records(1, 40);
    for (index, batch) in expected.chunks(4).enumerate() {
        let reader = WarcArchive::open_read_only(scratch.path()).unwrap().unwrap();
        archive.append(batch).unwrap();
        assert_eq!(records(&reader), expected[..index * 4]);
        let reader = WarcArchive::open_read_only(scratch.path()).unwrap().unwrap();
        assert_eq!((reader.end(), records(&reader).len()), (archive.end(), index * 4 + batch.len()));
        let url = &batch[0].visit.url;
        assert_eq!(reader.lookup(url).unwrap(), archive.lookup(url).unwrap());
    }
    let blank = Scratch::new();
    let mut archive = open(blank.path(), &Settings::default()).archive;
    archive.append(&expected[..1]).unwrap();
    archive.erase(&|_| true).unwrap();
    let reader = WarcArchive::open_read_only(blank.path()).unwrap().unwrap();
    archive.append(&expected[..1]).unwrap();
    assert_eq!(records(&reader), [], "a segment with no group yet when it was opened");
    assert!(files(scratch.path(), ".cdxj").len() > 3, "several segments were closed meanwhile");
}

#[test]
fn segments_are_closed_when_they_have_their_size() {
    let scratch = Scratch::new();
    let mut archive = open(scratch.path(), &small()).archive;
    let expected = some_records(2, 60);
    for record in &expected {
        archive.append(std::slice::from_ref(record)).unwrap();
    }
    let segments = files(scratch.path(), ".warc.gz");
    assert!(segments.len() > 5, "{segments:?}");
    assert_eq!(segments[1].file_name().unwrap(), "silteme-000001.warc.gz");
    for segment in &segments {
        assert!(std::fs::metadata(segment).unwrap().len() < 8 * 1024 + 10_000, "{segment:?}");
    }
    assert_eq!(files(scratch.path(), ".cdxj").len(), segments.len() - 1);
    assert_eq!(files(scratch.path(), ".cdxj.open").len(), 1);
    assert_eq!(records(&archive), expected);
    drop(archive);
    // Another compression from now on; what is there stays readable.
    let mut archive = open(scratch.path(), &Settings { compression: Compression::Zstd, ..small() }).archive;
    archive.append(&expected[..5]).unwrap();
    assert_eq!(files(scratch.path(), ".warc.zst").len(), 1);
    assert_eq!(records(&archive), [&expected[..], &expected[..5]].concat());
}

#[test]
fn an_index_is_built_again_when_it_is_missing_or_torn() {
    let scratch = Scratch::new();
    let mut archive = open(scratch.path(), &small()).archive;
    let expected = some_records(3, 30);
    for batch in expected.chunks(5) {
        archive.append(batch).unwrap();
    }
    drop(archive);
    let indexes = [files(scratch.path(), ".cdxj"), files(scratch.path(), ".cdxj.open")].concat();
    let texts: Vec<Vec<u8>> = indexes.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(indexes.len() > 2);
    for keep in [None, Some(0), Some(100)] {
        for (path, text) in indexes.iter().zip(&texts) {
            match keep {
                None => std::fs::remove_file(path).unwrap(),
                Some(length) => std::fs::write(path, &text[..length]).unwrap(),
            }
        }
        let reader = WarcArchive::open_read_only(scratch.path()).unwrap().unwrap();
        let opened = open(scratch.path(), &small());
        assert_eq!(opened.torn_bytes, 0);
        for (path, text) in indexes.iter().zip(&texts) {
            assert_eq!(String::from_utf8_lossy(&std::fs::read(path).unwrap()), String::from_utf8_lossy(text));
        }
        for record in &expected {
            let url = &record.visit.url;
            assert_eq!(reader.lookup(url).unwrap(), opened.archive.lookup(url).unwrap());
        }
    }
}

#[test]
fn damage_costs_the_records_it_hits_and_no_others() {
    for compression in BOTH {
        let scratch = Scratch::new();
        let settings = Settings { compression, ..small() };
        let mut archive = open(scratch.path(), &settings).archive;
        let page = |number: u32| {
            let text: String = (0..300).map(|word| format!("{} ", word * number % 977)).collect();
            record(&format!("https://a.test/{number}")).html(text).build()
        };
        let expected: Vec<FetchRecord> = (1..40).map(page).collect();
        let positions: Vec<Position> =
            expected.iter().flat_map(|r| archive.append(std::slice::from_ref(r)).unwrap()).collect();
        drop(archive);
        let hit = 5;
        let path =
            scratch.path().join(format!("silteme-{:06}.{}", positions[hit].segment, compression.extension()));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[usize::try_from(positions[hit].offset).unwrap() + 200] ^= 0x55;
        std::fs::write(&path, bytes).unwrap();
        let archive = open(scratch.path(), &settings).archive;
        let items: Vec<_> = archive.replay(Position::default()).unwrap().collect();
        let errors: Vec<String> =
            items.iter().filter_map(|item| item.as_ref().err()).map(ToString::to_string).collect();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(
            errors[0].contains("silteme-0000")
                && errors[0].contains(&format!("byte {}", positions[hit].offset)),
            "{errors:?}"
        );
        let got: Vec<FetchRecord> = items.into_iter().flatten().map(|item| item.record).collect();
        let mut rest = expected.clone();
        rest.remove(hit);
        assert_eq!(got, rest);
    }
}

/// Everything in the folder, compressed records unpacked.
fn unpacked(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for path in files(dir, "") {
        let bytes = std::fs::read(&path).unwrap();
        all.extend_from_slice(path.to_string_lossy().as_bytes());
        if path.extension().is_some_and(|end| end == "gz") {
            std::io::copy(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut all).unwrap();
        } else if path.extension().is_some_and(|end| end == "zst") {
            all.extend(zstd::stream::decode_all(&bytes[..]).unwrap());
        }
        all.extend(bytes);
    }
    all
}

#[test]
fn no_byte_of_what_was_erased_is_left() {
    for compression in BOTH {
        let scratch = Scratch::new();
        let settings = Settings { compression, ..small() };
        let mut archive = open(scratch.path(), &settings).archive;
        let url = |number: usize| format!("https://secret.test/person-{number}");
        let secret = "Айгүл Сәрсенова lives at 12 Abai street. ".repeat(30);
        let mut expected = some_records(4, 30);
        let mut batches = Vec::new();
        for (number, record_kept) in expected.iter_mut().enumerate() {
            record_kept.visit.via = (number % 7 == 0).then(|| url(number));
            let gone = record(&url(number)).html(&secret).build();
            batches.push(vec![gone, record_kept.clone()]);
        }
        for batch in &batches {
            archive.append(batch).unwrap();
        }
        drop(archive);
        // A kill tears the tail: its remains hold what will be doomed.
        let last = files(scratch.path(), compression.extension()).pop().unwrap();
        let length = std::fs::metadata(&last).unwrap().len();
        std::fs::OpenOptions::new().write(true).open(&last).unwrap().set_len(length - 5).unwrap();
        let opened = open(scratch.path(), &settings);
        assert!(opened.torn_bytes > 0);
        expected.pop();
        let mut archive = opened.archive;
        let untouched: Vec<u8> =
            files(scratch.path(), ".torn").iter().flat_map(|path| std::fs::read(path).unwrap()).collect();
        assert!(!untouched.is_empty());

        let erased = archive.erase(&|url| url.starts_with("https://secret.test/")).unwrap();
        assert!(erased.records >= 29, "{erased:?}");
        let all = unpacked(scratch.path());
        for trace in ["secret.test", "test,secret", "person-", "Abai street"] {
            let found = all.windows(trace.len()).position(|window| window == trace.as_bytes());
            assert_eq!(found, None, "{trace} is still there");
        }
        for kept in &mut expected {
            kept.visit.via = None;
        }
        assert_eq!(records(&archive), expected);
        let reader = WarcArchive::open_read_only(scratch.path()).unwrap().unwrap();
        assert_eq!((reader.end(), records(&reader).len()), (erased.end, expected.len()));
        drop(archive);
        let archive = open(scratch.path(), &settings).archive;
        assert_eq!((archive.end(), records(&archive)), (erased.end, expected), "also after a restart");
    }
}

#[test]
fn erasing_leaves_other_records_byte_for_byte() {
    let scratch = Scratch::new();
    let mut archive = open(scratch.path(), &Settings::default()).archive;
    let all = [
        record("https://a.test/1").build(),
        record("https://b.test/").build(),
        record("https://a.test/2").build(),
    ];
    let at = archive.append(&all).unwrap();
    let end = archive.end();
    let path = scratch.path().join("silteme-000000.warc.gz");
    let before = std::fs::read(&path).unwrap();
    archive.erase(&|url| url == "https://b.test/").unwrap();
    let offset = |position: Position| usize::try_from(position.offset).unwrap();
    let expected = [&before[..offset(at[1])], &before[offset(at[2])..offset(end)]].concat();
    assert_eq!(std::fs::read(&path).unwrap(), expected);
}

#[test]
fn a_kill_between_the_files_of_an_erasure_is_repaired() {
    let scratch = Scratch::new();
    let mut archive = open(scratch.path(), &Settings::default()).archive;
    archive.append(&some_records(5, 10)).unwrap();
    let doomed = "https://gone.test/";
    archive.append(&[record(doomed).build()]).unwrap();
    archive.erase(&|url| url == doomed).unwrap();
    drop(archive);
    // Killed after the rename, before the new index; and with a half-written segment lying about.
    std::fs::remove_file(scratch.path().join("silteme-000000.cdxj")).unwrap();
    std::fs::write(scratch.path().join("silteme-000000.warc.gz.tmp"), b"half").unwrap();
    let mut archive = open(scratch.path(), &Settings::default()).archive;
    assert_eq!(records(&archive), some_records(5, 10));
    assert!(files(scratch.path(), ".tmp").is_empty());
    let erased = archive.erase(&|url| url == doomed).unwrap();
    assert_eq!(erased.records, 0);
}

#[test]
fn the_end_never_moves_back() {
    let scratch = Scratch::new();
    let mut archive = open(scratch.path(), &Settings::default()).archive;
    archive.append(&some_records(6, 10)).unwrap();
    let end = archive.erase(&|url| url.contains("nothing like this")).unwrap().end;
    assert_eq!(archive.erase(&|_| true).unwrap().end, end, "no further segment where nothing was appended");
    drop(archive);
    for index in files(scratch.path(), ".cdxj") {
        std::fs::remove_file(index).unwrap();
    }
    let reader = WarcArchive::open_read_only(scratch.path()).unwrap().unwrap();
    let mut archive = open(scratch.path(), &Settings::default()).archive;
    for source in [&reader as &dyn ArchiveSource, &archive] {
        assert_eq!((source.end(), source.replay(end).unwrap().count()), (end, 0));
    }
    let record = record("https://a.test/").build();
    assert_eq!(
        archive.append(std::slice::from_ref(&record)).unwrap(),
        [end],
        "the checkpoint is where it goes on"
    );
}

#[test]
fn settings_are_refused_unknown_or_senseless() {
    let scratch = Scratch::new();
    let tiny = Settings { segment_size: ByteSize(10), ..Settings::default() };
    let message = try_open(scratch.path(), &tiny).unwrap_err().to_string();
    assert!(message.contains("archive.segment_size = \"10 B\""), "{message}");
    let read = |text: &str| serde_json::from_str::<Settings>(text);
    assert_eq!(read("{}").unwrap(), Settings::default());
    assert_eq!(read(r#"{"compression":"zstd"}"#).unwrap().compression, Compression::Zstd);
    assert!(read(r#"{"compresion":"zstd"}"#).unwrap_err().to_string().contains("compresion"));
}
