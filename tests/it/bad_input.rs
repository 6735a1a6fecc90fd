//! Bad input: one clear message (what, why, next step), the right exit status, nothing lost.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use testkit::kill::Program;
use testkit::web::{Page, Web};

use crate::program::{Place, Said, number};

#[track_caller]
fn refuses(place: &Place, arguments: &[&str], code: i32, needles: &[&str]) {
    let said = place.run(arguments);
    assert_eq!(said.code, code, "{arguments:?}: {}{}", said.stdout, said.stderr);
    assert_eq!(said.stderr.lines().filter(|line| line.starts_with("error:")).count(), 1, "{}", said.stderr);
    for needle in needles {
        assert!(said.stderr.contains(needle), "{arguments:?} does not say {needle:?}: {}", said.stderr);
    }
    assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let place = Place::with("[politeness]\ndealy = \"1s\"\n");
    refuses(&place, &["config", "show"], 2, &["silteme.toml", "dealy", "delay", "line 2"]);
    refuses(&Place::with(""), &["config", "show", "--set", "politeness.dealy=1s"], 2, &["dealy", "delay"]);
    refuses(&Place::with("[politeness]\ndelay = 5\n"), &["config", "check"], 2, &["5s"]);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let place = Place::with("");
    refuses(&place, &["parse", "missing.html"], 2, &["missing.html"]);
    refuses(&place, &["robots", "missing.txt", "http://a.test/"], 2, &["missing.txt"]);
    refuses(&place, &["import", "missing.warc.gz"], 2, &["missing.warc.gz"]);
    refuses(&place, &["crawl", "--seed-file", "missing.txt"], 2, &["missing.txt"]);
    let ended = Program::new(env!("CARGO_BIN_EXE_silteme"))
        .args(["config", "show", "--config", "missing.toml"])
        .in_folder(place.scratch.path())
        .run();
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("missing.toml"), "{}", ended.stderr);
}

#[test]
fn a_job_that_does_not_exist_is_refused_with_those_that_do() {
    let place = Place::with("");
    place.scratch.write("config/jobs/news.toml", "seeds = [\"http://a.test/\"]");
    refuses(&place, &["crawl", "--job", "newz"], 2, &["newz", "news"]);
    place.scratch.write("config/jobs/bad.toml", "seeds = [\"http://a.test/\"]\ndepht_max = 3");
    refuses(&place, &["config", "check"], 2, &["bad.toml", "depht_max"]);
}

#[test]
fn crawling_strangers_without_a_contact_is_refused() {
    let place = Place::with("");
    refuses(&place, &["crawl", "https://example.com/"], 2, &["example.com", "contact"]);
}

