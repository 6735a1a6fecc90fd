//! The simulator's tests.

mod forecast;
mod observer;
mod store;
mod trial;
