//! The answer to a capacity question: will these sources be fresh, at this pace?
//!
//! Invariant: the crawl is the real one under the operator's settings; only the web is assumed, and the assumptions are
//! part of the answer.

mod question;
mod report;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use model::Clock;
use pipeline::Revisits;
use tokio_util::sync::CancellationToken;

pub use self::question::{Faults, Question};
pub use self::report::{Forecast, Percentiles, UnmetSite};
use crate::clock::WallClock;
use crate::error::Error;
use crate::freshness::Freshness;
use crate::log::Log;
use crate::machine::{Machine, in_simulated_time};
use crate::observer::{Duties, Observer};
use crate::store::{Disk, Kind};
use crate::transport::SimulatedTransport;

/// How far a simulation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Simulated so far.
    pub elapsed: Duration,
    /// To be simulated.
    pub total: Duration,
    /// Requests so far.
    pub requests: u64,
}

/// Simulates; `progress` is told now and then, `kept` gets a line per request.
///
/// # Errors
/// When the question makes no sense, or the simulation itself fails.
pub fn forecast(
    question: &Question,
    progress: Box<dyn Fn(Progress) + Send>,
    kept: Option<Box<dyn Write + Send>>,
) -> Result<Forecast, Error> {
    let web = Arc::new(question.web()?);
    in_simulated_time(async move {
        let clock = Arc::new(WallClock::start());
        let transport = SimulatedTransport {
            observer: Arc::new(Observer::new(Duties::of(&question.settings, false))),
            freshness: Arc::new(Freshness::new(Arc::clone(&web))),
            log: Arc::new(kept.map_or_else(Log::off, Log::kept)),
            clock: Arc::clone(&clock),
            web,
        };
        let job = question.job();
        let machine = Machine::new(
            question.settings.clone(),
            job,
            Disk::new(Kind::Indexed)?,
            transport.clone(),
            Duration::ZERO,
        );
        let process = machine.boot()?;
        let watched = transport.clone();
        let total = question.length;
        let watching = tokio::spawn(async move {
            loop {
                tokio::time::sleep(total / 100).await;
                let (elapsed, requests) = (watched.clock.elapsed(), watched.freshness.traffic().requests);
                progress(Progress { elapsed, total, requests });
            }
        });
        let mut runs = 0;
        while clock.elapsed() < question.length {
            let left = question.length.saturating_sub(clock.elapsed());
            let (revisits, begin) = match pipeline::next_run(&question.job, clock.now())? {
                Some(at) => (Revisits::DueAtStart, model::time::until(clock.now(), at)),
                None => (Revisits::AsTheyComeDue, Duration::ZERO),
            };
            // The first run does not wait for the schedule: an operator starts it.
            tokio::time::sleep(if runs == 0 { Duration::ZERO } else { begin.min(left) }).await;
            let left = question.length.saturating_sub(clock.elapsed());
            if left.is_zero() {
                break;
            }
            let most = question.job.max_time.map_or(left, |most| most.0.min(left));
            process.pass(revisits, Some(most), CancellationToken::new()).await?;
            runs += 1;
            // A run without a schedule ends only at a limit of the job; the next one follows at once.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        watching.abort();
        let counts = process.frontier().lock().counts()?;
        if !transport.log.flush() {
            let source = std::io::Error::other("a line was lost");
            return Err(Error::Io { action: "write the log", source });
        }
        Ok(report::report(question, &transport, &counts, runs, clock.elapsed()))
    })?
}
