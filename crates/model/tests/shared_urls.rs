//! Canonicalisation against other people's cases: `../shared/data/urls`, skipped with one line where that is absent.
//!
//! How their profiles map onto ours: `whatwg` and `dots:*` bind the *fetched* URL (their fragment and credentials aside),
//! since the canonical form goes on from there by our own rules; `dots:special` binds the canonical form too, as none of
//! our rules touches it. The other profiles are canonicalisers that disagree on purpose: their agreement is printed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test binary: broken data fails, counts are printed"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::{CanonicalUrl, Site};
use serde_json::Value;
use url::Url;

fn shared(name: &str) -> Option<String> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/urls")).join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: ../shared/data/urls/{name} is not here");
    }
    text
}

struct Case {
    profile: String,
    input: String,
    /// Absent: to be refused.
    expected: Option<String>,
    has_options: bool,
}

fn cases() -> Option<Vec<Case>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let read = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        Case {
            profile: text(&row["profile"]).unwrap(),
            input: text(&row["input"]).unwrap_or_default(),
            expected: text(&row["expected"]),
            has_options: row.get("options").is_some(),
        }
    };
    shared("canonical_cases.ndjson").map(|rows| rows.lines().map(read).collect())
}

/// The urlcanon suite writes bytes as characters; this is the text they stand for.
fn from_bytes(text: &str) -> String {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| text.to_owned())
}

