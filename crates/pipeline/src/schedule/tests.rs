use super::Schedule;
use crate::jobs::{Job, JobScope};

fn job(name: &str, schedule: &str) -> Job {
    let mut job = Job::of_seeds(name, vec!["https://a.test/".to_owned()], JobScope::Site);
    job.schedule = Some(schedule.to_owned());
    job
}

#[test]
fn a_job_is_due_once_per_occurrence() {
    let start = "2026-11-23T10:07:30Z".parse().unwrap();
    let mut schedule =
        Schedule::plan(vec![job("quarter", "*/15 * * * *"), job("daily", "0 3 * * *")], start).unwrap();
    assert_eq!(schedule.next(), Some("2026-11-23T10:15:00Z".parse().unwrap()));
    assert!(schedule.due("2026-11-23T10:14:59Z".parse().unwrap()).unwrap().is_empty());
    let due = schedule.due("2026-11-23T10:15:00Z".parse().unwrap()).unwrap();
    assert_eq!(due.iter().map(|job| job.name.as_str()).collect::<Vec<_>>(), ["quarter"]);
    assert!(schedule.due("2026-11-23T10:15:00Z".parse().unwrap()).unwrap().is_empty());
}

#[test]
fn missed_runs_are_made_up_for_once() {
    let mut schedule =
        Schedule::plan(vec![job("quarter", "*/15 * * * *")], "2026-11-23T10:07:30Z".parse().unwrap())
            .unwrap();
    let after_two_days = "2026-11-25T10:07:30Z".parse().unwrap();
    assert_eq!(schedule.due(after_two_days).unwrap().len(), 1);
    assert!(schedule.due(after_two_days).unwrap().is_empty());
    assert_eq!(schedule.next(), Some("2026-11-25T10:15:00Z".parse().unwrap()));
}

#[test]
fn a_schedule_that_is_no_cron_expression_is_refused() {
    let error =
        Schedule::plan(vec![job("bad", "every day")], "2026-11-23T10:07:30Z".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("\"bad\"") && error.to_string().contains("every day"), "{error}");
}
