//! `cargo xtask`: evaluations for developers.
//!
//! Invariant: nothing that ships depends on this crate.

#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for people")]

mod extraction;
#[path = "../../parser/examples/gold/mod.rs"]
mod gold;
mod load;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// What developers run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
enum Command {
    /// Measure a part of Silteme beside others.
    #[command(subcommand)]
    Eval(Eval),
    /// Keep a served index busy with lookups while it is crawled into and rebuilt, and print what that cost.
    Load(load::LoadOptions),
    /// Show what the parser makes of single development pages.
    Look {
        /// Parts of file names.
        #[arg(required = true)]
        files: Vec<String>,
    },
}

/// What can be measured.
#[derive(Debug, Subcommand)]
enum Eval {
    /// Main text, title, author, date and CPU time on the development pages, in Markdown.
    Extraction(Options),
}

/// How to measure extraction.
#[derive(Debug, Args)]
struct Options {
    /// Texts of forests that have not seen the page: NDJSON of `file` and `text`, written by `train_text`.
    #[arg(long, value_name = "FILE")]
    held_out: Option<PathBuf>,
    /// Leave the other extractors out.
    #[arg(long)]
    no_peers: bool,
    /// Run the other extractors again, even where their results are kept from an earlier run.
    #[arg(long, conflicts_with = "no_peers")]
    fresh: bool,
    /// Also print every wrong title, author, date and language of ours.
    #[arg(long)]
    errors: bool,
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Eval(Eval::Extraction(options)) => extraction::evaluate(&options),
        Command::Load(options) => load::run(&options),
        Command::Look { files } => {
            extraction::look(&files);
            Ok(())
        }
    }
}
