//! Readers who prove who they are, on a clock that tests move and with hashes that cost little.

use std::sync::Arc;
use std::time::Duration;

use model::{ByteSize, Span};
use serde_json::{Map, Value, json};
use testkit::clock::SimulatedClock;
use testkit::temp::Scratch;

use super::{Accounts, CodeSender, Session, Settings};
use crate::{
    Actor, ConsentStatus, Error, How, NewConsent, Opening, PersonId, PolicyLanguage, Profiles, Purpose,
    Query, Role,
};

const EMAIL: &str = "canary.reader@example.kz";
const PASSWORD: &str = "жеті рет өлше";
const PHONE: &str = "+77011234567";

struct World {
    scratch: Scratch,
    clock: SimulatedClock,
    profiles: Profiles,
    accounts: Accounts,
}

impl World {
    fn new() -> Self {
        Self::with(|_, _| {})
    }

    fn with(change: impl FnOnce(&mut Settings, &Scratch)) -> Self {
        let clock = SimulatedClock::at("2026-11-27T12:00:00Z".parse().unwrap());
        let scratch = Scratch::new();
        let mut settings = Settings {
            hash_memory: ByteSize(64 * 1024),
            hash_passes: 1,
            code_sender: Some(CodeSender::File(scratch.join("codes.ndjson"))),
            ..Settings::default()
        };
        change(&mut settings, &scratch);
        let profiles = Profiles::open(&Opening {
            dir: &scratch.join("run/profiles"),
            keys_dir: &scratch.join("run.keys"),
            settings: &crate::Settings::default(),
            clock: Arc::new(clock.clone()),
        })
        .unwrap();
        let accounts = Accounts::new(&profiles, &settings).unwrap();
        Self { scratch, clock, profiles, accounts }
    }

    fn register(&self) {
        self.accounts.register(EMAIL, PASSWORD.to_owned(), &consent(), &Map::new()).unwrap();
    }

    fn log_in(&self, password: &str) -> Result<Session, Error> {
        self.accounts.log_in(EMAIL, password.to_owned())
    }

    fn holder(&self, session: &Session) -> Option<PersonId> {
        self.accounts.holder(&session.token).unwrap()
    }

    /// The code last sent.
    fn code(&self) -> String {
        let sent = std::fs::read_to_string(self.scratch.join("codes.ndjson")).unwrap();
        let last: Value = serde_json::from_str(sent.lines().last().unwrap()).unwrap();
        last["code"].as_str().unwrap().to_owned()
    }

    /// A code that is not the one last sent.
    fn wrong_code(&self) -> String {
        if self.code() == "000000" { "000001" } else { "000000" }.to_owned()
    }

    /// Everything the stores hold.
    fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for folder in ["run/profiles", "run.keys"] {
            for entry in std::fs::read_dir(self.scratch.join(folder)).unwrap() {
                all.extend(std::fs::read(entry.unwrap().path()).unwrap());
            }
        }
        all
    }

    fn holds(&self, text: &str) -> bool {
        self.bytes().windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// The password hash kept of a person.
    fn hash_of(&self, id: &PersonId) -> String {
        let kept = self.profiles.read(|desk| {
            let person = desk.known(id)?;
            super::password_of(desk, &person)
        });
        kept.unwrap().unwrap()
    }

    /// Persons there are keys for.
    fn persons(&self) -> usize {
        self.profiles.read(|desk| Ok(desk.keys.persons()?.len())).unwrap()
    }
}

fn consent() -> NewConsent {
    NewConsent {
        policy: "2026-11-01".to_owned(),
        language: PolicyLanguage::Kk,
        purposes: [Purpose::Service].into(),
        how: How::Button,
    }
}

fn operator() -> Actor {
    Actor::new(Role::Operator, "op-1")
}

#[track_caller]
fn refused(outcome: &Result<Session, Error>) {
    assert!(matches!(outcome, Err(Error::Credentials)), "{outcome:?}");
}

/// For how long a refused attempt must wait, seconds.
#[track_caller]
fn wait_s(outcome: &Result<Session, Error>) -> u64 {
    let Err(Error::Wait { after }) = outcome else { panic!("{outcome:?}") };
    after.as_secs()
}

