//! Instants as they are kept: milliseconds since 1970.
//!
//! Invariant: what is due is rounded up and the present is rounded down, so that rounding never makes anything early.

use model::Timestamp;

/// To the millisecond, never later: for the present.
pub(crate) fn floor_millis(now: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond().max(0)).unwrap_or(now)
}

/// To the millisecond, never earlier: for what is due.
pub(crate) fn ceil_millis(at: Timestamp) -> Timestamp {
    let millis =
        at.as_nanosecond().div_euclid(1_000_000) + i128::from(at.as_nanosecond().rem_euclid(1_000_000) > 0);
    // Before 1970 nothing is due: the epoch stands for "at once".
    i64::try_from(millis.max(0))
        .ok()
        .and_then(|m| Timestamp::from_millisecond(m).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
