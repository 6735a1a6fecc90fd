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

/// A machine's clock that an operator sets.
struct Set(std::sync::Mutex<Timestamp>);

impl super::Clock for std::sync::Arc<Set> {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[test]
fn an_hour_that_did_not_pass_is_followed_only_when_told() {
    use super::{Clock, SteadyClock};
    let noon = at("2026-11-23T12:00:00Z");
    let machine = std::sync::Arc::new(Set(std::sync::Mutex::new(noon)));
    let clock = SteadyClock::over(std::sync::Arc::clone(&machine));
    let minute = Duration::from_mins(1);
    for set in ["2026-11-23T13:00:00Z", "2026-11-23T11:00:00Z"] {
        *machine.0.lock().unwrap() = at(set);
        assert!(clock.now() >= noon && clock.now() < later(noon, minute), "steady");
    }
    clock.follow();
    let eleven = at("2026-11-23T11:00:00Z");
    assert!(clock.now() >= eleven && clock.now() < later(eleven, minute));
}
