//! The outside face: names and fields that other programs rely on.

use serde_json::Value;
use testkit::kill::Program;
use testkit::web::{Page, Web};

use crate::program::{Place, text};

fn fields(line: &Value) -> Vec<String> {
    line.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
}

#[track_caller]
fn has(line: &Value, names: &[&str]) {
    let fields = fields(line);
    for name in names {
        assert!(fields.iter().any(|field| field == name), "no {name} in {line}");
    }
}

#[test]
fn every_command_helps_with_an_example() {
    for command in [
        "demo",
        "crawl",
        "serve",
        "reindex",
        "import",
        "export",
        "search",
        "similar",
        "recommend",
        "parse",
        "robots",
        "url",
        "analyze",
        "explain",
        "status",
        "forget",
        "verify",
        "config",
    ] {
        let ended = Program::new(env!("CARGO_BIN_EXE_silteme")).args([command, "--help"]).run();
        assert_eq!(ended.status.code(), Some(0), "{command}");
        for needle in ["Example", &format!("silteme {command}"), "--config", "--data", "--format"] {
            assert!(ended.stdout.contains(needle), "{command} --help says nothing of {needle}");
        }
    }
    let ended = Program::new(env!("CARGO_BIN_EXE_silteme")).args(["serch", "x"]).run();
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("search"), "{}", ended.stderr);
}

#[test]
fn reading_commands_say_what_the_contract_promises() {
    let place = Place::with("");
    let page = place.scratch.write(
        "page.html",
        "<html lang=kk><title>Су тасқыны — Жаңалық</title><article><h1>Су тасқыны</h1><p>Алматы облысында өзендер арнасынан асып, бірнеше ауылды су басты. Тұрғындар қауіпсіз жерге көшірілді.</p><a href=/more rel=nofollow>толығырақ</a></article>",
    );
    let parsed = place.done(&["parse", page.to_str().unwrap(), "--url", "https://a.kz/x/"]);
    has(
        &parsed,
        &[
            "file",
            "url",
            "title",
            "text",
            "author",
            "published",
            "modified",
            "language",
            "canonical",
            "image",
            "description",
            "site_name",
            "section",
            "tags",
            "links",
            "feeds",
            "sitemaps",
            "directives",
            "charset",
            "notes",
        ],
    );
    assert_eq!(text(&parsed, "language"), "kk", "{parsed}");
    assert_eq!(text(&parsed["links"][0], "url"), "https://a.kz/more");
    has(&parsed["links"][0], &["url", "text", "rel", "kind"]);

    let robots =
        place.scratch.write("robots.txt", "User-agent: *\nDisallow: /private/\nAllow: /private/open\n");
    let said = place.run(&[
        "robots",
        "--agent",
        "silteme",
        robots.to_str().unwrap(),
        "http://a.test/private/x",
        "http://a.test/private/open",
    ]);
    has(&said.lines[0], &["url", "allowed", "rule", "line", "group"]);
    assert_eq!((&said.lines[0]["allowed"], &said.lines[0]["line"]), (&Value::from(false), &Value::from(2)));
    assert_eq!((&said.lines[1]["allowed"], &said.lines[1]["line"]), (&Value::from(true), &Value::from(3)));

    let url = place.done(&["url", "HTTP://Www.Example.KZ:80/a/../b?utm_source=x&z=1&a=2#top"]);
    has(&url, &["input", "canonical", "site", "host"]);
    assert_eq!(text(&url, "canonical"), "http://www.example.kz/b?a=2&z=1");
    assert_eq!(text(&url, "site"), "example.kz");

    let said = place.run(&["analyze", "--language", "kk", "қалаларымызда"]);
    has(&said.lines[0], &["token", "terms"]);
    let shown = place.run(&["config", "show"]);
    has(&shown.lines[0], &["key", "value", "source"]);
}

