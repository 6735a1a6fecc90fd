//! One connection from its first byte to its last: http or https, HTTP/1 or 2, request after request.
//!
//! Invariant: every request that could be read is in the log before its answer begins.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::atlas::{Atlas, Trouble};
use super::authority::Authority;
use super::delivery::{Next, PATIENCE, deliver};
use super::http2;
use super::log::{LoggedRequest, RequestLog, Ticket};
use super::page::Asked;
use super::reply::Reply;
use super::request::{RequestHead, read_request};

/// The first byte of a TLS record that carries a handshake (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;
/// A fatal alert `protocol_version` (70) in a record of TLS 1.0.
const ALERT_OLD_VERSION: [u8; 7] = [0x15, 3, 1, 0, 2, 2, 70];

/// What every connection of a web shares.
pub(super) struct Shared {
    pub(super) atlas: RwLock<Atlas>,
    pub(super) log: RequestLog,
    pub(super) authority: Authority,
    pub(super) port: u16,
    /// Requests answered on a connection before it is closed.
    pub(super) requests_max: u64,
    /// Added to the delay of every answer.
    pub(super) delay: Duration,
}

/// A connection's marks in the log.
#[derive(Debug, Clone, Copy)]
struct Line {
    scheme: &'static str,
    connection: u64,
    address: IpAddr,
}

/// Serves a connection until it ends.
pub(super) async fn serve(shared: Arc<Shared>, tcp: TcpStream, connection: u64) {
    let mut first = [0];
    let _ = tcp.set_nodelay(true);
    let Ok(address) = tcp.local_addr() else { return };
    if !matches!(tcp.peek(&mut first).await, Ok(1)) {
        return;
    }
    let scheme = if first[0] == TLS_HANDSHAKE { "https" } else { "http" };
    let line = Line { scheme, connection, address: address.ip() };
    if first[0] != TLS_HANDSHAKE {
        serve_http1(&shared, tcp, line).await;
        return;
    }
    let Some(tls) = shake_hands(&shared, tcp).await else { return };
    if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
        let answering = Arc::clone(&shared);
        http2::serve(tls, shared.requests_max, move |head| answering.answer(head, line)).await;
    } else {
        serve_http1(&shared, tls, line).await;
    }
}

/// The TLS handshake as the host that the client names; `None` when it failed, as it may be meant to.
async fn shake_hands(shared: &Shared, tcp: TcpStream) -> Option<TlsStream<TcpStream>> {
    let address = tcp.local_addr().ok()?.ip();
    let mut acceptor = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), tcp);
    let Ok(start) = (&mut acceptor).await else { return None };
    let host =
        start.client_hello().server_name().map_or_else(|| address.to_string(), str::to_ascii_lowercase);
    let trouble = shared.atlas.read().unwrap_or_else(PoisonError::into_inner).trouble(&host);
    match trouble {
        Some(Trouble::Silent) => tokio::time::sleep(PATIENCE).await,
        Some(Trouble::SlowTls(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
        Some(Trouble::OldTls) => {
            let mut tcp = start.io;
            let _ = tcp.write_all(&ALERT_OLD_VERSION).await;
            return None;
        }
        Some(Trouble::Expired | Trouble::WrongName | Trouble::Untrusted) | None => {}
    }
    start.into_stream(shared.authority.config(&host, trouble)).await.ok()
}

async fn serve_http1<S: Wire>(shared: &Shared, mut stream: S, line: Line) {
    let mut rest = Vec::new();
    for count in 1..=shared.requests_max {
        let Ok(Some(head)) = read_request(&mut stream, &mut rest).await else { break };
        let keep = head.keeps_alive() && count < shared.requests_max;
        let (reply, mut ticket) = shared.answer(head, line);
        match deliver(&mut stream, &reply, keep, &mut ticket).await {
            Ok(Next::Keep) => {}
            Ok(Next::Close) => break,
            Ok(Next::Reset) => {
                let _ = stream.tcp().set_zero_linger();
                return;
            }
            Err(_) => return,
        }
    }
    let _ = stream.shutdown().await;
}

impl Shared {
    /// Finds the answer to a request and puts the request in the log.
    fn answer(&self, head: RequestHead, line: Line) -> (Reply, Ticket) {
        let (host, target) = self.whom(&head, line.scheme);
        let RequestHead { method, version, headers, .. } = head;
        let mut asked = Asked { scheme: line.scheme, host, target, method, headers, nth: 0 };
        let (page, trouble) = {
            let mut atlas = self.atlas.write().unwrap_or_else(PoisonError::into_inner);
            (atlas.find(&mut asked), atlas.trouble(&asked.host))
        };
        let page = if trouble == Some(Trouble::Silent) { page.silent() } else { page };
        let mut reply = Reply::of(page, &asked);
        reply.manner.delay += self.delay;
        let ticket = self.log.begin(LoggedRequest {
            at: Instant::now(),
            at_ms: 0,
            ended_ms: None,
            scheme: asked.scheme,
            host: asked.host,
            method: asked.method,
            path: asked.target,
            headers: asked.headers,
            status: reply.status,
            version,
            connection: line.connection,
            address: line.address,
            in_flight_on_host: 0,
        });
        (reply, ticket)
    }

    /// Host and target of a request. The target may be a whole URL, as proxies are asked (RFC 9112 section 3.2.2).
    fn whom(&self, head: &RequestHead, scheme: &str) -> (String, String) {
        let (host, target) = match head.target.split_once("://") {
            Some((_, rest)) if !head.target.starts_with('/') => {
                let at = rest.find('/').unwrap_or(rest.len());
                (&rest[..at], if at == rest.len() { "/" } else { &rest[at..] })
            }
            _ => (head.header("host").unwrap_or_default(), head.target.as_str()),
        };
        let host = host.to_ascii_lowercase();
        let own = [self.port, if scheme == "https" { 443 } else { 80 }];
        let bare = own.iter().find_map(|port| host.strip_suffix(&format!(":{port}")));
        (bare.unwrap_or(&host).to_owned(), target.to_owned())
    }
}

/// A stream over TCP that can be reset.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}
