//! Days, the only times that stand in plain columns. Invariant: a day is UTC and counted from 1970-01-01.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Timestamp;

/// The day of an instant.
pub(crate) fn of(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// The number of an instant's day.
pub(crate) fn number(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// The day of a number.
pub(crate) fn date(number: i64) -> Date {
    let days = jiff::Span::new().try_days(number).unwrap_or_default();
    jiff::civil::date(1970, 1, 1).saturating_add(days)
}

/// The number of the first day that begins at least `keep` after `at`: what may be kept so long is gone on it.
pub(crate) fn after(at: Timestamp, keep: Duration) -> i64 {
    let end = model::time::later(at, keep);
    number(end) + i64::from(end.as_second().rem_euclid(86_400) != 0)
}
