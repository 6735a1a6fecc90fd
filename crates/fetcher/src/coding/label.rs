//! What `Content-Encoding` says.
//!
//! Invariant: total; what is not understood is left on and said so.

use model::HeaderLine;

/// Most codings taken off one body; what claims more is left as it is.
const CODINGS_MAX: usize = 5;

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
