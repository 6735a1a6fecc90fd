use std::time::Duration;

use model::Timestamp;
use proptest::prelude::*;

use super::WishBook;

const WISH: Duration = Duration::from_mins(10);

#[test]
fn the_share_within_the_wish_and_the_worst_hubs_are_told() {
    let mut book = WishBook::new(WISH);
    for n in 0..90 {
        book.note(&format!("https://a.kz/feed{n}"), Duration::from_secs(500), Timestamp::UNIX_EPOCH);
    }
    for n in 0..10 {
        book.note(&format!("https://b.kz/{n}"), Duration::from_secs(700 + n), Timestamp::UNIX_EPOCH);
    }
    let report = WishBook::of_bytes(&book.to_bytes(), WISH).report("news");
    assert!((0.88..0.92).contains(&report.met_share.unwrap()), "{report:?}");
    assert_eq!(report.worst.len(), 5);
    assert_eq!(report.worst[0].url, "https://b.kz/9");
    assert!(report.p90.unwrap().0 <= Duration::from_secs(750));
    book.note("https://b.kz/9", Duration::from_secs(10), Timestamp::UNIX_EPOCH);
    assert_ne!(book.report("news").worst[0].url, "https://b.kz/9", "in time again");
}

#[test]
fn a_changed_wish_is_a_new_question() {
    let mut book = WishBook::new(WISH);
    book.note("https://a.kz/", WISH * 3, Timestamp::UNIX_EPOCH);
    let report = WishBook::of_bytes(&book.to_bytes(), WISH * 2).report("news");
    assert_eq!((report.met_share, report.worst.len()), (None, 0));
}

proptest! {
    #[test]
    fn any_bytes_are_a_book(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = WishBook::of_bytes(&bytes, WISH).report("x");
    }
}
