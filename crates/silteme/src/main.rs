//! The `silteme` binary: reads flags and settings, runs one command, turns its end into an exit status.
//!
//! Invariant: no logic of a stage lives here; standard output belongs to results, standard error to everything else.

mod args;
mod bars;
mod commands;
mod config;
mod exit;
mod output;
mod signals;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::args::Arguments;
use crate::exit::{Exit, status_of};

/// 13 % less CPU on parsing than the system allocator (field.md section 5).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(arguments.global.verbose);
    match commands::run(arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = status_of(&error);
            if exit != Exit::Done {
                report(&error);
            }
            exit.into()
        }
    }
}

#[expect(clippy::print_stderr, reason = "the one place where a failure is told to the person")]
fn report(error: &anyhow::Error) {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// Log lines on standard error; `SILTEME_LOG` overrides the flag (tracing's filter syntax).
fn start_log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => {
            "silteme=info,pipeline=info,server=info,profiles=info,feedback=info,fetcher=info,frontier=info,archive=info,indexer=info,warn"
        }
        2 => "debug,hyper=info,tantivy=info,h2=info,reqwest=info,rustls=info,axum=info,tower_http=info",
        // What the network libraries trace would hold addresses, keys and readers' words (privacy.md, 6).
        _ => "trace,hyper=info,tantivy=info,h2=info,reqwest=info,rustls=info,axum=info,tower_http=info",
    };
    let filter = EnvFilter::try_from_env("SILTEME_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
