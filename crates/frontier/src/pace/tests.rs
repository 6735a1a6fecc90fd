//! Politeness as tables of events: what happened, and when the next request may leave.

#![expect(
    clippy::float_cmp,
    reason = "seconds that a double holds exactly enough to be told apart from any error"
)]

use std::time::Duration;

use model::{FailureKind, Outcome, Span, Timestamp};

use super::{CALM_TO_FORGIVE, Health, Pace, PaceReason};
use crate::settings::Politeness;

const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn at(seconds: f64) -> Timestamp {
    if seconds < 0.0 {
        return model::time::earlier(START, Duration::from_secs_f64(-seconds));
    }
    model::time::later(START, Duration::from_secs_f64(seconds))
}

fn pace() -> Pace {
    Pace::new(Politeness::default(), 7)
}

/// Seconds from the start until the next request.
fn wait(pace: &Pace) -> f64 {
    pace.next_allowed().duration_since(START).as_secs_f64()
}

fn failed() -> Outcome {
    Outcome::Failed { kind: FailureKind::Timeout, detail: "no header in time".to_owned() }
}

fn retry_later(until: Option<Timestamp>) -> Outcome {
    Outcome::RetryLater { status: 429, until }
}

#[test]
fn a_site_never_asked_may_be_asked_at_once() {
    assert_eq!(pace().next_allowed(), Timestamp::MIN);
}

#[test]
fn the_delay_counts_from_the_end_of_the_response() {
    let mut pace = pace();
    pace.sent(at(0.0));
    assert_eq!(wait(&pace), 1.0, "and from the request while there is none");
    pace.answered(&Outcome::Fetched, Duration::from_millis(300), at(0.3));
    assert_eq!(wait(&pace), 1.3);
    assert_eq!(pace.reason(), PaceReason::Delay);
}

#[test]
fn no_delay_is_no_delay() {
    let mut pace = Pace::new(Politeness { delay: Span::seconds(0), ..Politeness::default() }, 7);
    pace.answered(&Outcome::HttpError { status: 500 }, Duration::from_secs(3), at(3.0));
    pace.answered(&Outcome::Fetched, Duration::from_secs(3), at(6.0));
    assert_eq!(wait(&pace), 6.0);
}

#[test]
fn crawl_delay_raises_the_floor_and_never_lowers_it() {
    for (asked, expected) in [(Some(0.5), 1.0), (Some(10.0), 10.0), (Some(3600.0), 3600.0), (None, 1.0)] {
        let mut pace = pace();
        pace.crawl_delay(asked.map(Duration::from_secs_f64));
        pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
        assert_eq!(wait(&pace), expected, "Crawl-delay {asked:?}");
    }
    let mut pace = Pace::new(Politeness { delay: Span::seconds(0), ..Politeness::default() }, 7);
    pace.crawl_delay(Some(Duration::from_secs(2)));
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
    assert_eq!((wait(&pace), pace.reason()), (2.0, PaceReason::CrawlDelay));
}

#[test]
fn a_slow_site_is_asked_slowly_but_not_forgotten() {
    let mut pace = pace();
    pace.answered(&Outcome::Fetched, Duration::from_secs(20), at(0.0));
    assert_eq!((wait(&pace), pace.reason()), (20.0, PaceReason::Latency));
    pace.answered(&Outcome::Fetched, Duration::from_mins(10), at(0.0));
    assert_eq!(wait(&pace), 60.0, "at most delay_max");
    pace.answered(&Outcome::Fetched, Duration::from_secs(0), at(0.0));
    assert_eq!(pace.delay(), Duration::from_mins(1), "one quick answer does not undo a slow one");
    for _ in 0..40 {
        pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
    }
    assert_eq!(pace.delay(), Duration::from_secs(1));
}

#[test]
fn retry_after_is_honoured_to_the_second() {
    for seconds in [5.0, 120.0, 86_400.0] {
        let mut pace = pace();
        pace.answered(&retry_later(Some(at(seconds))), Duration::ZERO, at(0.0));
        assert_eq!((wait(&pace), pace.reason()), (seconds, PaceReason::RetryAfter));
    }
}

#[test]
fn retry_after_of_years_is_cut_to_the_configured_silence() {
    let mut pace = pace();
    pace.answered(&retry_later(Some(at(10.0 * 365.0 * 86_400.0))), Duration::ZERO, at(0.0));
    assert_eq!(wait(&pace), 30.0 * 86_400.0);
}

#[test]
fn retry_after_in_the_past_counts_as_none() {
    let mut pace = pace();
    pace.answered(&retry_later(Some(at(0.0))), Duration::ZERO, at(0.0));
    assert!(wait(&pace) >= 60.0, "waits {}", wait(&pace));
}

