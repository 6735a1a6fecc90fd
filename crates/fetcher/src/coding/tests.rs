//! Every coding, whole and damaged, at once and in pieces.

use std::io::Write;

use proptest::prelude::*;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn br(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 4, 20).write_all(bytes).unwrap();
    out
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}

fn header(value: &str) -> Vec<HeaderLine> {
    vec![HeaderLine { name: "Content-Encoding".to_owned(), value: value.to_owned().into() }]
}

fn off(coding: &str, raw: &[u8]) -> Decoded {
    decode(&header(coding), &Bytes::copy_from_slice(raw), 1 << 20)
}

#[track_caller]
fn check(coding: &str, raw: &[u8], expected: &[u8]) {
    let decoded = off(coding, raw);
    assert!(decoded.bytes == expected, "{coding}: {} of {} bytes", decoded.bytes.len(), expected.len());
    assert_eq!((decoded.truncated, decoded.left_on), (None, None), "{coding}");
    // The same a byte at a time.
    let mut stack = Stack::new(&Codings::of(&header(coding)), 1 << 20).unwrap();
    assert!(raw.iter().all(|byte| stack.feed(&[*byte]) == Fed::All), "{coding} in pieces");
    assert!(stack.finish() == (expected.to_vec(), None), "{coding} in pieces");
}

fn text() -> Vec<u8> {
    (0..20_000u32).flat_map(|n| format!("сілтеме {} ", n * 7 % 1013).into_bytes()).collect()
}

#[test]
fn each_coding() {
    let text = text();
    for label in ["gzip", "x-gzip", "GZip", " gzip ", "identity, gzip"] {
        check(label, &gzip(&text), &text);
    }
    check("deflate", &zlib(&text), &text);
    check("deflate", &deflate(&text), &text);
    check("br", &br(&text), &text);
    check("zstd", &zstd(&text), &text);
    for label in ["gzip", "deflate", "br", "zstd"] {
        assert_eq!(off(label, b"").truncated, None, "{label}");
    }
}

#[test]
fn stacked_codings_come_off_last_first() {
    let text = text();
    check("gzip, br", &br(&gzip(&text)), &text);
    check("br, gzip, zstd, deflate, gzip", &gzip(&zlib(&zstd(&gzip(&br(&text))))), &text);
    let two_lines = [header("gzip"), header("br")].concat();
    assert_eq!(decode(&two_lines, &br(&gzip(&text)).into(), 1 << 20).bytes, text);
}

#[test]
fn unknown_codings_and_too_many_stay_on() {
    let decoded = off("gzip, sdch", b"abc");
    assert_eq!((decoded.bytes.as_ref(), decoded.left_on.as_deref()), (&b"abc"[..], Some("gzip, sdch")));
    let decoded = off("sdch, gzip", &gzip(b"abc"));
    assert_eq!((decoded.bytes.as_ref(), decoded.left_on.as_deref()), (&b"abc"[..], Some("sdch")));
    assert!(off(&["gzip"; 6].join(","), b"abc").left_on.is_some());
}

#[test]
fn several_members_and_frames_and_what_follows_them() {
    let two = |coded: fn(&[u8]) -> Vec<u8>| [coded(b"one "), coded(b"two")].concat();
    check("gzip", &two(gzip), b"one two");
    check("zstd", &two(zstd), b"one two");
    for junk in [&b"\0\0\0\0"[..], b"\n", b"<!-- generated -->", b"x"] {
        check("gzip", &[gzip(b"page"), junk.to_vec()].concat(), b"page");
        check("zstd", &[zstd(b"page"), junk.to_vec()].concat(), b"page");
        check("deflate", &[zlib(b"page"), junk.to_vec()].concat(), b"page");
        check("br", &[br(b"page"), junk.to_vec()].concat(), b"page");
    }
}

#[test]
fn a_wrong_label_passes_the_bytes_through() {
    check("gzip", b"<html>", b"<html>");
    check("zstd", b"<html>", b"<html>");
    check("gzip", b"<", b"<");
    check("zstd", b"<p>", b"<p>");
}

