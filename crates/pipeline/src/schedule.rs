//! When jobs run. Invariant: a job never runs twice at the same time, and a run that was missed runs once, not many times.

use std::str::FromStr;

use croner::Cron;
use model::Timestamp;

use crate::{Error, Job};

/// The scheduled jobs and when each is next.
#[derive(Debug, Default)]
pub struct Schedule {
    planned: Vec<(Timestamp, Job)>,
}

impl Schedule {
    /// Plans every job that has a schedule.
    ///
    /// # Errors
    /// [`Error::Job`] for a schedule that is not a cron expression or never comes.
    pub fn plan(jobs: Vec<Job>, now: Timestamp) -> Result<Self, Error> {
        let mut planned = Vec::new();
        for job in jobs {
            if let Some(at) = next_run(&job, now)? {
                planned.push((at, job));
            }
        }
        Ok(Self { planned })
    }

    /// The earliest planned run.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        self.planned.iter().map(|(at, _)| *at).min()
    }

    /// The jobs due at `now`, earliest first; each is planned again after `now`.
    ///
    /// # Errors
    /// As [`Schedule::plan`].
    pub fn due(&mut self, now: Timestamp) -> Result<Vec<Job>, Error> {
        self.planned.sort_by_key(|(at, job)| (*at, job.name.clone()));
        let mut due = Vec::new();
        for (at, job) in &mut self.planned {
            if *at <= now {
                due.push(job.clone());
                *at = next_run(job, now)?.unwrap_or(Timestamp::MAX);
            }
        }
        Ok(due)
    }

    /// Every planned job and its next run.
    pub fn planned(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.planned.iter().map(|(at, job)| (job.name.as_str(), *at))
    }
}

/// The first run of a job strictly after `now`, in UTC; `None` for a job without a schedule.
///
/// # Errors
/// [`Error::Job`] when the schedule cannot be read or has no further occurrence.
pub fn next_run(job: &Job, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let Some(text) = &job.schedule else { return Ok(None) };
    let fail = |reason: String| Error::Job(format!("job {:?}: schedule {text:?}: {reason}", job.name));
    let cron = Cron::from_str(text).map_err(|e| fail(e.to_string()))?;
    next_occurrence(&cron, now).map(Some).ok_or_else(|| fail("never comes".to_owned()))
}

fn next_occurrence(cron: &Cron, now: Timestamp) -> Option<Timestamp> {
    let now = chrono::DateTime::from_timestamp(now.as_second(), 0)?;
    let next = cron.find_next_occurrence(&now, false).ok()?;
    Timestamp::from_second(next.timestamp()).ok()
}

#[cfg(test)]
mod tests;