/// What a URL is without the parts that we never fetch.
fn fetchable(href: &str) -> String {
    let mut url = Url::parse(href).unwrap_or_else(|error| panic!("{href}: {error}"));
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

/// Where urlcanon's `whatwg` profile is not the present standard: (input, what the standard says, `None` = failure). The
/// standard has changed since: `http://%2e/` keeps its dots (and names nothing we could ask), a host that ends in a number
/// must be an IPv4 address, `%` cannot be in a host. And a text without scheme is no absolute URL.
const NOT_THE_STANDARD: [(&str, Option<&str>); 13] = [
    ("http://09/", None),
    ("http:/%/", None),
    ("http:%/", None),
    ("http:%2e/a/b", Some("http://./a/b")),
    ("http:%2e%2e/a/b", Some("http://../a/b")),
    ("http:/%2e/a/b", Some("http://./a/b")),
    ("http:/%2e%2e%2e/a/b", Some("http://.../a/b")),
    ("http://%2e%2e/a/b", Some("http://../a/b")),
    ("http://%2e%2e%2e/a/b", Some("http://.../a/b")),
    ("http:///%2e/a/b", Some("http://./a/b")),
    ("http:///%2e%2e/a/b", Some("http://../a/b")),
    ("http://info@merseburger.de%20/", None),
    ("www.google.com", None),
];

#[test]
fn whatwg_cases_bind_the_fetched_url() {
    let Some(cases) = cases() else { return };
    let (mut bound, mut excepted, mut foreign) = (0, 0, 0);
    for case in cases.iter().filter(|case| case.profile == "whatwg") {
        let input = from_bytes(&case.input);
        if let Some((_, standard)) = NOT_THE_STANDARD.iter().find(|(except, _)| *except == input) {
            assert_eq!(Url::parse(&input).ok().as_ref().map(Url::as_str), *standard, "{input}");
            assert!(CanonicalUrl::parse(&input).is_err(), "{input}");
            excepted += 1;
        } else if !input.trim().starts_with("http") {
            assert!(CanonicalUrl::parse(&input).is_err(), "{input}");
            foreign += 1;
        } else {
            let url = CanonicalUrl::parse(&input).unwrap_or_else(|error| panic!("{input}: {error}"));
            assert_eq!(url.url().as_str(), fetchable(case.expected.as_deref().unwrap()), "{input}");
            bound += 1;
        }
    }
    println!("whatwg: {bound} hold, {excepted} contradict the present standard, {foreign} are not http(s)");
    assert!(bound >= 34, "{bound}");
    assert_eq!(excepted, NOT_THE_STANDARD.len());
}

#[test]
fn dot_segment_cases_bind_both_forms() {
    let Some(cases) = cases() else { return };
    let (mut special, mut other) = (0, 0);
    for case in &cases {
        let expected = case.expected.as_deref().unwrap_or_default();
        match case.profile.as_str() {
            "dots:special" => {
                // Their suite leaves backslashes standing as separators; WHATWG (binding) writes them as slashes.
                let expected = expected.replace('\\', "/");
                let url = CanonicalUrl::parse(&format!("http://e.kz{}", case.input)).unwrap();
                assert_eq!(url.url().path(), expected, "fetched path of {:?}", case.input);
                assert_eq!(url.canonical(), format!("http://e.kz{expected}"), "{:?}", case.input);
                special += 1;
            }
            "dots:nonspecial" => {
                let input = format!("foo://e.kz{}", case.input);
                assert!(CanonicalUrl::parse(&input).is_err(), "{input}");
                other += 1;
            }
            _ => {}
        }
    }
    println!("dots: {special} special hold, {other} are of schemes that are not crawled");
    assert!(special >= 250, "{special}");
}

#[test]
fn other_canonicalisers_are_advice() {
    let Some(cases) = cases() else { return };
    let mut agreement: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let is_advice =
        |case: &&Case| !case.has_options && case.profile != "whatwg" && !case.profile.starts_with("dots:");
    for case in cases.iter().filter(is_advice) {
        let (agreed, all) = agreement.entry(&case.profile).or_default();
        let input =
            if case.input.contains("://") { case.input.clone() } else { format!("http://{}", case.input) };
        let ours = CanonicalUrl::parse(&input).ok();
        *all += 1;
        *agreed += u32::from(match &case.expected {
            Some(expected) if case.profile == "ipv4-host" => ours.is_some_and(|url| url.host() == expected),
            Some(_) if case.profile == "idempotent" => ours.is_none_or(|url| {
                CanonicalUrl::parse(url.canonical()).is_ok_and(|again| again.canonical() == url.canonical())
            }),
            expected => ours.as_ref().map(CanonicalUrl::canonical) == expected.as_deref(),
        });
    }
    for (profile, (agreed, all)) in &agreement {
        println!("{profile}: {agreed} of {all} agree");
    }
    for (profile, floor) in [("ipv4-host", 30), ("idempotent", 26), ("cc-basic", 55)] {
        assert!(agreement[profile].0 >= floor, "{profile}: {:?}", agreement[profile]);
    }
}

/// Resolves as WPT does: `None` base or an input against it.
fn resolve(input: &str, base: Option<&str>) -> Option<Url> {
    match base {
        Some(base) => Url::parse(base).ok()?.join(input).ok(),
        None => Url::parse(input).ok(),
    }
}

#[test]
fn web_platform_tests_hold_but_for_the_known() {
    let Some(text) = shared("urltestdata.json") else { return };
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let is_web = |text: &str| text.trim_start().to_ascii_lowercase().starts_with("http");
    let (mut all, mut held, mut refused, mut failed) = (0, 0, 0, Vec::new());
    for row in rows.iter().filter(|row| row.is_object()) {
        let (input, base) = (row["input"].as_str().unwrap(), row["base"].as_str());
        let href = row["href"].as_str();
        if !href.map_or_else(|| is_web(input) || base.is_some_and(is_web), is_web) {
            continue;
        }
        all += 1;
        let parsed = resolve(input, base);
        if parsed.as_ref().map(Url::as_str) != href {
            failed
                .push(format!("{input:?} on {base:?}: {:?} for {href:?}", parsed.as_ref().map(Url::as_str)));
            continue;
        }
        held += 1;
        let Some(parsed) = parsed else { continue };
        match CanonicalUrl::from_url(parsed.clone()) {
            Ok(url) => assert_eq!(url.url().as_str(), fetchable(parsed.as_str()), "{input:?}"),
            Err(error) => {
                refused += 1;
                println!("refused by us: {input:?}: {error}");
            }
        }
    }
    println!(
        "WPT http(s): {held} of {all} hold; {refused} of them name no machine and are refused; exceptions:"
    );
    for line in &failed {
        println!("  {line}");
    }
    assert!(failed.len() <= 14, "more exceptions than url 2.5.8 has");
    assert!(held >= 433, "{held}");
}

/// ASCII hosts that claim to be punycode and are not. The standard has let them through since 2025; url 2.5.8 does not, and
/// no registry gives them out.
const NOT_PUNYCODE: [&str; 7] =
    ["xn--a", "xn--a.xn--zca", "xn--ls8h=", "xn--1ug.example", "xn--a-yoc", "xn--zn7c.com", "xn--0.com"];

#[test]
fn international_hosts_are_read_as_the_standard_says() {
    let Some(text) = shared("toascii.json") else { return };
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let (mut all, mut exceptions) = (0, Vec::new());
    for row in rows.iter().filter(|row| row.is_object()) {
        let (input, output) = (row["input"].as_str().unwrap(), row["output"].as_str());
        all += 1;
        let parsed = Url::parse(&format!("https://{input}/x")).ok();
        let host = parsed.as_ref().and_then(Url::host_str);
        if host != output {
            exceptions.push((input, format!("{host:?} for {output:?}")));
        }
        if let Some(Ok(url)) = parsed.clone().map(CanonicalUrl::from_url) {
            assert_eq!(Some(url.host()), host, "{input}");
        }
    }
    println!("toascii: {} of {all} hold; exceptions: {exceptions:?}", all - exceptions.len());
    assert_eq!(exceptions.iter().map(|(input, _)| *input).collect::<Vec<_>>(), NOT_PUNYCODE);
}

/// `host → registrable domain` lines of either format; `None` = there is none.
fn public_suffix_cases(text: &str) -> Vec<(String, Option<String>)> {
    let word = |word: &str| {
        let word = word.trim().trim_matches('\'');
        (word != "null").then(|| word.to_owned())
    };
    let mut cases = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let pair = match line.strip_prefix("checkPublicSuffix(") {
            Some(call) => call.trim_end_matches(");").split_once(','),
            None => line.split_once(' '),
        };
        let (host, domain) = pair.unwrap_or_else(|| panic!("{line}"));
        if let Some(host) = word(host) {
            cases.push((host, word(domain)));
        }
    }
    cases
}

#[test]
fn sites_follow_the_public_suffix_list() {
    let to_ascii = |host: &str| Url::parse(&format!("https://{host}/")).ok()?.host_str().map(str::to_owned);
    for (name, cases_min) in [("psl_tests.txt", 70), ("test_psl.txt", 70)] {
        let Some(text) = shared(name) else { continue };
        let cases = public_suffix_cases(&text);
        assert!(cases.len() >= cases_min, "{name}: {}", cases.len());
        for (host, domain) in &cases {
            let Ok(url) = CanonicalUrl::parse(&format!("https://{host}/")) else {
                // A leading dot: an empty label.
                assert!(host.starts_with('.') && domain.is_none(), "{host}");
                continue;
            };
            // A host that is itself a public suffix has no registrable domain and is its own site.
            let expected = domain.as_deref().and_then(to_ascii).or_else(|| to_ascii(host));
            assert_eq!(Some(url.site_str()), expected.as_deref(), "{name}: {host}");
            assert_eq!(Site::of_domain(url.host()), url.site(), "{name}: {host}");
        }
    }
}
