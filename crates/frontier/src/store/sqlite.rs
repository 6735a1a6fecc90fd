//! x
/// Embedded.
#[derive(Debug)]
pub struct SqliteStore {}
