use std::io::Write as _;

use bytes::Bytes;
use model::{Body, HeaderLine, Response};
use proptest::prelude::*;

use super::header::{Fields, Head, uri};
use super::http::{Lines, write_response};
use super::member::{Packer, RECORD_END};
use super::unpack::{Members, Trouble};
use super::{digest, header};
use crate::settings::Compression;

#[test]
fn digests_and_identifiers_have_their_form() {
    // The empty payload's digest, as every WARC tool writes it.
    assert_eq!(digest::text(&digest::sha1(b"")), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
    assert_eq!(digest::sha1_of(b"ab", b"c"), digest::sha1(b"abc"));
    let id = digest::record_id(&digest::sha1(b"x"));
    assert_eq!(id.len(), 47);
    assert!(id.starts_with("<urn:uuid:") && id.ends_with('>'));
    assert_eq!(&id[24..25], "8", "version 8: {id}");
    assert!(matches!(&id[29..30], "8" | "9" | "a" | "b"), "variant: {id}");
    assert_ne!(id, digest::record_id(&digest::sha1(b"y")));
}

#[test]
fn heads_are_read_as_tools_write_them() {
    let text = "WARC/1.0\r\nwarc-type: response\nWARC-Target-URI:http://a/\r\n b\r\nnonsense\r\nContent-Length: 12\r\n\r\n";
    let head = Head::parse(text.as_bytes()).unwrap();
    assert_eq!(head.kind(), "response");
    assert_eq!(head.get("warc-target-uri"), Some("http://a/ b"));
    assert_eq!(head.content_length(), Ok(12));
    for bad in ["HTTP/1.1 200 OK\r\n", "", "warc/1.0\r\n"] {
        assert!(Head::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
    for bad in
        ["", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: x\r\n"]
    {
        let head = Head::parse(format!("WARC/1.1\r\n{bad}\r\n").as_bytes()).unwrap();
        assert!(head.content_length().is_err(), "{bad:?}");
    }
}

#[test]
fn a_field_cannot_begin_another() {
    let mut fields = Fields::default();
    fields.begin();
    fields.push("WARC-Target-URI", "http://a/\r\nWARC-Type: response\r\n\r\n");
    let head = Head::parse(fields.end(0)).unwrap();
    assert_eq!(head.kind(), "");
    assert_eq!(uri("http://a/\r\n ж"), "http://a/%0D%0A%20%D0%B6");
    assert_eq!(header::excerpt("жж"), "жж");
    assert_eq!(header::excerpt(&"ж".repeat(50)).chars().count(), 40);
}

fn response(headers: Vec<HeaderLine>) -> Response {
    Response { version: "HTTP/1.1".to_owned(), status: 200, headers, body: Body::default() }
}

fn line(name: &str, value: &'static [u8]) -> HeaderLine {
    HeaderLine { name: name.to_owned(), value: Bytes::from_static(value) }
}

#[test]
fn a_transfer_coding_is_hidden_from_replayers_and_restored_for_us() {
    let received = response(vec![line("transfer-encoding", b"chunked"), line("Set-Cookie", b"a=\xFF; b")]);
    let mut block = Vec::new();
    assert_eq!(write_response(&received, &mut block), (true, true));
    assert_eq!(
        block,
        b"HTTP/1.1 200 OK\r\nX-Silteme-transfer-encoding: chunked\r\nSet-Cookie: a=\xFF; b\r\n\r\n"
    );
    let lines = Lines::split(&block);
    assert!(!lines.is_chunked(&block));
    assert_eq!(lines.headers(&Bytes::from(block)), received.headers);
}

#[test]
fn a_head_that_text_cannot_carry_is_noticed() {
    for odd in [
        line("", b"x"),
        line("a b", b"x"),
        line("a", b"x\r\nb: c"),
        line("a", b" x"),
        line("a", b"x\0"),
        line("X-Silteme-Transfer-Encoding", b"x"),
    ] {
        let mut block = Vec::new();
        let (_, same) = write_response(&response(vec![odd.clone()]), &mut block);
        assert!(!same, "{odd:?}");
        assert_eq!(Lines::split(&block).body, block.len(), "the head stays one head: {odd:?}");
    }
    let mut second = response(Vec::new());
    second.version = "HTTP/2".to_owned();
    assert_eq!(write_response(&second, &mut Vec::new()), (false, true));
}

#[test]
fn foreign_heads_are_read_leniently() {
    let block = Bytes::from_static(b"HTTP/1.1 200\nA: 1\n folded\r\n\tmore\nno colon here\nB:2\n\nbody\n\n");
    let lines = Lines::split(&block);
    assert_eq!(lines.status(&block), Some(("HTTP/1.1".to_owned(), 200)));
    let headers = lines.headers(&block);
    assert_eq!(headers, [line("A", b"1 folded more"), line("B", b"2")]);
    assert_eq!(&block[lines.body..], b"body\n\n");
    for bad in ["", "\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1"] {
        assert_eq!(Lines::split(bad.as_bytes()).status(bad.as_bytes()), None, "{bad:?}");
    }
}

/// Packs some records, reads them back.
fn pack(compression: Compression, records: &[(Vec<u8>, Vec<u8>, bool)]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut packer = Packer::new(compression).unwrap();
    let (mut out, mut expected) = (Vec::new(), Vec::new());
    for (head, body, dense) in records {
        packer.pack(head, b"block head", body, *dense, &mut out).unwrap();
        expected.push([head.as_slice(), b"block head", body, RECORD_END].concat());
    }
    (out, expected)
}

fn members(bytes: &[u8], compression: Compression) -> Members {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Members::new(file, 0, compression).unwrap()
}

#[test]
fn members_are_bounded_and_checked() {
    for compression in [Compression::Gzip, Compression::Zstd] {
        let (bytes, expected) = pack(compression, &[(vec![7; 100_000], Vec::new(), false)]);
        assert!(bytes.len() < 2_000, "it compresses");
        let mut reading = members(&bytes, compression);
        assert!(matches!(reading.next(50_000), Err(Trouble::Damaged(_))), "a bomb is stopped");
        let mut reading = members(&bytes, compression);
        assert_eq!(reading.next(200_000).unwrap().unwrap(), expected[0]);
        assert_eq!(reading.offset(), bytes.len() as u64);
        assert!(reading.next(200_000).unwrap().is_none());
        for cut in 1..bytes.len() {
            let next = members(&bytes[..cut], compression).next(200_000);
            assert!(matches!(next, Err(Trouble::Cut)), "{compression:?} cut at {cut}: {next:?}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            let next = members(&damaged, compression).next(200_000);
            assert!(
                !matches!(&next, Ok(Some(content)) if *content != expected[0]),
                "{compression:?} at {at}"
            );
        }
    }
}

#[test]
fn standard_decoders_read_our_gzip() {
    let dense = (b"head\r\n\r\n".to_vec(), vec![9; 200_000], true);
    let (bytes, expected) =
        pack(Compression::Gzip, &[dense.clone(), (vec![1; 70_000], vec![2; 3], false), dense]);
    let mut all = Vec::new();
    std::io::copy(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut all).unwrap();
    assert_eq!(all, expected.concat());
}

fn part() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        (any::<u8>(), 0usize..200_000).prop_map(|(byte, length)| vec![byte; length]),
        (any::<u64>(), 0usize..100_000).prop_map(|(seed, length)| {
            let mut state = seed | 1;
            std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state.to_be_bytes()[0]
            })
            .take(length)
            .collect()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn members_round_trip(records in proptest::collection::vec((part(), part(), any::<bool>()), 1..4)) {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let (bytes, expected) = pack(compression, &records);
            let mut reading = members(&bytes, compression);
            for expected in &expected {
                let content = reading.next(10_000_000).unwrap().unwrap();
                prop_assert!(content == *expected);
            }
            prop_assert!(reading.next(10_000_000).unwrap().is_none());
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Head::parse(&bytes);
        let block = Bytes::from(bytes.clone());
        let lines = Lines::split(&block);
        let _ = (lines.status(&block), lines.request(&block), lines.headers(&block), lines.is_chunked(&block));
        prop_assert!(lines.body <= block.len());
        for compression in [Compression::Gzip, Compression::Zstd] {
            let _ = members(&bytes, compression).next(10_000);
        }
    }
}
