#![doc = include_str!("../README.md")]
#![expect(
    clippy::missing_panics_doc,
    reason = "a development crate: a test that cannot set up its world should panic where it stands"
)]

pub mod conformance;
