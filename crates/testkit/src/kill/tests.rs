use super::*;

fn shell(script: &str) -> Program {
    Program::new("/bin/sh").args(["-c", script])
}

#[test]
fn a_program_runs_to_its_end() {
    let ended = shell("echo out; echo err >&2; exit 3").run().expect_code(3);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str(), ended.killed), ("out\n", "err\n", false));
}

#[test]
fn a_program_is_killed_when_it_says_something() {
    let ended = shell("echo begun; exec sleep 60").kill_at(&Moment::Said("begun".to_owned()));
    assert!(ended.killed);
    assert_eq!(ended.status.code(), None);
    assert!(ended.took < Duration::from_secs(30));
}

#[test]
fn a_program_that_is_done_first_is_not_killed() {
    let ended = shell("true").kill_at(&Moment::After(Duration::from_secs(30)));
    assert!(!ended.killed);
    let _ = ended.expect_done();
}

#[test]
fn moments_of_a_seed_are_the_same_and_within_their_range() {
    let of = |seed| {
        let within = Duration::from_millis(10)..Duration::from_millis(500);
        let moments = moments(seed, 10, within.clone()).into_iter();
        moments
            .map(|moment| match moment {
                Moment::After(time) if within.contains(&time) => time,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}
