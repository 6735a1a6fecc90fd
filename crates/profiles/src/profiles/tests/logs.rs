//! The audit log and the journal of disclosures.

use serde_json::json;

use super::{World, all, id, object, operator};
use crate::{Actor, Disclosure, Error, Profiles, Role, Transfer};

/// A world where a few things were done, and its audit log.
fn busy() -> (World, Profiles, String) {
    let world = World::new();
    let profiles = world.open();
    profiles.create(Some(&id("reader-a")), &all(), &object(json!({ "name": "A" })), &operator()).unwrap();
    for _ in 0..4 {
        profiles.person(&id("reader-a"), &Actor::new(Role::Reader, "reader-a")).unwrap();
    }
    let log = String::from_utf8(world.scratch.read("run/profiles/audit.ndjson")).unwrap();
    assert_eq!(log.lines().count(), 5);
    assert_eq!(profiles.verify().unwrap(), []);
    (world, profiles, log)
}

fn found(world: &World, profiles: &Profiles, log: &str) -> Vec<String> {
    world.scratch.write("run/profiles/audit.ndjson", log);
    profiles.verify().unwrap().into_iter().map(|finding| finding.subject).collect()
}

#[test]
fn every_read_is_in_the_audit_log_and_no_name_is() {
    let (world, profiles, log) = busy();
    assert!(!log.contains("reader-a"), "{log}");
    let auditor = Actor::new(Role::Auditor, "auditor-1");
    let lines = profiles.audit(model::Timestamp::MIN, 2, &auditor).unwrap();
    let told: Vec<_> =
        lines.iter().map(|line| (line.seq, line.entry.verb.as_str(), line.entry.actor.as_str())).collect();
    assert_eq!(told, [(4, "person", "self"), (5, "audit", "auditor-1")]);
    drop(world);
}

#[test]
fn a_line_altered_removed_moved_or_cut_off_is_found() {
    let (world, profiles, log) = busy();
    let lines: Vec<&str> = log.lines().collect();
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    assert_eq!(found(&world, &profiles, &log), Vec::<String>::new());
    assert_eq!(found(&world, &profiles, &log.replacen("person", "nobody", 1)), ["line 1"]);
    assert_eq!(
        found(&world, &profiles, &join(&[lines[0], lines[1], lines[3], lines[4]])),
        ["line 2", "line 3", "end"]
    );
    assert!(found(&world, &profiles, &join(&[lines[0], lines[2], lines[1], lines[3], lines[4]])).len() >= 2);
    assert_eq!(found(&world, &profiles, &join(&lines[..4])), ["end"]);
    assert_eq!(found(&world, &profiles, ""), ["end"]);
    assert_eq!(found(&world, &profiles, &join(&[&lines[..], &["{\"seq\":5}"]].concat())), ["line 5"]);
    // What is written after a cut does not hide it.
    world.scratch.write("run/profiles/audit.ndjson", join(&lines[..3]));
    profiles.person(&id("reader-a"), &operator()).unwrap();
    assert!(!profiles.verify().unwrap().is_empty());
}

#[test]
fn a_process_that_died_while_writing_a_line_breaks_nothing() {
    let (world, profiles, log) = busy();
    world.scratch.write("run/profiles/audit.ndjson", format!("{log}{{\"seq\":5,\"at\":"));
    profiles.person(&id("reader-a"), &operator()).unwrap();
    assert_eq!(profiles.verify().unwrap(), []);
    // Of two processes each continues where the other stopped.
    let other = world.open();
    for _ in 0..3 {
        other.person(&id("reader-a"), &operator()).unwrap();
        profiles.person(&id("reader-a"), &operator()).unwrap();
    }
    assert_eq!(profiles.verify().unwrap(), []);
}

#[test]
fn a_disclosure_needs_authority_basis_and_official() {
    let (world, profiles, _) = busy();
    let whole = Disclosure {
        authority: "Court of Almaty".to_owned(),
        basis: "ruling 7 of 2026-11-20".to_owned(),
        requested_by: "Judge B".to_owned(),
        what: vec!["name".to_owned(), "events".to_owned()],
        person: id("reader-a"),
    };
    let refused = [
        Disclosure { authority: " ".to_owned(), ..whole.clone() },
        Disclosure { basis: String::new(), ..whole.clone() },
        Disclosure { requested_by: String::new(), ..whole.clone() },
        Disclosure { what: Vec::new(), ..whole.clone() },
    ];
    for demand in &refused {
        assert!(matches!(profiles.disclose(demand, &operator()), Err(Error::Refused(_))));
    }
    assert!(matches!(
        profiles.disclose(&Disclosure { what: vec!["nmae".to_owned()], ..whole.clone() }, &operator()),
        Err(Error::Undeclared { .. })
    ));
    assert!(matches!(
        profiles.disclose(&whole, &Actor::new(Role::Support, "s")),
        Err(Error::NotPermitted { .. })
    ));
    assert!(profiles.disclosures(&operator()).unwrap().is_empty());
    let disclosed = profiles.disclose(&whole, &operator()).unwrap();
    assert_eq!(disclosed.data, object(json!({ "name": "A", "events": [] })));
    let journal = profiles.disclosures(&Actor::new(Role::Auditor, "x")).unwrap();
    assert_eq!((journal.len(), journal[0].entry.to.as_str()), (1, "Court of Almaty"));
    let log = String::from_utf8(world.scratch.read("run/profiles/disclosures.ndjson")).unwrap();
    world.scratch.write("run/profiles/disclosures.ndjson", log.replace("Judge B", "Judge C"));
    assert_eq!(profiles.verify().unwrap()[0].kind, "disclosures");
}

#[test]
fn a_transfer_needs_a_contract_and_stays_in_the_country() {
    let mut world = World::new();
    let own = include_str!("../../../../../config/register.toml")
        .replace("[recipient.mail-provider]", "")
        .replace(
            "\n[field]\n",
            "\n[recipient.mail]\ncontract = \"12\"\ndate = \"2026-10-01\"\ncountry = \"DE\"\n[field]\n",
        )
        .replace(
            "category = \"account\", about = \"e-mail",
            "category = \"account\", recipients = [\"mail\"], about = \"e-mail",
        );
    world.settings.register = Some(world.scratch.write("register.toml", own));
    let me = id("a");
    let transfer = |recipient: &str, field: &str| Transfer {
        recipient: recipient.to_owned(),
        fields: vec![field.to_owned()],
        person: me.clone(),
    };
    let profiles = world.open();
    let attributes = object(json!({ "name": "A", "email": "a@example.kz" }));
    profiles.create(Some(&me), &all(), &attributes, &operator()).unwrap();
    for refused in [transfer("stranger", "email"), transfer("mail", "email")] {
        assert!(matches!(profiles.transfer(&refused, &operator()), Err(Error::Refused(_))));
    }
    drop(profiles);
    world.settings.cross_border = true;
    let profiles = world.open();
    assert!(matches!(profiles.transfer(&transfer("mail", "name"), &operator()), Err(Error::Refused(_))));
    assert!(profiles.disclosures(&operator()).unwrap().is_empty());
    let handed = profiles.transfer(&transfer("mail", "email"), &operator()).unwrap();
    assert_eq!(handed.data, object(json!({ "email": "a@example.kz" })));
    assert_eq!(profiles.disclosures(&operator()).unwrap()[0].entry.to, "mail");
}
