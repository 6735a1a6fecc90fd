//! Keys, killed erasures, backups, places.

use serde_json::json;

use super::{World, all, click, id, object, operator};
use crate::{Error, Residency, Settings};

#[test]
fn an_erasure_killed_half_way_is_finished_by_the_next_start() {
    let world = World::new();
    let profiles = world.open();
    let me = id("a");
    profiles.create(Some(&me), &all(), &object(json!({ "name": "A" })), &operator()).unwrap();
    profiles.record(&me, &[click(&world, "a")], &operator()).unwrap();
    // The process dies after the key was destroyed: the transaction over the rows is rolled back.
    let killed: Result<(), Error> = profiles.write(|desk| {
        let person = desk.known(&me)?;
        profiles.finish_erasure(desk, &person)?;
        Err(Error::Unknown)
    });
    assert!(killed.is_err());
    assert_eq!(world.counts()[..2], [3, 1]);
    assert!(matches!(profiles.export(&me, None, &operator()), Err(Error::Unknown)));
    assert!(profiles.verify().unwrap().iter().any(|finding| finding.detail.contains("without a key")));
    // Another erasure does not make it forgotten, and a running process finishes it too.
    let other = id("b");
    profiles.give_consent(&other, &all(), &operator()).unwrap();
    profiles.erase(&other, None, &operator()).unwrap();
    assert_eq!(world.counts()[..2], [3, 1]);
    let copy = world.scratch.snapshot();
    assert_eq!(profiles.housekeep().unwrap().expired_rows, 3);
    assert_eq!(world.counts()[..2], [0, 0]);
    assert_eq!(profiles.verify().unwrap(), []);
    // So does the next start.
    let killed = World { scratch: copy, ..World::new() };
    let profiles = killed.open();
    assert_eq!(killed.counts()[..2], [0, 0]);
    assert_eq!(profiles.verify().unwrap(), []);
}

#[test]
fn of_a_restored_backup_the_erased_stay_unreadable() {
    let world = World::new();
    let profiles = world.open();
    for name in ["a", "b"] {
        profiles.create(Some(&id(name)), &all(), &object(json!({ "name": name })), &operator()).unwrap();
    }
    let backup = world.scratch.join("backup");
    profiles.backup(&backup, &operator()).unwrap();
    assert!(matches!(profiles.backup(&backup, &operator()), Err(Error::Input(_))), "not over another");
    profiles.erase(&id("a"), None, &operator()).unwrap();
    drop(profiles);
    std::fs::remove_dir_all(world.scratch.join("run/profiles")).unwrap();
    std::fs::rename(&backup, world.scratch.join("run/profiles")).unwrap();
    let profiles = world.open();
    assert!(matches!(profiles.person(&id("a"), &operator()), Err(Error::Unknown)));
    assert_eq!(profiles.person(&id("b"), &operator()).unwrap().attributes["name"], "b");
    assert_eq!(world.counts()[..2], [2, 1]);
}

#[test]
fn keys_and_data_belong_together() {
    let world = World::new();
    world.open().give_consent(&id("a"), &all(), &operator()).unwrap();
    let keys = world.scratch.join("run.keys");
    let aside = world.scratch.join("aside");
    std::fs::rename(&keys, &aside).unwrap();
    // Without the keys nothing is dropped: the start is refused.
    assert!(matches!(world.try_open(), Err(Error::Keys(_))));
    let other = World::new();
    drop(other.open());
    let _ = std::fs::remove_dir_all(&keys);
    std::fs::rename(other.scratch.join("run.keys"), &keys).unwrap();
    assert!(matches!(world.try_open(), Err(Error::Keys(_))));
    std::fs::remove_dir_all(&keys).unwrap();
    std::fs::rename(&aside, &keys).unwrap();
    assert!(world.open().person(&id("a"), &operator()).is_ok());
}

#[test]
fn processes_that_start_at_once_share_their_keys() {
    let world = World::new();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let world = &world;
            scope.spawn(move || world.open().give_consent(&id(&n.to_string()), &all(), &operator()).unwrap());
        }
    });
    let profiles = world.open();
    for n in 0..8 {
        profiles.person(&id(&n.to_string()), &operator()).unwrap();
    }
    assert_eq!(profiles.verify().unwrap(), []);
}

