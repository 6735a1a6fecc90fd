//! Content codings taken off (RFC 9110 section 8.4): gzip, deflate, br, zstd, and stacks of them.
//!
//! Invariant: streaming and total. Memory is bounded by the limit plus one window per coding, whatever the bytes claim;
//! broken input yields what came before the break. Nothing is decoded twice to find out what it is.

mod codec;
mod stack;

use bytes::Bytes;
use model::{HeaderLine, Truncation};

pub(crate) use self::stack::{Fed, Stack};

/// Most codings taken off one body; what claims more is left as it is.
const CODINGS_MAX: usize = 5;

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

/// A coding we can take off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// `gzip`, `x-gzip` (RFC 1952).
    Gzip,
    /// `deflate`: zlib (RFC 1950) or, as many servers send it, bare deflate (RFC 1951).
    Deflate,
    /// `br` (RFC 7932).
    Brotli,
    /// `zstd` (RFC 8878).
    Zstd,
}

/// What `Content-Encoding` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Codings {
    /// To be taken off in this order: the last one applied first.
    pub(crate) off: Vec<Coding>,
    /// Named but to be left on.
    pub(crate) left_on: Option<String>,
}

impl Codings {
    /// Reads every `Content-Encoding` line, in order.
    pub(crate) fn of(headers: &[HeaderLine]) -> Self {
        let lines: Vec<String> = headers
            .iter()
            .filter(|line| line.name.eq_ignore_ascii_case("content-encoding"))
            .map(|line| String::from_utf8_lossy(&line.value).to_ascii_lowercase())
            .collect();
        let mut names: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
        names.retain(|name| !matches!(*name, "" | "identity" | "none"));
        let mut codings = Self::default();
        if names.len() > CODINGS_MAX {
            codings.left_on = Some(names.join(", ").chars().take(100).collect());
            return codings;
        }
        while let Some(name) = names.pop() {
            codings.off.push(match name {
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" | "x-deflate" => Coding::Deflate,
                "br" => Coding::Brotli,
                "zstd" | "x-zstd" => Coding::Zstd,
                _ => {
                    names.push(name);
                    codings.left_on = Some(names.join(", ").chars().take(100).collect());
                    break;
                }
            });
        }
        codings
    }
}

#[cfg(test)]
mod tests;
