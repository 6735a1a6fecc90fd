//! A fetch record as a group of WARC records, and back.
//!
//! Invariant: `decode(encode(record)) == record` for every record, `Body::decoded` aside. What a text head cannot carry
//! (odd header bytes, HTTP/2, the visit) is in the group's metadata record.

pub(crate) mod account;
pub(crate) mod decode;
pub(crate) mod encode;

#[cfg(test)]
mod tests;
