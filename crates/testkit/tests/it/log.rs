//! What the log says about who asked when.

use std::time::Duration;

use testkit::temp::Scratch;
use testkit::web::{Page, Web};

use crate::client::{ask, ask_kept};

#[test]
fn requests_are_logged_with_connection_time_and_status() {
    let web = Web::builder().page("http://a.test/", Page::text("x")).start();
    let answers = ask_kept(&web, "a.test", &["/", "/y", "/"]);
    assert_eq!(answers.iter().map(super::client::Answer::status).collect::<Vec<_>>(), [200, 404, 200]);
    ask(&web, "b.test", "/robots.txt");
    let log = web.log();
    assert_eq!(log.paths("a.test"), ["/", "/y", "/"]);
    assert_eq!(log.intervals_ms("a.test").len(), 2);
    let all = log.all();
    assert_eq!(all.iter().map(|entry| entry.connection).collect::<Vec<_>>(), [1, 1, 1, 2]);
    assert_eq!(all.iter().map(|entry| entry.status).collect::<Vec<_>>(), [200, 404, 200, 404]);
    assert_eq!(all[0].header("host"), Some("a.test"));
    assert_eq!(web.connections(), 2);
    let fetched = log.fetched();
    assert_eq!(fetched.get("http://a.test/"), Some(&2));
    assert_eq!(fetched.len(), 2, "robots.txt does not count as a page");
    log.clear();
    assert!(log.is_empty());
}

#[test]
fn requests_at_a_time_are_counted_per_host() {
    let page = || Page::text("x").delayed(Duration::from_millis(150));
    let web = Web::builder()
        .page("http://a.test/1", page())
        .page("http://a.test/2", page())
        .page("http://b.test/", page())
        .start();
    std::thread::scope(|scope| {
        for (host, path) in [("a.test", "/1"), ("a.test", "/2"), ("b.test", "/")] {
            scope.spawn(|| ask(&web, host, path));
        }
    });
    assert_eq!((web.log().max_in_flight("a.test"), web.log().max_in_flight("b.test")), (2, 1));
    assert_eq!(web.log().max_in_flight_of(|_| true), 3);
    web.log().clear();
    // One after the other never counts as two, however fast.
    ask_kept(&web, "c.test", &["/"; 300]);
    for _ in 0..50 {
        ask(&web, "c.test", "/");
    }
    assert_eq!((web.log().max_in_flight("c.test"), web.log().max_in_flight_of(|_| true)), (1, 1));
}

#[test]
fn intervals_are_those_of_the_clock() {
    let web = Web::builder().start();
    ask(&web, "a.test", "/1");
    std::thread::sleep(Duration::from_millis(60));
    ask(&web, "a.test", "/2");
    ask(&web, "a.test", "/3");
    let intervals = web.log().intervals_ms("a.test");
    assert!(intervals[0] >= 60, "{intervals:?}");
    assert_eq!(web.log().shortest_intervals_ms().get("a.test"), intervals.iter().min());
}

#[test]
fn the_log_can_be_awaited_and_outlives_the_web() {
    let web = Web::builder().start();
    let log = web.log().clone();
    let waiting = std::thread::spawn(move || log.wait_for(2, Duration::from_secs(20)));
    ask(&web, "a.test", "/");
    ask(&web, "a.test", "/");
    assert!(waiting.join().unwrap());
    let (log, address) = (web.log().clone(), web.addr());
    assert!(!log.wait_for(3, Duration::from_millis(1)));
    drop(web);
    assert_eq!(log.len(), 2);
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[test]
fn a_log_file_has_one_line_of_json_per_request() {
    let scratch = Scratch::new();
    let web = Web::builder().log_file(scratch.join("log.ndjson")).start();
    ask(&web, "a.test", "/x");
    ask(&web, "a.test", "/y");
    drop(web);
    let text = String::from_utf8(scratch.read("log.ndjson")).unwrap();
    let paths: Vec<String> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["path"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(paths, ["/x", "/y"]);
}
