//! `[server]`.

use std::net::SocketAddr;

use model::{ByteSize, Span};
use serde::{Deserialize, Serialize};

/// Settings of the HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on. Loopback only: for other machines put a TLS proxy in front (privacy policy 3.4).
    pub listen: SocketAddr,
    /// Longest time one request may take.
    pub request_timeout: Span,
    /// Largest request body.
    pub body_max: ByteSize,
    /// Most results one request may ask for.
    pub limit_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            request_timeout: Span::seconds(10),
            body_max: ByteSize::mebibytes(1),
            limit_max: 100,
        }
    }
}
