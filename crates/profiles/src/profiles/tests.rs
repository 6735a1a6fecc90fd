//! Persons from their consent to their erasure, on a clock that tests move.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::Clock as _;
use serde_json::{Map, Value, json};
use testkit::clock::SimulatedClock;
use testkit::temp::Scratch;

use crate::{
    Actor, ConsentStatus, Error, EventKind, How, NewConsent, Opening, PersonEvent, PersonId, PolicyLanguage,
    Profiles, Purpose, Query, Role, Settings,
};

/// A folder, a clock and the settings to open persons with.
struct World {
    scratch: Scratch,
    clock: SimulatedClock,
    settings: Settings,
}

impl World {
    fn new() -> Self {
        let clock = SimulatedClock::at("2026-11-27T12:00:00Z".parse().unwrap());
        Self { scratch: Scratch::new(), clock, settings: Settings::default() }
    }

    fn try_open(&self) -> Result<Profiles, Error> {
        Profiles::open(&Opening {
            dir: &self.scratch.join("run/profiles"),
            keys_dir: &self.scratch.join("run.keys"),
            settings: &self.settings,
            clock: Arc::new(self.clock.clone()),
        })
    }

    fn open(&self) -> Profiles {
        self.try_open().unwrap()
    }

    fn after_days(&self, days: u64) {
        self.clock.advance(Duration::from_secs(days * 86_400));
    }
}

fn id(text: &str) -> PersonId {
    text.parse().unwrap()
}

fn operator() -> Actor {
    Actor::new(Role::Operator, "op-1")
}

fn to(purposes: &[Purpose]) -> NewConsent {
    NewConsent {
        policy: "2026-11-01".to_owned(),
        language: PolicyLanguage::Kk,
        purposes: purposes.iter().copied().collect(),
        how: How::Button,
    }
}

fn all() -> NewConsent {
    to(&Purpose::ALL)
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("not an object") };
    map
}

fn click(world: &World, name: &str) -> PersonEvent {
    PersonEvent {
        id: name.to_owned(),
        at: world.clock.now(),
        kind: EventKind::Click,
        url: Some(format!("https://example.kz/{name}")),
        host: None,
        topic: None,
        story: None,
        dwell_ms: None,
        recommendation: None,
    }
}

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
fn a_withdrawal_blocks_at_once_and_erases_next() {
    let world = World::new();
    let profiles = world.open();
    let me = id("reader-1");
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    let ticket = profiles.withdraw(&me, None, Some("paper 3"), &operator()).unwrap();
    assert_eq!(ticket.done, None);
    assert!(matches!(profiles.record(&me, &[click(&world, "b")], &operator()), Err(Error::Blocked)));
    assert!(matches!(profiles.interests(&me, &operator()), Err(Error::Blocked)));
    assert_eq!(profiles.housekeep().unwrap().erased, 1);
    assert!(matches!(profiles.interests(&me, &operator()), Err(Error::Unknown)));
    assert!(profiles.ticket(&ticket.id).unwrap().unwrap().done.is_some());
    assert_eq!(profiles.housekeep().unwrap().erased, 0);
}

#[test]
fn a_purpose_withdrawn_takes_its_data_with_it() {
    let world = World::new();
    let profiles = world.open();
    let me = id("reader-1");
    let attributes = object(json!({ "email": "a@example.kz", "terms": ["oil"] }));
    profiles.create(Some(&me), &all(), &attributes, &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    let off = BTreeSet::from([Purpose::Personalisation]);
    let ticket = profiles.withdraw(&me, Some(&off), None, &operator()).unwrap();
    assert!(ticket.done.is_some());
    assert!(matches!(
        profiles.record(&me, &[click(&world, "b")], &operator()),
        Err(Error::NoConsent { purpose: "personalisation" })
    ));
    let view = profiles.person(&me, &operator()).unwrap();
    assert_eq!(view.attributes.keys().collect::<Vec<_>>(), ["email"]);
    assert!(!view.consent.purposes.contains(&Purpose::Personalisation));
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    assert!(profiles.interests(&me, &operator()).unwrap().links.is_empty());
}
