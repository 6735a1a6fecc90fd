//! Digests and record identifiers. Invariant: the same content at the same place always has the same name.

use std::fmt::Write as _;

use data_encoding::BASE32;
use sha1::{Digest, Sha1};

/// SHA-1 of some bytes.
pub(crate) type Sum = [u8; 20];

/// SHA-1 of `bytes`: the digest that WARC tools agree on (WARC 1.1 section 5.8); not a defence against forgery.
pub(crate) fn sha1(bytes: &[u8]) -> Sum {
    Sha1::digest(bytes).into()
}

/// SHA-1 of two pieces in a row.
pub(crate) fn sha1_of(first: &[u8], second: &[u8]) -> Sum {
    Sha1::new().chain_update(first).chain_update(second).finalize().into()
}

/// As written in WARC and CDXJ: `sha1:` and base32.
pub(crate) fn text(sum: &Sum) -> String {
    let mut text = String::with_capacity(5 + 32);
    text.push_str("sha1:");
    BASE32.encode_append(sum, &mut text);
    text
}

/// `<urn:uuid:…>` derived from what the record is (`name`) by version 8 of RFC 9562 (section 5.8, custom content).
pub(crate) fn record_id(name: &Sum) -> String {
    let mut id = [0u8; 16];
    id.copy_from_slice(&name[..16]);
    id[6] = (id[6] & 0x0F) | 0x80;
    id[8] = (id[8] & 0x3F) | 0x80;
    let mut text = String::with_capacity(47);
    text.push_str("<urn:uuid:");
    for (index, byte) in id.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text.push('>');
    text
}
