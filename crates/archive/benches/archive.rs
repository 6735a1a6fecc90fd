//! CPU time of appending and replaying: `cargo bench -p archive`.
fn main() {}
