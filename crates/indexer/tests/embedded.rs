//! What only the embedded index promises: generations, other processes, crashes, erasure.

#![expect(clippy::expect_used, reason = "a case that cannot go on has failed")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indexer::{
    Change, Error, GenerationWriter, Index, IndexWriter, LinkSource, Query, Removal, Settings, Writer,
    rollback,
};
use model::{Document, Position};
use tantivy::schema::Value;
use testkit::conformance::indexer::{document, key, now};

fn at(offset: u64) -> Position {
    Position { segment: 0, offset }
}

fn open(dir: &Path) -> Index {
    Index::open(dir, Settings::default()).expect("open")
}

fn found(index: &Index, text: &str) -> Vec<String> {
    let answer = index.search(&Query::new(text, 1_000, now())).expect("search");
    let mut urls: Vec<String> = answer.hits.into_iter().map(|hit| hit.document.url).collect();
    urls.sort();
    urls
}

fn numbered(count: usize) -> Vec<Document> {
    (0..count)
        .map(|n| document(&format!("https://a.test/{n}"), "kk", "Хабар", &format!("нөмірі {n}")))
        .collect()
}

fn feed(index: &Index, cursor: Option<&str>) -> (Vec<String>, String) {
    let changes = index.changes(cursor, 10_000, now()).expect("changes");
    let told = changes.changes.iter().map(|change| match change {
        Change::Upsert { document, .. } => format!("+{}", document.url),
        Change::Delete { url, key, .. } => format!("-{}", url.clone().unwrap_or_else(|| key.to_string())),
    });
    (told.collect(), changes.next)
}

fn folder_holds(dir: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(dir).expect("a folder").flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return folder_holds(&path, needle);
        }
        let bytes = std::fs::read(&path).expect("a file");
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn a_second_writer_is_refused_and_a_reader_needs_none() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(&dir.path().join("index"));
    assert!(found(&index, "").is_empty(), "a folder that is not there answers as an empty index");
    let writer = index.writer().expect("writer");
    let refused = index.writer().map(drop);
    assert!(matches!(refused, Err(Error::Locked { .. })), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("writer.lock"));
    drop(writer);
    index.writer().expect("a writer after the first has gone");
}

#[test]
fn what_was_not_committed_is_replayed_not_kept() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(3)).expect("put");
    writer.commit(at(10), now()).expect("commit");
    writer.put(&numbered(8)).expect("put");
    // As a crash would leave it: nothing says goodbye.
    drop(writer);
    let mut writer = open(dir.path()).writer().expect("writer");
    assert_eq!(writer.checkpoint(), at(10), "replay goes on from the last commit");
    assert_eq!(found(&index, "хабар").len(), 3);
    writer.put(&numbered(8)).expect("put");
    writer.commit(at(20), now()).expect("commit");
    assert_eq!(found(&index, "хабар").len(), 8, "replayed, none doubled");
    assert_eq!(feed(&index, None).0.len(), 8);
}

#[test]
fn a_generation_takes_over_at_once_and_keeps_the_feed() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(5)).expect("put");
    writer.commit(at(10), now()).expect("commit");
    let (_, cursor) = feed(&index, None);

    let mut generation = index.begin_generation().expect("begin");
    let refused = index.begin_generation().map(drop);
    assert!(matches!(refused, Err(Error::Locked { .. })), "two reindexes at once: {refused:?}");
    // 0 to 2 as before, 3 changed, 4 no longer there, 5 new.
    let mut documents = numbered(6);
    documents.remove(4);
    documents[3].title = "Жаңа хабар".to_owned();
    generation.put(&documents).expect("put");
    generation.commit(at(8), now()).expect("commit");
    assert_eq!(found(&index, "хабар").len(), 5, "not visible before it is published");
    let behind = generation.publish(at(8), now());
    assert!(matches!(behind, Err(Error::Behind { .. })), "{behind:?}");
    assert_eq!(generation.publish(at(10), now()).expect("publish"), 2);
    drop(generation);

    assert_eq!(found(&index, "хабар").len(), 5);
    assert_eq!(found(&index, "жаңа"), ["https://a.test/3"]);
    assert_eq!(index.stats().expect("stats").generation, 2);
    let (mut told, _) = feed(&index, Some(&cursor));
    told.sort();
    assert_eq!(
        told,
        [
            "+https://a.test/3".to_owned(),
            "+https://a.test/5".to_owned(),
            format!("-{}", key("https://a.test/4"))
        ],
        "what did not change is not told"
    );

    let refused = writer.put(&numbered(1));
    assert!(matches!(refused, Err(Error::Superseded { generation: 1 })), "{refused:?}");
    drop(writer);
    let mut writer = index.writer().expect("writer");
    assert_eq!((writer.generation(), writer.checkpoint()), (2, at(10)));

    assert_eq!(rollback(dir.path(), now()).expect("rollback"), 1);
    assert_eq!(found(&index, "жаңа"), [""; 0]);
    assert!(matches!(writer.put(&numbered(1)), Err(Error::Superseded { generation: 2 })));
    assert!(matches!(rollback(dir.path(), now()), Err(Error::NoPrevious { .. })));
}

