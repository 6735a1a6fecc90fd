use std::io::Write as _;

use proptest::prelude::*;

use super::chunked::{Unchunked, undo};
use super::{Imported, Skipped, read_warc};

/// A record with these lines after `WARC/1.1` and this block.
fn warc(version: &str, fields: &str, block: &[u8], line: &str) -> Vec<u8> {
    let mut bytes = format!("WARC/{version}\n{fields}Content-Length: {}\n\n", block.len())
        .replace('\n', line)
        .into_bytes();
    bytes.extend_from_slice(block);
    bytes.extend_from_slice(line.repeat(2).as_bytes());
    bytes
}

fn response(url: &str, id: u32, block: &[u8]) -> Vec<u8> {
    let fields = format!(
        "WARC-Type: response\nWARC-Record-ID: <urn:{id}>\nWARC-Target-URI: {url}\nWARC-Date: 2020-01-01T00:00:0{}Z\n\
         Content-Type: application/http; msgtype=response\n",
        id % 10
    );
    warc("1.0", &fields, block, "\r\n")
}

fn request(url: &str, id: u32, to: &str, block: &[u8]) -> Vec<u8> {
    let fields = format!("WARC-Type: request\nWARC-Record-ID: <urn:{id}>\nWARC-Target-URI: {url}\n{to}");
    warc("1.0", &fields, block, "\r\n")
}

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x";

fn read(bytes: &[u8]) -> (Vec<Imported>, Option<String>, Skipped) {
    let mut file = read_warc(bytes, "t.warc");
    let mut items = Vec::new();
    while let Some(item) = file.next() {
        match item {
            Ok(item) => items.push(item),
            Err(error) => {
                assert!(file.next().is_none(), "after an error it ends");
                return (items, Some(error.to_string()), file.skipped());
            }
        }
    }
    let skipped = file.skipped();
    (items, None, skipped)
}

fn gzip(parts: &[&[u8]]) -> Vec<u8> {
    let member = |part: &&[u8]| {
        let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        coder.write_all(part).unwrap();
        coder.finish().unwrap()
    };
    parts.iter().flat_map(member).collect()
}

fn zstd(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| zstd::bulk::compress(part, 3).unwrap()).collect()
}

#[test]
fn every_wrapping_gives_the_same_responses() {
    let (first, second) = (response("http://a.kz/", 1, PAGE), response("http://a.kz/2", 2, PAGE));
    let both = [first.clone(), second.clone()].concat();
    let dictionary = both.clone();
    let mut with_dictionary = vec![0x5D, 0x2A, 0x4D, 0x18];
    with_dictionary.extend_from_slice(&u32::try_from(dictionary.len()).unwrap().to_le_bytes());
    with_dictionary.extend_from_slice(&dictionary);
    for part in [&first, &second] {
        let mut coder = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
        with_dictionary.extend(coder.compress(part).unwrap());
    }
    for (name, bytes, exact) in [
        ("plain", both.clone(), true),
        ("gzip per record", gzip(&[&first, &second]), true),
        ("gzip whole", gzip(&[&both]), false),
        ("zstd per record", zstd(&[&first, &second]), true),
        ("zstd whole", zstd(&[&both]), false),
        ("zstd with dictionary", with_dictionary, true),
    ] {
        let (items, error, skipped) = read(&bytes);
        assert_eq!(error, None, "{name}");
        assert_eq!(skipped, Skipped::default(), "{name}");
        assert_eq!(items.len(), 2, "{name}");
        assert_eq!(items[0].url, "http://a.kz/");
        assert_eq!(items[1].date.to_string(), "2020-01-01T00:00:02Z");
        assert_eq!(&items[1].response.body.raw[..], b"<p>x", "{name}");
        if exact {
            let at = usize::try_from(items[1].offset).unwrap();
            assert_eq!(read(&bytes[at..]).0.len(), usize::from(!name.contains("dictionary")), "{name}");
        }
        for cut in 1..bytes.len() {
            let (items, error, _) = read(&bytes[..cut]);
            let ends_between = error.is_none();
            assert!(
                !ends_between || items.len() == 1 || cut + 4 >= bytes.len(),
                "{name} cut at {cut}: {items:?}"
            );
            if let Some(error) = error {
                assert!(error.starts_with("t.warc: ") && error.contains("(byte "), "{error}");
            }
        }
    }
}

