//! `[server]`.

use std::net::SocketAddr;
use std::path::PathBuf;

use model::{ByteSize, Span};
use serde::{Deserialize, Serialize};
use url::Url;

/// Settings of the HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on. Other machines are let in with `tls_certificate` only (privacy policy 3.4).
    pub listen: SocketAddr,
    /// PEM file of the certificate and its chain; the file is looked at every few seconds, so a renewed one needs no restart.
    pub tls_certificate: Option<PathBuf>,
    /// PEM file of the certificate's key.
    pub tls_key: Option<PathBuf>,
    /// Whether lookups need a key too. Unset: only where other machines can reach the server. What concerns people or
    /// changes something always needs one.
    pub keys_required: Option<bool>,
    /// Requests a second of each key, unless the key has its own number; 0: no limit.
    pub requests_per_second: u32,
    /// Requests a second of all callers without a key together; 0: no limit.
    pub anonymous_requests_per_second: u32,
    /// Origins whose pages may call the API from a browser, as `https://example.kz`. None by default.
    pub cors_origins: Vec<String>,
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
            tls_certificate: None,
            tls_key: None,
            keys_required: None,
            requests_per_second: 200,
            anonymous_requests_per_second: 0,
            cors_origins: Vec::new(),
            request_timeout: Span::seconds(10),
            body_max: ByteSize::mebibytes(1),
            limit_max: 100,
        }
    }
}

impl Settings {
    /// Whether every value can be used.
    ///
    /// # Errors
    /// Names the first one that cannot, and what to write.
    pub fn check(&self) -> Result<(), String> {
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err("[server] tls_certificate and tls_key are set together or not at all".to_owned());
        }
        for origin in &self.cors_origins {
            let is_origin = Url::parse(origin)
                .is_ok_and(|url| url.origin().ascii_serialization() == *origin && url.origin().is_tuple());
            if !is_origin {
                return Err(format!(
                    "[server] cors_origins: {origin:?} is no origin; write https://example.kz"
                ));
            }
        }
        Ok(())
    }

    /// Whether lookups need a key.
    pub(crate) fn are_keys_required(&self) -> bool {
        self.keys_required.unwrap_or(!self.listen.ip().is_loopback())
    }
}
