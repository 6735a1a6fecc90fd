#![doc = include_str!("../README.md")]

mod admission;
mod error;
mod facade;
mod instant;
mod job;
mod lease;
mod offer;
mod pace;
mod port;
mod queue;
mod schedule;
mod settings;
mod settlement;
mod status;
pub mod store;
mod takedown;

pub use crate::admission::Refusal;
pub use crate::error::Error;
pub use crate::facade::Frontier;
pub use crate::job::{JobRules, Scope};
pub use crate::lease::{LeaseRequest, RobotsEntry, SiteLease, SiteReturn};
pub use crate::offer::{Offer, OfferReport};
pub use crate::pace::{Pace, PaceReason, PaceState};
pub use crate::settings::{Limits, Politeness, Recrawl, Settings};
pub use crate::settlement::Settlement;
pub use crate::status::{Counts, SiteStatus, StateCounts, UrlState, UrlStatus};
pub use crate::store::{FrontierStore, JournalStore, MemoryStore};
pub use crate::takedown::Takedown;