#[test]
fn seeds_that_are_no_urls_are_left_out_and_said() {
    let web = Web::builder().page("http://a.test/", Page::html("<title>a</title><p>text")).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    let said = place.run(&["crawl", "http://a.test/", "not a url", "ftp://a.test/"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("not a url") && said.stderr.contains("ftp"), "{}", said.stderr);
    assert_eq!(number(said.lines.last().unwrap(), "fetched"), 1);
    refuses(&place, &["crawl", "not a url"], 2, &["http"]);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refuses(&Place::with(""), &["serve", "--listen", &address], 3, &[&address, "--listen"]);
    refuses(&Place::with(""), &["serve", "--listen", "0.0.0.0:0"], 3, &["0.0.0.0", "loopback"]);
}

#[test]
fn an_ndjson_line_that_is_not_json_loses_only_itself() {
    let place = Place::with("");
    let lines = "{\"url\":\"https://a.kz/1\",\"title\":\"Бірінші\",\"text\":\"мәтін\"}\nnot json\n{\"url\":\"nope\",\"title\":\"x\"}\n{\"url\":\"https://a.kz/2\",\"title\":\"Екінші\",\"text\":\"мәтін\"}\n";
    let file = place.scratch.write("documents.ndjson", lines);
    let said = place.run(&["import", file.to_str().unwrap()]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("line 2") && said.stderr.contains("line 3"), "{}", said.stderr);
    let summary = said.lines.last().unwrap();
    assert_eq!((number(summary, "imported"), number(summary, "rejected")), (2, 2), "{summary}");
    assert_eq!(place.documents().len(), 2);
}

#[test]
fn a_warc_cut_in_the_middle_keeps_what_came_before() {
    let web = Web::builder()
        .page("http://a.test/", Page::linking("front", &["/1", "/2"]))
        .page("http://a.test/1", Page::html("<title>one</title><p>the first text"))
        .page("http://a.test/2", Page::html("<title>two</title><p>the second text"))
        .start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    place.done(&["crawl", "http://a.test/"]);
    let whole = place.scratch.join("whole.warc.gz");
    place.done(&["export", "warc", "--out", whole.to_str().unwrap()]);
    let bytes = fs::read(&whole).unwrap();
    let cut = place.scratch.write("cut.warc.gz", &bytes[..bytes.len() - 40]);
    let other = Place::with("");
    let said = other.run(&["import", cut.to_str().unwrap()]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("cut.warc.gz") && said.stderr.contains("byte"), "{}", said.stderr);
    assert!(!other.documents().is_empty());
    let said = Place::with("").run(&["import", whole.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn a_second_writer_waits_its_turn_and_says_for_whom() {
    let web = Web::builder()
        .page(
            "http://a.test/",
            Page::html("<title>a</title><p>text").delayed(std::time::Duration::from_millis(1500)),
        )
        .start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| place.run(&["crawl", "http://a.test/"]));
        assert!(web.log().wait_for(1, std::time::Duration::from_secs(20)));
        let said = place.run(&["reindex"]);
        assert_eq!(said.code, 1, "{}", said.stderr);
        assert!(said.stderr.contains("crawl (process"), "{}", said.stderr);
        assert_eq!(first.join().unwrap().code, 0);
    });
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    // A file system of its own needs root rights; a limit on file sizes makes the same write fail without them.
    let graph = testkit::web::SiteGraph::new(41, 1, 30);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    let seed = graph.url(0, 0);
    let data = place.data();
    let config = place.scratch.join("config/silteme.toml");
    let script = format!(
        "trap '' XFSZ; ulimit -f 128; exec {} crawl {seed} --config {} --data {} --format json",
        env!("CARGO_BIN_EXE_silteme"),
        config.display(),
        data.display()
    );
    let said = Said::of(Program::new("/bin/sh").args(["-c", &script]).run());
    assert_eq!(said.code, 3, "{}\n{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("error:") && said.stderr.contains("disk"), "{}", said.stderr);
    place.done(&["crawl", &seed]);
    assert_eq!(place.documents().len(), 30);
    place.done(&["verify"]);
    assert!(Path::new(&data).exists());
}

#[test]
fn junk_for_every_reading_command_is_an_outcome() {
    let place = Place::with("");
    let binary: Vec<u8> = (0..4096u32).map(|n| (n * 7919 % 251) as u8).collect();
    for (name, bytes) in [
        ("empty.html", &b""[..]),
        ("binary.html", &binary),
        ("page.pdf", b"%PDF-1.7\n1 0 obj\n"),
        ("data.json", b"{\"a\":1}"),
    ] {
        let file = place.scratch.write(name, bytes);
        let said = place.run(&["parse", file.to_str().unwrap()]);
        assert!(said.code == 0 || said.code == 1, "{name}: {} {}", said.code, said.stderr);
        assert_eq!(said.lines.len(), 1, "{name}");
        assert_eq!(place.run(&["robots", file.to_str().unwrap(), "http://a.test/"]).code, 0, "{name}");
    }
    let said = place.run(&["url", "http://", "mailto:x@y", "http://e..kz/"]);
    assert_eq!(said.code, 1);
    assert!(said.lines.iter().all(|line| line["error"].is_string()), "{}", said.stdout);
    let long = "x ".repeat(20_000);
    refuses(&place, &["search", &long], 2, &["limit"]);
    assert_eq!(place.run(&["search", "\"unclosed -"]).code, 1);
    assert_eq!(place.run(&["search", "x", "--language", "klingon"]).code, 2);
    assert_eq!(place.run(&["search"]).code, 2);
}

/// Name, bytes, declared type, exit status, note.
type Case<'a> = (&'a str, Vec<u8>, Option<&'a str>, i32, Option<&'a str>);

#[test]
fn parse_says_of_every_input_what_it_is() {
    let place = Place::with("");
    let binary: Vec<u8> = (0..65_536u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let page = "<title>Тақырып</title><p>Мәтін мен сөз.".as_bytes().to_vec();
    let large = format!("<title>large</title><p>{}", "word ".repeat(5_000_000)).into_bytes();
    let not_gzip = [&[0x1f, 0x8b, 8, 0][..], &binary[..100]].concat();
    let cases: [Case<'_>; 14] = [
        ("empty.html", Vec::new(), None, 1, Some("empty")),
        ("spaces.html", vec![b' '; 9_000], None, 1, None),
        ("binary.html", binary.clone(), None, 1, Some("binary")),
        ("zeros.html", vec![0; 100_000], None, 1, None),
        ("page.pdf", b"%PDF-1.7\n1 0 obj\n".to_vec(), None, 1, Some("binary")),
        ("pdf-as-html.pdf", b"%PDF-1.7\n<html><p>x".to_vec(), Some("text/html"), 1, Some("binary")),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), None, 1, Some("binary")),
        ("data.json", b"{\"a\":[1,2]}".to_vec(), None, 1, Some("json")),
        ("broken.json", b"{\"a\":[1,2".to_vec(), Some("application/json"), 1, Some("json_invalid")),
        ("not.gz", not_gzip, None, 1, Some("size_limit")),
        ("page-as-image.html", page.clone(), Some("image/png"), 0, None),
        ("page-as-json.html", page.clone(), Some("application/json"), 0, None),
        ("page-without-type", page, None, 0, None),
        ("large.html", large, None, 0, Some("size_limit")),
    ];
    for (name, bytes, content_type, code, note) in cases {
        let file = place.scratch.write(name, bytes);
        let mut arguments = vec!["parse", file.to_str().unwrap()];
        arguments.extend(content_type.into_iter().flat_map(|kind| ["--content-type", kind]));
        let said = place.run(&arguments);
        assert_eq!((said.code, said.lines.len()), (code, 1), "{name}: {} {}", said.stdout.len(), said.stderr);
        let notes = said.lines[0]["notes"].as_array().unwrap();
        let has = |code: &str| notes.iter().any(|note| note["code"] == code);
        assert!(note.is_none_or(has), "{name}: {notes:?}");
        assert!(code == 0 || !notes.is_empty(), "{name}: nothing came of it and nothing was said");
    }
    let missing = place.run(&["parse", "no-such-file.html"]);
    assert!(missing.code == 2 && missing.stderr.contains("no-such-file.html"), "{}", missing.stderr);
}

