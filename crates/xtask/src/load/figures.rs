//! What was measured, and how it is told.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What one client saw.
#[derive(Debug, Default)]
pub(super) struct Asked(BTreeMap<&'static str, Seen>);

/// What was seen of a route.
#[derive(Debug, Default)]
struct Seen {
    latencies: Vec<Duration>,
    errors: Vec<String>,
    empty: usize,
    /// CPU of one request with nothing else going on.
    cpu_alone: Option<Duration>,
}

impl Asked {
    /// An answer came.
    pub(super) fn answered(&mut self, route: &'static str, took: Duration, has_gone_empty: bool) {
        let seen = self.0.entry(route).or_default();
        seen.latencies.push(took);
        seen.empty += usize::from(has_gone_empty);
    }

    /// No answer came, or a refusal.
    pub(super) fn failed(&mut self, route: &'static str, why: String) {
        self.0.entry(route).or_default().errors.push(why);
    }
}

/// What all clients saw.
#[derive(Debug, Default)]
pub(super) struct Figures {
    routes: BTreeMap<&'static str, Seen>,
    wall: Duration,
    cpu: Duration,
}

impl Figures {
    /// What the requests of a route cost alone.
    pub(super) fn alone(&mut self, route: &'static str, requests: u32, cpu: Duration) {
        self.routes.entry(route).or_default().cpu_alone = cpu.checked_div(requests);
    }

    /// Adds what a client saw.
    pub(super) fn add(&mut self, asked: Asked) {
        for (route, seen) in asked.0 {
            let all = self.routes.entry(route).or_default();
            all.latencies.extend(seen.latencies);
            all.errors.extend(seen.errors);
            all.empty += seen.empty;
        }
    }

    /// How long the load took, and the server's CPU time in it.
    pub(super) fn took(&mut self, wall: Duration, cpu: Duration) {
        (self.wall, self.cpu) = (wall, cpu);
    }

    /// Whether every request was answered, and none has lost its answer.
    pub(super) fn is_clean(&self) -> bool {
        self.routes.values().all(|seen| seen.errors.is_empty() && seen.empty == 0)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| route | requests | p50 ms | p99 ms | most ms | CPU ms alone | errors | gone empty |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        let mut all = Vec::new();
        let (mut errors, mut empty) = (Vec::new(), 0);
        for (route, seen) in &self.routes {
            let cpu =
                seen.cpu_alone.map_or_else(|| "–".to_owned(), |cpu| format!("{:.1}", milliseconds(cpu)));
            row(f, route, &seen.latencies, &cpu, seen.errors.len(), seen.empty)?;
            all.extend(&seen.latencies);
            errors.extend(seen.errors.iter().map(|error| format!("{route}: {error}")));
            empty += seen.empty;
        }
        row(f, "all", &all, "", errors.len(), empty)?;
        let requests = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let wall = self.wall.as_secs_f64();
        writeln!(
            f,
            "\n{:.0} requests a second for {wall:.0} s; the server used {:.2} cores, {:.2} ms CPU a request (whatever it did beside them included).",
            f64::from(requests) / wall,
            self.cpu.as_secs_f64() / wall,
            milliseconds(self.cpu.checked_div(requests).unwrap_or_default()),
        )?;
        for error in errors.iter().take(5) {
            writeln!(f, "error: {error}")?;
        }
        Ok(())
    }
}

/// A line of the table.
fn row(
    f: &mut fmt::Formatter<'_>,
    route: &str,
    latencies: &[Duration],
    cpu: &str,
    errors: usize,
    empty: usize,
) -> fmt::Result {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    // The nearest rank: the smallest latency that so many of a hundred do not exceed.
    let at = |percent: usize| {
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().map_or(0.0, milliseconds)
    };
    writeln!(
        f,
        "| {route} | {} | {:.1} | {:.1} | {:.1} | {cpu} | {errors} | {empty} |",
        sorted.len(),
        at(50),
        at(99),
        at(100)
    )
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
