//! Junk by the table, and no real page taken for it.

use std::path::Path;

use model::{Junk, ResourceKind, Timestamp};
use url::Url;

use crate::{Input, parse};

fn junk(url: &str, html: &[u8]) -> Option<Junk> {
    let url = Url::parse(url).unwrap();
    let parsed = parse(&Input {
        url: &url,
        content_type: Some("text/html; charset=utf-8"),
        headers: &[],
        body: html,
        kind: ResourceKind::Page,
        agent: "silteme",
        fetched: Timestamp::constant(1_767_225_600, 0),
    });
    parsed.junk
}

fn of(html: &str) -> Option<Junk> {
    junk("https://a.kz/x", html.as_bytes())
}

#[test]
fn junk_by_the_table() {
    let form = "<form><input name=u><input type=password name=p><button>OK</button></form>";
    let menu = "<nav><a href=/a>A</a><a href=/b>B</a><a href=/c>C</a></nav>";
    for (html, expected) in [
        (
            format!("<title>Page not found | Site</title>{menu}<h1>Oops</h1><p>Try the search."),
            Junk::SoftError,
        ),
        (format!("<title>Сайт</title>{menu}<h1>Страница не найдена</h1>"), Junk::SoftError),
        (format!("<title>Сайт</title>{menu}<h1>Бет табылмады</h1>"), Junk::SoftError),
        ("<title>404</title><h1>404</h1>".to_owned(), Junk::SoftError),
        (
            "<title>Just a moment...</title><p>Enable JavaScript and cookies to continue".to_owned(),
            Junk::Captcha,
        ),
        ("<title>Проверка браузера</title><p>Подождите".to_owned(), Junk::Captcha),
        ("<title>x</title><p>Подтвердите, что вы не робот".to_owned(), Junk::Captcha),
        ("<title>a.kz</title><h1>This domain is for sale!</h1><p>Call us".to_owned(), Junk::Parked),
        ("<title>Домен a.kz продается</title><p>Купить домен".to_owned(), Junk::Parked),
        (format!("<title>Sign in</title>{form}"), Junk::Login),
        (format!("<title>Порталға кіру</title>{form}"), Junk::Login),
        (format!("<title>Вход на сайт</title>{menu}{form}"), Junk::Login),
        (
            "<title>App</title><body><div id=root></div><script src=/app.js></script></body>".to_owned(),
            Junk::Empty,
        ),
    ] {
        assert_eq!(of(&html), Some(expected), "{html}");
    }
}

#[test]
fn pages_with_a_text_of_their_own_are_no_junk() {
    let text = "A sentence about how such pages are made and why they annoy people so much. ".repeat(15);
    for title in ["Page not found: a history", "Just a moment", "This domain is for sale", "How to log in"] {
        let html = format!("<title>{title}</title><article><h1>{title}</h1><p>{text}</article>");
        assert_eq!(of(&html), None, "{title}");
    }
}

#[test]
fn short_pages_are_no_junk_for_being_short() {
    let login = "<form><input type=password></form>";
    for html in [
        "<title>a</title><p>text",
        "<title>a</title><p>text<script>x()</script>",
        "<title>Room 4041</title><h1>Room 4041</h1><p>Second floor.",
        "<title>Gallery</title><body><img src=/1.jpg><script src=x></script></body>",
        "<title>Тәуелсіздікке кірудің жолы</title><p>Қысқа мәтін.",
        &format!("<title>News of the day</title><h1>News</h1>{login}<p>Something happened."),
        "",
    ] {
        assert_eq!(of(html), None, "{html}");
    }
}

#[test]
#[ignore = "half a minute unoptimised; run with --ignored when phrases change"]
fn no_real_page_is_taken_for_junk() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/pages");
    let Ok(manifest) = std::fs::read_to_string(pages.join("manifest.tsv")) else {
        eprintln!("skipped: {} is not there", pages.display());
        return;
    };
    let mut hits = Vec::new();
    let mut read = 0;
    for line in manifest.lines().skip(1) {
        let mut fields = line.split('\t');
        let (Some(url), Some(file)) = (fields.next(), fields.next()) else { continue };
        let html = std::fs::read(pages.join(file)).unwrap();
        read += 1;
        if let Some(junk) = junk(url, &html) {
            hits.push(format!("{junk:?} {url} {file}"));
        }
    }
    eprintln!("{} of {read} real pages taken for junk", hits.len());
    assert!(read > 500 && hits.len() <= 2, "{}", hits.join("\n"));
}