#[test]
fn an_interrupted_generation_is_gone_on_with() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut generation = index.begin_generation().expect("begin");
    generation.put(&numbered(4)).expect("put");
    generation.commit(at(4), now()).expect("commit");
    generation.put(&numbered(6)).expect("put");
    drop(generation);
    let mut generation = index.begin_generation().expect("begin");
    assert_eq!((generation.generation(), generation.checkpoint()), (1, at(4)));
    assert_eq!(generation.documents().expect("documents"), 4);
    generation.put(&numbered(6)).expect("put");
    generation.publish(at(6), now()).expect("publish");
    assert_eq!(found(&index, "хабар").len(), 6);
    drop(generation);
    let generation = index.begin_generation().expect("begin");
    assert_eq!(generation.generation(), 2, "a published one is not gone on with");
    generation.abandon().expect("abandon");
    assert!(!dir.path().join("gen-000002").exists());
}

#[test]
fn marks_that_crashes_left_do_no_harm() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    // Killed while making the first generation: it was never pointed at.
    std::fs::create_dir(dir.path().join("gen-000001")).expect("a folder");
    std::fs::write(dir.path().join("gen-000001/unfinished"), "").expect("a mark");
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(2)).expect("put");
    writer.commit(at(1), now()).expect("commit");
    assert_eq!(writer.generation(), 2);
    // Killed right after going live: the mark is still there.
    std::fs::write(dir.path().join("gen-000002/unfinished"), "").expect("a mark");
    let mut generation = index.begin_generation().expect("begin");
    assert_eq!(generation.generation(), 3);
    assert!(!dir.path().join("gen-000001").exists(), "what never lived is removed");
    generation.put(&numbered(3)).expect("put");
    generation.publish(at(1), now()).expect("publish");
    drop(generation);
    assert_eq!(rollback(dir.path(), now()).expect("rollback"), 2, "what lived can be gone back to");
    assert_eq!(found(&index, "хабар").len(), 2);
}

#[test]
fn old_generations_go_the_previous_one_stays() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    for round in 1..=4 {
        let mut generation = index.begin_generation().expect("begin");
        generation.put(&numbered(2)).expect("put");
        assert_eq!(
            generation.publish(at(round), now()).expect("publish"),
            u32::try_from(round).expect("small")
        );
    }
    let exists: Vec<bool> = (1..=4).map(|n| dir.path().join(format!("gen-{n:06}")).exists()).collect();
    assert_eq!(exists, [false, false, true, true]);
    assert_eq!(feed(&index, None).0.len(), 2, "reindexing the same adds nothing to the feed");
}

#[test]
fn readers_never_find_nothing_while_generations_come_and_go() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut first = index.begin_generation().expect("begin");
    first.put(&numbered(50)).expect("put");
    first.publish(at(1), now()).expect("publish");
    drop(first);
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            // A reader of its own, as another process has.
            let (reader, done) = (open(dir.path()), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut asked = 0;
                while !done.load(Ordering::Relaxed) {
                    let answer = reader.search(&Query::new("хабар", 100, now())).expect("never fails");
                    assert_eq!(answer.hits.len(), 50, "never empty, never half");
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    for round in 2..8 {
        let mut generation = index.begin_generation().expect("begin");
        generation.put(&numbered(50)).expect("put");
        generation.publish(at(100 * round), now()).expect("publish");
        drop(generation);
        let mut writer = index.writer().expect("writer");
        for commit in 0..3 {
            writer.put(&numbered(50)).expect("put");
            writer.commit(at(100 * round + commit), now()).expect("commit");
        }
        writer.purge().expect("purge");
        let mut generation = index.begin_generation().expect("begin");
        generation.put(&numbered(50)).expect("put");
        generation.publish(at(100 * round + 9), now()).expect("publish");
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.join().expect("no failed and no empty answer") > 0);
    }
}

