//! The network transport against servers on loopback that misbehave.
//!
//! Sockets know no simulated time, so every limit here is a fraction of a second.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod address;
mod body;
mod head;
mod secure;
mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use fetcher::{ReqwestTransport, Settings, Transport, TransportFailure, TransportRequest, TransportResponse};
use model::{ByteSize, FailureKind, Span};
use url::Url;

/// Loopback open, little patience.
fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.network.allow = vec!["127.0.0.0/8".parse().unwrap()];
    settings.fetcher.connect_timeout = Span::millis(500);
    settings.fetcher.header_timeout = Span::millis(300);
    settings.fetcher.total_timeout = Span::seconds(20);
    settings.fetcher.rate_min = ByteSize(1_000);
    settings.fetcher.rate_window = Span::millis(200);
    settings
}

/// The same with names pinned.
fn pinned(pins: &[(&str, String)]) -> Settings {
    let mut settings = settings();
    settings.network.resolve =
        pins.iter().map(|(name, to)| ((*name).to_owned(), to.clone())).collect::<BTreeMap<_, _>>();
    settings
}

async fn get(settings: &Settings, url: &str) -> Result<TransportResponse, TransportFailure> {
    let transport = ReqwestTransport::new(settings).unwrap();
    let url = Url::parse(url).unwrap();
    transport.send(TransportRequest { url, headers: Vec::new(), body_max: 10 << 20 }).await
}

async fn get_at(address: SocketAddr) -> Result<TransportResponse, TransportFailure> {
    get(&settings(), &format!("http://{address}/")).await
}

#[track_caller]
fn kind_of(answer: Result<TransportResponse, TransportFailure>) -> FailureKind {
    match answer {
        Err(TransportFailure::Failed { kind, .. }) => kind,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[track_caller]
fn reason_of(answer: Result<TransportResponse, TransportFailure>) -> String {
    match answer {
        Err(TransportFailure::Refused { reason }) => reason,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
