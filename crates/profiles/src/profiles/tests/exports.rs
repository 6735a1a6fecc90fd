//! An export holds everything that is registered.

use serde_json::{Map, Value, json};

use super::{World, all, click, id, operator};
use crate::{EventKind, Field, Kind, Type};

/// A value of a field's type that is found again.
fn planted(name: &str, field: &Field) -> Value {
    match field.kind {
        Type::Text => json!(format!("planted-{name}")),
        Type::Texts => json!([format!("planted-{name}")]),
        Type::Email => json!("planted@example.kz"),
        Type::Phone => json!("+77015550199"),
        Type::Date => json!("1991-12-16"),
        Type::Url => json!("https://example.kz/planted"),
        Type::Languages => json!(["kk"]),
        Type::Choice => json!(field.one_of[0]),
        Type::Json => json!({ "planted": name }),
    }
}

fn plant(fields: impl Iterator<Item = (String, Field)>) -> Map<String, Value> {
    fields.map(|(name, field)| (name.clone(), planted(&name, &field))).collect()
}

#[test]
fn an_export_holds_a_planted_value_of_every_registered_field() {
    let world = World::new();
    let profiles = world.open();
    let me = id("planted-id");
    let of = |kind| profiles.register().of(kind).map(|(name, field)| (name.to_owned(), field.clone()));
    let attributes = plant(of(Kind::Attribute));
    profiles.create(Some(&me), &all(), &attributes, &operator()).unwrap();
    let derived = plant(of(Kind::Derived));
    profiles.derive(&me, &derived, &operator()).unwrap();
    let mut event = click(&world, "planted-event");
    event.kind = EventKind::Dwell;
    event.dwell_ms = Some(4_711);
    event.recommendation = Some("planted-recommendation".to_owned());
    let mute = |name: &str| {
        let mut mute = click(&world, name);
        (mute.kind, mute.url) = (EventKind::Mute, None);
        mute
    };
    let mut mutes = [mute("m1"), mute("m2"), mute("m3")];
    mutes[0].host = Some("planted.example".to_owned());
    mutes[1].topic = Some("planted-topic".to_owned());
    mutes[2].story = Some(99_991);
    profiles.record(&me, &mutes, &operator()).unwrap();
    profiles.record(&me, &[event], &operator()).unwrap();
    // An attribute that goes with a decision is looked at before the first one.
    let with_document = profiles.person(&me, &operator()).unwrap().attributes;
    assert_eq!(with_document, attributes);
    profiles.hold(&me, "court 1", &operator()).unwrap();
    profiles.restrict(&me, Some("case 1"), &operator()).unwrap();
    profiles.correct(&me, &attributes, None, &operator()).unwrap_err();
    profiles.erase(&me, Some("case 2"), &operator()).unwrap();

    let export = profiles.export(&me, Some("case 3"), &operator()).unwrap();
    let export = serde_json::to_value(export).unwrap();
    let found = |part: &str, name: &str| -> bool {
        match &export[part] {
            Value::Array(rows) => rows.iter().any(|row| !row[name].is_null()),
            object => !object[name].is_null(),
        }
    };
    let mut missing = Vec::new();
    for (key, field) in &profiles.register().field {
        let name = key.rsplit('.').next().unwrap();
        let is_there = match field.of {
            Kind::Attribute | Kind::Derived => {
                let (part, planted) = match field.of {
                    Kind::Attribute => ("attributes", &attributes),
                    _ => ("derived", &derived),
                };
                let rows = export[part].as_array().unwrap();
                let row = rows.iter().find(|row| row["field"] == name);
                row.is_some_and(|row| row["value"] == planted[name])
                    || (field.category == "identity" && with_document.contains_key(name))
            }
            Kind::Person => found("person", name),
            Kind::Event => found("events", name),
            Kind::Ticket => found("tickets", name),
            Kind::Audit => found("accesses", name),
            // Written by logging in, whose own tests look for them.
            Kind::Account | Kind::Session => true,
        };
        if !is_there {
            missing.push(key);
        }
    }
    assert!(missing.is_empty(), "{missing:?} not in {export:#}");
    for value in
        ["planted-event", "planted.example", "planted-topic", "99991", "4711", "planted-recommendation"]
    {
        assert!(export["events"].to_string().contains(value), "{value}");
    }
}
