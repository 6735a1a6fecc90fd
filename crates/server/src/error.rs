//! Why the server could not start or run. What a request did wrong is a [`crate::problem::Problem`].

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

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
        "{0} is reachable by other machines and would speak plain HTTP; set [server] tls_certificate and tls_key, or listen on loopback (127.0.0.1) behind a TLS proxy"
    )]
    NotLoopback(SocketAddr),
    /// The certificate or its key cannot be used.
    #[error(
        "the certificate {certificate} and its key cannot be used; both are PEM files, the chain begins with the server's own"
    )]
    Certificate {
        /// The certificate's file.
        certificate: PathBuf,
        /// What is wrong.
        #[source]
        source: io::Error,
    },
    /// The listener failed.
    #[error("the server stopped")]
    Serve(#[source] io::Error),
    /// A setting of a provider of logins cannot be used.
    #[error("{0}")]
    Login(String),
    /// A store cannot be opened.
    #[error("the stores cannot be opened")]
    Stores(#[from] pipeline::Error),
    /// The counters cannot be opened.
    #[error("the counters of what readers did cannot be opened")]
    Feedback(#[from] feedback::Error),
    /// The data of people cannot be opened.
    #[error("the data of people cannot be opened")]
    Profiles(#[from] profiles::Error),
    /// Other machines could reach people whose keys are guarded by nothing but a file beside them.
    #[error(
        "the master key was made beside the keys it guards, which is for development on loopback; move it elsewhere with `silteme person keys rotate --to FILE` and set [profiles] master_key_file, or SILTEME_MASTER_KEY"
    )]
    DevelopmentKey,
}
