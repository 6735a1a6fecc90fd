//! One seed: a small hostile web, a crawl that is killed and restarted over it, and the verdict.
//!
//! Invariant: everything about a trial follows from its seed; the same seed gives the same log, byte for byte.

mod plan;
mod run;
mod verdict;

pub use self::plan::Plan;
pub use self::run::{Trial, TrialReport, run};
