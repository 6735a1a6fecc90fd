use std::io::Write as _;

use super::*;

fn withdrawn(url: &str, at: &str) -> Withdrawn {
    let key = CanonicalUrl::parse(url).unwrap().key();
    Withdrawn { url: url.to_owned(), key, at: at.parse().unwrap() }
}

fn derived(one: Withdrawn) -> Derived {
    Derived {
        key: one.key,
        change: crate::Change::Keep,
        page: crate::PageChange::Keep,
        withdrawn: Some(one),
        settlement: None,
        offers: Vec::new(),
        links_count: 0,
    }
}

#[test]
fn the_first_word_counts_and_a_torn_line_harms_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = Withdrawals::of(dir.path());
    assert!(file.read().unwrap().is_empty());
    let (a, b) = (
        withdrawn("https://a.kz/1", "2026-11-20T00:00:00Z"),
        withdrawn("https://a.kz/2", "2026-11-21T00:00:00Z"),
    );
    file.note(&[derived(a.clone())]).unwrap();
    OpenOptions::new().append(true).open(&file.path).unwrap().write_all(b"{\"url\":\"https://a.k").unwrap();
    file.note(&[derived(b.clone()), derived(withdrawn("https://a.kz/1", "2026-11-22T00:00:00Z"))]).unwrap();
    assert_eq!(file.read().unwrap().into_values().collect::<Vec<_>>(), [a, b.clone()]);
    file.replace([&b].into_iter()).unwrap();
    assert_eq!(file.read().unwrap().into_values().collect::<Vec<_>>(), [b]);
}

#[test]
fn a_purge_is_due_after_half_of_the_deadline() {
    let dir = tempfile::tempdir().unwrap();
    let day = Duration::from_hours(24);
    let due = |now: &str| is_due(dir.path(), day, now.parse().unwrap()).unwrap();
    assert!(!due("2026-11-22T00:00:00Z"));
    Withdrawals::of(dir.path())
        .note(&[derived(withdrawn("https://a.kz/1", "2026-11-21T00:00:00Z"))])
        .unwrap();
    assert!(!due("2026-11-21T11:59:59Z"));
    assert!(due("2026-11-21T12:00:00Z"));
    // An end of availability that has not come.
    assert!(!due("2026-11-20T00:00:00Z"));
}