#[test]
fn junk_lines_of_a_seed_file_are_named_and_the_rest_is_crawled() {
    let web = Web::builder().page("http://a.test/", Page::html("<title>a</title><p>text")).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    place
        .scratch
        .write("config/jobs/list.txt", "# sites\nhttp://a.test/\n\nnot a url\nftp://a.test/ # old\n");
    place.scratch.write("config/jobs/news.toml", "seed_file = \"list.txt\"");
    let said = place.run(&["crawl", "--job", "news"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    for needle in ["line 4", "not a url", "line 5", "ftp"] {
        assert!(said.stderr.contains(needle), "{needle}: {}", said.stderr);
    }
    assert_eq!(number(said.lines.last().unwrap(), "fetched"), 1);
    place.scratch.write("config/jobs/list.txt", "nothing\nto see\n");
    refuses(&place, &["crawl", "--job", "news"], 2, &["line 1", "no seed can be crawled"]);
}

#[test]
fn a_wish_that_the_settings_forbid_is_refused() {
    let place = Place::with("[politeness]\ndelay = \"20m\"\ndelay_max = \"1h\"\n");
    place.scratch.write("config/jobs/news.toml", "seeds = [\"http://a.test/\"]\nfresh_within = \"10m\"");
    refuses(&place, &["crawl", "--job", "news"], 2, &["news", "fresh_within", "delay", "20m"]);
    refuses(&place, &["config", "check"], 2, &["fresh_within"]);
}
