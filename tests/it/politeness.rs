//! Politeness beyond one site, as the servers see it.

use std::time::Duration;

use testkit::web::{Page, Robots, Web};

use crate::program::{Place, number};

/// Pages of a host, all linked from its front page.
fn host(builder: testkit::web::Builder, name: &str, pages: usize) -> testkit::web::Builder {
    let links: Vec<String> = (0..pages).map(|n| format!("/{n}")).collect();
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let front = Page::linking(name, &links);
    links.iter().fold(builder.page(&format!("http://{name}/"), front), |builder, path| {
        let text = format!("<title>{name} {path}</title><p>Words of their own: {name}{path}.</p>");
        builder.page(&format!("http://{name}{path}"), Page::html(text))
    })
}

#[test]
fn sites_that_share_a_machine_are_asked_at_its_pace_and_others_at_theirs() {
    let shared = "127.0.0.2".parse().unwrap();
    let mut builder = Web::builder().machine(shared, &["a.test", "b.test", "c.test"]);
    for name in ["a.test", "b.test", "c.test", "d.test"] {
        builder = host(builder, name, 4);
    }
    let web = builder.start();
    let settings = "[politeness]\ndelay = \"60ms\"\nsites_per_address = 1\n[crawl]\npatience = \"1s\"\n";
    let place = Place::at(&web, settings);
    let seeds = ["http://a.test/", "http://b.test/", "http://c.test/", "http://d.test/"];
    let summary = place.done(&["crawl", seeds[0], seeds[1], seeds[2], seeds[3]]);
    assert_eq!(number(&summary, "documents"), 20, "{summary}");
    let together = web.log().intervals_ms_of(|entry| entry.host != "d.test");
    assert_eq!(together.len(), 3 * 6 - 1);
    // The log sees arrivals, and a request may be a moment longer on its way than the next.
    assert!(together.iter().all(|ms| *ms >= 55), "{together:?}");
    let alone: u64 = web.log().intervals_ms("d.test").iter().sum();
    let all: u64 = together.iter().sum();
    assert!(alone < all, "d.test has a machine of its own: {alone} ms, the three others {all} ms");
}

#[test]
fn robots_that_lie_on_another_site_are_asked_for_at_the_pace_of_that_site() {
    let mut builder = Web::builder().robots("b.test", Robots::text("User-agent: *\nDisallow: /3\n"));
    for name in ["a.test", "b.test"] {
        builder = host(builder, name, 8);
    }
    let web =
        builder.page("http://a.test/robots.txt", Page::redirect(301, "http://b.test/robots.txt")).start();
    let place = Place::at(
        &web,
        "[politeness]\ndelay = \"60ms\"\n[fetcher]\ntotal_timeout = \"2s\"\n[crawl]\npatience = \"5s\"\n",
    );
    let summary = place.done(&["crawl", "http://a.test/", "http://b.test/"]);
    assert_eq!(number(&summary, "documents"), 16, "/3 is forbidden on both: {summary}");
    assert_eq!(web.log().max_in_flight("b.test"), 1);
    for name in ["a.test", "b.test"] {
        let intervals = web.log().intervals_ms(name);
        assert!(intervals.iter().all(|ms| *ms >= 55), "{name}: {intervals:?}");
    }
}

#[test]
fn a_robots_file_of_fifty_megabytes_is_judged_by_its_first_half() {
    let place = Place::with("");
    let mut text = String::from("User-agent: *\nDisallow: /early\n");
    while text.len() < 50 << 20 {
        text.push_str("Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$\n");
    }
    text.push_str("Disallow: /late\n");
    let file = place.scratch.write("robots.txt", &text);
    let long = format!("http://a.test/{}", "a".repeat(2_000));
    let urls = ["http://a.test/early", "http://a.test/late", long.as_str()];
    let arguments = ["robots", file.to_str().unwrap(), urls[0], urls[1], urls[2]];
    let ended = place.program(&arguments).args(["--format", "json"]).limit(Duration::from_secs(20)).run();
    let verdicts: Vec<bool> = ended
        .expect_done()
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["allowed"] == true)
        .collect();
    assert_eq!(verdicts, [false, true, true], "only the first 500 KiB are read (RFC 9309 section 2.5)");
}

#[test]
fn a_site_that_asks_for_silence_is_left_alone_by_the_next_process_too() {
    let web = host(Web::builder(), "a.test", 3)
        .page("http://a.test/0", Page::error(503).header("Retry-After", "3600"))
        .start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    place.done(&["crawl", "http://a.test/"]);
    let asked = web.log().len();
    place.done(&["crawl", "http://a.test/"]);
    assert_eq!(web.log().len(), asked, "{:?}", web.log().paths("a.test"));
    let said = place.run(&["explain", "a.test"]);
    assert!(said.stdout.contains("\"health\":\"blocked\""), "{}", said.stdout);
    let status = place.done(&["status"]);
    let alerts = status["alerts"].to_string();
    assert!(!alerts.contains("stands still"), "{alerts}");
    assert_eq!(status["health"]["by_health"]["blocked"], 1, "{status}");
}

#[test]
fn a_longer_delay_counts_while_the_crawl_runs() {
    let web = host(Web::builder(), "a.test", 40).start();
    let settings = |delay: &str| {
        // Patient enough to wait for the longer delay instead of ending there.
        format!("{}\n[politeness]\ndelay = \"{delay}\"\n[crawl]\npatience = \"3s\"\n", web.resolve_toml())
    };
    let place = Place::with(&settings("100ms"));
    std::thread::scope(|scope| {
        let crawl = scope.spawn(|| place.run(&["crawl", "http://a.test/", "--max-time", "6s"]));
        assert!(web.log().wait_for(8, Duration::from_secs(20)));
        place.scratch.write("config/silteme.toml", settings("1500ms"));
        assert_eq!(crawl.join().unwrap().code, 0);
    });
    let intervals = web.log().intervals_ms("a.test");
    let last: Vec<_> = intervals.iter().rev().take(2).collect();
    assert!(last.iter().all(|ms| **ms >= 1_490), "{intervals:?}");
    assert!(intervals.len() < 40, "{intervals:?}");
}
