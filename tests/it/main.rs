//! End to end: the built binary against a simulated web, judged by what the web saw and what the program says.
//!
//! Everything runs offline on loopback; nothing needs root rights or an installed server.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod api;
mod bad_input;
mod contract;
mod crawl;
mod forget;
mod full_disk;
mod house;
mod import_export;
mod politeness;
mod privacy;
mod program;
mod real_web;
mod reindex;
mod serve;
mod survive;
mod traps;
