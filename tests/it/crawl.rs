//! Crawling: everything allowed exactly once, nothing else, at the site's pace.

use std::collections::BTreeSet;

use testkit::web::{Page, Robots, SiteGraph, Web};

use crate::program::{Place, number, text};

/// Longer than the shortest interval that settings allow. The program is a process of its own, so its time is real.
const DUE_AGAIN: std::time::Duration = std::time::Duration::from_millis(1_300);

const HASTY: &str = "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n";

#[test]
fn every_allowed_page_is_fetched_exactly_once_and_no_other() {
    let graph = SiteGraph::new(7, 4, 12);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, HASTY);
    let seed = graph.url(0, 0);
    let summary = place.done(&["crawl", &seed, "--scope", "any"]);

    let fetched = web.log().fetched();
    for url in graph.urls() {
        assert_eq!(fetched.get(&url), Some(&1), "{url}");
    }
    assert!(fetched.keys().all(|url| !url.contains("/private/")), "robots.txt was ignored");
    let twice: Vec<_> = fetched.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "fetched more than once: {twice:?}");
    assert_eq!(number(&summary, "documents"), 48, "{summary}");
    assert!(number(&summary, "disallowed") >= 1, "{summary}");
    assert_eq!(number(&summary, "hosts"), 4);
}

#[test]
fn the_second_run_fetches_nothing_that_is_not_due() {
    let graph = SiteGraph::new(8, 2, 8);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, HASTY);
    let seeds = graph.seeds();
    let arguments = ["crawl", &seeds[0], &seeds[1]];
    place.done(&arguments);
    web.log().clear();
    let again = place.done(&arguments);
    assert_eq!(number(&again, "fetched"), 0, "{again}");
    assert_eq!(web.log().len(), 0, "{:?}", web.log().fetched());
}

#[test]
fn what_is_due_again_is_asked_for_conditionally() {
    let web = Web::builder()
        .page("http://a.test/", Page::linking("front", &["/one", "/two"]).etag("\"front-1\""))
        .page("http://a.test/one", Page::html("<title>one</title><p>first text</p>").etag("\"one-1\""))
        .page(
            "http://a.test/two",
            Page::html("<title>two</title><p>second text</p>").last_modified("Sat, 21 Nov 2026 10:00:00 GMT"),
        )
        .start();
    let soon = "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n[recrawl]\npage = \"1s\"\ninterval_min = \"1s\"\nhub_visits_per_hour = 3600\n";
    let place = Place::at(&web, soon);
    place.done(&["crawl", "http://a.test/"]);
    web.log().clear();
    std::thread::sleep(DUE_AGAIN);
    let again = place.done(&["crawl", "http://a.test/"]);
    assert_eq!(number(&again, "not_modified"), 3, "{again}");
    assert_eq!(number(&again, "fetched"), 0, "{again}");
    for request in web.log().filtered(|request| request.path != "/robots.txt") {
        let conditional = request.header("if-none-match").or(request.header("if-modified-since"));
        assert!(conditional.is_some(), "{} was asked for unconditionally", request.url());
    }
    assert_eq!(place.documents().len(), 3);
}

#[test]
fn requests_to_a_site_keep_their_distance() {
    let graph = SiteGraph::new(9, 2, 5);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"150ms\"\n[crawl]\npatience = \"1s\"\n");
    let seeds = graph.seeds();
    place.done(&["crawl", &seeds[0], &seeds[1]]);
    for (host, shortest_ms) in web.log().shortest_intervals_ms() {
        assert!(shortest_ms >= 145, "{host} was asked after {shortest_ms} ms");
        assert_eq!(web.log().max_in_flight(&host), 1, "{host} had two requests in flight");
    }
}

#[test]
fn a_crawl_delay_in_robots_txt_is_kept() {
    let web = Web::builder()
        .page("http://slow.test/", Page::linking("front", &["/a", "/b"]))
        .page("http://slow.test/a", Page::html("<title>a</title><p>text of a"))
        .page("http://slow.test/b", Page::html("<title>b</title><p>text of b"))
        .robots("slow.test", Robots::crawl_delay("0.3"))
        .start();
    let place = Place::at(&web, HASTY);
    place.done(&["crawl", "http://slow.test/"]);
    let intervals = web.log().intervals_ms("slow.test");
    assert!(intervals.len() >= 3 && intervals[1..].iter().all(|ms| *ms >= 295), "{intervals:?}");
}

#[test]
fn robots_that_cannot_be_had_forbid_everything() {
    let web = Web::builder()
        .page("http://down.test/", Page::linking("front", &["/a"]))
        .robots("down.test", Robots::status(503))
        .page("http://open.test/", Page::html("<title>open</title><p>an open page"))
        .robots("open.test", Robots::status(404))
        .start();
    let place = Place::at(&web, HASTY);
    place.done(&["crawl", "http://down.test/", "http://open.test/"]);
    assert_eq!(web.log().paths("down.test"), ["/robots.txt"]);
    assert!(web.log().paths("open.test").contains(&"/".to_owned()));
    let explained = place.done(&["explain", "http://down.test/"]);
    assert!(explained.to_string().contains("robots"), "{explained}");
}

