//! Digests and record identifiers. Invariant: the same content at the same place always has the same name.

use data_encoding::BASE32;
use sha1::{Digest, Sha1};

/// SHA-1 of some bytes.
pub(crate) type Sum = [u8; 20];

/// SHA-1 of `bytes`: the digest that WARC tools agree on (WARC 1.1 section 5.8); not a defence against forgery.
pub(crate) fn sha1(bytes: &[u8]) -> Sum {
    Sha1::digest(bytes).into()
}

/// As written in WARC and CDXJ: `sha1:` and base32.
pub(crate) fn text(sum: &Sum) -> String {
    format!("sha1:{}", BASE32.encode(sum))
}

/// [`text`] of [`sha1`].
pub(crate) fn sha1_text(bytes: &[u8]) -> String {
    text(&sha1(bytes))
}
