//! What is written can be read.

use model::{Outcome, Site};
use proptest::prelude::*;

use super::{STATES, lengthen, number_of_state, outcome, outcome_text, shorten};

#[test]
fn urls_are_shortened_by_their_site() {
    let cases = [
        ("https://example.kz/a", "s/a"),
        ("https://www.example.kz/", "w/"),
        ("http://example.kz:8080/a?b", "h:8080/a?b"),
        ("http://www.example.kz/", "v/"),
        ("https://m.example.kz/", "=https://m.example.kz/"),
        ("https://example.kz.evil.com/", "=https://example.kz.evil.com/"),
        ("https://www.com/", "=https://www.com/"),
    ];
    for (url, short) in cases {
        assert_eq!(shorten(url, "example.kz"), short);
        assert_eq!(lengthen(short, "example.kz").unwrap(), url);
    }
    assert!(lengthen("?", "example.kz").is_err());
}

#[test]
fn states_have_their_numbers() {
    for (number, state) in STATES.into_iter().enumerate() {
        assert_eq!(usize::from(number_of_state(state)), number);
    }
}

proptest! {
    #[test]
    fn every_url_survives(url in "(https?://(www\\.)?)?[a-z./:?=]{0,30}", site in "(www\\.)?[a-z]{0,3}(\\.kz)?") {
        prop_assert_eq!(lengthen(&shorten(&url, &site), &site).unwrap(), url);
    }

    #[test]
    fn real_urls_survive_under_their_own_site(host in "(www\\.|m\\.)?[a-z]{1,5}\\.(kz|com\\.kz|co\\.uk)", path in "/[a-zA-Z0-9/.]{0,20}") {
        let url = url::Url::parse(&format!("https://{host}{path}")).unwrap();
        let site = Site::of(&url);
        prop_assert_eq!(lengthen(&shorten(url.as_str(), site.as_str()), site.as_str()).unwrap(), url.as_str());
    }

    #[test]
    fn outcomes_survive(rule in ".{0,20}", line: u32, status: u16) {
        for known in [
            Outcome::Fetched,
            Outcome::NotModified,
            Outcome::Disallowed { rule, line },
            Outcome::HttpError { status },
        ] {
            prop_assert_eq!(outcome(&outcome_text(&known).unwrap()).unwrap(), known);
        }
    }

    #[test]
    fn foreign_texts_are_reported(text in ".{0,20}") {
        prop_assume!(text != "F" && text != "N");
        prop_assert!(outcome(&text).is_err());
    }
}
