//! Canonical forms by cases, sites, keys, and what holds for every text.

use proptest::prelude::*;
use url::Url;

use super::{CanonicalUrl, Change, Origin, Site, UrlError, UrlKey};

fn read(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn cases_hold() {
    let cases = include_str!("../../tests/cases/canonical.txt");
    let mut checked = 0;
    for line in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        checked += 1;
        if let Some((input, words)) = line.split_once(" ! ") {
            let message = CanonicalUrl::parse(input).expect_err(input).to_string();
            assert!(message.contains(words), "{input}: {message}");
            continue;
        }
        let (input, expected) = line.split_once(" → ").expect(line);
        let expected = if expected == "=" { input } else { expected };
        let url = read(input);
        assert_eq!(url.canonical(), expected, "{input}");
        assert_eq!(read(expected).key(), url.key(), "{input}");
        assert_eq!(
            url.changes().is_empty(),
            url.canonical() == Url::parse(input).unwrap().as_str(),
            "{input}"
        );
    }
    assert!(checked > 90, "{checked}");
}

#[test]
fn the_fetched_url_stays_as_written() {
    for (input, fetched) in [
        ("https://u:p@e.kz./%7e?b&a&utm_source=x&#f", "https://e.kz./%7e?b&a&utm_source=x&"),
        ("https://e.kz/?", "https://e.kz/?"),
        ("https://e.kz/a;jsessionid=1", "https://e.kz/a;jsessionid=1"),
    ] {
        assert_eq!(read(input).url().as_str(), fetched);
    }
}

#[test]
fn changes_are_told_in_words() {
    let words = |changes: &[Change]| changes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let url = read("https://u@e.kz./%7e;jsessionid=1?b&&a&utm_source=x&PHPSESSID=1#f");
    let ours = [
        "credentials dropped",
        "fragment dropped",
        "percent-encoding normalised",
        "session id removed from the path",
        "empty parameters removed",
        "tracking parameter utm_source removed",
        "session parameter PHPSESSID removed",
        "parameters sorted",
        "final dot of the host dropped",
    ];
    assert_eq!(words(&url.changes()), ours);
    assert_eq!(words(&read("https://e.kz/?").changes()), ["empty query dropped"]);
    assert_eq!(words(&read("https://e.kz/?&").changes()), ["empty parameters removed"]);
    assert_eq!(words(&read("https://e.kz/?gclid=1").changes()), ["tracking parameter gclid removed"]);
    assert!(read("https://e.kz/%D2%9B?a=1&b=2").changes().is_empty());

    for (text, expected) in [
        ("https://e.kz/", &[][..]),
        ("https://e.kz", &[]),
        (" https://e.kz/\n", &["white space dropped"]),
        ("HTTPS://E.KZ:443/a", &["scheme in lower case", "default port dropped", "host in lower case"]),
        ("http://e.kz:8080/", &[]),
        ("https://қаз.kz/қ", &["host in punycode", "characters percent-encoded"]),
        ("http://0x7f.1/", &["host read as an address"]),
        ("http://[::1]/", &[]),
        ("http://[0::1]:80/", &["default port dropped", "host read as an address"]),
        ("http://%65.kz/", &["host decoded"]),
        ("http:\\\\e.kz\\a\\..\\b", &["backslashes turned into slashes", "dot segments resolved"]),
        (
            "http://u@e.kz/a/%2e/?b=1&a=\"#é",
            &[
                "dot segments resolved",
                "characters percent-encoded",
                "credentials dropped",
                "fragment dropped",
                "parameters sorted",
            ],
        ),
    ] {
        let (url, changes) = CanonicalUrl::explain(text).unwrap();
        assert_eq!(words(&changes), expected, "{text}");
        assert_eq!(url, read(text));
    }
    assert!(CanonicalUrl::explain("http://e..kz/").is_err());
}

