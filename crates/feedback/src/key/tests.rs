//! Recommendation ids and the file of the key.

use super::*;

fn key(byte: u8) -> Key {
    Key::of(&[byte; KEY_BYTES]).unwrap()
}

fn at() -> Timestamp {
    "2026-01-10T12:00:00Z".parse().unwrap()
}

#[test]
fn what_was_issued_is_read_again() {
    for scenario in Scenario::ALL {
        let issued = key(1).issue(scenario, at(), 7, u64::MAX - 3);
        assert_eq!(issued.as_str().len(), 56);
        assert_eq!(key(1).verify(issued.as_str()).unwrap(), issued);
        assert_eq!((issued.scenario(), issued.seed(), issued.at()), (scenario, u64::MAX - 3, at()));
    }
}

#[test]
fn what_was_not_issued_is_forged() {
    let text = key(1).issue(Scenario::Personal, at(), 7, 9).to_string();
    assert_eq!(key(2).verify(&text), Err(Refusal::Forged), "by another key");
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(key(1).verify(&changed), Err(Refusal::Forged), "changed at {place}");
    }
    for wrong in ["", "A", "not base64!", &text[..52], &format!("{text}AAAA")] {
        assert_eq!(key(1).verify(wrong), Err(Refusal::Forged), "{wrong:?}");
    }
}

#[test]
fn the_key_is_made_once_and_private() {
    let dir = tempfile::tempdir().unwrap();
    let first = Key::open(dir.path()).unwrap();
    let again = Key::open(dir.path()).unwrap();
    assert_eq!(first.hash("x"), again.hash("x"));
    assert_ne!(first.hash("x"), first.hash("y"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.path().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::write(dir.path().join("key"), "short").unwrap();
    assert!(matches!(Key::open(dir.path()), Err(Error::Key { .. })));
}
