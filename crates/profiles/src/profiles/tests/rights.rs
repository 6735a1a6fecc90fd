//! Erasure, restriction, legal hold, finding.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::{World, all, click, id, object, operator};
use crate::{Actor, ConsentStatus, Error, Query, Role, TicketFilter, TicketKind};

#[test]
fn a_person_comes_uses_everything_and_is_erased() {
    let world = World::new();
    let profiles = world.open();
    let me = id("reader-1");
    let attributes = object(json!({ "email": "Canary@example.kz", "terms": ["мұнай"], "languages": ["kk"] }));
    profiles.create(Some(&me), &all(), &attributes, &operator()).unwrap();
    assert_eq!(
        profiles.find(&Query::Email("canary@example.kz".to_owned()), &operator()).unwrap(),
        Some(me.clone())
    );
    let events = [click(&world, "a"), click(&world, "b")];
    let recorded = profiles.record(&me, &events, &operator()).unwrap();
    assert_eq!((recorded.accepted, recorded.repeated), (2, 0));
    let recorded = profiles.record(&me, &events, &operator()).unwrap();
    assert_eq!((recorded.accepted, recorded.repeated), (0, 2));
    let interests = profiles.interests(&me, &operator()).unwrap();
    assert_eq!(interests.links, ["https://example.kz/b", "https://example.kz/a"]);
    assert_eq!(interests.terms, ["мұнай"]);

    let ticket = profiles.erase(&me, Some("case-7"), &operator()).unwrap();
    assert!(ticket.done.is_some() && ticket.receipt.is_some());
    assert!(matches!(profiles.interests(&me, &operator()), Err(Error::Unknown)));
    assert!(matches!(profiles.record(&me, &events, &operator()), Err(Error::Unknown)));
    assert_eq!(profiles.find(&Query::Id(me.clone()), &operator()).unwrap(), None);
    assert_eq!(profiles.find(&Query::Email("canary@example.kz".to_owned()), &operator()).unwrap(), None);
    assert_eq!(profiles.consent(&me, &operator()).unwrap().status, ConsentStatus::None);
}

#[test]
fn an_erasure_leaves_no_byte_in_data_keys_and_logs() {
    let world = World::new();
    let profiles = world.open();
    let canary = id("canary-7f3a");
    let attributes =
        object(json!({ "email": "canary-mail@example.kz", "name": "Canary Name", "terms": ["canary-term"] }));
    profiles.create(Some(&canary), &all(), &attributes, &operator()).unwrap();
    profiles.record(&canary, &[click(&world, "canary-page")], &operator()).unwrap();
    profiles.interests(&canary, &operator()).unwrap();
    profiles.export(&canary, Some("case 1"), &operator()).unwrap();
    let texts = ["canary-7f3a", "canary-mail@example.kz", "Canary Name", "canary-term", "canary-page"];
    for text in texts {
        assert!(world.traces(text).is_empty(), "{text} stands in plain while the person is there");
    }
    let pseudonym = profiles.export(&canary, None, &operator()).unwrap().person["pseudonym"].clone();
    profiles.erase(&canary, Some("case 2"), &operator()).unwrap();
    let [rows, lookups, tickets, tombstones] = world.counts();
    assert_eq!((rows, lookups, tickets, tombstones), (0, 0, 3, 1));
    for text in texts {
        assert!(world.traces(text).is_empty(), "{text}");
    }
    // The audit log still tells what was done, and to whom nobody can tell.
    assert_eq!(world.traces(pseudonym.as_str().unwrap()), ["run/profiles/audit.ndjson"]);
    assert_eq!(profiles.tombstones(&canary, &operator()).unwrap()[0].proof[0].policy, "2026-11-01");
    assert_eq!(profiles.verify().unwrap(), []);
}

#[test]
fn files_are_their_owners_only() {
    let world = World::new();
    let profiles = world.open();
    profiles.give_consent(&id("a"), &all(), &operator()).unwrap();
    profiles.backup(&world.scratch.join("backup"), &operator()).unwrap();
    let files = world.scratch.files();
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        let mode = world.scratch.join(&file).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    for folder in ["run/profiles", "run.keys", "backup"] {
        let mode = world.scratch.join(folder).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{folder}");
    }
}

#[test]
fn a_restriction_keeps_and_does_not_use() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    profiles.restrict(&me, Some("case 1"), &operator()).unwrap();
    assert!(matches!(profiles.record(&me, &[click(&world, "a")], &operator()), Err(Error::Blocked)));
    assert!(matches!(profiles.interests(&me, &operator()), Err(Error::Blocked)));
    assert_eq!(profiles.consent(&me, &operator()).unwrap().status, ConsentStatus::Blocked);
    // They can still read what is kept, and have it lifted.
    let reader = Actor::new(Role::Reader, "a");
    assert_eq!(profiles.person(&me, &reader).unwrap().restricted.unwrap().case.as_deref(), Some("case 1"));
    profiles.lift(&me, None, &reader).unwrap();
    assert_eq!(profiles.record(&me, &[click(&world, "a")], &operator()).unwrap().accepted, 1);
}

