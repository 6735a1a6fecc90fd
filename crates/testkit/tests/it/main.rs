//! The simulated web, asked by a client that knows no better: raw HTTP/1 over TCP and TLS, HTTP/2 by hyper.
//!
//! Invariant: nothing here uses an HTTP client of ours, so that a fault on both sides cannot cancel out.
#![expect(clippy::unwrap_used, reason = "a test")]

mod client;
mod faults;
mod http2;
mod log;
mod sources;
mod tls;
