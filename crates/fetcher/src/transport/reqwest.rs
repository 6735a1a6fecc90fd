//! The network through reqwest.

use super::{Transport, TransportFailure, TransportRequest, TransportResponse};
use crate::error::Error;
use crate::settings::Settings;

/// The real network. Must be made and used inside a tokio runtime.
pub struct ReqwestTransport {}

impl ReqwestTransport {
    /// A transport with these settings.
    ///
    /// # Errors
    /// When a setting makes no sense, the extra authority cannot be read, or the resolver or client cannot start.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self {})
    }
}

impl Transport for ReqwestTransport {
    async fn send(&self, _request: TransportRequest) -> Result<TransportResponse, TransportFailure> {
        unimplemented!()
    }
}
