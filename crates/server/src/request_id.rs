//! A name for every request, in its answer and in the log, so that a caller's report leads to the right lines.
//!
//! Invariant: what a caller sends is taken over only when it cannot hurt a log: short, and of letters, digits, `-._`.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::Timestamp;

/// The header, on requests and answers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// As long as a UUID with its hyphens, doubled: room for the ids of common proxies.
const LEN_MAX: usize = 72;

/// Gives out names.
#[derive(Debug)]
pub(crate) struct RequestIds {
    started: i64,
    given: AtomicU64,
}

impl RequestIds {
    /// Names that differ from those of a server started at another millisecond.
    pub(crate) fn since(started: Timestamp) -> Self {
        Self { started: started.as_millisecond(), given: AtomicU64::new(0) }
    }

    /// The caller's own name for the request, or a new one.
    pub(crate) fn name(&self, headers: &HeaderMap) -> HeaderValue {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
        let own = headers.get(HEADER).filter(|name| {
            let bytes = name.as_bytes();
            (1..=LEN_MAX).contains(&bytes.len()) && bytes.iter().all(is_plain)
        });
        own.cloned().unwrap_or_else(|| {
            let number = self.given.fetch_add(1, Ordering::Relaxed);
            HeaderValue::from_str(&format!("{:x}-{number:x}", self.started))
                .unwrap_or(HeaderValue::from_static("unnamed"))
        })
    }
}
