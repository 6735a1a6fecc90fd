//! Settings as people write them.

use super::*;

fn read(text: &str) -> Result<Settings, String> {
    let settings: Settings = toml::from_str(text).map_err(|error| error.to_string())?;
    settings.check().map_err(|error| error.to_string())?;
    Ok(settings)
}

#[test]
fn the_default_is_valid_and_comes_back_from_its_own_text() {
    let text = toml::to_string(&Settings::default()).unwrap();
    assert_eq!(read(&text).unwrap(), Settings::default());
    assert_eq!(read("").unwrap(), Settings::default());
}

#[test]
fn the_network_switches_of_the_contract() {
    let settings = read(
        r#"
        [network]
        allow = ["127.0.0.0/8"]
        resolve = { "*.test" = "127.0.0.1:8080", "a.kz" = "::1" }
        ca = "file.pem"
        proxy = "socks5://127.0.0.1:1080"
        bind = "127.0.0.1"
        dns = ["9.9.9.9", "127.0.0.1:5353"]
        "#,
    )
    .unwrap();
    assert_eq!(settings.network.name_servers().unwrap()[0].port(), 53);
}

#[test]
fn what_makes_no_sense_is_refused_with_the_key_and_a_way_out() {
    for (text, expected) in [
        ("[agent]\nname = \"my bot\"", "[agent] name"),
        ("[agent]\ncontact = \"me\"", "[agent] contact"),
        ("[agent]\ncontact = \"https://a.kz/\\r\\nx: y\"", "[agent] contact"),
        ("[network]\nresolve = { \"a.kz\" = \"b.kz\" }", "[network] resolve \"a.kz\""),
        ("[network]\nresolve = { \"a..b\" = \"1.1.1.1:0\" }", "[network] resolve \"a..b\""),
        ("[network]\ndns = [\"dns.google\"]", "[network] dns"),
        ("[network]\nproxy = \"ftp://a/\"", "[network] proxy"),
        ("[fetcher]\nbody_max = \"1 KiB\"", "[fetcher] body_max"),
        ("[fetcher]\nrobots_age_max = \"2d\"", "[fetcher] robots_age_max"),
        ("[fetcher]\nin_flight_max = 0", "[fetcher] in_flight_max"),
        ("[fetcher]\nnonsense = 0", "unknown field `nonsense`"),
    ] {
        let message = read(text).unwrap_err();
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn the_agent_introduces_itself() {
    let agent = |contact: Option<&str>| AgentSettings {
        contact: contact.map(str::to_owned),
        version: "1.2".to_owned(),
        ..AgentSettings::default()
    };
    assert_eq!(agent(None).user_agent(), "silteme/1.2");
    assert_eq!(agent(Some("https://a.kz/bot")).user_agent(), "silteme/1.2 (+https://a.kz/bot)");
    assert_eq!(agent(Some("bot@a.kz")).user_agent(), "silteme/1.2 (+mailto:bot@a.kz)");
    assert_eq!(agent(Some("bot@a.kz")).email(), Some("bot@a.kz"));
    assert_eq!(agent(Some("https://a.kz/@bot")).email(), None);
}

#[test]
fn only_loopback_is_crawled_without_a_contact() {
    let network = NetworkSettings {
        resolve: BTreeMap::from([
            ("*.test".to_owned(), "127.0.0.1:8080".to_owned()),
            ("b.kz".to_owned(), "10.0.0.1".to_owned()),
        ]),
        ..NetworkSettings::default()
    };
    let mut agent = AgentSettings::default();
    let check =
        |agent: &AgentSettings, text: &str| agent.check_contact([&Url::parse(text).unwrap()], &network);
    for ok in ["http://127.0.0.1:1234/", "http://a.test/", "https://x.localhost/", "http://[::1]/"] {
        assert_eq!(check(&agent, ok), Ok(()), "{ok}");
    }
    for bad in ["https://a.kz/", "http://b.kz/", "http://10.0.0.1/"] {
        let message = check(&agent, bad).unwrap_err();
        assert!(message.contains("[agent] contact") && message.contains(bad), "{message}");
    }
    agent.contact = Some("bot@a.kz".to_owned());
    assert_eq!(check(&agent, "https://a.kz/"), Ok(()));
    assert!(!agent.lacks_contact_for([8, 8, 8, 8].into()));
}
