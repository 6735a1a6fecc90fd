//! What a takedown reaches.

use model::CanonicalUrl;

use super::{Rules, Takedown};

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

#[test]
fn rules_and_takedowns_reach_the_same_urls() {
    let takedowns = [
        Takedown::Url(url("https://a.kz/page")),
        Takedown::Prefix("https://b.kz/private/".to_owned()),
        Takedown::Host("WWW.c.kz".to_owned()),
    ];
    let cases = [
        ("https://a.kz/page", Some(0)),
        ("https://a.kz/page#part", Some(0)),
        ("https://a.kz/page2", None),
        ("https://b.kz/private/", Some(1)),
        ("https://b.kz/private/x?y=z", Some(1)),
        ("https://b.kz/privat", None),
        ("https://www.c.kz/anything", Some(2)),
        ("http://www.c.kz:8080/anything", Some(2)),
        ("https://c.kz/anything", None),
        ("https://m.www.c.kz/anything", None),
    ];
    for (text, reached) in cases {
        for (number, takedown) in takedowns.iter().enumerate() {
            let mut rules = Rules::default();
            rules.add(&takedown.rule());
            assert_eq!(rules.doom(&url(text)), reached == Some(number), "{text} by {takedown:?}");
            assert_eq!(takedown.names(&url(text)), reached == Some(number), "{text} by {takedown:?}");
        }
    }
}

#[test]
fn a_rule_does_not_tell_what_it_names() {
    let rule = Takedown::Url(url("https://a.kz/secret-name")).rule();
    assert!(!format!("{rule:?}").contains("secret"));
}
