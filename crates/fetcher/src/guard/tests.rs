//! Every shared case, and the table against the registry it was taken from.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn data(name: &str) -> Option<String> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/urls")).join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: {} is absent", path.display());
    }
    text
}

fn judge_text(text: &str, allow: &[&str]) -> Result<(), String> {
    let allow: Vec<IpNet> = allow.iter().map(|net| net.parse().unwrap()).collect();
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    judge_url(&url, &allow, false).map_err(str::to_owned)
}

#[test]
fn shared_cases() {
    let mut wrong = Vec::new();
    for line in data("ssrf_cases.ndjson").unwrap_or_default().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut verdict = judge_text(case["url"].as_str().unwrap(), &[]);
        for address in case["dns"].as_array().into_iter().flatten() {
            let ip = address.as_str().unwrap().parse().unwrap();
            verdict = verdict.and_then(|()| judge(ip, &[]).map_err(str::to_owned));
        }
        if verdict.is_ok() != (case["verdict"] == "allow") {
            wrong.push(format!("{line}: {verdict:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// First and last address of every registered range.
#[test]
fn the_registry() {
    let Some(text) = data("ip_special_ranges.json") else { return };
    let registry: Value = serde_json::from_str(&text).unwrap();
    for row in registry["v4"].as_array().unwrap().iter().chain(registry["v6"].as_array().unwrap()) {
        let (net, name) = (row["cidr"].as_str().unwrap(), row["name"].as_str().unwrap());
        let net: IpNet = net.parse().unwrap();
        // Ranges that carry an IPv4 address are as open as that address.
        let carries = name.contains("embedded");
        for ip in [net.network(), net.broadcast()] {
            if !carries {
                assert_eq!(judge(ip, &[]).is_ok(), name.contains("(global)"), "{ip} of {name}");
            }
        }
    }
}

#[test]
fn embedded_addresses_are_judged_as_what_they_carry() {
    for (text, open) in [
        ("::ffff:10.0.0.1", false),
        ("::ffff:8.8.8.8", true),
        ("::8.8.8.8", false),
        ("64:ff9b::7f00:1", false),
        ("64:ff9b::808:808", true),
        ("2002:a00:1::", false),
        ("2002:808:808::", true),
        ("2001:0:808:808::", false),
    ] {
        assert_eq!(judge(text.parse().unwrap(), &[]).is_ok(), open, "{text}");
    }
}

#[test]
fn allow_opens_exactly_what_it_says() {
    assert!(judge_text("http://127.0.0.1:8080/", &["127.0.0.0/8"]).is_ok());
    assert!(judge_text("http://[::ffff:127.0.0.1]/", &["127.0.0.0/8"]).is_ok());
    assert!(judge_text("http://localhost:8080/", &["127.0.0.0/8"]).is_ok());
    assert!(judge_text("http://10.0.0.1/", &["127.0.0.0/8"]).is_err());
    assert!(judge_text("http://[::1]/", &["127.0.0.0/8"]).is_err());
    assert!(judge_text("http://127.0.0.1:22/", &["127.0.0.0/8"]).is_err());
}

#[test]
fn a_pinned_name_may_be_any_name_but_not_any_port() {
    for name in ["kubernetes", "a.internal", "x.localhost"] {
        let url = Url::parse(&format!("http://{name}/")).unwrap();
        assert!(judge_url(&url, &[], true).is_ok() && judge_url(&url, &[], false).is_err(), "{name}");
    }
    assert!(judge_url(&Url::parse("http://a.test:25/").unwrap(), &[], true).is_err());
    assert!(judge_url(&Url::parse("http://10.0.0.1/").unwrap(), &[], false).is_err());
}

#[test]
fn ports() {
    for (port, open) in
        [(80, true), (443, true), (8080, true), (8443, true), (22, false), (6379, false), (1, false)]
    {
        assert_eq!(judge_text(&format!("http://e.kz:{port}/"), &[]).is_ok(), open, "{port}");
    }
    assert!(table::REFUSED_PORTS.is_sorted());
}

proptest! {
    #[test]
    fn any_address_gets_a_verdict_and_mapping_does_not_change_it(bits in any::<u32>()) {
        let v4 = Ipv4Addr::from_bits(bits);
        prop_assert_eq!(judge(v4.into(), &[]), judge(v4.to_ipv6_mapped().into(), &[]));
    }

    #[test]
    fn any_v6_address_gets_a_verdict(bits in any::<u128>()) {
        let _ = judge(Ipv6Addr::from_bits(bits).into(), &[]);
    }
}
