//! Whatever a fetch record holds comes back, from disk and through a file of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic where it stands")]

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use archive::export::WarcWriter;
use archive::import::read_warc;
use archive::{ArchiveSource, ArchiveStore, Compression, Settings, WarcArchive};
use bytes::Bytes;
use model::{
    Body, Exchange, FailureKind, FetchRecord, HeaderLine, Outcome, Position, Request, ResourceKind, Response,
    Timestamp, Truncation, UrlKey, Visit,
};
use proptest::prelude::*;
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::temp::Scratch;

fn bytes(max: usize) -> impl Strategy<Value = Bytes> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..max).prop_map(Bytes::from),
        (0..4u8, 500..4_000usize).prop_map(|(byte, length)| Bytes::from(vec![byte; length])),
    ]
}

fn headers() -> impl Strategy<Value = Vec<HeaderLine>> {
    let name = prop_oneof![
        "[A-Za-z-]{1,12}",
        any::<String>(),
        Just("Transfer-Encoding".to_owned()),
        Just("content-encoding".to_owned()),
        Just("X-Silteme-Transfer-Encoding".to_owned()),
    ];
    let value = prop_oneof![
        "[ -~]{0,30}".prop_map(|text| Bytes::from(text.into_bytes())),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(Bytes::from),
    ];
    proptest::collection::vec((name, value).prop_map(|(name, value)| HeaderLine { name, value }), 0..6)
}

fn url() -> impl Strategy<Value = String> {
    prop_oneof!["https://[a-c]\\.test/[a-d]{0,2}(\\?[a-z]=[0-9])?", any::<String>()]
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (0i64..4_000_000_000, 0i32..1_000_000_000)
        .prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

fn visit() -> impl Strategy<Value = Visit> {
    let kind = prop_oneof![
        Just(ResourceKind::Page),
        Just(ResourceKind::Feed),
        Just(ResourceKind::Sitemap),
        Just(ResourceKind::Robots)
    ];
    let numbers = (any::<[u8; 16]>(), any::<u16>(), any::<u8>(), any::<u16>());
    let texts =
        (any::<Option<String>>(), any::<Option<String>>(), proptest::option::of(url()), any::<String>());
    (url(), kind, numbers, texts).prop_map(
        |(url, kind, (key, depth, hops, attempts), (etag, last_modified, via, job))| Visit {
            key: UrlKey(key),
            url,
            kind,
            depth,
            hops,
            etag,
            last_modified,
            via,
            job,
            attempts,
        },
    )
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => Just(Outcome::Fetched),
        1 => Just(Outcome::NotModified),
        1 => (url(), any::<bool>()).prop_map(|(to, permanent)| Outcome::Redirected { to, permanent }),
        1 => any::<u16>().prop_map(|status| Outcome::HttpError { status }),
        1 => (any::<u16>(), proptest::option::of(instant()))
            .prop_map(|(status, until)| Outcome::RetryLater { status, until }),
        1 => (any::<String>(), any::<u32>()).prop_map(|(rule, line)| Outcome::Disallowed { rule, line }),
        1 => (any::<String>(), instant())
            .prop_map(|(reason, retry_at)| Outcome::RobotsUnavailable { reason, retry_at }),
        1 => any::<String>().prop_map(|reason| Outcome::Refused { reason }),
        1 => any::<String>().prop_map(|detail| Outcome::Failed { kind: FailureKind::Tls, detail }),
    ]
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let truncated = proptest::option::of(prop_oneof![
        Just(Truncation::Length),
        Just(Truncation::Time),
        Just(Truncation::Disconnect),
        Just(Truncation::Unspecified)
    ]);
    let version = prop_oneof![Just("HTTP/1.0"), Just("HTTP/1.1"), Just("HTTP/2"), Just("odd \r\n")];
    let status = prop_oneof![4 => Just(200u16), 2 => Just(304), 1 => any::<u16>()];
    let response = (version, status, headers(), bytes(200), truncated).prop_map(
        |(version, status, headers, raw, truncated)| Response {
            version: version.to_owned(),
            status,
            headers,
            body: Body { raw, decoded: None, truncated },
        },
    );
    let method = prop_oneof![4 => Just("GET".to_owned()), 1 => any::<String>()];
    let target = prop_oneof![4 => "/[a-z]{0,5}", 1 => any::<String>()];
    let request =
        (method, target, headers()).prop_map(|(method, target, headers)| Request { method, target, headers });
    (request, response).prop_map(|(request, response)| Exchange { request, response })
}

