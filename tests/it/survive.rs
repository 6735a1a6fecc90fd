//! kill -9 at any instant, then the same command again: the same documents as an undisturbed run, nobody asked too often.

use std::time::Duration;

use testkit::kill::moments;
use testkit::web::{SiteGraph, Web};

use crate::program::Place;

const SETTINGS: &str = "[politeness]\ndelay = \"5ms\"\n[crawl]\npatience = \"1s\"\n";

/// Ten instants (issue: "a test does this at ten random instants").
const KILLS: usize = 10;

#[test]
fn a_crawl_killed_ten_times_ends_as_if_undisturbed() {
    let graph = SiteGraph::new(21, 3, 25);
    let web = Web::builder().graph(graph.clone()).start();
    let seed = graph.url(0, 0);
    let arguments = ["crawl", seed.as_str(), "--scope", "any"];
    let undisturbed = Place::at(&web, SETTINGS);
    let started = std::time::Instant::now();
    undisturbed.done(&arguments);
    let took = started.elapsed();
    let expected = undisturbed.documents();
    assert_eq!(expected.len(), 75);

    web.log().clear();
    let place = Place::at(&web, SETTINGS);
    let mut killed = 0;
    for moment in moments(21, KILLS, Duration::from_millis(30)..took.mul_f64(0.6)) {
        killed += usize::from(place.program(&arguments).kill_at(&moment).killed);
    }
    assert!(killed >= 3, "only {killed} of {KILLS} runs lived long enough to be killed");
    place.done(&arguments);
    assert_eq!(place.documents(), expected);
    // A request may be in the air at each kill, and is then made again; nothing else is.
    let fetched = web.log().fetched();
    let repeated: usize =
        fetched.iter().filter(|(url, _)| !url.ends_with("robots.txt")).map(|(_, n)| n - 1).sum();
    assert!(repeated <= killed * 3 * 8, "{repeated} pages were fetched again after {killed} kills");
    for (host, shortest_ms) in web.log().shortest_intervals_ms() {
        assert!(shortest_ms >= 4, "{host} was asked after {shortest_ms} ms");
    }
    place.done(&["verify"]);
}

#[test]
fn a_reindex_killed_ten_times_ends_as_if_undisturbed() {
    let graph = SiteGraph::new(22, 3, 40);
    let web = Web::builder().graph(graph.clone()).start();
    let seed = graph.url(0, 0);
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    place.done(&["crawl", &seed, "--scope", "any"]);
    let expected = place.documents();
    let started = std::time::Instant::now();
    place.done(&["reindex"]);
    let took = started.elapsed();
    for moment in moments(22, KILLS, Duration::from_millis(5)..took) {
        let _ended = place.program(&["reindex"]).kill_at(&moment);
        assert_eq!(place.documents(), expected, "after a kill");
    }
    place.done(&["reindex"]);
    assert_eq!(place.documents(), expected);
    place.done(&["verify"]);
}
