use std::collections::BTreeMap;

use toml::Table;

use super::{Sections, line_of, set, with_nearest};

#[test]
fn an_assignment_is_toml_or_text() {
    let mut table = Table::new();
    set(&mut table, "politeness.delay=2s").unwrap();
    set(&mut table, "crawl.sites_in_flight_max=7").unwrap();
    set(&mut table, "network.allow=[\"127.0.0.0/8\"]").unwrap();
    assert_eq!(table["politeness"]["delay"].as_str(), Some("2s"));
    assert_eq!(table["crawl"]["sites_in_flight_max"].as_integer(), Some(7));
    assert_eq!(table["network"]["allow"].as_array().map(Vec::len), Some(1));
    for bad in ["politeness.delay", "delay=2s"] {
        assert!(set(&mut table, bad).unwrap_err().to_string().contains("politeness.delay=2s"), "{bad}");
    }
}

#[test]
fn lines_are_found_under_their_section() {
    let text = "# delay = 1\n[crawl]\ndelay = 2\n[politeness] # ours\n\n  delay = \"3s\"\n[network.resolve]\n\"*\" = \"x\"\n";
    assert_eq!(line_of(text, "politeness", "delay"), Some(6));
    assert_eq!(line_of(text, "network", "resolve"), Some(7));
    assert_eq!(line_of(text, "network", "allow"), None);
}

#[test]
fn unknown_keys_get_the_nearest_known_one() {
    let message = toml::from_str::<Sections>("[politeness]\ndealy = \"1s\"\n").unwrap_err().to_string();
    assert!(with_nearest(&message).contains("did you mean `delay`?"), "{message}");
    let message = toml::from_str::<Sections>("[zzzzzzzzzzzzzzzz]\n").unwrap_err().to_string();
    assert!(!with_nearest(&message).contains("did you mean"), "{message}");
}

#[test]
fn every_setting_is_listed_with_its_origin() {
    let sources = BTreeMap::from([("politeness.delay".to_owned(), "--set".to_owned())]);
    let config = Sections::default().into_config("config/jobs".into(), &sources).unwrap();
    let origin = |key: &str| {
        config.settings.iter().find(|setting| setting.key == key).map(|setting| setting.source.as_str())
    };
    assert_eq!(origin("politeness.delay"), Some("--set"));
    assert_eq!(origin("fetcher.body_max"), Some("default"));
    assert!(config.settings.len() > 30);
}