#[test]
fn other_versions_are_refused_until_reindexed() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(3)).expect("put");
    writer.commit(at(1), now()).expect("commit");
    drop((writer, index));
    std::fs::write(dir.path().join("gen-000001/version.json"), r#"{"schema":1,"analyser":0}"#)
        .expect("write");
    let refused = Index::open(dir.path(), Settings::default()).map(drop).expect_err("refused");
    assert!(matches!(refused, Error::Version { .. }), "{refused:?}");
    let message = refused.to_string();
    assert!(message.contains("analyser 0") && message.contains("silteme reindex"), "{message}");
    assert!(matches!(Writer::open(dir.path(), &Settings::default()).map(drop), Err(Error::Version { .. })));
    let mut generation = GenerationWriter::begin(dir.path(), &Settings::default()).expect("begin");
    generation.put(&numbered(3)).expect("put");
    generation.publish(at(1), now()).expect("publish");
    drop(generation);
    let index = open(dir.path());
    assert_eq!(found(&index, "хабар").len(), 3);
    assert_eq!(feed(&index, None).0.len(), 3, "the documents are the same as before");
}

/// Whether the word or the text stands in any generation: in its terms, or in its stored documents, deleted ones too. Fails on
/// files that belong to no living segment, for nobody could read those.
fn generations_hold(dir: &Path, word: &str, text: &str) -> bool {
    let mut holds = false;
    for number in 1..20 {
        let path = dir.join(format!("gen-{number:06}"));
        if !path.exists() {
            continue;
        }
        let engine = tantivy::Index::open_in_dir(&path).expect("the engine's files");
        let living: Vec<String> = engine
            .searchable_segment_ids()
            .expect("segments")
            .iter()
            .map(tantivy::index::SegmentId::uuid_string)
            .collect();
        for entry in std::fs::read_dir(&path).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let of_segment = name.split('.').next().is_some_and(|stem| stem.len() == 32);
            assert!(!of_segment || living.iter().any(|id| name.starts_with(id)), "{name} belongs to nothing");
        }
        let searcher = engine.reader().expect("a reader").searcher();
        let words = engine.schema().get_field("words").expect("the field");
        let source = engine.schema().get_field("source").expect("the field");
        for segment in searcher.segment_readers() {
            let terms = segment.inverted_index(words).expect("the terms");
            holds |= terms.terms().get(word).expect("a look-up").is_some();
            let store = segment.get_store_reader(1).expect("the store");
            // Without the list of the living: deleted documents too.
            holds |= store.iter::<tantivy::TantivyDocument>(None).any(|stored| {
                let stored = stored.expect("a document");
                stored.get_first(source).and_then(|value| value.as_str()).expect("its source").contains(text)
            });
        }
    }
    holds
}

#[test]
fn purged_text_is_in_no_file() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    let canary = document("https://canary.test/secret-page", "en", "Canaryword", "zyxwvutsrq");
    writer.put(&numbered(40)).expect("put");
    writer.put(std::slice::from_ref(&canary)).expect("put");
    writer.commit(at(1), now()).expect("commit");
    let mut generation = index.begin_generation().expect("begin");
    generation.put(&numbered(40)).expect("put");
    generation.put(std::slice::from_ref(&canary)).expect("put");
    generation.publish(at(1), now()).expect("publish");
    drop((generation, writer));
    let mut writer = index.writer().expect("writer");
    assert!(generations_hold(dir.path(), "canaryword", "no such text"), "it stands in the terms");
    assert!(generations_hold(dir.path(), "nosuchword", "zyxwvutsrq"), "and in the store");
    writer.delete(&[canary.key], Removal::Gone).expect("delete");
    writer.commit(at(2), now()).expect("commit");
    assert!(folder_holds(dir.path(), b"canary.test/secret-page"), "the feed tells the URL of what is gone");
    writer.put(std::slice::from_ref(&canary)).expect("put");
    writer.commit(at(3), now()).expect("commit");
    writer.delete(&[canary.key], Removal::Withdrawn).expect("delete");
    writer.commit(at(4), now()).expect("commit");
    assert!(found(&index, "canaryword").is_empty());
    writer.purge().expect("purge");
    assert!(!generations_hold(dir.path(), "canaryword", "zyxwvutsrq"));
    assert!(!folder_holds(dir.path(), b"canary.test"), "not in the log either");
    assert_eq!(found(&index, "хабар").len(), 40);
    assert_eq!(index.stats().expect("stats").deleted, 0);
}

#[test]
fn all_documents_come_in_the_order_of_their_keys() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    for chunk in numbered(25).chunks(4) {
        writer.put(chunk).expect("put");
        writer.commit(at(1), now()).expect("commit");
    }
    writer.delete(&[key("https://a.test/7")], Removal::Gone).expect("delete");
    writer.commit(at(2), now()).expect("commit");
    let mut keys = Vec::new();
    loop {
        let part = index.documents(keys.last().copied(), 4, now()).expect("documents");
        if part.is_empty() {
            break;
        }
        keys.extend(part.iter().map(|document| document.key));
    }
    let mut expected: Vec<_> = numbered(25).iter().map(|document| document.key).collect();
    expected.retain(|k| *k != key("https://a.test/7"));
    expected.sort();
    assert_eq!(keys, expected);
}