#[test]
fn length_is_limited_before_and_after() {
    let of_len = |len: usize| {
        let start = "https://e.kz/";
        format!("{start}{}", "a".repeat(len - start.len()))
    };
    assert_eq!(read(&of_len(CanonicalUrl::LEN_MAX)).canonical().len(), CanonicalUrl::LEN_MAX);
    let long = CanonicalUrl::parse(&of_len(CanonicalUrl::LEN_MAX + 1));
    assert_eq!(long.unwrap_err(), UrlError::TooLong(CanonicalUrl::LEN_MAX + 1));
    assert!(matches!(CanonicalUrl::parse(&of_len(1_000_000)), Err(UrlError::TooLong(_))));
    // The canonical form must be a URL we take ourselves, and lone percent signs make it longer.
    assert!(matches!(
        CanonicalUrl::parse(&format!("https://e.kz/{}", "%".repeat(4_000))),
        Err(UrlError::TooLong(_))
    ));
    let fragment = format!("https://e.kz/#{}", "a".repeat(CanonicalUrl::LEN_MAX));
    assert_eq!(read(&fragment).canonical(), "https://e.kz/");
    let host = |label_len: usize| format!("http://{0}.{0}.{0}.{1}/", "a".repeat(63), "a".repeat(label_len));
    assert_eq!(read(&host(61)).host().len(), 253);
    assert!(CanonicalUrl::parse(&host(62)).unwrap_err().to_string().contains("longer than 253"));
}

#[test]
fn sites_are_registrable_domains() {
    for (url, site) in [
        ("https://e.kz/", "e.kz"),
        ("https://www.e.kz/", "e.kz"),
        ("https://a.b.e.kz./", "e.kz"),
        ("https://www.gov.kz/", "www.gov.kz"),
        ("https://kz/", "kz"),
        ("https://gov.kz/", "gov.kz"),
        ("https://adilet.zan.kz/", "zan.kz"),
        ("https://someone.github.io/", "someone.github.io"),
        ("https://github.io/", "github.io"),
        ("https://localhost:8080/", "localhost"),
        ("https://a.internal/", "a.internal"),
        ("https://жаңалық.қаз/", "xn--80aaqw4fuxvb.xn--80ao21a"),
        ("http://1.2.3.4/", "1.2.3.4"),
        ("http://1.2.3.4./", "1.2.3.4"),
        ("http://0x1020304/", "1.2.3.4"),
        ("http://[::1]:8080/", "[::1]"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
    ] {
        let read = read(url);
        assert_eq!(read.site_str(), site, "{url}");
        assert_eq!(read.site().as_str(), site, "{url}");
        assert_eq!(Site::of(read.url()), read.site(), "{url}");
        assert_eq!(Site::of_domain(read.host()), read.site(), "{url}");
    }
    for (name, site) in
        [("WWW.E.KZ", "e.kz"), ("1.2.3.4", "1.2.3.4"), ("::1", "::1"), ("[::1]", "[::1]"), ("", "")]
    {
        assert_eq!(Site::of_domain(name).as_str(), site, "{name}");
    }
    assert_eq!(Site::of(&Url::parse("mailto:a@e.kz").unwrap()).as_str(), "");
}

#[test]
fn origins_carry_scheme_host_and_port() {
    for (url, origin) in [
        ("https://e.kz/a?b", "https://e.kz"),
        ("http://e.kz:80/", "http://e.kz"),
        ("http://e.kz:8080/", "http://e.kz:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ] {
        assert_eq!(read(url).origin().as_str(), origin);
    }
    let with_credentials = Url::parse("https://u:p@e.kz:8443/a").unwrap();
    assert_eq!(Origin::of(&with_credentials).as_str(), "https://e.kz:8443");
    assert_eq!(Origin::of(&Url::parse("mailto:a@e.kz").unwrap()).as_str(), "null");
}

#[test]
fn keys_are_stable_and_grouped_by_site() {
    // Stored in every index, frontier and link: this value never changes without a migration.
    let key = read("https://www.e.kz/a?b=1&a=2").key();
    assert_eq!(key.to_string(), "496291be718112e7c82d9368bee6ca84");
    assert_eq!(key, UrlKey::new(&Site::of_domain("e.kz"), "https://www.e.kz/a?a=2&b=1"));
    assert_eq!(key.0[..6], read("http://e.kz/").key().0[..6]);
    assert_ne!(key.0[..6], read("http://f.kz/").key().0[..6]);
    assert_ne!(key, read("http://www.e.kz/a?b=1&a=2").key());
}

#[test]
fn keys_read_only_what_they_print() {
    for bad in
        ["", "00", &"0".repeat(33), &"A".repeat(32), &"g".repeat(32), &"+1".repeat(16), &"қ".repeat(16)]
    {
        assert_eq!(UrlKey::from_hex(bad), None, "{bad}");
    }
}

#[test]
fn urls_survive_serialisation() {
    let url = read("https://e.kz./%7e?b&a");
    let text = serde_json::to_string(&url).unwrap();
    assert_eq!(text, "\"https://e.kz./%7e?b&a\"");
    let back: CanonicalUrl = serde_json::from_str(&text).unwrap();
    assert_eq!((&back, back.key(), back.canonical()), (&url, url.key(), url.canonical()));
    let error = serde_json::from_str::<CanonicalUrl>("\"http://e..kz/\"").unwrap_err().to_string();
    assert!(error.contains("empty label"), "{error}");
    let key = url.key();
    assert_eq!(serde_json::from_str::<UrlKey>(&serde_json::to_string(&key).unwrap()).unwrap(), key);
    assert!(serde_json::from_str::<UrlKey>("\"xyz\"").is_err());
    assert_eq!(serde_json::to_string(&url.site()).unwrap(), "\"e.kz\"");
    assert_eq!(serde_json::to_string(&url.origin()).unwrap(), "\"https://e.kz.\"");
}

/// Texts near enough to URLs that most are read.
fn urlish() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        "[a-zA-Z0-9қ.-]{1,12}",
        Just("e.kz".to_owned()),
        Just("e.kz.".to_owned()),
        Just("127.1".to_owned()),
        Just("[::1]".to_owned())
    ];
    let piece = prop_oneof![
        "[a-zA-Z0-9%;()=&+./қ ~_-]{0,6}",
        "(%[0-9a-fA-F]{2}|%){0,4}",
        Just("..;jsessionid=1".to_owned()),
        Just(";jsessionid=".to_owned()),
        Just("(S(4hqa0555fwsecu455xqckv45))".to_owned()),
        Just("utm%5fsource=".to_owned()),
        Just("sid=9682993c8daa2c5497996114facdc805".to_owned()),
        Just("cftoken&cfid=1".to_owned())
    ];
    let path = prop::collection::vec(piece.clone(), 0..6).prop_map(|pieces| pieces.join("/"));
    let query = prop::option::of(prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.join("&")));
    (
        prop_oneof![Just("http"), Just("https"), Just("HTTP")],
        "(u(:p)?@)?",
        host,
        "(:[0-9]{0,3})?",
        path,
        query,
    )
        .prop_map(|(scheme, user, host, port, path, query)| {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            format!("{scheme}://{user}{host}{port}/{path}{query}")
        })
}

