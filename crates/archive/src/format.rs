//! The bytes of WARC 1.1 (ISO 28500:2017): record headers, HTTP heads, digests, compressed members. Ours and foreign.
//!
//! Invariant: knows nothing of files, segments or fetch records' meaning; every reader here is total on foreign bytes.

pub(crate) mod digest;
pub(crate) mod header;
pub(crate) mod http;
pub(crate) mod member;
pub(crate) mod unpack;

#[cfg(test)]
mod tests;
