//! Consent first, and what its end ends.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{World, all, click, id, object, operator, to};
use crate::{ConsentStatus, Error, How, NewConsent, Purpose, Role, Scope};

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

#[test]
fn without_consent_nothing_is_stored() {
    let world = World::new();
    let profiles = world.open();
    let me = id("refusing-reader");
    let refusals = [
        to(&[Purpose::Personalisation]),
        NewConsent { policy: "2020-01-01".to_owned(), ..all() },
        NewConsent { how: How::ContinuedUse, ..all() },
    ];
    let attributes = object(json!({ "email": "refusing@example.kz" }));
    for refusal in &refusals {
        assert!(profiles.create(Some(&me), refusal, &attributes, &operator()).is_err());
        assert!(profiles.give_consent(&me, refusal, &operator()).is_err());
    }
    assert!(matches!(profiles.record(&me, &[click(&world, "a")], &operator()), Err(Error::Unknown)));
    assert!(matches!(profiles.correct(&me, &attributes, None, &operator()), Err(Error::Unknown)));
    assert_eq!(world.counts(), [0, 0, 0, 0]);
    assert!(world.traces("refusing").is_empty());
}

#[test]
fn nothing_is_stored_of_a_refused_field() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    let wrong = object(json!({ "name": "A", "emial": "a@example.kz" }));
    let refused = profiles.create(Some(&me), &all(), &wrong, &operator()).unwrap_err();
    assert!(
        matches!(&refused, Error::Undeclared { nearest: Some(nearest), .. } if nearest == "email"),
        "{refused:?}"
    );
    assert_eq!(world.counts(), [0, 0, 0, 0]);
    profiles.give_consent(&me, &to(&[Purpose::Service]), &operator()).unwrap();
    // A field whose purposes were not agreed to.
    let sex = object(json!({ "name": "A", "sex": "female" }));
    assert!(matches!(profiles.correct(&me, &sex, None, &operator()), Err(Error::NoConsent { .. })));
    assert!(profiles.person(&me, &operator()).unwrap().attributes.is_empty());
}

#[test]
fn a_new_policy_needs_new_consent() {
    let mut world = World::new();
    for language in ["kk", "ru", "en"] {
        world.scratch.write(format!("policies/2026-11-01/{language}.md"), "first");
        world.scratch.write(format!("policies/2026-12-01/{language}.md"), "second");
    }
    world.settings.policies = Some(world.scratch.join("policies"));
    let profiles = world.open();
    let me = id("a");
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    assert_eq!(profiles.record(&me, &[click(&world, "a")], &operator()).unwrap().accepted, 1);
    world.after_days(4);
    assert_eq!(profiles.policies().current().version, "2026-12-01");
    let refused = profiles.record(&me, &[click(&world, "b")], &operator()).unwrap_err();
    assert!(matches!(&refused, Error::PolicyOutdated { current } if current == "2026-12-01"));
    assert!(matches!(profiles.interests(&me, &operator()), Err(Error::PolicyOutdated { .. })));
    assert!(matches!(profiles.give_consent(&me, &all(), &operator()), Err(Error::PolicyOutdated { .. })));
    assert_eq!(profiles.consent(&me, &operator()).unwrap().status, ConsentStatus::Outdated);
    // Using the service on is noted and permits nothing.
    let second = NewConsent { policy: "2026-12-01".to_owned(), ..all() };
    let used_on = NewConsent { how: How::ContinuedUse, ..second.clone() };
    assert_eq!(profiles.give_consent(&me, &used_on, &operator()).unwrap().status, ConsentStatus::Outdated);
    assert!(profiles.interests(&me, &operator()).is_err());
    profiles.give_consent(&me, &second, &operator()).unwrap();
    assert_eq!(profiles.interests(&me, &operator()).unwrap().links.len(), 1);
    let consents = profiles.export(&me, None, &operator()).unwrap().person["consents"].clone();
    assert_eq!(consents.as_array().unwrap().len(), 3);
}

#[test]
fn a_published_text_cannot_change() {
    let mut world = World::new();
    for language in ["kk", "ru", "en"] {
        world.scratch.write(format!("policies/2026-11-01/{language}.md"), "first");
    }
    world.settings.policies = Some(world.scratch.join("policies"));
    drop(world.open());
    world.scratch.write("policies/2026-11-01/ru.md", "first!");
    let refused = world.try_open().unwrap_err();
    assert!(matches!(&refused, Error::Setting(message) if message.contains("2026-11-01")), "{refused}");
    world.scratch.write("policies/2026-11-01/ru.md", "first");
    drop(world.open());
}