#[test]
fn requests_find_their_responses() {
    let get = b"GET /x HTTP/1.1\r\nHost: a.kz\r\n\r\n";
    let url = "http://a.kz/x";
    let to = "WARC-Concurrent-To: <urn:1>\n";
    let orders = [
        [response(url, 1, PAGE), request(url, 2, to, get)].concat(),
        [request(url, 2, to, get), response(url, 1, PAGE)].concat(),
        [request(url, 2, "", get), response(url, 1, PAGE)].concat(),
        [response(url, 1, PAGE), request(url, 2, "", get)].concat(),
    ];
    for bytes in orders {
        let (items, error, _) = read(&bytes);
        assert_eq!((items.len(), error), (1, None));
        let request = items[0].request.as_ref().expect("paired");
        assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/x"));
        assert_eq!(request.headers.len(), 1);
    }
    let other =
        [response(url, 1, PAGE), request("http://a.kz/y", 2, "WARC-Concurrent-To: <urn:9>\n", get)].concat();
    assert_eq!(read(&other).0[0].request, None);
    let post = b"POST /x HTTP/1.1\r\nHost: a.kz\r\n\r\na=b";
    for bytes in [
        [response(url, 1, PAGE), request(url, 2, to, post)].concat(),
        [request(url, 2, to, post), response(url, 1, PAGE)].concat(),
    ] {
        let (items, _, skipped) = read(&bytes);
        assert_eq!((items.len(), skipped.not_get), (0, 1), "what a form brought is not a page");
    }
}

#[test]
fn what_is_no_page_is_counted() {
    let field =
        |kind: &str, url: &str| format!("WARC-Type: {kind}\nWARC-Target-URI: {url}\nWARC-Date: 2020\n");
    let bytes = [
        warc("0.18", "WARC-Type: warcinfo\n", b"software: x\r\n", "\n"),
        warc("1.0", &field("response", "dns:a.kz"), b"a.kz. 1 IN A 1.2.3.4", "\n"),
        warc("1.1", &field("revisit", "http://a.kz/"), PAGE, "\r\n"),
        warc("1.1", &field("conversion", "http://a.kz/"), b"x", "\r\n"),
        warc("1.1", &field("response", "http://a.kz/"), b"not http", "\r\n"),
        warc("1.1", "WARC-Type: response\nWARC-Target-URI: http://a.kz/\nWARC-Date: soon\n", PAGE, "\r\n"),
        warc(
            "1.1",
            &format!("{}Content-Type: text/plain\n", field("resource", "<http://a.kz/r>")),
            b"raw",
            "\n",
        ),
    ]
    .concat();
    let (items, error, skipped) = read(&bytes);
    assert_eq!(error, None);
    let expected = Skipped { revisits: 1, not_get: 0, not_http: 1, malformed: 2, other: 2 };
    assert_eq!(skipped, expected);
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].url.as_str(), &items[0].response.body.raw[..]), ("http://a.kz/r", &b"raw"[..]));
    assert_eq!(items[0].response.header("content-type"), Some(&b"text/plain"[..]));
    assert_eq!(items[0].date.to_string(), "2020-01-01T00:00:00Z");
}

#[test]
fn slips_of_other_tools_are_forgiven() {
    let page = response("http://a.kz/", 1, PAGE);
    let long = [&page[..page.len() - 4], b"tail of the block\r\nmore\r\n\r\n", &page].concat();
    let (items, error, skipped) = read(&long);
    assert_eq!((items.len(), error, skipped.malformed), (2, None, 1), "Content-Length too small");
    let at = usize::try_from(items[1].offset).unwrap();
    assert_eq!(long[at..], page[..]);
    let far = [&page[..], &b"x\n".repeat(100_000), &page].concat();
    let (items, error, _) = read(&far);
    assert_eq!(items.len(), 1);
    assert!(error.unwrap().contains("no WARC record begins here but \"x\""));
    let crlf = String::from_utf8(page.clone()).unwrap().replace("Content-Length: 48", "Content-Length: 51");
    let (items, error, _) = read(crlf.replace("\r\n", "\r\r\n").as_bytes());
    assert_eq!((items.len(), error), (1, None), "line breaks converted twice");
    assert_eq!(items[0].response.headers.len(), 1);
    assert_eq!(&items[0].response.body.raw[..4], b"<p>x");
    let glued = [&page[..page.len() - 4], &page, b"\r\n\n\n\n", &page].concat();
    assert_eq!(read(&glued).0.len(), 3, "too few and too many line breaks between records");
}

