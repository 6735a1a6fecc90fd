#![doc = include_str!("../README.md")]

mod app;
mod error;
mod listener;
mod metrics;
mod pages;
pub mod problem;
mod routes;
mod settings;
mod view;

pub use crate::app::{App, Opening};
pub use crate::error::Error;
pub use crate::listener::{Bound, bind};
pub use crate::routes::{openapi, router};
pub use crate::settings::Settings;
pub use crate::view::{HitView, LinkView, ReasonView, RecommendationView};
