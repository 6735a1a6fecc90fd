//! One file per command; each turns arguments into calls of a stage and results into lines.

mod analyze;
mod config;
mod crawl;
mod demo;
mod evaluate;
mod explain;
mod export;
mod follow;
mod forget;
mod import;
mod keys;
mod lookup;
mod parse;
mod person;
mod recommend;
mod reindex;
mod robots;
mod scratch;
mod serve;
mod simulate;
mod status;
mod url;
mod verify;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use model::{Clock, SystemClock};

use crate::args::{Arguments, Command, Global};
use crate::config::Config;
use crate::exit::{Exit, usage};
use crate::output::Output;

/// What every command gets.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) out: Output,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let Arguments { command, global } = arguments;
    let mut context = Context {
        config: Config::load(&global)?,
        clock: Arc::new(SystemClock),
        out: Output::standard(global.format),
        global,
    };
    let exit = match command {
        Command::Demo(args) => demo::run(&mut context, &args),
        Command::Crawl(args) => crawl::run(&mut context, &args),
        Command::Simulate(args) => simulate::run(&mut context, &args),
        Command::Serve(args) => serve::run(&mut context, &args),
        Command::Reindex(args) => reindex::run(&mut context, &args),
        Command::Import(args) => import::run(&mut context, &args),
        Command::Export(args) => export::run(&mut context, &args),
        Command::Search(args) => lookup::search(&mut context, &args),
        Command::Similar(args) => lookup::similar(&mut context, &args),
        Command::Recommend(args) => recommend::run(&mut context, &args),
        Command::Parse(args) => parse::run(&mut context, &args),
        Command::Robots(args) => robots::run(&mut context, &args),
        Command::Url(args) => url::run(&mut context, &args),
        Command::Analyze(args) => analyze::run(&mut context, &args),
        Command::Explain(args) => explain::run(&mut context, &args),
        Command::Status(args) => status::run(&mut context, &args),
        Command::Forget(args) => forget::run(&mut context, &args),
        Command::Verify(args) => verify::run(&mut context, &args),
        Command::Keys(args) => keys::run(&mut context, &args),
        Command::Person(args) => person::run(&mut context, &args),
        Command::Config(args) => config::run(&mut context, &args),
    }?;
    context.out.flush()?;
    Ok(exit)
}

/// A file's bytes, or standard input's for `-`; a file that cannot be read is wrong usage.
fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_input(path)?.read_to_end(&mut bytes).map_err(|e| unreadable(path, &e))?;
    Ok(bytes)
}

fn open_input(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    Ok(Box::new(File::open(path).map_err(|e| unreadable(path, &e))?))
}

fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    usage(format!("{} cannot be read: {error}; check the path and its permissions", path.display()))
}

/// The runtime of commands that use the network.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
