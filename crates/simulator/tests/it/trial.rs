//! A few seeds; thousands are run by the example `seeds`.

use simulator::trial::{Plan, run};

/// Chosen for time: a debug build takes about a second for each.
const SEEDS: [u64; 8] = [1, 2, 3, 4, 5, 7, 8, 9];

#[test]
fn no_duty_is_broken_and_nothing_is_lost() {
    for seed in SEEDS {
        let report = run(Plan::of_seed(seed), None).unwrap();
        assert!(report.broken.is_empty(), "seed {seed}: {:?}", report.broken);
        assert!(report.requests > 50, "seed {seed} asked for hardly anything");
    }
}

#[test]
fn the_same_seed_gives_the_same_log() {
    let log = |seed| {
        let file = tempfile::NamedTempFile::new().unwrap();
        let report = run(Plan::of_seed(seed), Some(Box::new(file.reopen().unwrap()))).unwrap();
        (report, std::fs::read(file.path()).unwrap())
    };
    let (one, other) = (log(4), log(4));
    assert!(!one.1.is_empty());
    assert_eq!(one.0, other.0);
    assert!(one.1 == other.1, "the logs differ");
    assert_ne!(log(5).0.log, one.0.log);
}

#[test]
fn a_crawl_less_polite_than_its_settings_is_caught() {
    let mut plan = Plan::of_seed(4);
    let promised = plan.settings.clone();
    plan.settings.politeness.delay = model::Span(promised.politeness.delay.0 / 2);
    plan.promised = Some(promised);
    let report = run(plan, None).unwrap();
    assert!(
        report.broken.iter().any(|broken| broken.what.contains("before the delay")),
        "{:?}",
        report.broken
    );
}