#[test]
fn what_came_before_a_break_is_kept() {
    let text = text();
    for (label, coded) in [
        ("gzip", gzip(&text)),
        ("deflate", zlib(&text)),
        ("br", br(&text)),
        ("zstd", zstd(&text)),
        ("gzip, br", br(&gzip(&text))),
    ] {
        let cut = off(label, &coded[..coded.len() * 2 / 3]);
        assert_eq!(cut.truncated, Some(Truncation::Unspecified), "{label} cut");
        assert!(text.starts_with(&cut.bytes), "{label} cut");
        assert!(!cut.bytes.is_empty() || label == "zstd" || label.contains("br"), "{label} cut");
        let mut damaged = coded.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 64].fill(0xff);
        assert_eq!(off(label, &damaged).truncated, Some(Truncation::Unspecified), "{label} damaged");
    }
    let mut wrong_sum = gzip(&text);
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    let decoded = off("gzip", &wrong_sum);
    assert_eq!((decoded.bytes.as_ref() == text, decoded.truncated), (true, Some(Truncation::Unspecified)));
}

#[test]
fn bombs_stop_at_the_limit() {
    let zeros = vec![0u8; 64 << 20];
    let limit = 10 << 20;
    for (label, bomb) in [
        ("gzip", gzip(&zeros)),
        ("br", br(&zeros)),
        ("zstd", zstd(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("br, gzip", gzip(&br(&zeros))),
    ] {
        let mut stack = Stack::new(&Codings::of(&header(label)), limit).unwrap();
        let fed = stack.feed(&bomb);
        assert!(matches!(fed, Fed::Full(used) if used <= bomb.len()), "{label}");
        assert_eq!(stack.feed(b"more"), Fed::Full(0));
        let (bytes, truncated) = stack.finish();
        assert_eq!((bytes.len(), truncated), (limit, Some(Truncation::Length)), "{label}");
        assert!(bytes.capacity() <= 2 * limit, "{label}");
    }
    // Exactly the limit is not over it.
    let decoded = decode(&header("gzip"), &gzip(&zeros[..1000]).into(), 1000);
    assert_eq!((decoded.bytes.len(), decoded.truncated), (1000, None));
    let plain = decode(&[], &Bytes::from_static(b"abcdef"), 4);
    assert_eq!((plain.bytes.as_ref(), plain.truncated), (&b"abcd"[..], Some(Truncation::Length)));
}

#[test]
fn windows_beyond_the_specifications_are_refused() {
    // zstd frame header: single segment off, window descriptor 2^31, then a raw block.
    let huge = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00];
    assert_eq!(off("zstd", &huge).truncated, Some(Truncation::Unspecified));
    // Large-window brotli: RFC 7932 reserves this first byte.
    assert_eq!(off("br", &[0x11, 0x1e, 0, 0, 0, 0]).truncated, Some(Truncation::Unspecified));
}

#[test]
fn members_without_end_stop() {
    let bomb = gzip(b"").repeat(70_000);
    let decoded = off("gzip", &bomb);
    assert!(decoded.bytes.is_empty());
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_give_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        begin in 0usize..5,
        coding in prop::sample::select(vec!["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, gzip"]),
        piece in 1usize..40,
    ) {
        let magic: [&[u8]; 5] = [b"", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\x28\xb5\x2f\xfd", b"\x78\x9c", b"\x1b"];
        let raw = [magic[begin], &bytes].concat();
        let whole = decode(&header(coding), &raw.clone().into(), 4_000);
        prop_assert!(whole.bytes.len() <= 4_000);
        let mut stack = Stack::new(&Codings::of(&header(coding)), 4_000).unwrap();
        for chunk in raw.chunks(piece) {
            let _ = stack.feed(chunk);
        }
        let (pieces, truncated) = stack.finish();
        prop_assert_eq!((pieces, truncated), (whole.bytes.to_vec(), whole.truncated));
    }

    #[test]
    fn what_was_coded_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        for (label, coded) in [("gzip", gzip(&bytes)), ("deflate", zlib(&bytes)), ("br", br(&bytes)), ("zstd", zstd(&bytes))] {
            let decoded = off(label, &coded);
            prop_assert_eq!((decoded.bytes.to_vec(), decoded.truncated), (bytes.clone(), None));
        }
    }
}
