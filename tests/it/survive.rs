//! kill -9 at any instant, then the same command again: the same documents as an undisturbed run, nobody asked too often.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use testkit::kill::moments;
use testkit::web::{SiteGraph, Web};

use crate::program::Place;

const DELAY_MS: u64 = 10;

/// Kills of one crawl.
const KILLS: usize = 10;

/// Kills of each kind: ten in the ordinary run of the tests, more by `SILTEME_KILL_ROUNDS=1000 cargo test -p silteme survive`.
fn rounds() -> usize {
    std::env::var("SILTEME_KILL_ROUNDS").ok().map_or(KILLS, |text| text.parse().unwrap())
}

#[test]
fn a_crawl_killed_again_and_again_ends_as_if_undisturbed() {
    let (mut killed, mut repeated, mut shortest) = (0, 0, u64::MAX);
    let crawls = rounds().div_ceil(KILLS);
    for crawl in 0..crawls {
        let ended = disturbed(21 + crawl as u64);
        killed += ended.killed;
        repeated += ended.repeated;
        shortest = shortest.min(ended.shortest_ms);
    }
    println!(
        "{killed} kills in {crawls} crawls: no document lost or doubled, {repeated} requests in the air made again, \
         shortest distance {shortest} ms at a delay of {DELAY_MS} ms"
    );
    assert!(killed >= crawls * 3, "only {killed} of {} runs lived long enough to be killed", crawls * KILLS);
}

struct Disturbed {
    killed: usize,
    repeated: usize,
    shortest_ms: u64,
}

/// A crawl of its own web, killed [`KILLS`] times, then left alone.
fn disturbed(seed: u64) -> Disturbed {
    let graph = SiteGraph::new(seed, 3, 25);
    let web = Web::builder().graph(graph.clone()).start();
    let front = graph.url(0, 0);
    let arguments = ["crawl", front.as_str(), "--scope", "any"];
    let settings = format!("[politeness]\ndelay = \"{DELAY_MS}ms\"\n[crawl]\npatience = \"1s\"\n");
    let place = Place::at(&web, &settings);
    let mut killed = 0;
    for moment in moments(seed, KILLS, Duration::from_millis(30)..Duration::from_millis(400)) {
        killed += usize::from(place.program(&arguments).kill_at(&moment).killed);
    }
    place.done(&arguments);
    let mut documents: Vec<String> = place.documents().into_iter().map(|(url, _)| url).collect();
    documents.dedup();
    assert_eq!(documents.len(), 75, "seed {seed}");
    // A request may be in the air at each kill, and is then made again; nothing else is.
    let fetched = web.log().fetched();
    let repeated: usize =
        fetched.iter().filter(|(url, _)| !url.ends_with("robots.txt")).map(|(_, n)| n - 1).sum();
    assert!(
        repeated <= killed * 3 * 8,
        "seed {seed}: {repeated} pages were fetched again after {killed} kills"
    );
    let shortest = web.log().shortest_intervals_ms();
    for (host, shortest_ms) in &shortest {
        // The log's clock starts when the request has arrived, not when it left.
        assert!(*shortest_ms + 1 >= DELAY_MS, "seed {seed}: {host} was asked after {shortest_ms} ms");
    }
    place.done(&["verify"]);
    let shortest_ms = shortest.values().copied().min().unwrap_or(u64::MAX);
    Disturbed { killed, repeated, shortest_ms }
}

#[test]
fn a_reindex_killed_again_and_again_ends_as_if_undisturbed() {
    let graph = SiteGraph::new(22, 3, 40);
    let web = Web::builder().graph(graph.clone()).start();
    let seed = graph.url(0, 0);
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    place.done(&["crawl", &seed, "--scope", "any"]);
    let expected = place.documents();
    let links = place.run(&["export", "links"]).stdout;
    let started = std::time::Instant::now();
    place.done(&["reindex", "--verify"]);
    let took = started.elapsed();
    let token = SiteGraph::token(1, 7);
    let done = AtomicBool::new(false);
    let (killed, asked) = std::thread::scope(|scope| {
        // Somebody asks all the while, whatever is killed, swapped or put back.
        let asking = scope.spawn(|| {
            let (mut asked, mut missed) = (0, Vec::new());
            while !done.load(Ordering::Relaxed) {
                let said = place.run(&["search", &token]);
                asked += 1;
                if said.code != 0 || said.lines.len() != 1 {
                    missed.push(format!("{} {}", said.stdout, said.stderr));
                }
            }
            (asked, missed)
        });
        let mut killed = 0;
        let mut wrong = Vec::new();
        for (round, moment) in (1..).zip(moments(22, rounds(), Duration::from_millis(5)..took)) {
            killed += usize::from(place.program(&["reindex", "--verify"]).kill_at(&moment).killed);
            if place.documents() != expected {
                wrong.push(round);
            }
            if round % 10 == 0 {
                // To the end, and back again.
                for arguments in [&["reindex", "--verify"][..], &["reindex", "--rollback"]] {
                    let said = place.run(arguments);
                    if said.code != 0 || place.documents() != expected {
                        wrong.push(round);
                    }
                }
            }
        }
        // Before any assertion: a panic here would wait for the other thread for ever.
        done.store(true, Ordering::Relaxed);
        let (asked, missed) = asking.join().unwrap();
        assert_eq!(missed, Vec::<String>::new(), "of {asked} searches");
        assert_eq!(wrong, Vec::<u32>::new(), "documents lost or doubled");
        (killed, asked)
    });
    println!(
        "{killed} kills of reindexes: no document lost or doubled, none of {asked} searches failed or came back empty"
    );
    place.done(&["reindex"]);
    assert_eq!(place.documents(), expected);
    assert_eq!(place.run(&["export", "links"]).stdout, links);
    place.done(&["verify"]);
}
