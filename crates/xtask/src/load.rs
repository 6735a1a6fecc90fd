//! `cargo xtask load`: a served index under mixed lookups while it is crawled into and rebuilt.
//!
//! Invariant: the same seed makes the same documents, questions and order of asking; what was found before the load must be
//! found under it. The load fails when a request fails or an answer has gone empty.

mod background;
mod client;
mod figures;
mod questions;
mod world;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use testkit::random::Random;

use crate::load::background::Background;
use crate::load::client::Client;
use crate::load::figures::Figures;
use crate::load::questions::{Question, questions};
use crate::load::world::World;

/// How to load.
#[derive(Debug, Args)]
pub(crate) struct LoadOptions {
    /// How long, seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Clients that ask at the same time, each on one connection; the next question follows the last answer.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Generated documents beside the crawled demo web.
    #[arg(long, default_value_t = 5_000)]
    documents: usize,
    /// What everything random comes from.
    #[arg(long, default_value_t = 6)]
    seed: u64,
    /// Data directory to make and keep; a scratch folder if absent.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The program.
    #[arg(long, value_name = "FILE", default_value = "target/release/silteme")]
    binary: PathBuf,
    /// No crawl and no reindex beside the lookups.
    #[arg(long)]
    quiet: bool,
}

/// Times each question is asked before the load.
const ALONE_ROUNDS: usize = 5;

/// Makes the index, serves it, loads it, prints the figures.
pub(crate) fn run(options: &LoadOptions) -> anyhow::Result<()> {
    ensure!(
        options.binary.exists(),
        "{} is not there; `cargo build --release -p silteme` makes it",
        options.binary.display()
    );
    let started = Instant::now();
    let world = World::make(&options.binary, options.data.as_deref(), options.documents, options.seed)?;
    println!("made in {:.0} s: {}", started.elapsed().as_secs_f64(), world.story());
    let server = world.serve()?;
    let mut questions = questions(&world, &server.address, options.seed)?;
    let mut figures = Figures::default();
    alone(&server, &mut questions, &mut figures)?;

    let stop = AtomicBool::new(false);
    let before = (server.cpu()?, Instant::now());
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let background = std::thread::scope(|scope| -> anyhow::Result<Background> {
        let behind = scope
            .spawn(|| if options.quiet { Ok(Background::default()) } else { background::run(&world, &stop) });
        let clients: Vec<_> = (0..options.clients)
            .map(|number| {
                let random = Random::named(options.seed, &format!("client {number}"));
                let (questions, address) = (&questions, &server.address);
                scope.spawn(move || ask_until(end, address, questions, random))
            })
            .collect();
        for client in clients {
            figures.add(client.join().map_err(|_| anyhow::anyhow!("a client panicked"))?);
        }
        figures.took(before.1.elapsed(), server.cpu()?.saturating_sub(before.0));
        stop.store(true, Ordering::Relaxed);
        behind.join().map_err(|_| anyhow::anyhow!("the background panicked"))?
    })?;
    println!("{figures}");
    if !options.quiet {
        println!("Meanwhile {background}.");
    }
    for complaint in server.complaints()? {
        println!("The server's log: {complaint}");
    }
    ensure!(figures.is_clean(), "a request failed or an answer has gone empty");
    ensure!(background.is_clean(), "the crawl or the reindex failed");
    Ok(())
}

/// Every question, one after the other with nothing else going on: what it costs, and whether it has an answer.
fn alone(server: &world::Server, questions: &mut [Question], figures: &mut Figures) -> anyhow::Result<()> {
    let mut client = Client::connect(&server.address)?;
    for route in questions::ROUTES {
        let before = server.cpu()?;
        let mut asked = 0;
        for question in questions.iter_mut().filter(|question| question.route == route) {
            for _ in 0..ALONE_ROUNDS {
                let answer = client.ask(&question.bytes)?;
                ensure!(answer.status == 200, "{route} answers {}: {}", answer.status, answer.text());
                question.has_answer = !answer.is_empty();
                asked += 1;
            }
        }
        figures.alone(route, asked, server.cpu()?.saturating_sub(before));
    }
    let answered = questions.iter().filter(|question| question.has_answer).count();
    ensure!(
        answered * 10 > questions.len() * 9,
        "only {answered} of {} questions have an answer",
        questions.len()
    );
    Ok(())
}

/// Asks in random order until the end.
fn ask_until(end: Instant, address: &str, questions: &[Question], mut random: Random) -> figures::Asked {
    let mut asked = figures::Asked::default();
    let mut client = None;
    while Instant::now() < end {
        let question = &questions[random.index(questions.len())];
        let started = Instant::now();
        let answer = match &mut client {
            Some(client) => Client::ask(client, &question.bytes),
            none => Client::connect(address).and_then(|made| none.insert(made).ask(&question.bytes)),
        };
        let took = started.elapsed();
        match answer.with_context(|| question.route) {
            Ok(answer) if answer.status == 200 => {
                asked.answered(question.route, took, question.has_answer && answer.is_empty());
            }
            Ok(answer) => asked.failed(question.route, format!("{} {}", answer.status, answer.text())),
            Err(error) => {
                client = None;
                asked.failed(question.route, format!("{error:#}"));
            }
        }
    }
    asked
}
