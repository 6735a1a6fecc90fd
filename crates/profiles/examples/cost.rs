//! What people cost: `cargo run --release -p profiles --example cost`. Everything on the disk of the temporary folder.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for the terminal")]

use std::sync::Arc;
use std::time::Instant;

use model::{Clock as _, SystemClock};
use profiles::{
    Actor, EventKind, How, NewConsent, Opening, PersonEvent, PersonId, PolicyLanguage, Profiles, Purpose,
    Role, Settings,
};

/// Persons there are beside the measured ones.
const PERSONS: usize = 1_000;

fn event(name: &str) -> PersonEvent {
    PersonEvent {
        id: name.to_owned(),
        at: SystemClock.now(),
        kind: EventKind::Click,
        url: Some(format!("https://news.example.kz/2026/11/{name}")),
        host: None,
        topic: None,
        story: None,
        dwell_ms: None,
        recommendation: None,
    }
}

/// Prints median and 99th percentile of `rounds` runs, microseconds.
fn time<T>(what: &str, rounds: usize, mut work: impl FnMut(usize) -> T) {
    let mut took: Vec<u128> = (0..rounds)
        .map(|round| {
            let began = Instant::now();
            let _ = work(round);
            began.elapsed().as_micros()
        })
        .collect();
    took.sort_unstable();
    println!("{what:<44} median {:>7} µs   p99 {:>7} µs", took[rounds / 2], took[rounds * 99 / 100]);
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        Profiles::open(&Opening {
            dir: &folder.path().join("run/profiles"),
            keys_dir: &folder.path().join("run.keys"),
            settings: &Settings::default(),
            clock: Arc::new(SystemClock),
        })
        .unwrap()
    };
    let profiles = open();
    let actor = Actor::new(Role::Operator, "cost");
    let consent = NewConsent {
        policy: profiles.policies().current().version.clone(),
        language: PolicyLanguage::Kk,
        purposes: Purpose::ALL.into(),
        how: How::Button,
    };
    let id = |n: usize| -> PersonId { format!("person-{n}").parse().unwrap() };
    let new = |n| profiles.give_consent(&id(n), &consent, &actor).unwrap();
    time("give_consent, new person", PERSONS, new);
    time("record, 1 event", 500, |n| profiles.record(&id(n), &[event("one")], &actor).unwrap());
    for (person, events) in [(0, 50), (1, 500), (2, 5_000)] {
        for batch in (0..events).collect::<Vec<_>>().chunks(500) {
            let batch: Vec<PersonEvent> = batch.iter().map(|n| event(&format!("page-{n}"))).collect();
            profiles.record(&id(person), &batch, &actor).unwrap();
        }
        time(&format!("interests, {events} events"), 100, |_| {
            profiles.interests(&id(person), &actor).unwrap();
        });
    }
    time("export, 5000 events", 10, |_| profiles.export(&id(2), None, &actor).unwrap());
    time("erase, 1 event", 100, |n| profiles.erase(&id(100 + n), None, &actor).unwrap());
    time("erase, 5000 events", 1, |_| profiles.erase(&id(2), None, &actor).unwrap());
    time("housekeep, nothing due", 20, |_| profiles.housekeep().unwrap());
    time("open", 20, |_| open());
    time("verify", 1, |_| assert!(profiles.verify().unwrap().is_empty()));
}
