//! A transport without a network, for tests and the simulated web.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use model::{Exchange, Response};

use super::port::{Transport, TransportFailure, TransportRequest, TransportResponse, as_sent};
use crate::body;

type Answering = Pin<Box<dyn Future<Output = Result<TransportResponse, TransportFailure>> + Send>>;

/// Answers from code. Bodies pass the same limit and the same decoding as those from the network; deadlines do not
/// apply: a handler that wants to be slow awaits tokio's timer itself.
pub struct MemoryTransport {
    handler: Box<dyn Fn(TransportRequest) -> Answering + Send + Sync>,
}

impl MemoryTransport {
    /// Answers with what `handler` says, at once.
    pub fn answering(
        handler: impl Fn(&TransportRequest) -> Result<Response, TransportFailure> + Send + Sync + 'static,
    ) -> Self {
        Self::with(move |request| std::future::ready(handler(&request)))
    }

    /// Answers with what the future made by `handler` comes to.
    pub fn with<F>(handler: impl Fn(TransportRequest) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Response, TransportFailure>> + Send + 'static,
    {
        let handler = move |request: TransportRequest| -> Answering {
            let (url, headers, body_max) = (request.url.clone(), request.headers.clone(), request.body_max);
            let answer = handler(request);
            Box::pin(async move {
                let mut response = answer.await?;
                response.body = body::whole(&response.headers, &response.body, body_max);
                let exchange = Exchange { request: as_sent(&url, headers), response };
                Ok(TransportResponse { exchange, remote: None })
            })
        };
        Self { handler: Box::new(handler) }
    }

    /// Answers from a table by URL; anything else is 404 without a body.
    #[must_use]
    pub fn of_pages(pages: BTreeMap<String, Response>) -> Self {
        Self::answering(move |request| {
            Ok(pages.get(request.url.as_str()).cloned().unwrap_or_else(|| Response {
                version: "HTTP/1.1".to_owned(),
                status: 404,
                headers: Vec::new(),
                body: model::Body::default(),
            }))
        })
    }
}

impl Transport for MemoryTransport {
    async fn send(&self, request: TransportRequest) -> Result<TransportResponse, TransportFailure> {
        (self.handler)(request).await
    }
}

impl std::fmt::Debug for MemoryTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryTransport").finish_non_exhaustive()
    }
}
