//! Every way to misbehave, seen from outside.

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use testkit::web::{Page, Robots, Trouble, Web};

use crate::client::{ask, ask_until, ask_with, connect, read_until};

fn web_of(page: Page) -> Web {
    Web::builder().page("http://a.test/", page).start()
}

#[test]
fn pages_are_answered_by_scheme_host_path_and_query() {
    let web = Web::builder()
        .page("http://a.test/x?y=1#z", Page::html("one"))
        .page("http://A.test/x", Page::redirect(301, "/x?y=1"))
        .page("https://a.test/s", Page::html("secret"))
        .start();
    assert_eq!(ask(&web, "a.test", "/x?y=1").text(), "one");
    assert_eq!(ask(&web, "A.TEST:80", "/x").header("location"), Some("/x?y=1"));
    let own = format!("a.test:{}", web.addr().port());
    assert_eq!(ask(&web, &own, "/x").status(), 301);
    for (host, path) in [("a.test", "/s"), ("b.test", "/x"), ("a.test:8080", "/x"), ("a.test", "/X")] {
        assert_eq!(ask(&web, host, path).status(), 404, "{host}{path}");
    }
    assert_eq!(ask(&web, "ignored", "http://a.test/x?y=1").text(), "one", "as a proxy is asked");
}

#[test]
fn head_has_the_length_and_no_body() {
    let web = web_of(Page::text("12345"));
    let mut stream = connect(&web);
    write!(stream, "HEAD / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n").unwrap();
    let answer = read_until(&mut stream, usize::MAX);
    assert_eq!((answer.header("content-length"), answer.body.len()), (Some("5"), 0));
}

#[test]
fn conditional_requests_and_refusals() {
    let web = web_of(Page::text("x").etag("\"1\"").refusing_first(2, 503, Some("7")));
    let first = ask(&web, "a.test", "/");
    assert_eq!((first.status(), first.header("retry-after")), (503, Some("7")));
    assert_eq!(ask(&web, "a.test", "/").status(), 503);
    assert_eq!(ask(&web, "a.test", "/").status(), 200);
    let current = ask_with(&web, "a.test", "/", "If-None-Match: \"1\"\r\n");
    assert_eq!((current.status(), current.header("etag"), current.body.len()), (304, Some("\"1\""), 0));
}

#[test]
fn chunks_are_framed_and_broken_ones_are_broken() {
    let web = web_of(Page::text("hello").chunked(2));
    let answer = ask(&web, "a.test", "/");
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.text(), "2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n0\r\n\r\n");
    web.put("http://a.test/", Page::text("hello!").broken_chunks());
    assert_eq!(ask(&web, "a.test", "/").text(), "3\r\nhel\r\nzz\r\nthis is no chunk\r\n");
}

#[test]
fn lengths_that_lie() {
    let web = web_of(Page::text("hello").declared_length(100));
    let answer = ask(&web, "a.test", "/");
    assert_eq!((answer.header("content-length"), answer.text().as_str()), (Some("100"), "hello"));
    web.put("http://a.test/", Page::text("hello").until_close());
    let answer = ask(&web, "a.test", "/");
    assert_eq!((answer.header("content-length"), answer.text().as_str()), (None, "hello"));
}

#[test]
fn resets_come_after_the_bytes() {
    let web = web_of(Page::text("hello").reset_after(3));
    let answer = ask(&web, "a.test", "/");
    assert_eq!((answer.text().as_str(), answer.error), ("hel", Some(ErrorKind::ConnectionReset)));
    web.put("http://a.test/", Page::text("hello").close_early());
    let answer = ask(&web, "a.test", "/");
    assert_eq!((answer.head.as_str(), answer.error), ("", None));
}

