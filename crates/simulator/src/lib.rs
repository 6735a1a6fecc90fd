#![doc = include_str!("../README.md")]

mod archive;
mod clock;
mod error;
mod forecast;
mod freshness;
mod log;
mod machine;
mod observer;
mod random;
pub mod store;
mod transport;
pub mod trial;
pub mod web;

pub use crate::clock::{EPOCH, WallClock};
pub use crate::error::Error;
pub use crate::forecast::{Faults, Forecast, Percentiles, Progress, Question, UnmetSite, forecast};
pub use crate::freshness::{Freshness, SiteCount, Traffic};
pub use crate::log::Log;
pub use crate::machine::{Machine, Process, in_simulated_time};
pub use crate::observer::{Broken, Duties, Flight, Floors, Landed, Observer, Served, Target};
pub use crate::random::Random;
pub use crate::transport::SimulatedTransport;
