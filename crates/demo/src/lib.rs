#![doc = include_str!("../README.md")]

mod answer;
mod example;
mod page;
mod web;

pub use crate::example::{Example, liked, queries};
pub use crate::page::{Page, find, hosts, pages, seeds};
pub use crate::web::DemoWeb;
