//! The simulated disk under the frontier: it survives a kill, can be full, and is fast enough for a month.
//!
//! Invariant: what `apply` and `lease` have returned for is there after a kill; what they failed at never happened.

mod disk;
mod indexed;

pub use self::disk::{Disk, Kind};
pub use self::indexed::IndexedStore;
