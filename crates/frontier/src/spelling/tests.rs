use model::CanonicalUrl;

use super::{Spelling, of, respelt};

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
