use super::*;

#[test]
fn a_manual_clock_moves_only_when_moved() {
    let clock = SimulatedClock::default();
    assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
    let shared = clock.clone();
    clock.advance(Duration::from_millis(1_500));
    assert_eq!(shared.now().to_string(), "2026-01-01T00:00:01.5Z");
    shared.step(SignedDuration::from_hours(-1));
    assert_eq!(clock.now().to_string(), "2025-12-31T23:00:01.5Z");
    clock.set(EPOCH);
    assert_eq!(clock.now(), EPOCH);
}

#[tokio::test(start_paused = true)]
async fn a_following_clock_moves_with_paused_time_on_every_thread() {
    let clock = SimulatedClock::following_tokio(EPOCH);
    tokio::time::sleep(Duration::from_hours(30 * 24)).await;
    let expected = model::time::later(EPOCH, Duration::from_hours(30 * 24));
    assert_eq!(clock.now(), expected);
    let elsewhere = clock.clone();
    assert_eq!(std::thread::spawn(move || elsewhere.now()).join().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_following_clock_can_be_corrected_and_goes_on() {
    let clock = SimulatedClock::following_tokio(EPOCH);
    tokio::time::sleep(Duration::from_secs(10)).await;
    clock.set(EPOCH);
    assert_eq!(clock.now(), EPOCH);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(clock.now(), model::time::later(EPOCH, Duration::from_secs(5)));
}