#[test]
fn what_is_no_warc_is_refused_in_words() {
    let long = vec![b'a'; 3_000_000];
    let head = [&b"WARC/1.0\r\nX: "[..], &long].concat();
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (b"filedesc://x.arc 0.0.0.0", "ARC file"),
        (b"<!doctype html>", "no WARC record begins here but \"<!doctype html>\""),
        (b"PK\x03\x04", "no WARC record"),
        (b"WARC/2.0\r\n\r\n", "no WARC record"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "no Content-Length"),
        (b"\x1F\x8B\x08junk", "byte 0"),
        (&head, "longer than 1 MiB"),
        (b"WARC/1.0\r\nContent-Length: 18446744073709551615\r\n\r\nx", "ends inside a record"),
    ] {
        let (items, error, _) = read(bytes);
        let error = error.unwrap_or_else(|| panic!("{expected}: accepted"));
        assert!(items.is_empty() && error.contains(expected), "{error}");
    }
}

#[test]
fn records_of_ours_are_made_of_them() {
    let page = read(&response("HTTP://A.kz:80/x?q#f", 1, PAGE)).0.remove(0);
    let record = page.clone().into_record("import").unwrap();
    assert_eq!((record.visit.url.as_str(), record.visit.job.as_str()), ("http://a.kz/x?q", "import"));
    assert_eq!(record.outcome, model::Outcome::Fetched);
    let exchange = record.exchange.unwrap();
    assert_eq!((exchange.request.target.as_str(), exchange.request.headers.len()), ("/x?q", 0));
    let moved = b"HTTP/1.1 301 M\r\nLocation: /y\r\n\r\n";
    let record = read(&response("http://a.kz/", 1, moved)).0.remove(0).into_record("import").unwrap();
    assert_eq!(
        record.outcome,
        model::Outcome::Redirected { to: "http://a.kz/y".to_owned(), permanent: true }
    );
    let robots = read(&response("http://a.kz/robots.txt", 1, PAGE)).0.remove(0).into_record("i").unwrap();
    assert_eq!(robots.visit.kind, model::ResourceKind::Robots);
    assert!(Imported { url: "http://".to_owned(), ..page }.into_record("i").is_err());
}

#[test]
fn chunks_are_joined() {
    assert_eq!(undo(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), Unchunked::Whole(b"abcde".to_vec()));
    assert_eq!(undo(b"0\r\n\r\n"), Unchunked::Whole(Vec::new()));
    assert_eq!(undo(b"3\nabc\n0\n\n"), Unchunked::Whole(b"abc".to_vec()));
    for plain in [&b"<html>"[..], b"", b"zz\r\nabc", b"FFFFFFFFFFFFFFFFFF\r\nx"] {
        assert_eq!(undo(plain), Unchunked::AsItWas, "{plain:?}");
    }
    assert_eq!(undo(b"3\r\nabc\r\n9\r\nde"), Unchunked::Cut(b"abcde".to_vec()));
    assert_eq!(undo(b"3\r\nabc\r\nxyz"), Unchunked::Cut(b"abc".to_vec()));
    assert_eq!(undo(b"3\r\nabc\r\n"), Unchunked::Cut(b"abc".to_vec()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_items_or_one_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..500),
        wrapping in 0..4usize,
        at in any::<prop::sample::Index>(),
    ) {
        let page = response("http://a.kz/", 1, PAGE);
        let mut file = match wrapping {
            0 => page,
            1 => gzip(&[&page, &page]),
            2 => zstd(&[&page, &page]),
            _ => Vec::new(),
        };
        let at = at.index(file.len() + 1);
        file.splice(at..at, bytes.iter().copied());
        let (items, _, _) = read(&file);
        prop_assert!(items.len() <= 2 + bytes.len() / 50);
    }

    #[test]
    fn unchunking_never_grows(bytes in proptest::collection::vec(prop_oneof![Just(b'0'), Just(b'3'), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..60)) {
        if let Unchunked::Whole(out) | Unchunked::Cut(out) = undo(&bytes) {
            prop_assert!(out.len() <= bytes.len());
        }
    }
}
