//! What the RFC says, what the shared cases say, and that nothing breaks the reader.

use std::io::Read;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use proptest::prelude::*;
use serde_json::Value;
use url::Url;

use super::*;

fn judge(robots: &str, agent: &str, path: &str) -> bool {
    Rules::parse(robots.as_bytes()).judge_target(agent, path).allowed
}

/// The shared data folder, or `None` with one line saying so.
fn data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/robots")).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is absent", path.display());
    None
}

fn rows(name: &str) -> Vec<Value> {
    let Some(path) = data(name) else { return Vec::new() };
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The path and query of a URL as a case writes it, which is not always a URL.
fn target(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) => url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        Err(_) => text.to_owned(),
    }
}

#[test]
fn longest_match_wins_and_allow_wins_ties() {
    let robots = "user-agent: a\nallow: /x/page\ndisallow: /x/\ndisallow: /t\nallow: /t\ndisallow: /*.htm";
    assert!(judge(robots, "a", "/x/page"));
    assert!(!judge(robots, "a", "/x/other"));
    assert!(judge(robots, "a", "/t"));
    assert!(judge(robots, "b", "/x/"));
}

#[test]
fn wildcards_and_end_anchor() {
    let robots = "user-agent: *\ndisallow: /*.php$\ndisallow: /a*b*c\ndisallow: /fish*$\nallow: /$";
    assert!(!judge(robots, "a", "/a.php.php"));
    assert!(judge(robots, "a", "/a.php5"));
    assert!(judge(robots, "a", "/a.php?x"));
    assert!(!judge(robots, "a", "/a1b2c3"));
    assert!(judge(robots, "a", "/a1c2b3"));
    assert!(!judge(robots, "a", "/fishheads"));
    assert!(judge(robots, "a", "/"));
}

#[test]
fn a_later_occurrence_of_a_piece_is_found() {
    assert!(!judge("user-agent: *\ndisallow: */account/", "a", "/kz/account/"));
    assert!(!judge("user-agent: *\ndisallow: /*ab$", "a", "/abab"));
    assert!(judge("user-agent: *\ndisallow: /*aba*aba$", "a", "/ababa"));
}

#[test]
fn escapes_are_compared_in_one_form() {
    let robots = "user-agent: *\ndisallow: /%7Ejoe\ndisallow: /a%3cd\ndisallow: /қазақ\ndisallow: /s%2Ar\ndisallow: /d$x";
    for blocked in [
        "/~joe",
        "/%7ejoe",
        "/a%3Cd",
        "/a<d",
        "/%D2%9B%D0%B0%D0%B7%D0%B0%D2%9B",
        "/s%2ar",
        "/s*r",
        "/d$x",
        "/d%24x",
    ] {
        assert!(!judge(robots, "a", blocked), "{blocked}");
    }
    assert!(judge(robots, "a", "/sxr"));
    assert!(judge("user-agent: *\ndisallow: /a%2Fb", "a", "/a/b"));
}

#[test]
fn groups_of_one_agent_are_merged_and_only_the_own_group_counts() {
    let robots =
        "User-Agent: Foo/2.0\nDisallow: /1\n\nuser-agent: *\nDisallow: /\n\nuser-agent: foo\nDisallow: /2";
    assert!(!judge(robots, "FOO", "/1") && !judge(robots, "FOO", "/2") && judge(robots, "FOO", "/3"));
    assert!(!judge(robots, "bar", "/3"));
}

#[test]
fn other_lines_do_not_end_a_group() {
    let robots = "user-agent: a\nsitemap: https://x.kz/s.xml\nfoo: bar\nuser-agent: b\ndisallow: /";
    assert!(!judge(robots, "a", "/") && !judge(robots, "b", "/"));
    assert_eq!(Rules::parse(robots.as_bytes()).sitemaps(), ["https://x.kz/s.xml"]);
}

#[test]
fn the_verdict_names_rule_line_and_group() {
    let robots = "\u{feff}# hi\r\nUser-agent: Silteme\rDisallow: /құпия # secret\n";
    let url = Url::parse("https://x.kz/құпия/1").unwrap();
    let verdict = Rules::parse(robots.as_bytes()).judge("silteme", &url);
    assert_eq!(
        verdict,
        Verdict {
            allowed: false,
            rule: Some("Disallow: /құпия".to_owned()),
            line: Some(3),
            group: Some("Silteme".to_owned())
        }
    );
    let own = Url::parse("https://x.kz/robots.txt").unwrap();
    assert!(Rules::parse(b"user-agent: *\ndisallow: /").judge("silteme", &own).allowed);
}