#[test]
fn refusals_double_the_silence_up_to_the_limit() {
    let mut pace = pace();
    let mut before = 0.0;
    for (strike, base) in [60.0, 120.0, 240.0, 480.0].into_iter().enumerate() {
        let now = pace.next_allowed().max(at(0.0));
        pace.answered(&retry_later(None), Duration::ZERO, now);
        let silence = pace.next_allowed().duration_since(now).as_secs_f64();
        assert!((base..=base * 1.25).contains(&silence), "strike {strike}: {silence} s for {base} s");
        assert!(silence > before);
        before = silence;
    }
    for _ in 0..20 {
        let now = pace.next_allowed();
        pace.answered(&retry_later(None), Duration::ZERO, now);
        let silence = pace.next_allowed().duration_since(now).as_secs_f64();
        assert!(silence <= 6.0 * 3600.0 * 1.25, "{silence}");
    }
}

#[test]
fn jitter_differs_between_sites_and_repeats_for_each() {
    let silence = |seed| {
        let mut pace = Pace::new(Politeness::default(), seed);
        pace.answered(&retry_later(None), Duration::ZERO, at(0.0));
        wait(&pace)
    };
    assert_eq!(silence(1), silence(1));
    assert_ne!(silence(1), silence(2));
}

#[test]
fn failures_back_off_and_one_server_error_does_not() {
    let mut pace = pace();
    pace.answered(&Outcome::HttpError { status: 500 }, Duration::ZERO, at(0.0));
    assert_eq!(wait(&pace), 2.0, "a strike stretches the delay");
    pace.answered(&Outcome::HttpError { status: 502 }, Duration::ZERO, at(2.0));
    assert!(wait(&pace) >= 22.0, "the second in a row backs off: {}", wait(&pace));
    let mut pace = self::pace();
    pace.answered(&failed(), Duration::from_secs(30), at(30.0));
    assert!(wait(&pace) >= 40.0, "{}", wait(&pace));
    assert_eq!(pace.reason(), PaceReason::Failure);
}

#[test]
fn a_fast_error_never_raises_the_rate() {
    let errors = [
        Outcome::HttpError { status: 500 },
        retry_later(None),
        retry_later(Some(at(0.0))),
        failed(),
        Outcome::Disallowed { rule: "Disallow: /".to_owned(), line: 2 },
    ];
    for error in errors {
        let mut pace = pace();
        pace.answered(&Outcome::Fetched, Duration::from_secs(8), at(0.0));
        let (delay, next) = (pace.delay(), pace.next_allowed());
        pace.answered(&error, Duration::from_millis(1), at(0.0));
        assert!(pace.delay() >= delay && pace.next_allowed() >= next, "{error:?}");
    }
}

#[test]
fn strikes_are_forgiven_slowly() {
    let mut pace = pace();
    for _ in 0..4 {
        pace.answered(&retry_later(None), Duration::ZERO, at(0.0));
    }
    assert_eq!((pace.strikes(), pace.delay()), (4, Duration::from_secs(16)));
    for expected in [2, 1, 0] {
        for good in 0..CALM_TO_FORGIVE {
            assert!(pace.strikes() > expected, "after {good} good answers");
            pace.answered(&Outcome::NotModified, Duration::ZERO, at(0.0));
        }
        assert_eq!(pace.strikes(), expected);
    }
    assert_eq!(pace.delay(), Duration::from_secs(1));
}

#[test]
fn what_was_not_asked_leaves_the_pace_alone() {
    let mut pace = pace();
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
    let before = pace.clone();
    for outcome in [
        Outcome::Disallowed { rule: "Disallow: /".to_owned(), line: 2 },
        Outcome::RobotsUnavailable { reason: "503".to_owned(), retry_at: at(60.0) },
        Outcome::Refused { reason: "address".to_owned() },
    ] {
        pace.answered(&outcome, Duration::ZERO, at(50.0));
    }
    assert_eq!(pace, before);
}

#[test]
fn a_clock_that_steps_back_makes_nothing_early() {
    let mut pace = pace();
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
    pace.sent(at(-3600.0));
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(-3600.0));
    assert_eq!(wait(&pace), 1.0);
}

#[test]
fn a_restart_rests_for_one_delay_and_keeps_longer_silences() {
    let mut pace = pace();
    pace.crawl_delay(Some(Duration::from_secs(5)));
    pace.restarted(at(100.0));
    assert_eq!((wait(&pace), pace.reason()), (105.0, PaceReason::Restart));
    pace.answered(&retry_later(Some(at(900.0))), Duration::ZERO, at(105.0));
    pace.restarted(at(200.0));
    assert_eq!((wait(&pace), pace.reason()), (900.0, PaceReason::RetryAfter));
}

#[test]
fn the_state_survives_its_compact_form() {
    let mut pace = pace();
    pace.crawl_delay(Some(Duration::from_millis(2500)));
    pace.answered(&retry_later(Some(at(77.000_000_001))), Duration::from_millis(13), at(1.5));
    let bytes = postcard::to_stdvec(pace.state()).unwrap();
    assert!(bytes.len() < 60, "{} bytes", bytes.len());
    let state = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(Pace::of_state(Politeness::default(), state), pace);
}

