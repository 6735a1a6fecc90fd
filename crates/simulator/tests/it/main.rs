//! The simulator's tests.

mod store;
