//! Arithmetic at and beyond the ends of time.

use std::time::Duration;

use super::{Timestamp, earlier, later, until};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn steps_are_exact() {
    let noon = at("2026-11-23T12:00:00Z");
    assert_eq!(later(noon, Duration::from_millis(1_500)), at("2026-11-23T12:00:01.5Z"));
    assert_eq!(earlier(noon, Duration::from_secs(43_201)), at("2026-11-22T23:59:59Z"));
    assert_eq!(later(noon, Duration::ZERO), noon);
    assert_eq!(until(noon, at("2026-11-23T12:00:01.5Z")), Duration::from_millis(1_500));
}

#[test]
fn steps_stop_at_the_ends_of_time() {
    let noon = at("2026-11-23T12:00:00Z");
    for long in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(1 << 62)] {
        assert_eq!(later(noon, long), Timestamp::MAX);
        assert_eq!(earlier(noon, long), Timestamp::MIN);
    }
    assert_eq!(later(Timestamp::MAX, Duration::from_nanos(1)), Timestamp::MAX);
    assert_eq!(earlier(Timestamp::MIN, Duration::from_nanos(1)), Timestamp::MIN);
}

#[test]
fn nothing_is_left_until_the_past() {
    let noon = at("2026-11-23T12:00:00Z");
    assert_eq!(until(noon, noon), Duration::ZERO);
    assert_eq!(until(noon, at("2026-11-23T11:59:59Z")), Duration::ZERO);
    assert_eq!(until(Timestamp::MAX, Timestamp::MIN), Duration::ZERO);
    assert!(until(Timestamp::MIN, Timestamp::MAX) > Duration::from_secs(1 << 38));
}
