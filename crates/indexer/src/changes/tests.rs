use proptest::prelude::*;

use super::*;

fn key(n: u8) -> UrlKey {
    UrlKey([n; 16])
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).expect("in range")
}

fn sequences(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.sequence).collect()
}

#[test]
fn every_stretch_of_a_long_log_is_found() {
    let dir = tempfile::tempdir().expect("dir");
    // Long and short lines, far more than the search stops at.
    let mut written = 0;
    for batch in 0..30 {
        let whats: Vec<What> = (0..100)
            .map(|n| {
                written += 1;
                if n % 7 == 0 {
                    What::Gone(format!("https://a.test/{}", "x".repeat(n * 20)))
                } else {
                    What::Upsert
                }
            })
            .collect();
        append(dir.path(), at(batch), whats.iter().map(|what| (key(1), what))).expect("append");
    }
    assert_eq!(last(dir.path()).expect("last"), written);
    for after in [0, 1, 99, 100, 101, 1_499, 2_998, 2_999, 3_000] {
        let found = read(dir.path(), after, 5).expect("read");
        let expected: Vec<u64> = (after + 1..=written).take(5).collect();
        assert_eq!(sequences(&found), expected, "after {after}");
    }
}

#[test]
fn compacting_keeps_the_last_of_each_and_the_numbers() {
    let dir = tempfile::tempdir().expect("dir");
    let gone = What::Gone("https://a.test/1".to_owned());
    let log = [
        (1, &What::Upsert),
        (2, &What::Upsert),
        (1, &gone),
        (3, &gone),
        (3, &What::Withdrawn),
        (2, &What::Upsert),
    ];
    append(dir.path(), at(0), log.iter().map(|(n, what)| (key(*n), *what))).expect("append");
    compact(dir.path()).expect("compact");
    let left = read(dir.path(), 0, 100).expect("read");
    assert_eq!(sequences(&left), [3, 5, 6]);
    assert_eq!(left[0].what, gone);
    append(dir.path(), at(1), std::iter::once((key(4), &What::Upsert))).expect("append");
    assert_eq!(last(dir.path()).expect("last"), 7, "numbers are never used again");
    assert_eq!(sequences(&read(dir.path(), 3, 100).expect("read")), [5, 6, 7]);
}

#[test]
fn a_foreign_line_is_named() {
    let dir = tempfile::tempdir().expect("dir");
    std::fs::write(dir.path().join(LOG), "1\t0\tu\tnot a key\n").expect("write");
    for error in [
        read(dir.path(), 0, 1).map(drop),
        append(dir.path(), at(0), std::iter::once((key(1), &What::Upsert))),
    ] {
        assert!(matches!(error, Err(Error::Damaged { .. })), "{error:?}");
    }
}

fn any_what() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::Upsert),
        Just(What::Withdrawn),
        "(https://[a-z]{1,20}/[!-~ё]{0,50})?".prop_map(What::Gone),
    ]
}

proptest! {
    #[test]
    fn lines_come_back(sequence in 1u64.., millis in 0i64..4_000_000_000_000, bytes: [u8; 16], what in any_what()) {
        let entry = Entry { sequence, at: at(millis), key: UrlKey(bytes), what };
        let mut line = String::new();
        write_line(&mut line, &entry);
        prop_assert_eq!(parse_line(line.strip_suffix('\n').expect("an end")), Some(entry));
    }

    #[test]
    fn any_line_is_read_or_refused(line in "[0-9udw\ta-f -~]{0,80}") {
        let _ = parse_line(&line);
    }

    #[test]
    fn any_file_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().expect("dir");
        std::fs::write(dir.path().join(LOG), &bytes).expect("write");
        let _ = (last(dir.path()), read(dir.path(), 0, 10), compact(dir.path()));
    }
}
