//! The frontier as the pipeline uses it: one binary for all of its integration tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world should panic where it stands")]

mod conformance;
mod crash;
mod explain;
mod files;
mod journal;
mod model;
mod neighbours;
mod settle;
mod walk;
mod world;