#[test]
fn delays() {
    let delay = |value: &str| {
        Rules::parse(format!("user-agent: *\ncrawl-delay: {value}").as_bytes()).crawl_delay("a")
    };
    assert_eq!(delay("0.5"), Some(Duration::from_millis(500)));
    assert_eq!(delay("3600"), Some(Duration::from_hours(1)));
    assert_eq!(delay("10s"), Some(Duration::from_secs(10)));
    assert!(
        delay("1e9").is_none() && delay("-3").is_none() && delay("soon").is_none() && delay("").is_none()
    );
    assert!(delay("99999999999999999999999").unwrap() > Duration::from_hours(9 * 365 * 24));
    let rules =
        Rules::parse(b"user-agent: a\nrequest-rate: 2/1m 0100-0200\ncrawl-delay: 5\nuser-agent: b\nallow: /");
    assert_eq!(rules.crawl_delay("a"), Some(Duration::from_secs(30)));
    assert_eq!(rules.crawl_delay("b"), None);
}

#[test]
fn a_delay_ends_a_run_for_delays_only() {
    let rules = Rules::parse(b"user-agent: a\ncrawl-delay: 1\nuser-agent: b\ncrawl-delay: 2\ndisallow: /");
    assert_eq!(rules.crawl_delay("a"), Some(Duration::from_secs(1)));
    assert_eq!(rules.crawl_delay("b"), Some(Duration::from_secs(2)));
    assert!(!rules.judge_target("a", "/").allowed && !rules.judge_target("b", "/").allowed);
}

#[test]
fn a_long_file_is_cut_before_its_partial_last_line() {
    let mut robots = b"user-agent: *\n".to_vec();
    while robots.len() < Rules::LEN_MAX - 20 {
        robots.extend(b"disallow: /n\n");
    }
    let begun = robots.len();
    robots.extend(b"allow: /private/but/this/only\n");
    assert!(begun < Rules::LEN_MAX && robots.len() > Rules::LEN_MAX);
    assert!(Rules::parse(&robots).judge_target("a", "/private/but/this/only").rule.is_none());
    robots.truncate(Rules::LEN_MAX - 5);
    robots.extend(b"\ndisallow: /z");
    assert!(Rules::parse(&robots).judge_target("a", "/z").allowed);
}

#[test]
fn utf_16_nul_and_a_missing_final_newline() {
    for (mark, unit) in [(true, true), (true, false), (false, true), (false, false)] {
        let text = if mark { "\u{feff}user-agent: *\ndisallow: /a" } else { "user-agent: *\ndisallow: /a" };
        let bytes: Vec<u8> =
            text.encode_utf16().flat_map(|u| if unit { u.to_le_bytes() } else { u.to_be_bytes() }).collect();
        assert!(!Rules::parse(&bytes).judge_target("a", "/a").allowed);
    }
    assert!(!judge("user-agent: *\ndisallow: /a\0\0\0", "a", "/ab"));
}

#[test]
fn hostile_files_and_patterns_take_bounded_time() {
    let begun = Instant::now();
    let stars = format!("user-agent: *\ndisallow: /{}x$", "*a".repeat(140));
    assert!(judge(&stars, "a", &format!("/{}", "a".repeat(8_000))));
    let long = format!("user-agent: *\ndisallow: /{}\ndisallow: /b", "ж".repeat(1_000_000));
    assert!(judge(&long, "a", "/c"));
    let agents = "user-agent: abcdefgh\n".repeat(12_000);
    let many = format!("{agents}{}", "crawl-delay: 1\ndisallow: /*x*y*z\n".repeat(7_000));
    assert!(judge(&many, "abcdefgh", &format!("/{}", "xy".repeat(100))));
    assert!(begun.elapsed() < Duration::from_secs(20), "took {:?}", begun.elapsed());
}

