//! What can go wrong on our side. Invariant: nothing a server or a network does is an error; those are outcomes.

use std::path::PathBuf;

/// The fetcher could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting that makes no sense.
    #[error("[{section}] {message}")]
    Setting {
        /// Name of the section: `agent`, `network` or `fetcher`.
        section: &'static str,
        /// The key, what is wrong with it and what to write instead.
        message: String,
    },
    /// The extra certificate authorities of `[network] ca` cannot be read.
    #[error(
        "cannot read certificates from {path:?} ([network] ca); give a PEM file of one or more certificates"
    )]
    Authority {
        /// The file as configured.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The resolver cannot be started.
    #[error("cannot set up name resolution; name servers can be given as [network] dns = [\"9.9.9.9\"]")]
    Resolver(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The HTTP client cannot be started.
    #[error("cannot set up the HTTP client")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}
