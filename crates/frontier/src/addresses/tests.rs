//! Addresses as tables of requests.

use std::net::IpAddr;
use std::time::Duration;

use model::{FailureKind, Outcome, Span, Timestamp};
use proptest::prelude::*;

use super::Addresses;
use crate::settings::Politeness;

const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn at(millis: u64) -> Timestamp {
    model::time::later(START, Duration::from_millis(millis))
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn timeout() -> Outcome {
    Outcome::Failed { kind: FailureKind::Timeout, detail: String::new() }
}

/// A ledger that has been open for a while.
fn addresses() -> Addresses {
    Addresses::new(&Politeness::default(), model::time::earlier(START, Duration::from_hours(1)))
}

/// Milliseconds until the request may leave.
fn grant(addresses: &mut Addresses, address: &str, now: Timestamp) -> Result<u128, u128> {
    let millis = |at| model::time::until(now, at).as_millis();
    addresses.grant(ip(address), now, Duration::from_mins(1)).map(millis).map_err(millis)
}

#[test]
fn twenty_sites_of_one_address_are_asked_one_after_the_other() {
    let mut addresses = addresses();
    let places: Vec<_> = (0..20).map(|_| grant(&mut addresses, "1.2.3.4", START).unwrap()).collect();
    assert_eq!(places[..4], [0, 50, 100, 150]);
    assert_eq!(places[19], 950);
    assert_eq!(grant(&mut addresses, "::ffff:1.2.3.4", at(990)), Ok(10));
    assert_eq!(grant(&mut addresses, "1.2.3.5", START), Ok(0), "another machine");
}

#[test]
fn a_crowded_address_sends_those_in_a_hurry_away() {
    let mut addresses = addresses();
    for _ in 0..40 {
        grant(&mut addresses, "1.2.3.4", START).unwrap();
    }
    let patience = Duration::from_secs(1);
    assert_eq!(addresses.grant(ip("1.2.3.4"), START, patience), Err(at(2_000)));
    assert_eq!(addresses.grant(ip("1.2.3.4"), at(1_000), patience), Ok(at(2_000)), "no place was kept");
}

#[test]
fn a_request_that_left_late_holds_the_next_one_back() {
    let mut addresses = addresses();
    assert_eq!(grant(&mut addresses, "1.2.3.4", START), Ok(0));
    assert_eq!(grant(&mut addresses, "1.2.3.4", START), Ok(50));
    assert_eq!(addresses.leave(ip("1.2.3.4"), at(20)), Ok(()));
    assert_eq!(addresses.leave(ip("1.2.3.4"), at(50)), Err(at(70)));
    assert_eq!(addresses.leave(ip("1.2.3.4"), at(70)), Ok(()));
    assert_eq!(grant(&mut addresses, "1.2.3.4", at(80)), Ok(40));
}

#[test]
fn a_network_of_64_bits_is_one_machine() {
    let mut addresses = addresses();
    assert_eq!(grant(&mut addresses, "2a00:1:2:3::1", START), Ok(0));
    assert_eq!(grant(&mut addresses, "2a00:1:2:3:ffff::9", START), Ok(50));
    assert_eq!(grant(&mut addresses, "2a00:1:2:4::1", START), Ok(0));
}

#[test]
fn nobody_is_asked_for_one_distance_after_a_start() {
    let mut addresses = Addresses::new(&Politeness::default(), START);
    assert_eq!(grant(&mut addresses, "1.2.3.4", at(1)), Ok(49));
}

#[test]
fn a_machine_that_does_not_answer_is_asked_ever_more_rarely() {
    let mut addresses = addresses();
    let mut now = START;
    let mut waits = Vec::new();
    for _ in 0..14 {
        let wait = grant(&mut addresses, "1.2.3.4", now).unwrap();
        now = model::time::later(now, Duration::from_millis(u64::try_from(wait).unwrap()));
        waits.push(wait);
        addresses.answered(ip("1.2.3.4"), &timeout(), now);
    }
    assert_eq!(waits[..5], [0, 100, 200, 400, 800]);
    assert_eq!(waits[13], 51_200);
    addresses.answered(ip("1.2.3.4"), &Outcome::Fetched, now);
    grant(&mut addresses, "1.2.3.4", now).unwrap();
    let next = grant(&mut addresses, "1.2.3.4", now);
    assert!(next.is_ok_and(|wait| wait >= 1_600), "forgiven by halves, not at once: {next:?}");
}

#[test]
fn no_delay_is_no_distance_and_zero_switches_it_off() {
    for policy in [
        Politeness { delay: Span::seconds(0), ..Politeness::default() },
        Politeness { sites_per_address: 0, ..Politeness::default() },
    ] {
        let mut addresses = Addresses::new(&policy, START);
        assert!((0..9).all(|_| grant(&mut addresses, "1.2.3.4", START) == Ok(0)));
    }
}

proptest! {
    #[test]
    fn requests_are_never_closer_than_the_distance(steps in proptest::collection::vec((0u64..200, 0u8..3, 0u8..3), 1..200)) {
        let mut addresses = addresses();
        let mut now = START;
        let mut last = [None::<Timestamp>; 3];
        for (wait, which, outcome) in steps {
            now = model::time::later(now, Duration::from_millis(wait));
            let address = IpAddr::from([9, 9, 9, which]);
            if let Ok(leaves) = addresses.grant(address, now, Duration::from_secs(10)) {
                prop_assert!(leaves >= now);
                if let Some(last) = last[usize::from(which)].replace(leaves) {
                    prop_assert!(model::time::until(last, leaves) >= addresses.distance());
                }
                match outcome {
                    0 => addresses.answered(address, &timeout(), now),
                    1 => addresses.answered(address, &Outcome::Fetched, now),
                    _ => {}
                }
            }
        }
    }
}
