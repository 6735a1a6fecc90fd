//! One conformance suite per port: what every adapter of that port must do, embedded, in memory or outside.
//!
//! Each suite is a set of functions that take a way to make a fresh adapter and panic with a clear message when the
//! adapter breaks the port's promise. A crate calls them from its integration tests, once per adapter:
//!
//! ```text
//! // crates/frontier/Cargo.toml: [dev-dependencies] testkit = { workspace = true, features = ["frontier"] }
//! // crates/frontier/tests/conformance.rs:
//! #[test] fn the_embedded_store_conforms() { testkit::conformance::frontier::run(|dir| …); }
//! ```
//!
//! From `tests/`, never from `src/`: the unit tests of a crate see its types compiled a second time, which are not the
//! types this crate was compiled against.
//!
//! Invariant: a suite knows the port (the trait and its nouns) and no adapter.

#[cfg(feature = "archive")]
pub mod archive;
#[cfg(feature = "feedback")]
pub mod feedback;
#[cfg(feature = "fetcher")]
pub mod fetcher;
#[cfg(feature = "frontier")]
pub mod frontier;
#[cfg(feature = "indexer")]
pub mod indexer;
