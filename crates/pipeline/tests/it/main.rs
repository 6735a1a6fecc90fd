//! The stages together, without a network: one binary for all integration tests of the pipeline.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world should panic where it stands")]

mod forgetting;
mod graph;
mod traps;
mod world;
