//! The `silteme` binary.
fn main() {}