#[test]
fn a_legal_hold_keeps_until_its_end() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.create(Some(&me), &all(), &object(json!({ "name": "A" })), &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    profiles.hold(&me, "court 5", &operator()).unwrap();
    let reader = Actor::new(Role::Reader, "a");
    assert!(matches!(profiles.person(&me, &reader), Err(Error::Blocked)));
    assert!(matches!(profiles.interests(&me, &reader), Err(Error::Blocked)));
    assert!(matches!(profiles.give_consent(&me, &all(), &reader), Err(Error::Blocked)));
    let ticket = profiles.erase(&me, Some("case 9"), &operator()).unwrap();
    assert_eq!(ticket.done, None);
    world.after_days(1_200);
    let upkeep = profiles.housekeep().unwrap();
    assert_eq!((upkeep.erased, upkeep.expired_persons, upkeep.overdue_tickets), (0, 0, 1));
    assert_eq!(profiles.export(&me, None, &operator()).unwrap().events.len(), 1);
    profiles.release(&me, "court 6", &operator()).unwrap();
    assert_eq!(profiles.housekeep().unwrap().erased, 1);
    let ticket = profiles.ticket(&ticket.id).unwrap().unwrap();
    assert_eq!(ticket.outcome.as_deref(), Some("erased"));
    assert_eq!(world.counts()[..2], [0, 0]);
}

#[test]
fn requests_have_a_deadline_and_a_receipt() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles
        .create(Some(&me), &all(), &object(json!({ "identity_document": "N 1234" })), &operator())
        .unwrap();
    let open = profiles.open_ticket(&me, TicketKind::Export, "paper 8", &operator()).unwrap();
    assert_eq!(open.due, "2026-12-12T12:00:00Z".parse().unwrap());
    world.after_days(14);
    assert_eq!(profiles.housekeep().unwrap().overdue_tickets, 0);
    world.after_days(1);
    assert_eq!(profiles.housekeep().unwrap().overdue_tickets, 1);
    let overdue = TicketFilter { overdue: true, ..TicketFilter::default() };
    assert_eq!(profiles.tickets(&overdue, &operator()).unwrap(), std::slice::from_ref(&open));
    // Another case, another ticket; the same case closes it, and the document goes with the decision.
    profiles.export(&me, Some("paper 9"), &operator()).unwrap();
    assert!(profiles.ticket(&open.id).unwrap().unwrap().done.is_none());
    assert!(!profiles.person(&me, &operator()).unwrap().attributes.contains_key("identity_document"));
    profiles.export(&me, Some("paper 8"), &operator()).unwrap();
    let closed = profiles.ticket(&open.id).unwrap().unwrap();
    assert!(closed.done.is_some() && closed.receipt.is_some());
    assert!(profiles.tickets(&overdue, &operator()).unwrap().is_empty());
    assert!(profiles.ticket("no such number").unwrap().is_none());
    // A request about somebody unknown is answered too.
    let open = profiles.open_ticket(&id("nobody"), TicketKind::Erase, "paper 10", &operator()).unwrap();
    let closed = profiles.close_ticket(&open.id, "nothing is stored", &operator()).unwrap();
    assert_eq!(profiles.ticket(&open.id).unwrap(), Some(closed.clone()));
    assert!(closed.receipt.is_some());
    for wrong in [open.id.as_str(), "00", "no number"] {
        assert!(matches!(profiles.close_ticket(wrong, "x", &operator()), Err(Error::Input(_))));
    }
}

#[test]
fn looking_for_somebody_unknown_finds_nothing() {
    let world = World::new();
    let profiles = world.open();
    for query in
        [Query::Id(id("x")), Query::Email("x@example.kz".into()), Query::Phone("+77010000000".into())]
    {
        assert_eq!(profiles.find(&query, &operator()).unwrap(), None);
    }
    assert!(matches!(profiles.export(&id("x"), None, &operator()), Err(Error::Unknown)));
    assert!(matches!(profiles.erase(&id("x"), None, &operator()), Err(Error::Unknown)));
    assert_eq!(world.counts(), [0, 0, 0, 0]);
}

#[test]
fn an_address_belongs_to_one_person() {
    let world = World::new();
    let profiles = world.open();
    let mail = object(json!({ "email": "a@example.kz" }));
    profiles.create(Some(&id("a")), &all(), &mail, &operator()).unwrap();
    let twice = profiles.create(Some(&id("b")), &all(), &mail, &operator());
    assert!(matches!(twice, Err(Error::Taken { what: "email" })), "{twice:?}");
    assert_eq!(profiles.find(&Query::Id(id("b")), &operator()).unwrap(), None);
    assert!(matches!(
        profiles.create(Some(&id("a")), &all(), &mail, &operator()),
        Err(Error::Taken { what: "id" })
    ));
    // A changed address frees the old one.
    profiles.correct(&id("a"), &object(json!({ "email": "new@example.kz" })), None, &operator()).unwrap();
    profiles.create(Some(&id("b")), &all(), &mail, &operator()).unwrap();
    assert_eq!(profiles.find(&Query::Email("A@EXAMPLE.KZ".into()), &operator()).unwrap(), Some(id("b")));
    assert_eq!(profiles.find(&Query::Email("new@example.kz".into()), &operator()).unwrap(), Some(id("a")));
}

#[test]
fn erasing_one_leaves_the_other_as_they_were() {
    let world = World::new();
    let profiles = world.open();
    for name in ["a", "b"] {
        profiles.create(Some(&id(name)), &all(), &object(json!({ "terms": [name] })), &operator()).unwrap();
        profiles.record(&id(name), &[click(&world, "page")], &operator()).unwrap();
    }
    let before = profiles.interests(&id("b"), &operator()).unwrap();
    profiles.erase(&id("a"), None, &operator()).unwrap();
    assert_eq!(profiles.interests(&id("b"), &operator()).unwrap(), before);
}
