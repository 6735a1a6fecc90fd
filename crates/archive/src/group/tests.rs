use model::{Position, Timestamp};
use proptest::prelude::*;
use testkit::builders::record;

use super::account::Account;
use super::decode::Part;
use super::encode::{Encoder, Form, date};
use crate::format::digest;
use crate::settings::Compression;

/// The records of a group, as text.
fn group(record: &model::FetchRecord, form: Form<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(Compression::Gzip).unwrap();
    let sum = digest::sha1(b"");
    encoder.group(record, Position { segment: 1, offset: 2 }, &sum, form, &mut out).unwrap();
    let mut parts = Vec::new();
    let mut rest = &out[..];
    while !rest.is_empty() {
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        let mut text = String::new();
        std::io::Read::read_to_string(&mut decoder, &mut text).unwrap();
        rest = decoder.into_inner();
        parts.push(text);
    }
    parts
}

#[test]
fn a_group_says_what_the_standard_asks_for() {
    let page = record("https://a.kz/ж").html("<p>x").truncated(model::Truncation::Time).build();
    let parts = group(&page, Form::Whole);
    assert_eq!(parts.len(), 3);
    for part in &parts {
        for field in ["WARC/1.1\r\n", "WARC-Record-ID: <urn:uuid:", "WARC-Date: 2026-01-01T00:00:00Z\r\n"] {
            assert!(part.contains(field), "{field}: {part}");
        }
        assert!(part.contains("WARC-Target-URI: https://a.kz/%D0%B6\r\n"), "{part}");
        assert!(part.contains("WARC-IP-Address: 127.0.0.1\r\n"), "{part}");
        assert!(part.contains("WARC-Block-Digest: sha1:"), "{part}");
    }
    for field in ["WARC-Type: response\r\n", "WARC-Truncated: time\r\n", "WARC-Protocol: http/1.1\r\n"] {
        assert!(parts[0].contains(field), "{field}: {}", parts[0]);
    }
    assert!(parts[0].ends_with("\r\n\r\n<p>x\r\n\r\n"), "{}", parts[0]);
    let id = parts[0].lines().find_map(|line| line.strip_prefix("WARC-Record-ID: ")).unwrap();
    for part in &parts[1..] {
        assert!(part.contains(&format!("WARC-Concurrent-To: {id}\r\n")), "{part}");
    }
    assert!(parts[1].contains("\r\n\r\nGET /%D0%B6 HTTP/1.1\r\nhost: a.kz\r\n"), "{}", parts[1]);
    assert!(parts[2].contains("\r\n\r\nfetchTimeMs: 20\r\noutcome: fetched\r\nsilteme: {"), "{}", parts[2]);
}

#[test]
fn a_visit_without_response_is_its_metadata_alone() {
    let outcome = model::Outcome::Disallowed { rule: "Disallow: /".to_owned(), line: 1 };
    let parts = group(&record("https://a.kz/").without_exchange(outcome).build(), Form::Whole);
    assert_eq!(parts.len(), 1);
    assert!(
        parts[0].contains("WARC-Type: metadata\r\n") && !parts[0].contains("Concurrent-To"),
        "{}",
        parts[0]
    );
}

#[test]
fn dates_keep_their_fraction() {
    let at: Timestamp = "2026-03-01T10:20:30.5Z".parse().unwrap();
    assert_eq!(date(at), "2026-03-01T10:20:30.5Z");
    assert_eq!(date(Timestamp::MIN), "1970-01-01T00:00:00Z");
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let page = record("https://a.kz/").build();
    assert_eq!(group(&page, Form::Whole), group(&page, Form::Whole));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_member_is_split_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Account::read(&bytes);
        let length = bytes.len();
        let mut member = format!("WARC/1.1\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        member.extend_from_slice(&bytes);
        prop_assert!(Part::split(member.clone()).is_err() || bytes.is_empty());
        member.extend_from_slice(b"\r\n\r\n");
        prop_assert_eq!(&Part::split(member).unwrap().block[..], &bytes[..]);
        let _ = Part::split(bytes);
    }
}
