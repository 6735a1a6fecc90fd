#![doc = include_str!("../README.md")]

pub mod access;
mod app;
mod distinct;
mod error;
mod gate;
mod listener;
mod metrics;
mod oidc;
mod pages;
mod parameters;
pub mod problem;
mod request_id;
mod routes;
mod settings;
mod tls;
mod upkeep;
mod view;
mod works;
#[cfg(test)]
mod world;

pub use crate::app::{App, Opening};
pub use crate::error::Error;
pub use crate::listener::{Bound, bind};
pub use crate::routes::{openapi, router};
pub use crate::settings::Settings;
pub use crate::view::{HitView, LinkView, ReasonView, RecommendationView};
