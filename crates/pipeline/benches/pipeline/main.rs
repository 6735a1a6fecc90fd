//! What a page costs: every stage alone, the whole crawl, and beside them what the bare libraries cost on the same
//! pages in the same run (field.md section 5). `cargo bench -p pipeline [-- --quick]`.
//!
//! Invariant: every measure runs in a process of its own, and so does the simulated web, so that a figure is the CPU
//! time (user + system) of that measure and of nothing else; what a measure needs beforehand is not counted.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for the terminal; what it cannot set up it panics about"
)]

mod chain;
mod floors;
mod measures;
mod meter;
mod page;
mod prose;
mod stages;
mod table;
mod web;
mod whole;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measures::Measure;
use crate::meter::Measured;
use crate::table::Column;
use crate::web::{Server, Web};

/// As the binary does (field.md section 5: 13 % on parsing).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
cargo bench -p pipeline -- [--quick] [--rounds N] [--only NAME,NAME] [--web generated|real] [--built]

  --quick     50 hosts of 20 pages instead of 200, and one round
  --rounds N  how often chain and whole pipeline are run, one after the other; the median counts (default 3)
  --only      only these measures; names are printed beside the rows
  --web       only this web
  --built     take testweb as it is: do not wait for cargo while others build
";

struct Arguments {
    quick: bool,
    rounds: usize,
    only: Vec<String>,
    web: Option<String>,
    built: bool,
}

fn main() {
    let mut given = std::env::args().skip(1);
    if given.next().as_deref() == Some("--measure") {
        let [measure, web, port, scratch] = std::array::from_fn(|_| given.next().unwrap());
        let measured =
            measures::run(&measure, &Web::load(Path::new(&web)), port.parse().unwrap(), scratch.as_ref());
        println!("{}", serde_json::to_string(&measured).unwrap());
        return;
    }
    let Some(arguments) = read(std::env::args().skip(1)) else {
        print!("{USAGE}");
        return;
    };
    let testweb = match web::testweb(arguments.built) {
        Ok(path) => path,
        Err(reason) => {
            println!("{reason}");
            return;
        }
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pipeline-bench");
    let pages_per_host = if arguments.quick { 20 } else { 200 };
    let mut columns = Vec::new();
    if arguments.web.as_deref() != Some("real") {
        columns.push(measure(&web::generated(&folder, 50, pages_per_host), &testweb, &arguments));
    }
    if arguments.web.as_deref() != Some("generated") {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/pages");
        match web::real(&folder, &data, 50) {
            Some(web) => columns.push(measure(&web, &testweb, &arguments)),
            None => println!("real pages: ../shared/data/pages is absent, skipped"),
        }
    }
    print!("{}", table::print(&columns));
}

fn read(mut given: impl Iterator<Item = String>) -> Option<Arguments> {
    let mut arguments = Arguments { quick: false, rounds: 0, only: Vec::new(), web: None, built: false };
    while let Some(name) = given.next() {
        match name.as_str() {
            // Cargo says so to every benchmark.
            "--bench" => {}
            "--built" => arguments.built = true,
            "--quick" => arguments.quick = true,
            "--rounds" => arguments.rounds = given.next()?.parse().ok()?,
            "--only" => arguments.only = given.next()?.split(',').map(str::to_owned).collect(),
            "--web" => {
                let web = given.next().filter(|web| ["generated", "real"].contains(&web.as_str()))?;
                arguments.web = Some(web);
            }
            _ => return None,
        }
    }
    if arguments.rounds == 0 {
        arguments.rounds = if arguments.quick { 1 } else { 3 };
    }
    Some(arguments)
}

/// Runs every measure on a web. Those that repeat are interleaved, so that a change of the machine's load meets all.
fn measure(web: &Web, testweb: &Path, arguments: &Arguments) -> Column {
    let wanted = |measure: &&Measure| {
        arguments.only.is_empty() || arguments.only.iter().any(|only| only == measure.name)
    };
    let mut results: Vec<(&'static str, Vec<Result<Measured, String>>)> = Vec::new();
    for round in 0..arguments.rounds {
        for measure in measures::ALL.iter().filter(wanted).filter(|measure| round == 0 || measure.repeats) {
            eprint_progress(web, measure.name);
            let result = in_own_process(measure.name, web, testweb);
            match results.iter_mut().find(|(name, _)| *name == measure.name) {
                Some((_, rounds)) => rounds.push(result),
                None => results.push((measure.name, vec![result])),
            }
        }
    }
    Column {
        title: web.title(),
        results: results.into_iter().map(|(name, all)| (name, table::median(all))).collect(),
    }
}

#[expect(clippy::print_stderr, reason = "progress belongs to standard error")]
fn eprint_progress(web: &Web, name: &str) {
    eprintln!("measuring {name} on the {} web", web.name);
}

fn in_own_process(measure: &str, web: &Web, testweb: &Path) -> Result<Measured, String> {
    let server = Server::start(testweb, &web.folder);
    let scratch = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--measure", measure]).arg(&web.folder).arg(server.port.to_string()).arg(scratch.path());
    let output = command.output().unwrap();
    let last =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().lines().last().unwrap_or_default().to_owned();
    match serde_json::from_str(&last(&output.stdout)) {
        Ok(measured) => Ok(measured),
        Err(_) => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")),
    }
}