fn holds_for(text: &str) {
    let Ok(url) = CanonicalUrl::parse(text) else { return };
    let again = read(url.canonical());
    assert_eq!(again.canonical(), url.canonical(), "canonical of {text}");
    assert_eq!(again.url().as_str(), url.canonical(), "a canonical form is WHATWG-serialised: {text}");
    assert_eq!((again.key(), again.site()), (url.key(), url.site()), "{text}");
    assert!(again.changes().is_empty(), "{text}: {:?}", again.changes());
    assert!(
        url.url().fragment().is_none() && url.url().username().is_empty() && url.url().password().is_none()
    );
    assert!(url.host().contains(url.site_str()), "{text}");
    assert_eq!(Site::of(url.url()), url.site());
    assert_eq!(read(url.url().as_str()), url, "the fetched URL reads back as itself: {text}");
    assert_eq!(UrlKey::from_hex(&url.key().to_string()), Some(url.key()));
    let (explained, _) = CanonicalUrl::explain(text).unwrap();
    assert_eq!(explained, url);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_canonical_form_is_its_own(text in urlish()) {
        holds_for(&text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        holds_for(&text);
        holds_for(&format!("https://e.kz/{text}"));
        holds_for(&format!("https://e.kz/?{text}"));
        holds_for(&format!("http://{text}"));
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(
        names in prop::collection::btree_set("[a-z]{1,3}", 1..6), seed in any::<prop::sample::Index>()
    ) {
        let mut shuffled: Vec<_> = names.iter().cloned().collect();
        let middle = seed.index(shuffled.len());
        shuffled.rotate_left(middle);
        let url = |names: &[String]| read(&format!("https://e.kz/?{}", names.join("&")));
        let sorted: Vec<_> = names.into_iter().collect();
        prop_assert_eq!(url(&shuffled).key(), url(&sorted).key());
    }

    #[test]
    fn keys_print_and_read(bytes in any::<[u8; 16]>()) {
        prop_assert_eq!(UrlKey::from_hex(&UrlKey(bytes).to_string()), Some(UrlKey(bytes)));
    }

    #[test]
    fn any_text_is_a_key_or_not(text in "[0-9a-fA-F+қ]{0,40}") {
        if let Some(key) = UrlKey::from_hex(&text) {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}
