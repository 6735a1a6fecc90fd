//! Trials by the thousand: `cargo run --release -p simulator --example seeds -- 10000`, or one of them with its log:
//! `… -- --seed 1234 --log`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use simulator::trial::{Plan, TrialReport, run};

/// Of so many seeds one is run twice and must give the same log.
const TWICE_EVERY: u64 = 20;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| words.iter().position(|word| word == flag).and_then(|at| words.get(at + 1));
    if let Some(seed) = after("--seed").and_then(|seed| seed.parse().ok()) {
        return one(seed, words.iter().any(|word| word == "--log"));
    }
    let first = after("--first").and_then(|first| first.parse().ok()).unwrap_or(0);
    let Some(count) = words.first().and_then(|count| count.parse().ok()) else {
        eprintln!("usage: seeds COUNT [--first SEED] | --seed SEED [--log]");
        return ExitCode::from(2);
    };
    many(first, count)
}

fn one(seed: u64, log: bool) -> ExitCode {
    let kept: Option<Box<dyn std::io::Write + Send>> =
        log.then(|| Box::new(std::io::BufWriter::new(std::io::stdout())) as _);
    let plan = Plan::of_seed(seed);
    println!(
        "seed {seed}: {} sites, embedded {}, plain {}, continuous {}, ends {:?}, steps {:?}, full {:?}",
        plan.web.sites.len(),
        plan.embedded,
        plan.plain,
        plan.continuous,
        plan.ends,
        plan.steps,
        plan.full
    );
    match run(plan, kept) {
        Ok(report) => {
            for broken in &report.broken {
                println!("BROKEN at {:.3} s: {}", broken.at.as_secs_f64(), broken.what);
            }
            println!("seed {seed}: {}", summary(&report));
            if report.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            println!("seed {seed} could not be run: {error}");
            ExitCode::FAILURE
        }
    }
}

fn summary(report: &TrialReport) -> String {
    format!(
        "{} requests, {} lives, {} log lines, digest {:016x}, {} duties broken",
        report.requests,
        report.lives,
        report.log.0,
        report.log.1,
        report.broken.len()
    )
}

fn many(first: u64, count: u64) -> ExitCode {
    let (next, failed, requests, lives, twice) =
        (AtomicU64::new(first), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let told = Mutex::new(());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return;
            }
            let wrong = trial(seed, seed % TWICE_EVERY == 0, &requests, &lives, &twice);
            if let Err(why) = wrong {
                failed.fetch_add(1, Ordering::Relaxed);
                let _one_at_a_time = told.lock().unwrap_or_else(PoisonError::into_inner);
                println!("seed {seed} failed: {why}");
                println!("  cargo run --release -p simulator --example seeds -- --seed {seed} --log");
            }
        }
    };
    let began = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(work);
        }
    });
    let count_of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let failed = count_of(&failed);
    println!(
        "{} requests, {} processes; {} seeds run twice for the same log; {:.0} s",
        count_of(&requests),
        count_of(&lives),
        count_of(&twice),
        began.elapsed().as_secs_f64()
    );
    println!("{} passed, {failed} failed", count - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn trial(
    seed: u64,
    again: bool,
    requests: &AtomicU64,
    lives: &AtomicU64,
    twice: &AtomicU64,
) -> Result<(), String> {
    let report = run(Plan::of_seed(seed), None).map_err(|error| error.to_string())?;
    requests.fetch_add(report.requests, Ordering::Relaxed);
    lives.fetch_add(report.lives, Ordering::Relaxed);
    if let Some(broken) = report.broken.first() {
        return Err(format!("at {:.3} s: {}", broken.at.as_secs_f64(), broken.what));
    }
    if again {
        twice.fetch_add(1, Ordering::Relaxed);
        let second = run(Plan::of_seed(seed), None).map_err(|error| error.to_string())?;
        if second != report {
            return Err("the same seed gave another log".to_owned());
        }
    }
    Ok(())
}
