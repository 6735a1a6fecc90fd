//! x
/// In memory.
#[derive(Debug, Default)]
pub struct MemoryStore {}
