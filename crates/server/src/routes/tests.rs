//! The routes as a caller meets them, over a real index.

mod bounds;
mod changes;
mod links;
mod openapi;
mod operations;
mod operators;
mod people;
mod permitted;
mod recommendations;
mod search;
