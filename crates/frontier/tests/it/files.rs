//! The file: readers beside the writer, versions, damage, and what takedown leaves.

use std::fs;
use std::path::{Path, PathBuf};

use frontier::{Error, Frontier, Settings, Takedown};
use model::CanonicalUrl;
use testkit::clock::EPOCH;

use crate::world::{any_job, crawl, key, link, request, seed};

#[test]
fn others_read_while_one_writes() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Frontier::open_read_only(dir.path(), Settings::default()).unwrap().is_none());
    let mut writer = crawl(dir.path());
    let reader = Frontier::open_read_only(dir.path(), Settings::default()).unwrap().unwrap();
    assert_eq!(reader.counts().unwrap().queued, 0);
    writer.offer(&[seed("https://a.kz/")], EPOCH).unwrap();
    assert_eq!(reader.counts().unwrap().queued, 1);
    assert_eq!(reader.jobs().unwrap(), [any_job()]);
    writer.lease(&request(), EPOCH).unwrap();
    assert_eq!(reader.counts().unwrap().leased, 1, "reading takes nothing back");
    assert_eq!(reader.url_status(key("https://a.kz/")).unwrap().unwrap().job, "job");
    assert!(reader.next_due(&request(), EPOCH).unwrap().is_none());
    drop(writer);
    let reader = Frontier::open_read_only(dir.path(), Settings::default()).unwrap().unwrap();
    assert_eq!(reader.counts().unwrap().leased, 1, "also when nobody writes any more");
}

#[test]
fn a_reader_does_not_write() {
    let dir = tempfile::tempdir().unwrap();
    drop(crawl(dir.path()));
    let mut reader = Frontier::open_read_only(dir.path(), Settings::default()).unwrap().unwrap();
    assert!(matches!(reader.offer(&[seed("https://a.kz/")], EPOCH), Err(Error::ReadOnly)));
    assert!(matches!(reader.lease(&request(), EPOCH), Err(Error::ReadOnly)));
    assert!(matches!(reader.register(any_job(), EPOCH), Err(Error::ReadOnly)));
}

/// The files whose names begin so.
fn files(dir: &Path, kind: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(kind)).collect();
    paths.sort();
    paths
}

#[test]
fn a_file_of_another_version_is_refused_with_a_next_step() {
    let dir = tempfile::tempdir().unwrap();
    drop(crawl(dir.path()));
    let file = files(dir.path(), "reel-").remove(0);
    let mut bytes = fs::read(&file).unwrap();
    bytes[8] = 99;
    fs::write(&file, bytes).unwrap();
    let error = Frontier::open(dir.path(), Settings::default(), EPOCH).err().unwrap();
    assert!(matches!(error, Error::Version { found: 99, .. }), "{error:?}");
    assert!(error.to_string().contains("reel-") && error.to_string().contains("--repair"), "{error}");
    assert!(Frontier::open_read_only(dir.path(), Settings::default()).is_err());
}

#[test]
fn what_an_older_version_left_is_refused_with_a_next_step() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("frontier.sqlite"), b"SQLite format 3").unwrap();
    for error in [
        Frontier::open(dir.path(), Settings::default(), EPOCH).err().unwrap(),
        Frontier::open_read_only(dir.path(), Settings::default()).err().unwrap(),
    ] {
        assert!(matches!(error, Error::Version { found: 2, .. }), "{error:?}");
        assert!(error.to_string().contains("frontier.sqlite") && error.to_string().contains("--repair"));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "and left alone");
}

#[test]
fn what_is_no_journal_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("reel-000000000000");
    fs::write(&file, vec![b'x'; 5_000]).unwrap();
    let error = Frontier::open(dir.path(), Settings::default(), EPOCH).err().unwrap();
    assert!(matches!(&error, Error::Damaged { path, offset: 0, .. } if *path == file), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), vec![b'x'; 5_000]);
    let error = Frontier::open(&file.join("below a file"), Settings::default(), EPOCH).err().unwrap();
    assert!(matches!(error, Error::Open { .. }), "{error:?}");
}

#[test]
fn settings_that_contradict_themselves_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.recrawl.attempts_max = 0;
    assert!(matches!(Frontier::open(dir.path(), settings, EPOCH), Err(Error::Settings(_))));
}

#[test]
fn takedown_leaves_no_byte_of_the_url_in_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let secret = "https://a.kz/very-secret-name";
    let many: Vec<_> = (0..300).map(|n| link(&format!("https://a.kz/{n}"), "https://a.kz/")).collect();
    frontier.offer(&many, EPOCH).unwrap();
    frontier
        .offer(
            &[seed(secret), link("https://b.kz/", secret), link("https://b.kz/2", &format!("{secret}#x"))],
            EPOCH,
        )
        .unwrap();
    let holds = || {
        let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| fs::read(path).unwrap().windows(16).any(|w| w == b"very-secret-name")).count()
    };
    assert!(holds() > 0, "the test can see what it looks for");
    assert_eq!(frontier.forget(&Takedown::Url(CanonicalUrl::parse(secret).unwrap()), EPOCH).unwrap(), 1);
    assert_eq!(holds(), 0);
    assert_eq!(frontier.offer(&[seed(secret)], EPOCH).unwrap().admitted, 0);
}
