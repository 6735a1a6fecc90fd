//! Running a trial: process after process until the end.
//!
//! Invariant: the process dies only between two polls of its future, as a real one dies between two instructions; nothing
//! is told to it beforehand.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use pipeline::Revisits;
use tokio_util::sync::CancellationToken;

use super::plan::{End, Plan};
use super::verdict;
use crate::clock::WallClock;
use crate::error::Error;
use crate::freshness::Freshness;
use crate::log::Log;
use crate::machine::{Machine, Process, in_simulated_time};
use crate::observer::{Broken, Duties, Observer};
use crate::store::{Disk, Kind};
use crate::transport::SimulatedTransport;

/// How a trial went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialReport {
    /// Requests the web saw.
    pub requests: u64,
    /// Processes started.
    pub lives: u64,
    /// Lines and digest of the log.
    pub log: (u64, u64),
    /// Duties not kept, and what was lost.
    pub broken: Vec<Broken>,
}

/// A trial under way.
pub struct Trial {
    machine: Machine,
    ends: Vec<(Duration, End)>,
    until: Duration,
    continuous: bool,
    lives: u64,
    /// What the clock had been stepped by when the last run began.
    stepped: i64,
}

/// Pause of a scheduler between two runs, and of a supervisor before it starts a program again. Longer than any delay of a
/// [`Plan`], so that a clock that was stepped forward meanwhile does not make a request early.
const REST_MIN: Duration = Duration::from_secs(5);
/// A supervisor's pause after a failure.
const REST_FAILED: Duration = Duration::from_secs(30);
/// The longest a scheduler sleeps.
const REST_MAX: Duration = Duration::from_mins(30);

/// Runs a plan; `kept` gets the log.
///
/// # Errors
/// When the simulation itself fails.
pub fn run(plan: Plan, kept: Option<Box<dyn Write + Send>>) -> Result<TrialReport, Error> {
    let dir = if plan.embedded {
        Some(tempfile::tempdir().map_err(|source| Error::Io { action: "make a directory", source })?)
    } else {
        None
    };
    let kind = match &dir {
        Some(dir) => Kind::Embedded(dir.path().to_owned()),
        None if plan.plain => Kind::Memory,
        None => Kind::Indexed,
    };
    in_simulated_time(async move {
        let mut trial = Trial::new(plan, kind, kept)?;
        trial.live().await?;
        Ok(trial.report())
    })?
}

impl Trial {
    fn new(plan: Plan, kind: Kind, kept: Option<Box<dyn Write + Send>>) -> Result<Self, Error> {
        let disk = Disk::new(kind)?;
        let clock = Arc::new(WallClock::start());
        let web = Arc::new(plan.web);
        let transport = SimulatedTransport {
            observer: Arc::new(Observer::new(Duties::of(
                plan.promised.as_ref().unwrap_or(&plan.settings),
                true,
            ))),
            freshness: Arc::new(Freshness::new(Arc::clone(&web))),
            log: Arc::new(kept.map_or_else(Log::digest_only, Log::kept)),
            clock: Arc::clone(&clock),
            web,
        };
        let log = Arc::clone(&transport.log);
        let machine_clock = Arc::clone(&clock);
        let steps = plan.steps;
        tokio::spawn(async move {
            for (at, seconds) in steps {
                tokio::time::sleep_until(machine_clock.instant(at)).await;
                machine_clock.step(seconds);
                log.line(at, || format!("clock stepped by {seconds} s"));
            }
        });
        let (full_disk, full) = (disk.clone(), plan.full);
        tokio::spawn(async move {
            for (from, to) in full {
                tokio::time::sleep_until(clock.instant(from)).await;
                full_disk.set_full(true);
                tokio::time::sleep_until(clock.instant(to)).await;
                full_disk.set_full(false);
            }
        });
        Ok(Self {
            machine: Machine::new(plan.settings, plan.job, disk, transport, plan.flush),
            ends: plan.ends,
            until: plan.until,
            continuous: plan.continuous,
            lives: 0,
            stepped: 0,
        })
    }

