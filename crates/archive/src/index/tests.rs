use std::collections::BTreeMap;

use model::{Position, Timestamp};
use proptest::prelude::*;

use super::closed::ClosedIndex;
use super::open::OpenIndex;
use super::{line, surt};
use crate::store::Entry;

#[test]
fn keys_are_those_of_the_surt_library() {
    // Expected values by surt 0.3.1.
    for (url, key) in [
        ("https://example.kz/", "kz,example)/"),
        ("http://www.example.kz", "kz,example)/"),
        ("http://www2.Example.KZ:80/Path/", "kz,example)/path"),
        ("https://example.kz:8443/a/../b/./c", "kz,example:8443)/b/c"),
        ("https://example.kz:443/?", "kz,example)/"),
        ("http://example.kz//a//b", "kz,example)/a/b"),
        ("http://192.168.1.10/x", "10,1,168,192)/x"),
        ("http://example.kz/?b=2&a=1&A", "kz,example)/?a&a=1&b=2"),
        ("http://example.kz/%41%20b", "kz,example)/a%20b"),
        ("http://example.kz/a%2Fb", "kz,example)/a/b"),
        ("http://user:pw@example.kz/#f", "kz,example)/"),
        ("http://example.kz/%D0%9F?q=%D0%9F", "kz,example)/%d0%9f?q=%d0%9f"),
        ("http://example.kz?q", "kz,example)/?q"),
    ] {
        assert_eq!(surt::key(url), key, "{url}");
    }
    assert_eq!(surt::key("not a url"), "-not%20a%20url");
}

fn entry(url: &str, offset: u64) -> Entry {
    Entry {
        url: url.to_owned(),
        timestamp: Timestamp::from_second(1_767_225_600 + i64::try_from(offset).unwrap()).unwrap(),
        mime: "text/html".to_owned(),
        status: 200,
        digest: "sha1:X".to_owned(),
        length: 10,
        at: Position { segment: 3, offset },
    }
}

fn numbered(number: u64) -> Entry {
    entry(&format!("https://h{}.test/{}", number % 47, number % 611), number * 10)
}

#[test]
fn a_line_has_the_form_of_cdxj() {
    let entry = entry("https://a.test/?q=\"ж", 5);
    let text = line::print(&entry, "silteme-000003.warc.gz");
    assert_eq!(
        text,
        "test,a)/?q=\"%d0%b6 20260101000005 {\"url\":\"https://a.test/?q=\\\"ж\",\"mime\":\"text/html\",\
         \"status\":\"200\",\"digest\":\"sha1:X\",\"length\":\"10\",\"offset\":\"5\",\
         \"filename\":\"silteme-000003.warc.gz\",\"date\":\"2026-01-01T00:00:05Z\"}\n"
    );
    assert_eq!(line::parse(text.trim_end().as_bytes(), 3), Some(entry));
}

#[test]
fn a_closed_index_finds_what_it_holds_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("silteme-000003.cdxj");
    let mut by_key: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut lines = String::new();
    for entry in (0..1_500).map(numbered) {
        lines.push_str(&line::print(&entry, "f"));
        by_key.entry(surt::key(&entry.url)).or_default().push(entry);
    }
    ClosedIndex::create(&path, lines.as_bytes(), 3, 777).unwrap();
    assert!(ClosedIndex::open(&path, 3, 778).unwrap().is_none(), "an index of another segment is refused");
    let memory = ClosedIndex::in_memory(lines.as_bytes(), 3, 777);
    for index in [ClosedIndex::open(&path, 3, 777).unwrap().unwrap(), memory] {
        for (key, expected) in &by_key {
            assert_eq!(&index.find(key.as_bytes()).unwrap(), expected);
        }
        for absent in ["", "test,a)/", "test,h1)/9999", "zzz", "~"] {
            assert!(index.find(absent.as_bytes()).unwrap().is_empty(), "{absent}");
        }
        assert_eq!(index.next_after(0).unwrap(), Some(10));
        assert_eq!(index.next_after(9_995).unwrap(), Some(10_000));
        assert_eq!(index.next_after(14_990).unwrap(), None);
    }
    let text = std::fs::read(&path).unwrap();
    assert!(text.split(|byte| *byte == b'\n').is_sorted_by(|a, b| b.is_empty() || a <= b));
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        std::fs::write(&path, &text[..cut]).unwrap();
        assert!(ClosedIndex::open(&path, 3, 777).unwrap().is_none(), "cut at {cut}");
    }
}

#[test]
fn an_open_index_is_read_up_to_its_first_torn_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("silteme-000003.cdxj.open");
    let mut index = OpenIndex::load(&path, 3).unwrap();
    for number in 0..5 {
        index.push(&numbered(number), "f");
    }
    let key = |number| surt::key(&numbered(number).url);
    assert_eq!(index.find(key(4).as_bytes()).unwrap(), [numbered(4)], "found before it is saved");
    index.save().unwrap();
    index.push(&numbered(5), "f");
    index.forget_pending();
    assert_eq!((index.lines(), index.find(key(5).as_bytes()).unwrap().len()), (5, 0));
    let whole = std::fs::read(&path).unwrap();
    assert_eq!(index.text().unwrap(), whole);
    for cut in 0..=whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let mut index = OpenIndex::load(&path, 3).unwrap();
        let lines = whole[..cut].split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(index.lines(), lines, "cut at {cut}");
        assert_eq!(index.last(), lines.checked_sub(1).map(|last| last as u64 * 10));
        for number in lines as u64..5 {
            index.push(&numbered(number), "f");
        }
        index.save().unwrap();
        if lines < 5 {
            assert_eq!(std::fs::read(&path).unwrap(), whole, "cut at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_are_one_printable_word(url in any::<String>()) {
        for url in [url.clone(), format!("https://{url}"), format!("http://a.kz/{url}?{url}")] {
            let key = surt::key(&url);
            prop_assert!(!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()), "{}", key);
            prop_assert!(key.as_str() < "~ ", "{}", key);
        }
    }

    #[test]
    fn lines_round_trip(url in any::<String>(), mime in any::<String>(), status in any::<u16>(), offset in any::<u32>()) {
        let entry = Entry { mime, status, ..entry(&url, u64::from(offset)) };
        let text = line::print(&entry, "f");
        prop_assert_eq!(text.matches('\n').count(), 1);
        prop_assert_eq!(line::parse(text.trim_end_matches('\n').as_bytes(), 3), Some(entry));
    }

    #[test]
    fn any_line_is_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (line::parse(&bytes, 0), line::key(&bytes));
    }
}