#[test]
fn scope_depth_rules_and_budgets_hold() {
    let web = Web::builder()
        .page("http://a.test/", Page::linking("front", &["/1", "/skip/x", "http://b.test/"]))
        .page("http://a.test/1", Page::linking("one", &["/2"]))
        .page("http://a.test/2", Page::linking("two", &["/3"]))
        .page("http://a.test/3", Page::linking("three", &[]))
        .page("http://a.test/skip/x", Page::linking("skipped", &[]))
        .page("http://b.test/", Page::linking("other", &[]))
        .start();
    let pages = || -> BTreeSet<String> {
        web.log().fetched().into_keys().filter(|url| !url.ends_with("robots.txt")).collect()
    };
    Place::at(&web, HASTY).done(&["crawl", "http://a.test/", "--depth", "2", "--exclude", "/skip/"]);
    assert_eq!(pages(), ["http://a.test/", "http://a.test/1", "http://a.test/2"].map(str::to_owned).into());
    web.log().clear();
    Place::at(&web, HASTY).done(&["crawl", "http://a.test/", "--scope", "list"]);
    assert_eq!(pages(), ["http://a.test/"].map(str::to_owned).into());
    web.log().clear();
    let place = Place::at(&web, HASTY);
    let summary = place.done(&["crawl", "http://a.test/", "--max-pages", "2"]);
    assert_eq!(pages().len(), 2);
    assert_eq!(text(&summary, "ended"), "max_pages");
    place.done(&["crawl"]);
    assert_eq!(pages().len(), 5, "a run without seeds resumes: {:?}", pages());
}

#[test]
fn redirects_noindex_errors_and_duplicates_are_outcomes() {
    let web = Web::builder()
        .page(
            "http://a.test/",
            Page::linking("front", &["/moved", "/secret", "/missing", "/same?utm_source=x", "/same"]),
        )
        .page("http://a.test/moved", Page::redirect(301, "/target"))
        .page("http://a.test/target", Page::html("<title>target</title><p>the target text"))
        .page(
            "http://a.test/secret",
            Page::html("<meta name=robots content=noindex><title>secret</title><p>do not index"),
        )
        .page("http://a.test/same?utm_source=x", Page::html("<title>same</title><p>said once"))
        .page("http://a.test/same", Page::html("<title>same</title><p>said once"))
        .start();
    let place = Place::at(&web, HASTY);
    let summary = place.done(&["crawl", "http://a.test/"]);
    assert_eq!(number(&summary, "redirected"), 1, "{summary}");
    assert_eq!(number(&summary, "failed"), 1, "{summary}");
    let urls: Vec<String> = place.documents().into_iter().map(|(url, _)| url).collect();
    assert_eq!(urls.len(), 3, "{urls:?}");
    assert!(urls.iter().all(|url| !url.contains("secret") && !url.contains("moved")), "{urls:?}");
}

#[test]
fn pages_that_differ_in_a_number_only_are_all_crawled() {
    const PAGES: usize = 150;
    let paths: Vec<String> = (0..PAGES).map(|n| format!("/page/{n}")).collect();
    let links: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut builder = Web::builder().page("http://a.test/", Page::linking("front", &links));
    for path in &paths {
        let html = format!("<title>A page</title><p>This is {path} of many.</p><a href=\"/\">all</a>");
        builder = builder.page(&format!("http://a.test{path}"), Page::html(html));
    }
    let web = builder.start();
    let place = Place::at(&web, HASTY);
    let summary = place.done(&["crawl", "http://a.test/"]);
    assert_eq!(number(&summary, "documents"), PAGES as u64 + 1, "{summary}");
}

#[test]
fn a_page_is_found_by_what_another_calls_it() {
    let web = Web::builder()
        .page(
            "http://a.test/",
            Page::html(
                "<title>Front</title><p>Read <a href='http://b.test/'>wonderful zanzibar</a> today.</p>",
            ),
        )
        .page("http://b.test/", Page::html("<title>Plain</title><p>Nothing of the kind is written here.</p>"))
        .start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    place.done(&["crawl", "http://a.test/", "--scope", "any"]);
    let found = place.run(&["search", "zanzibar"]);
    let urls: Vec<String> = found.lines.iter().map(|line| text(line, "url")).collect();
    assert!(urls.contains(&"http://b.test/".to_owned()), "{urls:?}");
    let explained = place.done(&["explain", "http://b.test/"]);
    assert_eq!(explained["linked"]["anchors"], serde_json::json!(["wonderful zanzibar"]));
}

#[test]
fn a_page_is_found_within_five_seconds_of_its_fetch() {
    let slow = Page::linking("slow", &[]).delayed(std::time::Duration::from_secs(9));
    let web = Web::builder()
        .page("http://a.test/", Page::html("<title>Quickword</title><p>Soon found.</p><a href=/slow>on</a>"))
        .page("http://a.test/slow", slow)
        .start();
    let place = Place::at(&web, HASTY);
    let visible = std::thread::scope(|scope| {
        let crawl = scope.spawn(|| place.done(&["crawl", "http://a.test/"]));
        // robots.txt and the front page; the slow page keeps the crawl busy.
        while web.log().len() < 2 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let fetched = std::time::Instant::now();
        while place.run(&["search", "quickword"]).code != 0 && fetched.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let visible = fetched.elapsed();
        crawl.join().unwrap();
        visible
    });
    println!("visible {:.1} s after the fetch", visible.as_secs_f64());
    // Starting the program that asks takes its time on a busy machine.
    assert!(visible.as_secs_f64() < 6.0, "{visible:?}");
}
