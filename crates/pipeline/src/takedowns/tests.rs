use std::fs;
use std::io::Write;

use frontier::Takedown;
use model::CanonicalUrl;

use super::Takedowns;

const NOW: &str = "2026-11-23T10:00:00Z";

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

#[test]
fn takedowns_hide_in_every_spelling_and_name_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Takedowns::load(dir.path()).unwrap();
    let now = NOW.parse().unwrap();
    journal.record(&Takedown::Url(url("https://a.kz/secret?x=1")), Some("case 7"), now).unwrap();
    journal.record(&Takedown::Prefix("https://b.kz/private/".to_owned()), None, now).unwrap();
    journal.record(&Takedown::Host("c.kz".to_owned()), None, now).unwrap();
    let other_process = Takedowns::load(dir.path()).unwrap();
    for journal in [&journal, &other_process] {
        for hidden in [
            "https://a.kz/secret?x=1",
            "https://A.kz/secret?x=1#top",
            "https://b.kz/private/x",
            "http://c.kz/any",
        ] {
            assert!(journal.hides(hidden), "{hidden}");
        }
        for shown in ["https://a.kz/secret", "https://b.kz/privat", "https://sub.c.kz/any"] {
            assert!(!journal.hides(shown), "{shown}");
        }
    }
    let bytes = fs::read_to_string(dir.path().join("takedowns.ndjson")).unwrap();
    assert!(!bytes.contains("secret") && !bytes.contains("b.kz") && !bytes.contains("c.kz"), "{bytes}");
}

#[test]
fn a_torn_line_loses_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let now = NOW.parse().unwrap();
    let mut journal = Takedowns::load(dir.path()).unwrap();
    journal.record(&Takedown::Host("a.kz".to_owned()), None, now).unwrap();
    let path = dir.path().join("takedowns.ndjson");
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"id\":2,\"at\":\"20").unwrap();
    let mut journal = Takedowns::load(dir.path()).unwrap();
    assert_eq!(journal.entries().len(), 1);
    journal.record(&Takedown::Host("b.kz".to_owned()), None, now).unwrap();
    let journal = Takedowns::load(dir.path()).unwrap();
    assert!(journal.hides("https://a.kz/") && journal.hides("https://b.kz/"));
}

#[test]
fn the_same_takedown_is_recorded_once_and_can_be_marked_purged() {
    let dir = tempfile::tempdir().unwrap();
    let now = NOW.parse().unwrap();
    let mut journal = Takedowns::load(dir.path()).unwrap();
    let first = journal.record(&Takedown::Host("a.kz".to_owned()), None, now).unwrap();
    let again = journal.record(&Takedown::Host("A.KZ".to_owned()), None, now).unwrap();
    assert_eq!(first, again);
    assert_eq!(journal.pending().count(), 1);
    assert_eq!(journal.pending_plain().unwrap(), [(first.id, Takedown::Host("a.kz".to_owned()))]);
    journal.record_purged(first.id, now).unwrap();
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["takedowns.ndjson"], "what was purged is no longer named anywhere");
    assert_eq!(Takedowns::load(dir.path()).unwrap().pending().count(), 0);
    assert!(journal.hides("https://a.kz/"));
}
