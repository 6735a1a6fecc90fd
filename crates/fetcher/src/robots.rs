//! What a robots.txt file says (RFC 9309).
//!
//! Invariant: pure and total. Any bytes give rules; reading is linear in the file, judging linear in the file and the URL.
//! The `robotstxt` crate splits sanitised lines into key and value and nothing else; field.md §7 shows why.

mod delay;
mod normal;
mod pattern;
mod reader;
mod rules;
mod sanitise;

pub use self::delay::RequestRate;
pub use self::rules::{Rules, Verdict};

#[cfg(test)]
mod tests;
