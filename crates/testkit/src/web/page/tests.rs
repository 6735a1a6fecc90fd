use std::io::Read as _;

use super::*;

#[test]
fn a_bomb_is_one_valid_gzip_member() {
    let page = Page::gzip_bomb(5 * MEBIBYTE - 1);
    let Content::Bytes(gzip) = page.content else { panic!("bytes expected") };
    assert!(gzip.len() < 16_384, "{} bytes", gzip.len());
    let mut plain = Vec::new();
    // `GzDecoder` reads a single member and checks its checksum and length.
    let mut decoder = flate2::read::GzDecoder::new(gzip.as_ref());
    decoder.read_to_end(&mut plain).unwrap();
    assert_eq!(plain.len(), 5 << 20);
    assert!(plain.iter().all(|byte| *byte == 0));
}

#[test]
fn compressing_twice_stacks_the_coding() {
    let page = Page::html("<p>hello").gzipped().gzipped();
    let coding = page.headers.iter().find(|(name, _)| name == "Content-Encoding").unwrap();
    assert_eq!(coding.1, "gzip, gzip");
}