#[test]
fn a_reader_registers_logs_in_and_out() {
    let world = World::new();
    world.register();
    let session = world.accounts.log_in(" Canary.Reader@Example.KZ ", PASSWORD.to_owned()).unwrap();
    let me = world.holder(&session).unwrap();
    assert!(session.token.starts_with("sls_") && session.token.len() == 68);
    assert_eq!(world.profiles.person(&me, &operator()).unwrap().attributes["email"], EMAIL);
    let other = world.log_in(PASSWORD).unwrap();
    world.accounts.log_out(&session.token).unwrap();
    assert_eq!(world.holder(&session), None);
    assert_eq!(world.holder(&other), Some(me));
    for wrong in ["", "sls_", "sls_0000", &session.token.to_uppercase()] {
        assert_eq!(world.accounts.holder(wrong).unwrap(), None);
    }
    assert_eq!(world.profiles.verify().unwrap(), []);
}

#[test]
fn what_is_kept_is_an_argon2id_hash_and_nothing_of_it_in_plain() {
    let world = World::new();
    world.register();
    let session = world.log_in(PASSWORD).unwrap();
    let me = world.holder(&session).unwrap();
    let hash = world.hash_of(&me);
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
    for text in [EMAIL, PASSWORD, &session.token, &session.token[4..], "$argon2id$", me.as_str()] {
        assert!(!world.holds(text), "{text}");
    }
    let export = world.profiles.export(&me, None, &operator()).unwrap();
    assert_eq!(export.account[0]["way"], "password");
    assert_eq!(export.sessions.len(), 1);
    let text = serde_json::to_string(&export).unwrap();
    assert!(text.contains(EMAIL));
    assert!(!text.contains("argon2id") && !text.contains(&session.token));
}

#[test]
fn without_consent_or_with_a_wrong_one_nothing_is_stored() {
    let world = World::new();
    let mut outdated = consent();
    outdated.policy = "2020-01-01".to_owned();
    let on_paper = NewConsent { how: How::Paper, ..consent() };
    let for_nothing = NewConsent { purposes: [Purpose::Research].into(), ..consent() };
    for wrong in [&outdated, &on_paper, &for_nothing] {
        assert!(world.accounts.register(EMAIL, PASSWORD.to_owned(), wrong, &Map::new()).is_err());
    }
    let told = |value: Value| value.as_object().unwrap().clone();
    for (email, password, attributes) in [
        ("no address", PASSWORD, json!({})),
        (EMAIL, "7 chars", json!({})),
        (EMAIL, &"x".repeat(257), json!({})),
        (EMAIL, PASSWORD, json!({ "shoe_size": "44" })),
        (EMAIL, PASSWORD, json!({ "phone": PHONE })),
    ] {
        let outcome = world.accounts.register(email, password.to_owned(), &consent(), &told(attributes));
        assert!(matches!(outcome, Err(Error::Input(_) | Error::Undeclared { .. })), "{outcome:?}");
    }
    refused(&world.log_in(PASSWORD));
    assert_eq!(world.persons(), 0);
}

#[test]
fn an_address_that_has_an_account_is_answered_alike_and_kept_as_it_was() {
    let world = World::new();
    world.register();
    world.accounts.register(EMAIL, "another password".to_owned(), &consent(), &Map::new()).unwrap();
    refused(&world.log_in("another password"));
    world.log_in(PASSWORD).unwrap();
    assert_eq!(world.persons(), 1);
    // Nor does a password given by somebody open what a service keeps of this address.
    let attributes = Map::from_iter([("email".to_owned(), json!("known@example.kz"))]);
    world.profiles.create(None, &consent(), &attributes, &operator()).unwrap();
    world.accounts.register("known@example.kz", PASSWORD.to_owned(), &consent(), &Map::new()).unwrap();
    refused(&world.accounts.log_in("known@example.kz", PASSWORD.to_owned()));
    assert_eq!(world.profiles.verify().unwrap(), []);
}

#[test]
fn failures_make_the_next_attempt_wait_longer_and_longer() {
    let world = World::new();
    world.register();
    for email in [EMAIL, "nobody@example.kz"] {
        let attempt = |password: &str| world.accounts.log_in(email, password.to_owned());
        for _ in 0..5 {
            refused(&attempt("wrong password"));
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = wait_s(&attempt(PASSWORD));
            waits.push(wait);
            world.clock.advance(Duration::from_secs(wait));
            refused(&attempt("wrong password"));
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], "the same for {email}");
    }
    world.clock.advance(Duration::from_mins(15));
    world.log_in(PASSWORD).unwrap();
    refused(&world.log_in("wrong password"));
}

