//! What time takes.

use serde_json::json;

use super::{World, all, click, id, object, operator};
use crate::Error;

#[test]
fn three_years_after_the_last_use_everything_is_gone() {
    let world = World::new();
    let profiles = world.open();
    let me = id("long-gone");
    profiles.create(Some(&me), &all(), &object(json!({ "email": "gone@example.kz" })), &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    profiles.export(&me, Some("case 1"), &operator()).unwrap();
    profiles.backup(&world.scratch.join("backup"), &operator()).unwrap();
    world.after_days(1_095);
    assert_eq!(profiles.housekeep().unwrap().expired_persons, 0);
    world.after_days(1);
    assert_eq!(profiles.housekeep().unwrap().expired_persons, 1);
    assert!(matches!(profiles.person(&me, &operator()), Err(Error::Unknown)));
    assert_eq!(world.counts()[..3], [0, 0, 0]);
    let lines =
        profiles.audit(model::Timestamp::MIN, 100, &crate::Actor::new(crate::Role::Auditor, "x")).unwrap();
    assert_eq!(lines.iter().map(|line| line.entry.verb.as_str()).collect::<Vec<_>>(), ["audit"]);
    assert_eq!(profiles.verify().unwrap(), []);
    // The proof of consent goes three years after the erasure.
    assert_eq!(world.counts()[3], 1);
    world.after_days(1_096);
    profiles.housekeep().unwrap();
    assert_eq!(world.counts(), [0, 0, 0, 0]);
    // The backup of then has lost its key with the person.
    drop(profiles);
    std::fs::remove_dir_all(world.scratch.join("run/profiles")).unwrap();
    std::fs::rename(world.scratch.join("backup"), world.scratch.join("run/profiles")).unwrap();
    drop(world.open());
    assert_eq!(world.counts()[..2], [0, 0]);
}

#[test]
fn who_uses_the_service_stays() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.create(Some(&me), &all(), &object(json!({ "name": "A" })), &operator()).unwrap();
    for _ in 0..5 {
        world.after_days(900);
        profiles.housekeep().unwrap();
        profiles.interests(&me, &operator()).unwrap();
    }
    assert_eq!(profiles.person(&me, &operator()).unwrap().attributes["name"], "A");
}

#[test]
fn history_and_documents_go_earlier() {
    let mut world = World::new();
    world.settings.retention.insert("history".to_owned(), "10d".parse().unwrap());
    let profiles = world.open();
    let me = id("a");
    let attributes = object(json!({ "name": "A", "identity_document": "N 1" }));
    profiles.create(Some(&me), &all(), &attributes, &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    world.after_days(9);
    profiles.record(&me, &[click(&world, "b")], &operator()).unwrap();
    assert_eq!(profiles.housekeep().unwrap().expired_rows, 0);
    world.after_days(2);
    assert_eq!(profiles.housekeep().unwrap().expired_rows, 1);
    assert_eq!(profiles.interests(&me, &operator()).unwrap().links, ["https://example.kz/b"]);
    world.after_days(20);
    profiles.housekeep().unwrap();
    let left = profiles.person(&me, &operator()).unwrap().attributes;
    assert_eq!(left, object(json!({ "name": "A" })));
}

#[test]
fn a_term_beyond_the_ceiling_is_refused() {
    let mut world = World::new();
    world.settings.retention.insert("account".to_owned(), "1096d".parse().unwrap());
    assert!(matches!(world.try_open(), Err(Error::Setting(message)) if message.contains("keep_max")));
    world.settings.retention.clear();
    world.settings.retention.insert("acount".to_owned(), "1d".parse().unwrap());
    assert!(matches!(world.try_open(), Err(Error::Setting(message)) if message.contains("acount")));
}

#[test]
fn only_the_latest_events_are_kept() {
    let mut world = World::new();
    world.settings.events_max = 3;
    let profiles = world.open();
    let me = id("a");
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        profiles.record(&me, &[click(&world, name)], &operator()).unwrap();
    }
    let kept: Vec<String> =
        profiles.export(&me, None, &operator()).unwrap().events.into_iter().map(|event| event.id).collect();
    assert_eq!(kept, ["e", "d", "c"]);
}
