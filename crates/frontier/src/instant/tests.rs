//! Rounding is never early.

use model::Timestamp;

use super::{ceil_millis, floor_millis};

const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

#[test]
fn instants_are_kept_to_the_millisecond_and_never_early() {
    let at = Timestamp::new(1_767_225_600, 1).unwrap();
    assert_eq!(ceil_millis(at).as_nanosecond() % 1_000_000_000, 1_000_000);
    assert_eq!(floor_millis(at), START);
    assert_eq!(ceil_millis(START), START);
    assert_eq!(ceil_millis(Timestamp::MIN), Timestamp::UNIX_EPOCH);
    assert!(ceil_millis(Timestamp::MAX) >= floor_millis(Timestamp::MAX));
}