#[test]
fn failures_are_forgotten_after_a_day() {
    let world = World::new();
    world.register();
    for _ in 0..5 {
        refused(&world.log_in("wrong password"));
    }
    wait_s(&world.log_in(PASSWORD));
    world.clock.advance(Duration::from_hours(24));
    for _ in 0..5 {
        refused(&world.log_in("wrong password"));
    }
}

#[test]
fn attempts_made_at_the_same_time_do_not_get_around_the_limit() {
    let world = World::new();
    world.register();
    let judged: usize = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..40)
            .map(|_| scope.spawn(|| matches!(world.log_in("wrong password"), Err(Error::Credentials))))
            .collect();
        attempts.into_iter().map(|attempt| usize::from(attempt.join().unwrap())).sum()
    });
    assert_eq!(judged, 5);
}

#[test]
fn a_session_ends_when_idle_and_at_its_term() {
    let world = World::with(|settings, _| {
        settings.session_term = Span::seconds(30 * 86_400);
        settings.session_idle = Span::seconds(7 * 86_400);
    });
    world.register();
    let idle = world.log_in(PASSWORD).unwrap();
    let busy = world.log_in(PASSWORD).unwrap();
    for _ in 0..6 {
        world.clock.advance(Duration::from_hours(24));
        assert!(world.holder(&busy).is_some());
    }
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(world.holder(&idle), None);
    for _ in 7..29 {
        assert!(world.holder(&busy).is_some());
        world.clock.advance(Duration::from_hours(24));
    }
    assert!(world.holder(&busy).is_some());
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(world.holder(&busy), None);
    world.clock.advance(Duration::from_hours(24));
    assert!(world.profiles.housekeep().unwrap().expired_rows >= 2);
    let lookups: i64 = world
        .profiles
        .read(|desk| Ok(desk.tx.query_row("SELECT count(*) FROM lookups", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(lookups, 2, "id and e-mail are left");
}

#[test]
fn a_person_has_only_so_many_sessions() {
    let world = World::with(|settings, _| settings.sessions_max = 2);
    world.register();
    let sessions: Vec<_> = (0..3).map(|_| world.log_in(PASSWORD).unwrap()).collect();
    let alive: Vec<_> = sessions.iter().map(|session| world.holder(session).is_some()).collect();
    assert_eq!(alive, [false, true, true]);
}

#[test]
fn a_new_password_ends_every_session() {
    let world = World::new();
    world.register();
    let session = world.log_in(PASSWORD).unwrap();
    let me = world.holder(&session).unwrap();
    let change = |current: Option<&str>, new: &str| {
        world.accounts.change_password(&me, current.map(str::to_owned), new.to_owned())
    };
    assert!(matches!(change(Some("wrong password"), "new password"), Err(Error::Credentials)));
    assert!(matches!(change(None, "new password"), Err(Error::Credentials)));
    assert!(matches!(change(Some(PASSWORD), "short"), Err(Error::Input(_))));
    assert!(world.holder(&session).is_some());
    change(Some(PASSWORD), "new password").unwrap();
    assert_eq!(world.holder(&session), None);
    refused(&world.log_in(PASSWORD));
    world.log_in("new password").unwrap();
}

#[test]
fn withdrawal_hold_and_erasure_end_every_session() {
    let world = World::new();
    let enter = || {
        world.register();
        let session = world.log_in(PASSWORD).unwrap();
        let me = world.holder(&session).unwrap();
        (session, me)
    };
    let (session, me) = enter();
    world.profiles.hold(&me, "case 1", &operator()).unwrap();
    assert_eq!(world.holder(&session), None);
    refused(&world.log_in(PASSWORD));
    world.profiles.release(&me, "case 1", &operator()).unwrap();
    assert!(world.holder(&session).is_some());
    world.profiles.withdraw(&me, None, None, &operator()).unwrap();
    assert_eq!(world.holder(&session), None);
    refused(&world.log_in(PASSWORD));
    // Whoever comes back at once is a new person.
    let (session, again) = enter();
    assert_ne!(again, me);
    assert_eq!(world.profiles.consent(&me, &operator()).unwrap().status, ConsentStatus::None);
    world.profiles.erase(&again, None, &operator()).unwrap();
    assert_eq!(world.holder(&session), None);
    refused(&world.log_in(PASSWORD));
    assert_eq!(world.persons(), 0);
    let left: i64 = world
        .profiles
        .read(|desk| {
            let count = "SELECT (SELECT count(*) FROM rows) + (SELECT count(*) FROM lookups)";
            Ok(desk.tx.query_row(count, [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_hash_made_with_other_parameters_is_renewed_at_login() {
    let mut world = World::new();
    world.register();
    let stronger = Settings { hash_memory: ByteSize(128 * 1024), ..world.accounts.settings().clone() };
    world.accounts = Accounts::new(&world.profiles, &stronger).unwrap();
    let me = world.holder(&world.log_in(PASSWORD).unwrap()).unwrap();
    let hash = world.hash_of(&me);
    assert!(hash.contains("m=128,"), "{hash}");
    world.log_in(PASSWORD).unwrap();
}

#[test]
fn a_phone_logs_in_by_code_and_gets_an_account_by_consent() {
    let world = World::new();
    world.accounts.send_code("+7 (701) 123-45-67").unwrap();
    let code = world.code();
    let without = world.accounts.log_in_by_code(PHONE, &code, None);
    assert!(matches!(without, Err(Error::NoConsent { .. })), "{without:?}");
    assert_eq!(world.persons(), 0);
    let session = world.accounts.log_in_by_code(PHONE, &code, Some(&consent())).unwrap();
    let me = world.holder(&session).unwrap();
    refused(&world.accounts.log_in_by_code(PHONE, &code, Some(&consent())));
    world.accounts.send_code(PHONE).unwrap();
    let again = world.accounts.log_in_by_code(PHONE, &world.code(), None).unwrap();
    assert_eq!(world.holder(&again), Some(me.clone()));
    let export = world.profiles.export(&me, None, &operator()).unwrap();
    assert_eq!((&export.account[0]["way"], &export.account[0]["phone"]), (&json!("phone"), &json!(PHONE)));
    assert!(!world.holds(PHONE) && !world.holds(&PHONE[1..]));
}

#[test]
fn a_code_ends_after_its_tries_its_term_and_the_next_one() {
    let world = World::new();
    let attempt = |code: &str| world.accounts.log_in_by_code(PHONE, code, Some(&consent()));
    world.accounts.send_code(PHONE).unwrap();
    for _ in 0..5 {
        refused(&attempt(&world.wrong_code()));
    }
    world.clock.advance(Duration::from_secs(1));
    refused(&attempt(&world.code()));

    world.clock.advance(Duration::from_hours(24));
    world.accounts.send_code(PHONE).unwrap();
    world.clock.advance(Duration::from_mins(5));
    refused(&attempt(&world.code()));

    world.accounts.send_code(PHONE).unwrap();
    let first = world.code();
    world.accounts.send_code(PHONE).unwrap();
    if first != world.code() {
        refused(&attempt(&first));
    }
    attempt(&world.code()).unwrap();
}

#[test]
fn codes_are_sent_only_so_often_to_a_number_and_in_an_hour() {
    let world = World::with(|settings, _| settings.codes_per_hour = 7);
    for _ in 0..5 {
        world.accounts.send_code(PHONE).unwrap();
    }
    assert!(matches!(world.accounts.send_code(PHONE), Err(Error::Wait { .. })));
    world.accounts.send_code("+77010000001").unwrap();
    world.accounts.send_code("+77010000002").unwrap();
    let full = world.accounts.send_code("+77010000003");
    assert!(matches!(full, Err(Error::Wait { after }) if after == Duration::from_hours(1)), "{full:?}");
    world.clock.advance(Duration::from_hours(1));
    world.accounts.send_code("+77010000003").unwrap();
}

#[test]
fn a_number_belongs_to_whoever_proves_it() {
    let world = World::new();
    world.register();
    let squatter = world.holder(&world.log_in(PASSWORD).unwrap()).unwrap();
    let phone = Map::from_iter([("phone".to_owned(), json!(PHONE))]);
    world.profiles.correct(&squatter, &phone, None, &Actor::new(Role::Reader, "self")).unwrap();
    world.accounts.send_code(PHONE).unwrap();
    let owner = world.accounts.log_in_by_code(PHONE, &world.code(), Some(&consent())).unwrap();
    let owner = world.holder(&owner).unwrap();
    assert_ne!(owner, squatter);
    assert!(!world.profiles.person(&squatter, &operator()).unwrap().attributes.contains_key("phone"));
    assert_eq!(world.profiles.find(&Query::Phone(PHONE.to_owned()), &operator()).unwrap(), Some(owner),);
    // What support or a service has written down was asked for by them.
    let other = "+77010000009";
    let phone = Map::from_iter([("phone".to_owned(), json!(other))]);
    let known = world.profiles.create(None, &consent(), &phone, &operator()).unwrap();
    world.accounts.send_code(other).unwrap();
    let session = world.accounts.log_in_by_code(other, &world.code(), None).unwrap();
    assert_eq!(world.holder(&session), Some(known));
}

#[test]
fn the_file_of_codes_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    world.accounts.send_code(PHONE).unwrap();
    let mode = world.scratch.join("codes.ndjson").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_program_gets_the_code_on_its_input_within_its_time() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = |name: &str, text: &str, scratch: &Scratch| {
        let path = scratch.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Some(CodeSender::Command(path))
    };
    let world = World::with(|settings, scratch| {
        let text = format!("#!/bin/sh\ncat >> {}\n", scratch.join("codes.ndjson").display());
        settings.code_sender = program("send", &text, scratch);
    });
    world.accounts.send_code(PHONE).unwrap();
    world.accounts.log_in_by_code(PHONE, &world.code(), Some(&consent())).unwrap();

    for text in ["#!/bin/sh\nexec sleep 60\n", "#!/bin/sh\ncat\nexit 3\n"] {
        let world = World::with(|settings, scratch| {
            settings.code_sender = program("fail", text, scratch);
            settings.code_sender_timeout = Span::millis(200);
        });
        assert!(matches!(world.accounts.send_code(PHONE), Err(Error::Sender)));
    }
}

#[test]
fn a_provider_vouches_for_a_person_who_consents() {
    let world = World::new();
    let by = |subject: &str, consent: Option<&NewConsent>| {
        world.accounts.log_in_by_provider("https://id.example.kz", subject, consent)
    };
    assert!(matches!(by("4711", None), Err(Error::NoConsent { .. })));
    assert_eq!(world.persons(), 0);
    let me = world.holder(&by("4711", Some(&consent())).unwrap()).unwrap();
    assert_eq!(world.holder(&by("4711", None).unwrap()), Some(me.clone()));
    assert_ne!(world.holder(&by("4712", Some(&consent())).unwrap()), Some(me.clone()));
    let export = world.profiles.export(&me, None, &operator()).unwrap();
    assert_eq!(export.account[0]["subject"], "4711");
    world.profiles.withdraw(&me, None, None, &operator()).unwrap();
    assert!(matches!(by("4711", None), Err(Error::NoConsent { .. })));
}

#[test]
fn ways_that_are_not_set_up_are_not_offered() {
    let world = World::with(|settings, _| {
        settings.passwords = false;
        settings.code_sender = None;
    });
    let made = world.accounts.register(EMAIL, PASSWORD.to_owned(), &consent(), &Map::new());
    assert!(matches!(made, Err(Error::NotOffered(_))));
    assert!(matches!(world.log_in(PASSWORD), Err(Error::NotOffered(_))));
    assert!(matches!(world.accounts.send_code(PHONE), Err(Error::NotOffered(_))));
    assert!(matches!(world.accounts.log_in_by_code(PHONE, "000000", None), Err(Error::NotOffered(_))));
}

#[test]
fn settings_that_cannot_be_used_name_their_key() {
    let wrong = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        settings.check().unwrap_err()
    };
    assert!(wrong(|s| s.hash_memory = ByteSize(1024)).contains("hash_memory"));
    assert!(wrong(|s| s.sessions_max = 0).contains("sessions_max"));
    assert!(wrong(|s| s.code_term = Span::seconds(0)).contains("code_term"));
    assert!(wrong(|s| s.failures_kept = Span::seconds(60)).contains("failures_kept"));
    assert!(CodeSender::try_from("mail:me".to_owned()).unwrap_err().contains("command:PROGRAM"));
    Settings::default().check().unwrap();
}

#[test]
fn nothing_a_reader_types_is_printed_by_what_is_logged() {
    let world = World::new();
    world.register();
    let session = world.log_in(PASSWORD).unwrap();
    assert!(!format!("{session:?} {:?}", world.accounts).contains(&session.token));
    for error in [world.log_in("wrong password"), world.accounts.log_in_by_code("12 34", "x", None)] {
        let error = error.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("wrong") && !text.contains("12 34") && !text.contains(EMAIL), "{text}");
    }
}
