#![doc = include_str!("../README.md")]

mod counters;
mod counts;
mod error;
mod event;
mod key;
mod memory;
mod mirror;
mod recommendation_id;
mod settings;
mod store;

pub use crate::counters::{Counters, Recorded, Trend};
pub use crate::counts::{Counts, Decayed, Shown, SiteCounts, Tally};
pub use crate::error::{Error, Refusal};
pub use crate::event::{Event, Kind, Muted, ReportCode};
pub use crate::memory::MemoryCounters;
pub use crate::recommendation_id::{RecommendationId, Scenario};
pub use crate::settings::Settings;
pub use crate::store::Feedback;
