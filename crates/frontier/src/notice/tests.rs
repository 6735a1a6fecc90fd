use model::Site;
use proptest::prelude::*;

use super::{Notice, NoticeKind, Notices};

fn notice(n: usize) -> Notice {
    Notice {
        at: model::Timestamp::UNIX_EPOCH,
        site: Site::of_domain("a.kz"),
        kind: NoticeKind::Trap,
        subject: format!("/{n}"),
        text: "x".repeat(1000),
    }
}

#[test]
fn the_latest_fifty_are_kept_once_each() {
    let mut notices = Notices::default();
    for n in 0..70 {
        notices.add(notice(n));
        notices.add(notice(n));
    }
    let bytes = notices.changed_bytes().unwrap();
    assert!(notices.changed_bytes().is_none());
    let list = Notices::of_bytes(&bytes).into_list();
    assert_eq!((list.len(), list[0].subject.as_str()), (50, "/69"));
    assert!(list[0].text.len() <= 400);
}

#[test]
fn a_notice_can_be_withdrawn() {
    let mut notices = Notices::default();
    notices.add(notice(1));
    let site = Site::of_domain("a.kz");
    assert!(notices.has(NoticeKind::Trap, &site, "/1"));
    notices.withdraw(NoticeKind::Trap, &site, "/1");
    assert!(!notices.has(NoticeKind::Trap, &site, "/1"));
}

proptest! {
    #[test]
    fn any_bytes_are_a_list(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Notices::of_bytes(&bytes).into_list();
    }
}
