//! The simulator's tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot run should stop")]

mod forecast;
mod observer;
mod store;
mod trial;
