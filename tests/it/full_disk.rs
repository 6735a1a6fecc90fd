//! A disk that is full: a clear message, what is live stays as it is, and the same command goes on when there is room.
//!
//! "Full" is a limit on the size of any file (`RLIMIT_FSIZE`), which needs no rights.

use std::path::Path;

use testkit::kill::{Ended, Program};
use testkit::web::{SiteGraph, Web};

use crate::program::Place;

const HASTY: &str = "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n";

/// Runs the program where no file can grow beyond some half kilobytes; the signal that would end it is ignored, so that
/// writing fails as on a full disk.
fn cramped(place: &Place, blocks: u32, arguments: &[&str]) -> Ended {
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let data = place.data();
    Program::new("/bin/sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_silteme")])
        .args(arguments)
        .args(["--config", "config/silteme.toml", "--data", data.to_str().unwrap()])
        .in_folder(place.scratch.path())
        .run()
}

fn crawled(seed: u64) -> (Place, Web, SiteGraph) {
    let graph = SiteGraph::new(seed, 2, 30);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, HASTY);
    place.done(&["crawl", &graph.url(0, 0), "--scope", "any"]);
    (place, web, graph)
}

fn says_what_to_do(ended: &Ended, about: &str) {
    assert_eq!(ended.status.code(), Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains(about), "{}", ended.stderr);
    assert!(ended.stderr.contains("space"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("panicked at"), "{}", ended.stderr);
}

#[test]
fn a_reindex_without_room_harms_nothing() {
    let (place, _web, _) = crawled(71);
    let expected = place.documents();
    for blocks in [1, 4, 16] {
        let ended = cramped(&place, blocks, &["reindex"]);
        says_what_to_do(&ended, place.data().to_str().unwrap());
        assert_eq!(place.documents(), expected);
    }
    place.done(&["reindex", "--verify"]);
    assert_eq!(place.documents(), expected);
    place.done(&["verify"]);
}

#[test]
fn a_swap_without_room_harms_nothing() {
    let (place, _web, _) = crawled(72);
    let expected = place.documents();
    // The pointer cannot be written: something else stands where its new version is made.
    let obstacle = place.data().join("index/current.tmp");
    std::fs::create_dir(&obstacle).unwrap();
    let ended = place.program(&["reindex"]).run();
    says_what_to_do(&ended, "current.tmp");
    assert_eq!(place.documents(), expected);
    std::fs::remove_dir(&obstacle).unwrap();
    place.done(&["reindex"]);
    assert_eq!(place.documents(), expected);
}

#[test]
fn a_commit_without_room_harms_nothing_that_is_live() {
    let (place, _web, graph) = crawled(73);
    let index = place.data().join("index");
    let all = place.documents();
    // The index as it was before the crawl went on: the next command has to catch up with the archive.
    let few = Place::with("");
    std::fs::create_dir_all(few.data()).unwrap();
    let first = few
        .scratch
        .write("one.ndjson", "{\"url\":\"https://b.kz/1\",\"title\":\"Бірінші\",\"text\":\"Мәтін\"}\n");
    few.done(&["import", first.to_str().unwrap()]);
    std::fs::remove_dir_all(&index).unwrap();
    copy(&few.data().join("index"), &index);
    reset_checkpoint(&index);
    let before = place.documents();
    assert_eq!(before.len(), 1);
    let ended = cramped(&place, 16, &["verify"]);
    says_what_to_do(&ended, "index");
    assert_eq!(place.documents(), before, "the last commit is what is live");
    place.run(&["verify"]);
    let mut after = place.documents();
    after.retain(|(url, _)| url != "https://b.kz/1");
    assert_eq!(after, all);
    assert_eq!(place.run(&["search", &SiteGraph::token(1, 3)]).code, 0, "{}", graph.url(1, 3));
}

/// Makes an index of another archive believe that it has seen nothing of this one.
fn reset_checkpoint(index: &Path) {
    let meta = index.join("gen-000001/meta.json");
    let mut value: serde_json::Value = serde_json::from_slice(&std::fs::read(&meta).unwrap()).unwrap();
    value["payload"] = serde_json::Value::Null;
    std::fs::write(&meta, serde_json::to_vec(&value).unwrap()).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn damaged_files_are_named_and_nothing_panics() {
    let (place, _web, _) = crawled(74);
    let generation = place.data().join("index/gen-000001");
    let largest = |end: &str| {
        let files = std::fs::read_dir(&generation).unwrap().flatten().map(|entry| entry.path());
        let files = files.filter(|path| path.extension().is_some_and(|ending| ending == end));
        files.max_by_key(|path| std::fs::metadata(path).unwrap().len()).unwrap()
    };
    let damaged =
        [generation.join("meta.json"), generation.join("version.json"), largest("term"), largest("store")];
    for path in damaged {
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        for arguments in [&["search", "page"][..], &["status"], &["export", "documents"], &["verify"]] {
            let ended = place.program(arguments).run();
            assert!(!ended.stderr.contains("panicked at"), "{}: {}", path.display(), ended.stderr);
            if ended.status.code() == Some(3) {
                assert!(ended.stderr.contains("silteme reindex"), "{}: {}", path.display(), ended.stderr);
            }
        }
        assert_eq!(place.program(&["search", "page"]).run().status.code(), Some(3), "{}", path.display());
        std::fs::write(&path, &whole).unwrap();
    }
    // The next step that the messages name works.
    std::fs::write(largest("term"), b"").unwrap();
    place.done(&["reindex"]);
    assert_eq!(place.documents().len(), 60);
}

#[test]
fn two_reindexes_at_once_are_refused() {
    let (place, _web, _) = crawled(75);
    let lock = pipeline::WriterLock::take(&place.data(), "reindex").unwrap();
    let ended = place.program(&["reindex"]).run();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("reindex") && ended.stderr.contains("wait"), "{}", ended.stderr);
    drop(lock);
    place.done(&["reindex"]);
}
