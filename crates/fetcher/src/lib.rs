#![doc = include_str!("../README.md")]

mod body;

pub mod coding;
mod compiled;
mod copies;
mod error;
mod fetch;
mod finding;
pub mod guard;
mod pacing;
mod pins;
mod rates;
pub mod robots;
mod settings;
pub mod transport;

pub use crate::copies::{KnownRobots, RobotsCopies};
pub use crate::error::Error;
pub use crate::fetch::{FetchOutcome, Fetcher};
pub use crate::pacing::{Pacing, Postponed};
pub use crate::pins::{Pin, Pins};
pub use crate::settings::{AgentSettings, FetcherSettings, NetworkSettings, Settings};
pub use crate::transport::{
    MemoryTransport, ReqwestTransport, Transport, TransportFailure, TransportRequest, TransportResponse,
};
