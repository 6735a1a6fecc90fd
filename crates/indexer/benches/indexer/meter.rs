//! CPU time, memory, quantiles.

use std::fs;

pub(crate) use std::time::Duration as Span;

use rustix::time::{ClockId, clock_gettime};

use crate::Outcome;

/// CPU time of the whole process, user and system.
pub(crate) fn cpu() -> Span {
    read(ClockId::ProcessCPUTime)
}

/// CPU time of this thread.
fn cpu_of_thread() -> Span {
    read(ClockId::ThreadCPUTime)
}

fn read(clock: ClockId) -> Span {
    let time = clock_gettime(clock);
    Span::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

/// The most memory the process has held, MB; 0 where the system does not tell.
pub(crate) fn peak_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1_024
}

/// Median and 99th percentile of CPU microseconds, after one round to warm up.
pub(crate) fn times<T>(inputs: &[T], mut one: impl FnMut(&T) -> Outcome<()>) -> Outcome<(u128, u128)> {
    let mut taken = Vec::new();
    for round in 0..2 {
        for input in inputs {
            let start = cpu_of_thread();
            one(input)?;
            if round > 0 {
                taken.push(cpu_of_thread().saturating_sub(start).as_micros());
            }
        }
    }
    taken.sort_unstable();
    let at =
        |part: usize| taken.get((taken.len().saturating_sub(1)) * part / 100).copied().unwrap_or_default();
    Ok((at(50), at(99)))
}