#[test]
fn the_policy_in_force_decides_not_the_one_of_then() {
    let mut pace = pace();
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
    let slower = Politeness { delay: Span::seconds(30), ..Politeness::default() };
    assert_eq!(wait(&Pace::of_state(slower, pace.state().clone())), 30.0);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn outcomes() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Fetched),
            Just(Outcome::NotModified),
            Just(failed()),
            (200u16..600).prop_map(|status| Outcome::HttpError { status }),
            proptest::option::of(0u32..100_000).prop_map(|s| retry_later(s.map(|s| at(f64::from(s))))),
        ]
    }

    proptest! {
        #[test]
        fn no_request_leaves_before_the_floor_after_the_last(
            events in proptest::collection::vec((outcomes(), 0u32..5_000, 0u64..100_000), 1..60),
        ) {
            let mut pace = pace();
            let mut now = START;
            for (outcome, pause, latency_ms) in events {
                // The clock may stand anywhere, also before the last event.
                now = model::time::later(START, Duration::from_secs(u64::from(pause)));
                pace.answered(&outcome, Duration::from_millis(latency_ms), now);
                prop_assert!(pace.next_allowed() >= model::time::later(now, Duration::from_secs(1)));
                if let Outcome::RetryLater { until: Some(until), .. } = outcome {
                    prop_assert!(pace.next_allowed() >= until.min(model::time::later(now, Duration::from_hours(720))));
                }
            }
            prop_assert!(pace.delay() <= Duration::from_mins(1));
            prop_assert!(pace.next_allowed() >= now);
        }
    }
}

#[test]
fn a_burst_of_forbidden_pages_is_a_refusal_and_one_of_them_is_not() {
    let mut pace = pace();
    let forbidden = Outcome::HttpError { status: 403 };
    for n in 0..4 {
        pace.answered(&forbidden, Duration::ZERO, at(f64::from(n)));
    }
    assert_eq!((pace.strikes(), pace.health(at(4.0))), (0, Health::Ok));
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(4.0));
    for n in 5..9 {
        pace.answered(&forbidden, Duration::ZERO, at(f64::from(n)));
    }
    assert_eq!(pace.health(at(9.0)), Health::Ok, "good answers between them end a burst");
    pace.answered(&forbidden, Duration::ZERO, at(9.0));
    assert_eq!((pace.reason(), pace.health(at(9.0))), (PaceReason::Forbidden, Health::Blocked));
    assert!(wait(&pace) >= 9.0 + 60.0);
    let again = wait(&pace);
    pace.answered(&forbidden, Duration::ZERO, at(again));
    assert!(wait(&pace) >= again + 120.0, "and the next one doubles it");
}

#[test]
fn a_site_goes_from_ok_to_slow_to_blocked_to_dead_and_back() {
    let mut pace = pace();
    let day = 86_400.0;
    pace.answered(&Outcome::Fetched, Duration::ZERO, at(0.0));
    assert_eq!(pace.health(at(1.0)), Health::Ok);
    pace.answered(&Outcome::HttpError { status: 500 }, Duration::ZERO, at(1.0));
    assert_eq!(pace.health(at(2.0)), Health::Slow);
    let mut now = 2.0;
    pace.answered(&failed(), Duration::ZERO, at(now));
    assert_eq!(pace.health(at(now)), Health::Blocked);
    let mut requests = 0;
    while pace.health(at(now)) != Health::Dead {
        now = wait(&pace);
        pace.answered(&failed(), Duration::ZERO, at(now));
        requests += 1;
        assert!(now < 4.0 * day, "still {:?}", pace.health(at(now)));
    }
    assert!(requests < 40, "{requests} requests to a site that was down for three days");
    assert_eq!(pace.reason(), PaceReason::Dead);
    let probe = wait(&pace);
    assert!(probe - now >= 0.9 * day, "the first probe comes after {} s", probe - now);
    assert_eq!(pace.health(at(probe - 1.0)), Health::Dead);
    assert_eq!(pace.health(at(probe)), Health::Probe);
    pace.answered(&failed(), Duration::ZERO, at(probe));
    assert!(wait(&pace) - probe > probe - now, "probes become rarer");
    let probe = wait(&pace);
    pace.answered(&Outcome::NotModified, Duration::ZERO, at(probe));
    assert_eq!(pace.health(at(probe)), Health::Slow, "forgiven slowly");
    assert_eq!(pace.good_at(), Some(at(probe)));
}

#[test]
fn probes_of_a_site_long_dead_are_a_month_apart() {
    let mut pace = pace();
    let mut now = 0.0;
    let mut probes = 0;
    while now < 3.0 * 365.0 * 86_400.0 {
        pace.answered(&failed(), Duration::ZERO, at(now));
        now = wait(&pace);
        probes += 1;
    }
    assert!(probes < 90, "{probes} requests in three years");
    pace.answered(&failed(), Duration::ZERO, at(now));
    assert_eq!(wait(&pace) - now, 30.0 * 86_400.0);
}