#[test]
fn endless_answers_go_on_until_the_client_leaves() {
    let body = web_of(Page::text("and so on ").endless());
    assert!(ask_until(&body, "a.test", "/", "", 3_000_000).body.len() > 2_900_000);
    let headers = web_of(Page::text("x").header_flood(2_000_000));
    assert!(ask(&headers, "a.test", "/").head.len() > 2_000_000);
    let interim = web_of(Page::text("x").endless_interim());
    assert!(ask_until(&interim, "a.test", "/", "", 200).text().contains("HTTP/1.1 103"));
    let trailers = web_of(Page::text("x").endless_trailers());
    assert!(ask_until(&trailers, "a.test", "/", "", 300).text().contains("0\r\nX-Trailer: "));
}

#[test]
fn slow_pages_are_slow() {
    let web = web_of(Page::text("0123456789").slow(50));
    let began = Instant::now();
    assert_eq!(ask(&web, "a.test", "/").text(), "0123456789");
    // 10 bytes in steps of 5, a pause of 100 ms between them.
    assert!(began.elapsed() >= Duration::from_millis(90), "{:?}", began.elapsed());
    web.put("http://a.test/", Page::text("x").delayed(Duration::from_millis(120)));
    let began = Instant::now();
    assert_eq!(ask(&web, "a.test", "/").text(), "x");
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[test]
fn silent_pages_and_hosts_say_nothing() {
    let web = Web::builder()
        .page("http://a.test/", Page::text("x").silent())
        .page("http://b.test/", Page::text("x"))
        .trouble("b.test", Trouble::Silent)
        .start();
    for host in ["a.test", "b.test"] {
        let mut stream = connect(&web);
        stream.set_read_timeout(Some(Duration::from_millis(60))).unwrap();
        write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
        let silence = stream.read(&mut [0]).unwrap_err().kind();
        assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence:?}");
    }
    web.put_trouble("b.test", None);
    assert_eq!(ask(&web, "b.test", "/").text(), "x");
}

#[test]
fn verbatim_answers_are_sent_as_they_are() {
    let web = web_of(Page::verbatim("HTTP/1.0 999 odd\nX:y\n\n"));
    assert_eq!(ask(&web, "a.test", "/").head, "HTTP/1.0 999 odd\nX:y\n\n");
}

#[test]
fn hosts_of_code_answer_every_path() {
    let web = Web::builder()
        .host("*.trap.test", |asked| Page::text(format!("{} {} {}", asked.host, asked.target, asked.nth)))
        .page("http://x.trap.test/fixed", Page::text("fixed"))
        .start();
    assert_eq!(ask(&web, "a.b.trap.test", "/c?d").text(), "a.b.trap.test /c?d 0");
    assert_eq!(ask(&web, "a.b.trap.test", "/c?d").text(), "a.b.trap.test /c?d 1");
    assert_eq!(ask(&web, "x.trap.test", "/fixed").text(), "fixed");
    assert_eq!(ask(&web, "trap.test", "/").status(), 404);
}

#[test]
fn robots_of_every_kind() {
    let web = Web::builder()
        .robots("a.test", Robots::disallow(&["/x"]))
        .robots("b.test", Robots::redirected(2, "User-agent: *\n"))
        .robots("c.test", Robots::status(503))
        .robots("d.test", Robots::oversized("User-agent: *", 600_000, "Disallow: /late\n"))
        .start();
    assert_eq!(ask(&web, "a.test", "/robots.txt").text(), "User-agent: *\nDisallow: /x\n");
    assert_eq!(ask(&web, "b.test", "/robots.txt").header("location"), Some("/robots-1.txt"));
    assert_eq!(ask(&web, "b.test", "/robots-2.txt").text(), "User-agent: *\n");
    assert_eq!(ask(&web, "c.test", "/robots.txt").status(), 503);
    let long = ask(&web, "d.test", "/robots.txt").text();
    assert!(long.len() > 600_000 && long.ends_with("Disallow: /late\n"));
    assert_eq!(ask(&web, "e.test", "/robots.txt").status(), 404);
    web.put_robots("a.test", Robots::allow_all());
    assert_eq!(ask(&web, "a.test", "/robots.txt").text(), "User-agent: *\nDisallow:\n");
}
