#![doc = include_str!("../README.md")]
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a development crate: a test that cannot set up its world should panic where it stands"
)]

pub mod builders;
pub mod clock;
pub mod conformance;
pub mod kill;
pub mod random;
pub mod temp;
pub mod web;