#[test]
fn shared_cases() {
    let exempt: Value = match data("cases_rfc_exempt.json") {
        Some(path) => serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
        None => return,
    };
    let (mut wrong, mut advice, mut right) = (Vec::new(), Vec::new(), 0);
    for row in rows("cases.ndjson") {
        let bytes = BASE64.decode(row["robots_b64"].as_str().unwrap().as_bytes()).unwrap();
        let (agent, url) = (row["agent"].as_str().unwrap(), row["url"].as_str().unwrap());
        let verdict = Rules::parse(&bytes).judge_target(agent, &target(url));
        if verdict.allowed == row["allow"].as_bool().unwrap() {
            right += 1;
        } else if !exempt["ids"].as_array().unwrap().contains(&row["id"]) {
            let line = format!("{} {agent} {url} expected {} got {verdict:?}", row["id"], row["allow"]);
            if row["tag"] == "rfc9309" { wrong.push(line) } else { advice.push(line) }
        }
    }
    eprintln!("{right} right; advice not taken:\n{}", advice.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(right > 850);
}

#[test]
fn what_the_tokenizer_crate_gets_wrong_by_itself() {
    // The texts in this file are cut; the whole files are among the cases.
    let cases: std::collections::HashMap<String, Vec<u8>> = rows("cases.ndjson")
        .iter()
        .map(|row| {
            (row["id"].to_string(), BASE64.decode(row["robots_b64"].as_str().unwrap().as_bytes()).unwrap())
        })
        .collect();
    let wrong: Vec<_> = rows("robotstxt_0.3.0_failures.ndjson")
        .iter()
        // The others are leniencies of protego that Google's parser does not share either.
        .filter(|row| row["expected"] == row["google_lib"])
        .filter(|row| {
            let rules = Rules::parse(&cases[&row["id"].to_string()]);
            let target = target(row["url"].as_str().unwrap());
            Some(rules.judge_target(row["agent"].as_str().unwrap(), &target).allowed)
                != row["expected"].as_bool()
        })
        .map(|row| row["id"].to_string())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn shared_delays_and_sitemaps() {
    let mut wrong = Vec::new();
    for row in rows("delay_sitemap_cases.ndjson") {
        let rules = Rules::parse(&BASE64.decode(row["robots_b64"].as_str().unwrap().as_bytes()).unwrap());
        let agent = row["agent"].as_str().unwrap_or("*");
        let line = format!(
            "{row}\n  delay {:?} rate {:?} sitemaps {:?}",
            rules.crawl_delay(agent),
            rules.request_rate(agent),
            rules.sitemaps()
        );
        let right = match row["kind"].as_str().unwrap() {
            "sitemaps" => row["expected"] == serde_json::json!(rules.sitemaps()),
            "crawl_delay" => row["expected"].as_f64() == rules.crawl_delay(agent).map(|d| d.as_secs_f64()),
            "request_rate" => match (row["expected"].as_str(), rules.request_rate(agent)) {
                (None, rate) => rate.is_none(),
                (Some(text), Some(rate)) => text.starts_with(&format!(
                    "RequestRate(requests={}, seconds={},",
                    rate.requests, rate.seconds
                )),
                _ => false,
            },
            _ => true,
        };
        if !right {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Google's verdicts on real files. Where they differ the RFC decides, but we must never be the laxer one.
#[test]
fn real_files_against_google() {
    let (Some(archive), Some(cases)) = (data("real_files.tar.xz"), data("real_cases.tsv.gz")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new("tar").arg("xJf").arg(archive).arg("-C").arg(folder.path()).status();
    if !done.is_ok_and(|status| status.success()) {
        eprintln!("skipped: tar with xz is not available");
        return;
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(cases).unwrap()).read_to_string(&mut text).unwrap();
    let (mut current, mut rules) = (String::new(), Rules::default());
    let (mut rows, mut unsafe_allows, mut strict) = (0u32, Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap();
        let (file, agent, url, google) = (field(), field(), field(), field() == "1");
        if file != current {
            file.clone_into(&mut current);
            rules = Rules::parse(&std::fs::read(folder.path().join(file)).unwrap());
        }
        rows += 1;
        let ours = rules.judge_as_written(agent, url).unwrap();
        if ours.allowed && !google {
            unsafe_allows.push(format!("{line} {ours:?}"));
        } else if ours.allowed != google {
            strict.push(format!("{line} {ours:?}"));
        }
    }
    eprintln!("{rows} rows, {} stricter than Google:\n{}", strict.len(), strict.join("\n"));
    assert!(unsafe_allows.is_empty(), "{}", unsafe_allows.join("\n"));
    assert!(strict.len() * 1000 <= rows as usize);
}

/// The matcher the slow way, to check the fast one.
fn slow(pattern: &[u8], target: &[u8]) -> bool {
    match pattern.split_first() {
        None => true,
        Some((b'$', [])) => target.is_empty(),
        Some((b'*', rest)) => (0..=target.len()).any(|skip| slow(rest, &target[skip..])),
        Some((byte, rest)) => target.first() == Some(byte) && slow(rest, &target[1..]),
    }
}

proptest! {
    #[test]
    fn any_bytes_give_rules(bytes in proptest::collection::vec(any::<u8>(), 0..4096), path in "/[ -~]{0,40}") {
        let _ = Rules::parse(&bytes).judge_target("silteme", &path);
    }

    #[test]
    fn any_lines_give_rules(lines in proptest::collection::vec(
        "(user-agent|disallow|allow|sitemap|crawl-delay|x)?[:  ]{0,2}[*$/%a-f0-9é\u{0}#]{0,12}[\r\n]{0,2}", 0..40)) {
        let rules = Rules::parse(lines.concat().as_bytes());
        let verdict = rules.judge_target("a", "/a%2");
        prop_assert_eq!(verdict.rule.is_some(), verdict.line.is_some());
        prop_assert!(verdict.allowed || verdict.rule.unwrap().to_lowercase().starts_with('d'));
    }

    #[test]
    fn the_matcher_agrees_with_the_definition(pattern in "/[ab*]{0,9}\\$?", target in "/[ab]{0,12}") {
        let fast = pattern::Pattern::read(&pattern).unwrap().matches(&target);
        prop_assert_eq!(fast, slow(pattern.as_bytes(), target.as_bytes()));
    }
}