#[test]
fn damaged_files_are_named() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(3)).expect("put");
    writer.commit(at(1), now()).expect("commit");
    drop((writer, index));
    let refused = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        let before = std::fs::read(&path).expect("a file");
        std::fs::write(&path, bytes).expect("write");
        let error = Index::open(dir.path(), Settings::default())
            .and_then(|index| index.changes(None, 10, now()).map(drop))
            .expect_err("refused");
        std::fs::write(&path, before).expect("write");
        error.to_string()
    };
    for (name, bytes) in [
        ("current", &b"gen-x"[..]),
        ("gen-000001/version.json", b"{"),
        ("gen-000001/meta.json", b"{}"),
        ("changes.log", b"x\n"),
    ] {
        let message = refused(name, bytes);
        assert!(
            message.contains("reindex") && message.contains(dir.path().to_str().expect("a path")),
            "{message}"
        );
    }
    assert_eq!(found(&open(dir.path()), "хабар").len(), 3);
}

#[test]
fn a_torn_line_of_the_log_does_not_count() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(2)).expect("put");
    writer.commit(at(1), now()).expect("commit");
    let log = dir.path().join("changes.log");
    let mut bytes = std::fs::read(&log).expect("the log");
    bytes.extend_from_slice(b"3\t17680");
    std::fs::write(&log, bytes).expect("write");
    let (told, cursor) = feed(&index, None);
    assert_eq!(told.len(), 2);
    writer.put(&numbered(3)).expect("put");
    writer.commit(at(2), now()).expect("commit");
    assert_eq!(feed(&index, Some(&cursor)).0, ["+https://a.test/2"]);
}

#[test]
fn commits_are_due_by_count_and_by_time() {
    let dir = tempfile::tempdir().expect("dir");
    let settings = Settings { commit_documents: 3, ..Settings::default() };
    let mut writer = Writer::open(dir.path(), &settings).expect("writer");
    let seconds = |n| now() + jiff::SignedDuration::from_secs(n);
    assert!(!writer.commit_due(seconds(0)), "nothing to commit");
    writer.put(&numbered(1)).expect("put");
    assert!(!writer.commit_due(seconds(10)));
    assert!(!writer.commit_due(seconds(13)));
    // A second for archiving, parsing, looking and committing: visible five seconds after the fetch.
    assert!(writer.commit_due(seconds(14)), "four seconds after it was first seen");
    writer.commit(at(1), seconds(15)).expect("commit");
    assert!(!writer.commit_due(seconds(30)));
    writer.put(&numbered(3)).expect("put");
    assert!(writer.commit_due(seconds(30)), "enough documents");
}

#[test]
fn more_than_the_memory_for_waiting_documents_goes_through() {
    let dir = tempfile::tempdir().expect("dir");
    let settings = Settings { memory: model::ByteSize::kibibytes(64), ..Settings::default() };
    let mut writer = Writer::open(dir.path(), &settings).expect("writer");
    let text = "сөз ".repeat(20_000);
    let documents: Vec<Document> =
        (0..12).map(|n| document(&format!("https://a.test/{n}"), "kk", "Ұзын", &text)).collect();
    writer.put(&documents).expect("put");
    writer.commit(at(1), now()).expect("commit");
    assert_eq!(found(&open(dir.path()), "ұзын").len(), 12);
    writer.close().expect("close");
}

/// Linux: every write to /dev/full fails with "no space left on device".
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let index = open(dir.path());
    let mut writer = index.writer().expect("writer");
    writer.put(&numbered(2)).expect("put");
    writer.commit(at(1), now()).expect("commit");
    let log = dir.path().join("changes.log");
    let aside = dir.path().join("aside");
    std::fs::rename(&log, &aside).expect("rename");
    std::os::unix::fs::symlink("/dev/full", &log).expect("symlink");
    writer.put(&numbered(5)).expect("put");
    let error = writer.commit(at(2), now()).expect_err("no space");
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("changes.log") && error.to_string().contains("free space"), "{error}");
    assert_eq!(writer.checkpoint(), at(1));
    assert_eq!(found(&index, "хабар").len(), 2, "the last commit is answered from");
    std::fs::rename(&aside, &log).expect("rename");
    writer.commit(at(2), now()).expect("commit");
    assert_eq!((found(&index, "хабар").len(), feed(&index, None).0.len()), (5, 5));
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let dir = tempfile::tempdir().expect("dir");
    let file = dir.path().join("file");
    std::fs::write(&file, "x").expect("write");
    for error in [
        Writer::open(&file, &Settings::default()).map(drop).expect_err("a file is no folder"),
        GenerationWriter::begin(&file.join("below"), &Settings::default())
            .map(drop)
            .expect_err("nor has it any"),
    ] {
        assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("file"), "{error}");
    }
}
