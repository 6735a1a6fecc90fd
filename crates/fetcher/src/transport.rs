//! The port to the network: one request, one response, no opinion.
//!
//! Invariant: a transport follows no redirect, keeps no cookie, retries nothing, and never returns more of a body than
//! it was asked for. It does judge addresses, because only it knows which one it connects to.

mod failure;
mod memory;
mod network;
mod port;
mod resolver;

pub use self::memory::MemoryTransport;
pub use self::network::ReqwestTransport;
pub use self::port::{Transport, TransportFailure, TransportRequest, TransportResponse};

#[cfg(test)]
mod tests;
