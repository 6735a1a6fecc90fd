//! CPU time and memory of this process. Invariant: children and other processes are not counted.

use std::fs;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Length of a clock tick in `/proc/self/stat`: `USER_HZ` is 100 on every Linux (proc(5)). The kernel scales the two
/// figures so that their sum is the exact running time, so an error is at most two ticks however many threads ran.
const TICK: Duration = Duration::from_millis(10);

/// A measure that is running.
pub(crate) struct Meter {
    cpu: Duration,
    wall: Instant,
}

/// What a measure brought.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Pages worked on.
    pub(crate) pages: u64,
    /// User and system time of all threads, milliseconds.
    pub(crate) cpu_ms: f64,
    /// Elapsed time, milliseconds.
    pub(crate) wall_ms: f64,
    /// `VmHWM`: the most memory the process has held so far, preparation included, KiB.
    pub(crate) peak_kib: u64,
    /// What a reader should know.
    pub(crate) note: String,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self { cpu: cpu(), wall: Instant::now() }
    }

    pub(crate) fn stop(self, pages: usize) -> Measured {
        Measured {
            pages: pages as u64,
            cpu_ms: cpu().saturating_sub(self.cpu).as_secs_f64() * 1e3,
            wall_ms: self.wall.elapsed().as_secs_f64() * 1e3,
            peak_kib: peak_kib(),
            note: String::new(),
        }
    }
}

impl Measured {
    pub(crate) fn cpu_ms_per_page(&self) -> f64 {
        self.cpu_ms / self.pages.max(1) as f64
    }

    pub(crate) fn pages_per_second(&self) -> f64 {
        self.pages as f64 * 1e3 / self.wall_ms.max(1.0)
    }
}

fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // The name of the program may hold spaces; the fields after it are numbered from 3 (proc(5)): utime is 14, stime 15.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: u32 =
        fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u32>().unwrap()).sum();
    TICK * ticks
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
