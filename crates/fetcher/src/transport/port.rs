//! The trait, what goes in and what comes out.

use std::future::Future;
use std::net::IpAddr;

use model::{Exchange, FailureKind, HeaderLine, Outcome};
use url::Url;

use crate::guard;

/// A GET request to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportRequest {
    /// http or https, no credentials, no fragment.
    pub url: Url,
    /// Header lines to send, without `Host`, which the transport puts first.
    pub headers: Vec<HeaderLine>,
    /// Most bytes of the body wanted, as received and again with content codings removed.
    pub body_max: usize,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportResponse {
    /// The request as sent and the response; `body.decoded` is set if there was a content coding.
    pub exchange: Exchange,
    /// The address actually connected to.
    pub remote: Option<IpAddr>,
}

/// Nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportFailure {
    /// We declined to connect.
    #[error("refused: {reason}")]
    Refused {
        /// Why, for `explain`.
        reason: String,
    },
    /// The network or the server failed before the response header was complete.
    #[error("{detail}")]
    Failed {
        /// At which step.
        kind: FailureKind,
        /// The cause in words.
        detail: String,
    },
}

/// The port. One method sends; the other says beforehand where it would go, so that the rate of that address can be
/// kept.
pub trait Transport: Send + Sync + 'static {
    /// The address a request for `url` would be sent to first, if the transport knows; resolves its name and judges
    /// the result. The default knows literal addresses only.
    fn address(&self, url: &Url) -> impl Future<Output = Result<Option<IpAddr>, TransportFailure>> + Send {
        std::future::ready(Ok(guard::literal(url)))
    }

    /// Sends one request and collects the response within the transport's deadlines and limits.
    fn send(
        &self,
        request: TransportRequest,
    ) -> impl Future<Output = Result<TransportResponse, TransportFailure>> + Send;
}

impl TransportFailure {
    /// A failure at `kind`.
    #[must_use]
    pub fn failed(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self::Failed { kind, detail: detail.into() }
    }

    /// A refusal.
    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }

    /// What it means for the URL.
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        match self {
            Self::Refused { reason } => Outcome::Refused { reason },
            Self::Failed { kind, detail } => Outcome::Failed { kind, detail },
        }
    }
}

/// The request as it is recorded: `Host` first, then the lines given.
pub(super) fn as_sent(url: &Url, headers: Vec<HeaderLine>) -> model::Request {
    let mut lines = Vec::with_capacity(headers.len() + 1);
    lines.push(HeaderLine { name: "host".to_owned(), value: authority(url).into() });
    lines.extend(headers);
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    model::Request { method: "GET".to_owned(), target: format!("{}{query}", url.path()), headers: lines }
}

/// Host and, unless it is the scheme's own, port: the value of `Host`.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
