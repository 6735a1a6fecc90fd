//! Persons from their consent to their erasure, on a clock that tests move.

mod consents;
mod exports;
mod keys;
mod logs;
mod retention;
mod rights;

use std::sync::Arc;
use std::time::Duration;

use model::Clock as _;
use serde_json::{Map, Value};
use testkit::clock::SimulatedClock;
use testkit::temp::Scratch;

use crate::{
    Actor, Error, EventKind, How, NewConsent, Opening, PersonEvent, PersonId, PolicyLanguage, Profiles,
    Purpose, Role, Settings,
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

impl World {
    /// Rows, look-ups and tickets there are, and tombstones.
    fn counts(&self) -> [i64; 4] {
        let count = |file: &str, table: &str| {
            let db = rusqlite::Connection::open(self.scratch.join(file)).unwrap();
            db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        ["rows", "lookups", "tickets"]
            .map(|table| count("run/profiles/profiles.sqlite", table))
            .into_iter()
            .chain([count("run.keys/keys.sqlite", "tombstones")])
            .collect::<Vec<_>>()
            .try_into()
            .unwrap()
    }

    /// Files of data and keys in which a text stands, as it is or as its SHA-256.
    fn traces(&self, text: &str) -> Vec<String> {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hash = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(text));
        let forms = [text.as_bytes().to_vec(), utf16, hash.into_bytes()];
        let mut files = self.scratch.files();
        files.retain(|file| {
            let bytes = self.scratch.read(file);
            forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
        });
        files
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
