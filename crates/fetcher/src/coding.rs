//! Content codings taken off (RFC 9110 section 8.4): gzip, deflate, br, zstd, and stacks of them.
//!
//! Invariant: streaming and total. Memory is bounded by the limit plus one window per coding, whatever the bytes claim;
//! broken input yields what came before the break. Nothing is decoded twice to find out what it is.

mod codec;
mod label;
mod stack;

use bytes::Bytes;
use model::{HeaderLine, Truncation};

pub(crate) use self::label::Codings;
pub(crate) use self::stack::{Fed, Stack};

/// A body without its content codings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// As far as it could be decoded, at most the limit.
    pub bytes: Bytes,
    /// `Length`: there is more than the limit. `Unspecified`: the coding is broken or unfinished.
    pub truncated: Option<Truncation>,
    /// Codings left on, as written, because the last of them is not known or there are too many.
    pub left_on: Option<String>,
}

/// Takes the content codings named in `headers` off `raw`, stopping at `limit` bytes.
#[must_use]
pub fn decode(headers: &[HeaderLine], raw: &Bytes, limit: usize) -> Decoded {
    let codings = Codings::of(headers);
    let Some(mut stack) = Stack::new(&codings, limit) else {
        let truncated = (raw.len() > limit).then_some(Truncation::Length);
        return Decoded { bytes: raw.slice(..raw.len().min(limit)), truncated, left_on: codings.left_on };
    };
    // The last chunk ends the input or fills the limit; either way nothing after it matters.
    let _ = stack.feed(raw);
    let (bytes, truncated) = stack.finish();
    Decoded { bytes: bytes.into(), truncated, left_on: codings.left_on }
}

#[cfg(test)]
mod tests;