    fn elapsed(&self) -> Duration {
        self.machine.transport.clock.elapsed()
    }

    fn say(&self, what: impl FnOnce() -> String) {
        self.machine.transport.log.line(self.elapsed(), what);
    }

    /// Process after process; the last one is judged.
    async fn live(&mut self) -> Result<(), Error> {
        loop {
            self.lives += 1;
            let Ok(process) = self.machine.boot() else {
                self.say(|| "cannot start".to_owned());
                tokio::time::sleep(REST_FAILED).await;
                continue;
            };
            let end = self.ends.iter().find(|(at, _)| *at > self.elapsed()).copied();
            let mut runs = Runs {
                machine: &self.machine,
                process: &process,
                stepped: self.stepped,
                continuous: self.continuous,
                until: self.until,
            };
            let (at, how) = end.unwrap_or((self.until, End::Stopped));
            let died = runs.until(at, how).await;
            self.stepped = runs.stepped;
            if !died && self.elapsed() >= self.until {
                verdict::judge(&self.machine, &process)?;
                return Ok(());
            }
            drop(process);
            if died {
                self.machine.bury().await;
            }
            tokio::time::sleep(if died { REST_FAILED } else { REST_MIN }).await;
        }
    }

    fn report(self) -> TrialReport {
        let transport = &self.machine.transport;
        let mut broken = transport.observer.broken();
        if !transport.log.flush() {
            broken.push(Broken { at: self.elapsed(), what: "the log could not be written".to_owned() });
        }
        TrialReport {
            requests: transport.observer.requests(),
            lives: self.lives,
            log: transport.log.digest(),
            broken,
        }
    }
}

/// The runs of one process.
struct Runs<'a> {
    machine: &'a Machine,
    process: &'a Process<'a>,
    stepped: i64,
    continuous: bool,
    until: Duration,
}

impl Runs<'_> {
    /// Runs until an instant and ends as said there; true when the process died without being asked to.
    async fn until(&mut self, at: Duration, how: End) -> bool {
        let transport = &self.machine.transport;
        let clock = &transport.clock;
        let stop = CancellationToken::new();
        while clock.elapsed() < at {
            let stepped = clock.stepped();
            if stepped > self.stepped {
                transport.observer.clock_was_stepped_forward();
            }
            self.stepped = stepped;
            let revisits = if self.continuous { Revisits::AsTheyComeDue } else { Revisits::DueAtStart };
            // A continuous run is begun anew now and then, as a service is that takes up a corrected clock.
            let time_max = self.continuous.then_some(2 * REST_MAX);
            let run = self.process.pass(revisits, time_max, stop.clone());
            tokio::pin!(run);
            let ended = tokio::select! {
                biased;
                () = tokio::time::sleep_until(clock.instant(at)) => None,
                ended = &mut run => Some(ended),
            };
            let ended = match ended {
                None if how == End::Killed => return true,
                None => {
                    stop.cancel();
                    run.await
                }
                Some(ended) => ended,
            };
            match ended {
                Ok(why) => transport.log.line(clock.elapsed(), || format!("run ended: {why}")),
                Err(error) => {
                    transport.log.line(clock.elapsed(), || format!("run failed: {error}"));
                    return true;
                }
            }
            if self.rest(at).await {
                return how == End::Killed;
            }
        }
        how == End::Killed && at < self.until
    }

    /// Sleeps until something is due; true when `at` came first.
    async fn rest(&self, at: Duration) -> bool {
        let clock = &self.machine.transport.clock;
        let now = model::Clock::now(&**clock);
        let due = self.process.next_due().ok().flatten();
        let rest = due.map_or(REST_MAX, |due| model::time::until(now, due)).clamp(REST_MIN, REST_MAX);
        let wake = (clock.elapsed() + rest).min(at);
        tokio::time::sleep_until(clock.instant(wake)).await;
        clock.elapsed() >= at
    }
}
