//! What is kept comes back, and nothing else does.

use proptest::prelude::*;

use super::*;

const DAY: Duration = Duration::from_hours(24);
const MONTH: Duration = Duration::from_hours(30 * 24);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn known(received: i64, fresh_until: i64) -> Known {
    let content = Content::File(Bytes::from_static(b"user-agent: *\ndisallow: /x"));
    let etag = Some("\"1\"".to_owned());
    Known { at: at(received), fresh_until: at(fresh_until), content, etag, last_modified: None }
}

fn trouble(retry_at: i64) -> Trouble {
    Trouble { reason: "status 503".to_owned(), failures: 2, retry_at: at(retry_at) }
}

fn origin() -> Origin {
    Origin::of(&url::Url::parse("https://a.kz/").unwrap())
}

#[test]
fn copies_survive_the_frontier() {
    let copy = Copy { known: Some(known(0, 10)), trouble: Some(trouble(20)) };
    let mut copies = RobotsCopies::default();
    copies.put(origin(), copy.clone());
    let entries = copies.changed();
    assert_eq!(entries.len(), 1);
    let back = RobotsCopies::from_entries(entries);
    assert_eq!(back.copy(&origin()), Some(&copy));
    assert!(back.changed().is_empty());
    let shown = back.known(&origin()).unwrap();
    assert_eq!((shown.trouble.as_deref(), shown.file.is_some()), (Some("status 503"), true));
}

#[test]
fn damaged_copies_are_no_copies() {
    let bytes = Copy { known: Some(known(0, 10)), trouble: None }.to_bytes().unwrap();
    assert!(Copy::from_bytes(&bytes).is_some());
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= 0x10;
        assert_eq!(Copy::from_bytes(&damaged), None, "byte {index}");
        assert_eq!(Copy::from_bytes(&bytes[..index]), None, "cut at {index}");
    }
    assert!(RobotsCopies::from_entries(vec![(origin(), vec![1, 2, 3])]).copy(&origin()).is_none());
}

#[test]
fn a_fresh_copy_judges_and_an_old_one_is_asked_for() {
    let copy = Copy { known: Some(known(0, 3600)), trouble: None };
    assert_eq!(copy.standing(at(3599), DAY, MONTH), Standing::Judge);
    assert_eq!(copy.standing(at(3600), DAY, MONTH), Standing::Ask);
    assert_eq!(Copy::default().standing(at(0), DAY, MONTH), Standing::Ask);
    // The clock stepped back by a month: the copy claims to be fresh for longer than any can be.
    assert_eq!(copy.standing(at(-30 * 86_400), DAY, MONTH), Standing::Ask);
}

#[test]
fn trouble_means_waiting_unless_a_file_stands_in() {
    let alone = Copy { known: None, trouble: Some(trouble(60)) };
    assert_eq!(alone.standing(at(59), DAY, MONTH), Standing::Wait);
    assert_eq!(alone.standing(at(60), DAY, MONTH), Standing::Ask);
    assert_eq!(alone.standing(at(-40 * 86_400), DAY, MONTH), Standing::Ask);
    let backed = Copy { known: Some(known(0, 3600)), trouble: Some(trouble(29 * 86_400)) };
    assert_eq!(backed.standing(at(28 * 86_400), DAY, MONTH), Standing::Judge);
    let expired = Copy { known: Some(known(0, 3600)), trouble: Some(trouble(31 * 86_400)) };
    assert_eq!(expired.standing(at(30 * 86_400 + 1), DAY, MONTH), Standing::Wait);
    // That there was no file is not a copy of one.
    let absent = Known { content: Content::Absent { status: 404 }, ..known(0, 3600) };
    let copy = Copy { known: Some(absent), trouble: Some(trouble(86_400)) };
    assert_eq!(copy.standing(at(7200), DAY, MONTH), Standing::Wait);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Copy::from_bytes(&bytes);
        let sealed = [MAGIC, &Sha256::digest(&bytes)[..CHECK_LEN], &bytes].concat();
        let _ = Copy::from_bytes(&sealed);
    }
}