fn record() -> impl Strategy<Value = FetchRecord> {
    let times = (instant(), any::<Duration>(), any::<Option<IpAddr>>());
    (visit(), times, proptest::option::weighted(0.8, exchange()), outcome()).prop_map(
        |(visit, (requested_at, duration, remote), exchange, outcome)| FetchRecord {
            visit,
            requested_at,
            duration,
            remote,
            exchange,
            outcome,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_record_comes_back(records in proptest::collection::vec(record(), 1..6), zstd in any::<bool>()) {
        let scratch = Scratch::new();
        let compression = if zstd { Compression::Zstd } else { Compression::Gzip };
        let settings = Settings { compression, ..Settings::default() };
        let clock = Arc::new(SimulatedClock::at(EPOCH));
        let mut archive = WarcArchive::open(scratch.path(), settings.clone(), clock.clone()).unwrap().archive;
        // Twice, so that references to earlier payloads are made.
        archive.append(&records).unwrap();
        archive.append(&records).unwrap();
        let expected = [records.clone(), records.clone()].concat();
        let got: Vec<FetchRecord> =
            archive.replay(Position::default()).unwrap().map(|item| item.unwrap().record).collect();
        prop_assert_eq!(&got, &expected);
        for record in &records {
            let held = archive.lookup(&record.visit.url).unwrap();
            let same = expected.iter().filter(|other| other.visit.url == record.visit.url && other.exchange.is_some());
            prop_assert_eq!(held.len(), same.count());
        }
        drop(archive);
        let opened = WarcArchive::open(scratch.path(), settings, clock).unwrap();
        prop_assert_eq!(opened.torn_bytes, 0);
        let got: Vec<FetchRecord> =
            opened.archive.replay(Position::default()).unwrap().map(|item| item.unwrap().record).collect();
        prop_assert_eq!(&got, &expected);
    }
}

#[test]
fn an_exported_file_is_read_like_any_other() {
    let mut random = testkit::random::Random::new(9);
    let mut records: Vec<FetchRecord> = (0..40).map(|_| testkit::builders::any_record(&mut random)).collect();
    records.push(
        testkit::builders::record("https://a.test/c")
            .header("Transfer-Encoding", "chunked")
            .html("3\r\nabc\r\n0\r\n")
            .build(),
    );
    for compression in [Compression::Gzip, Compression::Zstd] {
        let mut writer = WarcWriter::new(Vec::new(), compression, EPOCH, None).unwrap();
        for record in &records {
            writer.write(record).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let mut file = read_warc(&bytes[..], "export");
        let got: Vec<FetchRecord> =
            file.by_ref().map(|item| item.unwrap().into_record("test").unwrap()).collect();
        let expected: Vec<&FetchRecord> = records
            .iter()
            .filter(|record| record.response().is_some_and(|response| response.status != 304))
            .collect();
        assert_eq!(got.len(), expected.len());
        assert_eq!(file.skipped().malformed, 0);
        for (got, expected) in got.iter().zip(expected) {
            assert_eq!(got.exchange, expected.exchange);
            assert_eq!(
                (&got.visit.url, got.requested_at, got.remote),
                (&expected.visit.url, expected.requested_at, expected.remote)
            );
            assert_eq!(got.outcome.word(), expected.outcome.word());
        }
    }
}
