//! The network, through reqwest.
//!
//! Invariant: reqwest does connections, TLS and HTTP framing; everything it would decide for us (redirects, retries,
//! cookies, decompression, referers, proxies from the environment) is switched off.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{Exchange, FailureKind, HeaderLine, Response};
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Version};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::failure::classify;
use super::port::{Transport, TransportFailure, TransportRequest, TransportResponse, as_sent};
use super::resolver::GuardedResolver;
use crate::body::{self, Patience};
use crate::error::Error;
use crate::settings::{FetcherSettings, Settings};

/// Header lines taken in one HTTP/1 response; their bytes are limited by `header_max`.
const HEADER_LINES_MAX: usize = 1_000;

/// The real network. Must be made and used inside a tokio runtime.
pub struct ReqwestTransport {
    client: Client,
    /// For URLs with a port of their own whose name is pinned to another one. reqwest lets a resolver choose the port
    /// only for URLs without one, so these are sent without it and with a `Host` of their own, which HTTP/2 cannot carry.
    repointed: Client,
    resolver: GuardedResolver,
    limits: FetcherSettings,
    proxied: bool,
}

impl ReqwestTransport {
    /// A transport with these settings.
    ///
    /// # Errors
    /// When a setting makes no sense, the extra authority cannot be read, or the client cannot start.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        settings.check()?;
        let resolver = GuardedResolver::new(settings)?;
        let roots = Arc::new(roots(settings.network.ca.as_deref())?);
        let build = |builder: ClientBuilder| builder.build().map_err(|error| Error::Client(error.into()));
        let client = build(builder(settings, &resolver, &roots, &[b"h2", b"http/1.1"])?)?;
        let repointed = build(builder(settings, &resolver, &roots, &[b"http/1.1"])?.http1_only())?;
        let proxied = settings.network.proxy.is_some();
        Ok(Self { client, repointed, resolver, limits: settings.fetcher.clone(), proxied })
    }

    /// The request for the client that can send it; its URL differs from `url` only as [`Self::repointed`] says.
    /// The header lines leave `Host` to the client where it can say it itself, because HTTP/2 says it otherwise.
    fn route(&self, url: &Url, lines: &[HeaderLine]) -> reqwest::RequestBuilder {
        let mut target = url.clone();
        // reqwest would send credentials as `Authorization`. Neither call can fail on an http URL with a host.
        let _ = target.set_username("");
        let _ = target.set_password(None);
        target.set_fragment(None);
        if url.port().is_some() && self.resolver.pinned_port(url).is_some() && target.set_port(None).is_ok() {
            return self.repointed.get(target).headers(header_map(lines));
        }
        let mut headers = header_map(lines);
        headers.remove(HOST);
        self.client.get(target).headers(headers)
    }
}

impl Transport for ReqwestTransport {
    async fn address(&self, url: &Url) -> Result<Option<IpAddr>, TransportFailure> {
        self.resolver.first_address(url).await
    }

    async fn send(&self, request: TransportRequest) -> Result<TransportResponse, TransportFailure> {
        self.resolver.judge_url(&request.url)?;
        let begun = Instant::now();
        let sent = as_sent(&request.url, request.headers);
        let outgoing = self.route(&request.url, &sent.headers);
        let header_deadline = begun + self.limits.header_timeout.0;
        let response = match timeout_at(header_deadline, outgoing.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(classify(error)),
            Err(_) => {
                let detail = format!("no complete response header within {}", self.limits.header_timeout);
                return Err(TransportFailure::failed(FailureKind::Timeout, detail));
            }
        };
        let remote = response.remote_addr().map(|address| address.ip());
        if let (Some(ip), false) = (remote, self.proxied) {
            self.resolver.judge(ip)?;
        }
        let headers = header_lines(response.headers(), self.limits.header_max.as_len())?;
        let (version, status) = (version_name(response.version()), response.status().as_u16());
        let patience = Patience {
            deadline: begun + self.limits.total_timeout.0,
            window_min: per_window(self.limits.rate_min.0, self.limits.rate_window.0),
            window: self.limits.rate_window.0,
        };
        let body = body::collect(response.bytes_stream(), &headers, request.body_max, &patience).await;
        let response = Response { version: version.to_owned(), status, headers, body };
        Ok(TransportResponse { exchange: Exchange { request: sent, response }, remote })
    }
}

fn builder(
    settings: &Settings,
    resolver: &GuardedResolver,
    roots: &Arc<rustls::RootCertStore>,
    protocols: &[&[u8]],
) -> Result<ClientBuilder, Error> {
    let limits = &settings.fetcher;
    let header_max = u32::try_from(limits.header_max.0).unwrap_or(u32::MAX);
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(roots, protocols)?)
        .dns_resolver(resolver.clone())
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .local_address(settings.network.bind)
        .connect_timeout(limits.connect_timeout.0)
        .pool_idle_timeout(limits.idle_timeout.0)
        .pool_max_idle_per_host(1)
        .http1_max_headers(HEADER_LINES_MAX)
        .http2_max_header_list_size(header_max)
        // What browsers put up with, and servers therefore send.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true);
    if let Some(proxy) = &settings.network.proxy {
        let proxy = reqwest::Proxy::all(proxy.clone()).map_err(|error| Error::Client(error.into()))?;
        builder = builder.proxy(proxy);
    }
    Ok(builder)
}

/// TLS 1.2 and 1.3 with ring, named explicitly so that no other provider is ever picked up.
fn tls(roots: &Arc<rustls::RootCertStore>, protocols: &[&[u8]]) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Client(error.into()))?
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}

fn roots(extra: Option<&Path>) -> Result<rustls::RootCertStore, Error> {
    let mut store: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let Some(path) = extra else { return Ok(store) };
    let unreadable = |source| Error::Authority { path: path.to_owned(), source };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(error.into()))?;
    if certificates.is_empty() {
        return Err(unreadable("there is no certificate in it".into()));
    }
    for certificate in certificates {
        store.add(certificate).map_err(|error| unreadable(error.into()))?;
    }
    Ok(store)
}

/// Lines that cannot stand in a header (foreign validators) are left out.
fn header_map(lines: &[HeaderLine]) -> HeaderMap {
    let mut map = HeaderMap::with_capacity(lines.len());
    for line in lines {
        let name = HeaderName::from_bytes(line.name.as_bytes());
        let value = HeaderValue::from_bytes(&line.value);
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    map
}

fn header_lines(map: &HeaderMap, len_max: usize) -> Result<Vec<HeaderLine>, TransportFailure> {
    let len: usize = map.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if len > len_max {
        let detail = format!("response header of {len} bytes is over the limit of {len_max}");
        return Err(TransportFailure::failed(FailureKind::Protocol, detail));
    }
    let line = |(name, value): (&HeaderName, &HeaderValue)| HeaderLine {
        name: name.as_str().to_owned(),
        value: Bytes::copy_from_slice(value.as_bytes()),
    };
    Ok(map.iter().map(line).collect())
}

fn version_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        _ => "HTTP/1.1",
    }
}

/// Bytes a window of this length must bring at `rate` bytes a second.
fn per_window(rate: u64, window: Duration) -> u64 {
    let bytes = u128::from(rate) * window.as_millis() / 1_000;
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