#[test]
fn an_old_copy_of_the_keys_drops_nobody() {
    let world = World::new();
    let profiles = world.open();
    profiles.give_consent(&id("a"), &all(), &operator()).unwrap();
    drop(profiles);
    let old = world.scratch.snapshot();
    let profiles = world.open();
    profiles.give_consent(&id("b"), &all(), &operator()).unwrap();
    profiles.erase(&id("a"), None, &operator()).unwrap();
    drop(profiles);
    let latest = world.scratch.join("latest");
    std::fs::rename(world.scratch.join("run.keys"), &latest).unwrap();
    std::fs::rename(old.join("run.keys"), world.scratch.join("run.keys")).unwrap();
    let refused = world.try_open().unwrap_err();
    assert!(matches!(&refused, Error::Keys(message) if message.contains("older")), "{refused}");
    std::fs::remove_dir_all(world.scratch.join("run.keys")).unwrap();
    std::fs::rename(latest, world.scratch.join("run.keys")).unwrap();
    assert!(world.open().person(&id("b"), &operator()).is_ok());
}

#[test]
fn a_new_master_key_is_noticed_by_who_has_the_old_one() {
    let world = World::new();
    let server = world.open();
    server.give_consent(&id("a"), &all(), &operator()).unwrap();
    assert!(server.is_for_development());
    let old = world.scratch.read("run.keys/master.key");
    assert_eq!(world.open().rotate_keys(None, &operator()).unwrap(), 2);
    assert_ne!(world.scratch.read("run.keys/master.key"), old);
    server.give_consent(&id("b"), &all(), &operator()).unwrap();
    assert!(server.person(&id("a"), &operator()).is_ok());
    drop(server);
    let profiles = world.open();
    assert!(profiles.person(&id("a"), &operator()).is_ok() && profiles.person(&id("b"), &operator()).is_ok());
    // The old one opens nothing.
    drop(profiles);
    world.scratch.write("run.keys/master.key", old);
    assert!(matches!(world.try_open(), Err(Error::Keys(_))));
}

#[test]
fn a_rotation_killed_before_its_end_locks_nobody_out() {
    let world = World::new();
    let profiles = world.open();
    profiles.give_consent(&id("a"), &all(), &operator()).unwrap();
    let old = world.scratch.read("run.keys/master.key");
    profiles.rotate_keys(None, &operator()).unwrap();
    drop(profiles);
    // As if killed after wrapping and before renaming.
    let new = world.scratch.read("run.keys/master.key");
    world.scratch.write("run.keys/master.next", new);
    world.scratch.write("run.keys/master.key", old);
    assert!(world.open().person(&id("a"), &operator()).is_ok());
}

#[test]
fn an_undeclared_place_is_refused() {
    let mut world = World::new();
    world.settings.residency =
        Residency { country: Some("KZ".to_owned()), locations: vec![world.scratch.join("run")] };
    let refused = world.try_open().unwrap_err();
    assert!(matches!(&refused, Error::Residency { path, .. } if path.ends_with("run.keys")), "{refused}");
    assert!(!world.scratch.join("run").exists(), "refused before anything was made");
    world.settings.residency.locations.push(world.scratch.join("run.keys"));
    let profiles = world.open();
    let refused = profiles.backup(&world.scratch.join("elsewhere"), &operator());
    assert!(matches!(refused, Err(Error::Residency { .. })));
    profiles.backup(&world.scratch.join("run/backup"), &operator()).unwrap();
    // A link that leads out of the declared place is elsewhere.
    std::os::unix::fs::symlink(std::env::temp_dir(), world.scratch.join("run/out")).unwrap();
    assert!(profiles.backup(&world.scratch.join("run/out/backup"), &operator()).is_err());
}

#[test]
fn keys_do_not_lie_in_the_data() {
    let world = World::new();
    let refused = crate::Profiles::open(&crate::Opening {
        dir: &world.scratch.join("run/profiles"),
        keys_dir: &world.scratch.join("run/keys"),
        settings: &Settings::default(),
        clock: std::sync::Arc::new(world.clock.clone()),
    });
    assert!(matches!(refused, Err(Error::Setting(_))));
    let dir = Settings::default().keys_dir(std::path::Path::new("data/run"));
    assert_eq!(dir, std::path::Path::new("data/run.keys"));
}
