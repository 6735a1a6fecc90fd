use model::CanonicalUrl;

use super::{Spelling, is_view_of, of, respelt};

fn to(spelling: Spelling, url: &str) -> Option<String> {
    of(spelling, &CanonicalUrl::parse(url).unwrap()).map(|url| url.url().to_string())
}

#[test]
fn spellings_by_the_table() {
    for (spelling, url, expected) in [
        (Spelling::Http, "http://a.kz/x", Some("https://a.kz/x")),
        (Spelling::Http, "http://a.kz:8080/x", None),
        (Spelling::Https, "https://a.kz/x", Some("http://a.kz/x")),
        (Spelling::Www, "https://www.a.kz/x", Some("https://a.kz/x")),
        (Spelling::Www, "https://a.kz/x", None),
        (Spelling::Bare, "https://a.kz/x", Some("https://www.a.kz/x")),
        (Spelling::Mobile, "https://m.a.kz/x", Some("https://a.kz/x")),
        (Spelling::Amp, "https://a.kz/amp/x", Some("https://a.kz/x")),
        (Spelling::Amp, "https://a.kz/x/amp/", Some("https://a.kz/x/")),
        (Spelling::Amp, "https://a.kz/x?amp", Some("https://a.kz/x")),
        (Spelling::Amp, "https://a.kz/x?a=1&outputType=amp", Some("https://a.kz/x?a=1")),
        (Spelling::Amp, "https://a.kz/amplifier", None),
        (Spelling::Print, "https://a.kz/x?print=1&id=2", Some("https://a.kz/x?id=2")),
        (Spelling::Print, "https://a.kz/print/x", Some("https://a.kz/x")),
    ] {
        assert_eq!(to(spelling, url).as_deref(), expected, "{spelling:?} {url}");
    }
}

#[test]
fn addresses_and_other_sites_are_no_mirrors() {
    let respelt = |url: &str| respelt(&CanonicalUrl::parse(url).unwrap()).len();
    assert_eq!(respelt("https://127.0.0.1:8080/x"), 0);
    assert_eq!(respelt("https://a.kz/x"), 2, "https and the bare host");
}

#[test]
fn views_are_known_by_their_shape() {
    let is_view = |url: &str, main: &str| {
        is_view_of(&CanonicalUrl::parse(url).unwrap(), &CanonicalUrl::parse(main).unwrap())
    };
    let main = "https://a.kz/news/x?id=1";
    for view in [
        "https://a.kz/news/x?id=1&sort=date",
        "http://www.a.kz/news/x?id=1",
        "http://m.a.kz/amp/news/x?id=1",
        "https://a.kz/news/x/print?id=1",
    ] {
        assert!(is_view(view, main), "{view}");
    }
    assert!(!is_view("https://a.kz/news/y?id=1", main));
    assert!(!is_view("https://a.kz/news/x?id=2", main));
    assert!(!is_view("https://a.kz/news/x", "https://a.kz/"));
    assert!(!is_view("https://b.kz/news/x?id=1", main));
}
