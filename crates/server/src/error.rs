//! Why the server could not start or run. What a request did wrong is a [`crate::problem::Problem`].

use std::io;
use std::net::SocketAddr;

/// A failure of ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}; if another program uses the port, choose another with --listen 127.0.0.1:PORT"
    )]
    Bind {
        /// As asked for.
        address: SocketAddr,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// An address that other machines reach, without TLS.
    #[error(
        "{0} is reachable by other machines and this server speaks plain HTTP; listen on loopback (127.0.0.1) and put a TLS proxy in front"
    )]
    NotLoopback(SocketAddr),
    /// The listener failed.
    #[error("the server stopped")]
    Serve(#[source] io::Error),
    /// A store cannot be opened.
    #[error("the stores cannot be opened")]
    Stores(#[from] pipeline::Error),
}
