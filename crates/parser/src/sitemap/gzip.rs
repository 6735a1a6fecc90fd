//! gzip inside the body: `sitemap.xml.gz`, sometimes packed twice.
//!
//! Invariant: at most [`BYTES_MAX`] come out, whatever goes in.

use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Largest result: the sitemap protocol's limit on uncompressed files is 50 MB.
const BYTES_MAX: usize = 50 * 1024 * 1024;

/// Layers unpacked.
const LAYERS_MAX: usize = 2;

/// Unpacked bytes, and whether something was left out (too large or broken off).
pub(crate) fn unpacked(body: &[u8]) -> (Vec<u8>, bool) {
    let (mut bytes, mut is_cut) = layer(body);
    for _ in 1..LAYERS_MAX {
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            break;
        }
        let (inner, inner_cut) = layer(&bytes);
        bytes = inner;
        is_cut |= inner_cut;
    }
    (bytes, is_cut)
}

fn layer(packed: &[u8]) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let result = MultiGzDecoder::new(packed).take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    let is_cut = result.is_err() || bytes.len() > BYTES_MAX;
    bytes.truncate(BYTES_MAX);
    (bytes, is_cut)
}