#[test]
fn a_purpose_switched_off_is_not_executed() {
    let mut world = World::new();
    let me = id("a");
    let profiles = world.open();
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    drop(profiles);
    world.settings.purposes = vec![Purpose::Service];
    let profiles = world.open();
    assert!(matches!(profiles.record(&me, &[click(&world, "b")], &operator()), Err(Error::NoConsent { .. })));
    assert!(matches!(profiles.interests(&me, &operator()), Err(Error::NoConsent { .. })));
    assert!(matches!(profiles.give_consent(&me, &all(), &operator()), Err(Error::NoConsent { .. })));
}

#[test]
fn nothing_is_accepted_after_a_withdrawal_has_returned() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    let withdrawn = AtomicBool::new(false);
    let (accepted, late) = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|thread| {
                let (profiles, withdrawn, me, world) = (&profiles, &withdrawn, &me, &world);
                scope.spawn(move || {
                    let (mut accepted, mut late) = (0, 0);
                    for n in 0..250 {
                        let after = withdrawn.load(Ordering::SeqCst);
                        let taken =
                            profiles.record(me, &[click(world, &format!("{thread}-{n}"))], &operator());
                        accepted += usize::from(taken.is_ok());
                        late += usize::from(taken.is_ok() && after);
                    }
                    (accepted, late)
                })
            })
            .collect();
        while profiles.interests(&me, &operator()).unwrap().links.len() < 20 {}
        profiles.withdraw(&me, None, None, &operator()).unwrap();
        withdrawn.store(true, Ordering::SeqCst);
        let counts = callers.into_iter().map(|caller| caller.join().unwrap());
        counts.fold((0, 0), |sum, (accepted, late)| (sum.0 + accepted, sum.1 + late))
    });
    assert!((20..1_000).contains(&accepted), "the withdrawal came in between: {accepted}");
    assert_eq!(late, 0);
    profiles.housekeep().unwrap();
    assert_eq!(world.counts()[..2], [0, 0]);
}

#[test]
fn who_comes_back_is_somebody_new() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.create(Some(&me), &all(), &object(json!({ "name": "A" })), &operator()).unwrap();
    let ticket = profiles.withdraw(&me, None, None, &operator()).unwrap();
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    assert!(profiles.ticket(&ticket.id).unwrap().unwrap().done.is_some());
    assert!(profiles.person(&me, &operator()).unwrap().attributes.is_empty());
    assert_eq!(profiles.housekeep().unwrap().erased, 0);
}

#[test]
fn each_role_may_what_the_matrix_says() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.give_consent(&me, &all(), &operator()).unwrap();
    for role in Role::ALL {
        let actor = crate::Actor::new(role, "x");
        let calls: [(Scope, Result<(), Error>); 10] = [
            (Scope::Consent, profiles.consent(&me, &actor).map(drop)),
            (Scope::Record, profiles.record(&me, &[], &actor).map(drop)),
            (Scope::Interests, profiles.interests(&me, &actor).map(drop)),
            (Scope::Read, profiles.person(&me, &actor).map(drop)),
            (Scope::Correct, profiles.correct(&me, &object(json!({})), None, &actor).map(drop)),
            (Scope::Export, profiles.export(&me, None, &actor).map(drop)),
            (Scope::Find, profiles.find(&crate::Query::Id(me.clone()), &actor).map(drop)),
            (Scope::Tickets, profiles.tickets(&crate::TicketFilter::default(), &actor).map(drop)),
            (Scope::Audit, profiles.audit(model::Timestamp::MIN, 1, &actor).map(drop)),
            (Scope::Maintain, profiles.rotate_keys(None, &actor).map(drop)),
        ];
        for (scope, result) in calls {
            assert_eq!(result.is_ok(), role.may(scope), "{role:?} {scope:?}: {result:?}");
            assert!(result.is_ok() || matches!(result, Err(Error::NotPermitted { .. })), "{result:?}");
        }
    }
    assert!(!Role::Recommender.may(Scope::Read) && !Role::Recommender.may(Scope::Find));
    assert!(!Role::Support.may(Scope::Audit) && !Role::Auditor.may(Scope::Read));
    assert!(!Role::Reader.may(Scope::Find) && !Role::Reader.may(Scope::Disclose));
}
