//! Acting out a reply over HTTP/2, faults included as far as HTTP/2 has them.
//!
//! Invariant: the framing is hyper's, so it is always valid; a body that goes wrong ends in `RST_STREAM`.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, mpsc};

use super::delivery::{PATIENCE, filled, flood_line, steps};
use super::log::Ticket;
use super::page::Fault;
use super::reply::Reply;
use super::request::RequestHead;

/// Answers the requests of one connection; after `requests_max` of them it sends GOAWAY and finishes what it has.
pub(super) async fn serve<S, A>(stream: S, requests_max: u64, answer: A)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Fn(RequestHead) -> (Reply, Ticket) + Send + Sync + 'static,
{
    let (answer, count, enough) = (Arc::new(answer), AtomicU64::new(0), Arc::new(Notify::new()));
    let signal = Arc::clone(&enough);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        if count.fetch_add(1, Ordering::Relaxed) + 1 >= requests_max {
            signal.notify_one();
        }
        let answer = Arc::clone(&answer);
        async move {
            let (reply, ticket) = answer(head_of(&request));
            Ok::<_, Infallible>(respond(reply, ticket).await)
        }
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // How the connection ended is the client's business; the log says what was asked on it.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = enough.notified() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// The request as HTTP/1 would have put it.
fn head_of(request: &Request<Incoming>) -> RequestHead {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    if let Some(authority) = request.uri().authority() {
        headers.insert(0, ("host".to_owned(), authority.as_str().to_owned()));
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    RequestHead { method: request.method().as_str().to_owned(), target, version: "HTTP/2", headers }
}

async fn respond(reply: Reply, ticket: Ticket) -> Response<Stream> {
    tokio::time::sleep(reply.manner.delay).await;
    if matches!(reply.manner.fault, Some(Fault::Silent | Fault::EndlessInterim)) {
        tokio::time::sleep(PATIENCE).await;
    }
    let (sender, receiver) = mpsc::channel(1);
    let mut response = Response::new(Stream { pieces: receiver });
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap();
    let mut lines: Vec<(String, Bytes)> = reply.headers.clone();
    if reply.manner.fault.is_none() && !matches!(reply.status, 204 | 304) {
        lines.push(("content-length".to_owned(), reply.body.len().to_string().into()));
    }
    if let Some(Fault::HeaderFlood(len)) = reply.manner.fault {
        let count = u32::try_from(len / 1_000).unwrap_or(u32::MAX);
        lines.extend((0..count).map(flood_line).map(|(name, value)| (name, value.into())));
    }
    for (name, value) in lines {
        let name = HeaderName::try_from(name.to_ascii_lowercase()).unwrap();
        response.headers_mut().append(name, HeaderValue::from_maybe_shared(value).unwrap());
    }
    tokio::spawn(async move {
        let _ = tokio::time::timeout(PATIENCE, send_body(reply, ticket, sender)).await;
    });
    response
}

/// Sends the body; fails only when the client does not want more of it.
async fn send_body(
    reply: Reply,
    mut ticket: Ticket,
    sender: mpsc::Sender<io::Result<Bytes>>,
) -> Result<(), mpsc::error::SendError<io::Result<Bytes>>> {
    let broken = || Err(io::Error::new(io::ErrorKind::ConnectionReset, "the page wants it so"));
    let (piece, pause) = reply.manner.body_rate.map_or((64 * 1024, std::time::Duration::ZERO), steps);
    let whole = match &reply.manner.fault {
        _ if !reply.has_body => Bytes::new(),
        Some(Fault::ResetAfter(len)) => reply.body.slice(..(*len).min(reply.body.len())),
        Some(Fault::BrokenChunks) => reply.body.slice(..reply.body.len() / 2),
        Some(Fault::CloseEarly | Fault::Verbatim(_)) => Bytes::new(),
        Some(Fault::EndlessBody) => filled(&reply.body).into(),
        _ => reply.body.clone(),
    };
    let endless = matches!(reply.manner.fault, Some(Fault::EndlessBody));
    loop {
        let mut rest = whole.clone();
        while !rest.is_empty() {
            let part = rest.split_to(piece.min(rest.len()));
            if rest.is_empty() && !endless {
                ticket.end();
            }
            sender.send(Ok(part)).await?;
            tokio::time::sleep(pause).await;
        }
        if !endless {
            break;
        }
    }
    if matches!(reply.manner.fault, None | Some(Fault::HeaderFlood(_))) {
        return Ok(());
    }
    sender.send(broken()).await
}

/// A response body whose pieces come from a task.
struct Stream {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
}

impl Body for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