#[test]
fn lookups_and_operators_commands_say_what_the_contract_promises() {
    let article = |title: &str, text: &str| {
        Page::html(format!(
            "<html lang=en><title>{title}</title><article><h1>{title}</h1><p>{text}</p></article>"
        ))
    };
    let web = Web::builder()
        .page("http://a.test/", Page::linking("front", &["/comet", "/orbit", "/bread"]))
        .page(
            "http://a.test/comet",
            article(
                "A comet over the steppe",
                "Astronomers watched a bright comet cross the night sky; its tail pointed away from the sun.",
            ),
        )
        .page(
            "http://a.test/orbit",
            article(
                "How a comet keeps its orbit",
                "The orbit of a comet is a long ellipse around the sun, and astronomers compute its return.",
            ),
        )
        .page(
            "http://a.test/bread",
            article(
                "Baking bread at home",
                "Flour, water, salt and patience make a good loaf of bread in any oven.",
            ),
        )
        .start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    let summary = place.done(&["crawl", "http://a.test/"]);
    has(
        &summary,
        &[
            "event",
            "fetched",
            "not_modified",
            "failed",
            "disallowed",
            "duplicates",
            "bytes",
            "seconds",
            "documents",
            "links",
            "hosts",
        ],
    );
    let found = place.run(&["search", "comet"]);
    // The front page, whose links name the comet, may come after the two articles about it.
    let mut first_two: Vec<String> = found.lines.iter().take(2).map(|line| text(line, "url")).collect();
    first_two.sort();
    assert_eq!(first_two, ["http://a.test/comet", "http://a.test/orbit"], "{}", found.stdout);
    has(&found.lines[0], &["rank", "score", "url", "title", "host", "language", "published", "snippet"]);
    let similar = place.run(&["similar", "http://a.test/comet"]);
    assert_eq!(text(&similar.lines[0], "url"), "http://a.test/orbit", "{}", similar.stdout);
    let recommended = place.run(&["recommend", "--like", "http://a.test/comet", "--limit", "2"]);
    assert_eq!(text(&recommended.lines[0], "url"), "http://a.test/orbit", "{}", recommended.stdout);
    has(&recommended.lines[0], &["reason"]);
    assert_eq!(place.run(&["recommend", "--terms", "bread"]).code, 0);

    let queries = place.scratch.write("queries.tsv", "q1\tcomet\nq2\tbread oven\n");
    let run = place.scratch.join("run.txt");
    assert_eq!(
        place
            .run(&["search", "--queries", queries.to_str().unwrap(), "--trec-run", run.to_str().unwrap()])
            .code,
        0
    );
    let run = std::fs::read_to_string(run).unwrap();
    assert!(run.lines().any(|line| line.starts_with("q2 Q0 http://a.test/bread 1 ")), "{run}");

    let status = place.done(&["status"]);
    has(&status, &["queued", "documents", "hosts", "alerts"]);
    assert_eq!(place.run(&["status", "--hosts"]).lines.len(), 1);
    let explained = place.done(&["explain", "http://a.test/comet"]);
    for needle in ["fetched", "http://a.test/", "robots", "document"] {
        assert!(explained.to_string().contains(needle), "no {needle} in {explained}");
    }
    assert_eq!(place.run(&["explain", "a.test"]).code, 0);
    assert_eq!(place.run(&["explain", "http://unknown.test/"]).code, 1);
}

#[test]
fn the_demo_finds_something_in_every_language() {
    let ended =
        Program::new(env!("CARGO_BIN_EXE_silteme")).args(["demo", "--once", "--format", "json"]).run();
    assert_eq!(ended.status.code(), Some(0), "{}\n{}", ended.stdout, ended.stderr);
    let summary: Value = serde_json::from_str(ended.stdout.trim()).unwrap();
    let searches = summary["searches"].as_array().unwrap();
    let languages: Vec<String> = searches.iter().map(|search| text(search, "language")).collect();
    assert_eq!(languages, ["kk", "ru", "en"]);
    assert!(searches.iter().all(|search| !search["results"].as_array().unwrap().is_empty()), "{summary}");
    let recommended = summary["recommendations"].as_array().unwrap();
    assert!(
        !recommended.is_empty() && recommended.iter().all(|one| one["reason"]["code"].is_string()),
        "{summary}"
    );
}
