use model::{CanonicalUrl, LinkKind, Timestamp};

use super::*;
use crate::{Graph, Outlink};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

fn page(url: &str, links: &[(&str, &str)]) -> Page {
    let link = |(to, text): &(&str, &str)| Outlink {
        target: Some(key(to)),
        url: (*to).to_owned(),
        text: (*text).to_owned(),
        rel: Vec::new(),
        kind: LinkKind::Content,
    };
    Page {
        key: key(url),
        url: url.to_owned(),
        fetched: NOW,
        until: None,
        links: links.iter().map(link).collect(),
    }
}

fn at(offset: u64) -> Position {
    Position { segment: 1, offset }
}

#[test]
fn links_are_found_from_both_ends_and_replaced_with_their_page() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Graph::open(dir.path()).unwrap().is_none());
    let mut writer = Writer::open(dir.path()).unwrap();
    writer
        .put(&[
            page("https://a.kz/1", &[("https://b.kz/x", "Бірінші"), ("https://a.kz/2", "екі")]),
            page("https://c.kz/", &[("https://b.kz/x", "Үшінші сайт")]),
            page("https://b.kz/", &[("https://b.kz/x", "өз сайты")]),
        ])
        .unwrap();
    writer.commit(at(10)).unwrap();
    let graph = Graph::open(dir.path()).unwrap().unwrap();
    let x = key("https://b.kz/x");
    let from = |graph: &Graph| -> Vec<(String, bool)> {
        graph.inlinks(&x, 10, NOW).unwrap().into_iter().map(|link| (link.from, link.foreign)).collect()
    };
    let found = from(&graph);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2], ("https://b.kz/".to_owned(), false), "the own site comes last");
    assert_eq!(graph.inlink_count(&x).unwrap(), 3);
    assert_eq!(graph.outlinks(&key("https://a.kz/1")).unwrap().unwrap().links.len(), 2);
    assert_eq!(graph.outlinks(&x).unwrap(), None);
    assert_eq!(graph.anchors(&x, 2, NOW).unwrap().len(), 2);

    // The same pages again, one without its link, one gone: nothing doubled, nothing stale.
    writer
        .put(&[
            page("https://a.kz/1", &[("https://a.kz/2", "екі")]),
            page("https://b.kz/", &[("https://b.kz/x", "өз")]),
        ])
        .unwrap();
    writer.delete(&[key("https://c.kz/")]);
    writer.commit(at(20)).unwrap();
    assert_eq!(from(&graph), [("https://b.kz/".to_owned(), false)]);
    assert_eq!(graph.stats().unwrap().pages, 2);
    drop(writer);
    assert_eq!(Writer::open(dir.path()).unwrap().checkpoint(), at(20));
}

#[test]
fn what_is_not_committed_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.put(&[page("https://a.kz/1", &[])]).unwrap();
    writer.commit(at(1)).unwrap();
    writer.put(&[page("https://a.kz/2", &[])]).unwrap();
    drop(writer);
    let writer = Writer::open(dir.path()).unwrap();
    assert_eq!(writer.checkpoint(), at(1));
    assert_eq!(Graph::open(dir.path()).unwrap().unwrap().stats().unwrap().pages, 1);
}

#[test]
fn pages_come_in_the_order_of_their_keys_over_all_segments() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    for n in 0..40u64 {
        writer.put(&[page(&format!("https://s{}.kz/{n}", n % 7), &[])]).unwrap();
        if n % 9 == 0 {
            writer.commit(at(n + 1)).unwrap();
        }
    }
    writer.delete(&[key("https://s3.kz/3")]);
    writer.commit(at(100)).unwrap();
    let graph = Graph::open(dir.path()).unwrap().unwrap();
    let mut keys = Vec::new();
    loop {
        let some = graph.pages(keys.last().copied(), 6).unwrap();
        if some.is_empty() {
            break;
        }
        keys.extend(some.iter().map(|page| page.key));
    }
    assert_eq!(keys.len(), 39);
    assert!(keys.is_sorted());
}

#[test]
fn a_purged_page_is_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    // Few bytes are stored as they are: LZ4 cannot shorten them.
    writer
        .put(&[page("https://a.kz/canary", &[]), page("https://a.kz/2", &[("https://a.kz/3", "kept")])])
        .unwrap();
    writer.commit(at(1)).unwrap();
    let holds = || {
        let files = std::fs::read_dir(dir.path()).unwrap();
        files
            .flatten()
            .any(|file| std::fs::read(file.path()).unwrap().windows(6).any(|bytes| bytes == b"canary"))
    };
    assert!(holds());
    writer.delete(&[key("https://a.kz/canary")]);
    writer.commit(at(2)).unwrap();
    writer.purge().unwrap();
    assert!(!holds());
    assert_eq!(Graph::open(dir.path()).unwrap().unwrap().stats().unwrap().pages, 1);
}

#[test]
fn another_version_and_damaged_files_are_refused_and_can_be_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.put(&[page("https://a.kz/1", &[])]).unwrap();
    writer.commit(at(1)).unwrap();
    drop(writer);
    for (file, bytes) in
        [("version.json", &b"{\"links\":99}"[..]), ("version.json", b"{"), ("meta.json", b"{\"seg")]
    {
        std::fs::write(dir.path().join(file), bytes).unwrap();
        let error = Graph::open(dir.path()).err().unwrap();
        assert!(error.is_mendable() && error.to_string().contains("silteme reindex"), "{error}");
        assert!(Writer::open(dir.path()).is_err());
        let mut writer = Writer::recreate(dir.path()).unwrap();
        assert_eq!(writer.checkpoint(), Position::default());
        writer.put(&[page("https://a.kz/1", &[])]).unwrap();
        writer.commit(at(1)).unwrap();
    }
    // A segment cut short is an error at opening or reading, never a panic.
    let store = std::fs::read_dir(dir.path())
        .unwrap()
        .flatten()
        .find(|file| file.path().extension().is_some_and(|end| end == "store"));
    let store = store.unwrap().path();
    let bytes = std::fs::read(&store).unwrap();
    std::fs::write(&store, &bytes[..bytes.len() / 2]).unwrap();
    let read = Graph::open(dir.path()).and_then(|graph| graph.unwrap().pages(None, 10));
    assert!(read.unwrap_err().to_string().contains("silteme reindex"));
}
