//! Acting out a reply over HTTP/1, faults included.
//!
//! Invariant: everything endless ends after [`PATIENCE`], or when the client goes. The ticket is ended just before the
//! last piece is written (see [`super::log`]).

use std::io;
use std::num::NonZeroU32;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::log::Ticket;
use super::page::{Fault, Framing};
use super::reply::Reply;

/// The longest a single answer takes: longer than any deadline a crawler should have.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);
/// The most written at once, in bytes.
const PIECE: usize = 64 * 1024;

/// What becomes of the connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another request may come.
    Keep,
    /// Close in good order.
    Close,
    /// Reset (TCP RST).
    Reset,
}

/// Writes the answer to a request. `keep` = the client (and the web) would go on with this connection.
pub(super) async fn deliver<S>(
    stream: &mut S,
    reply: &Reply,
    keep: bool,
    ticket: &mut Ticket,
) -> io::Result<Next>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    tokio::time::sleep(reply.manner.delay).await;
    if let Some(fault) = &reply.manner.fault {
        let fault = act_out(stream, reply, fault, ticket);
        return tokio::time::timeout(PATIENCE, fault).await.unwrap_or(Ok(Next::Close));
    }
    // A client would wait for the rest of a body that was declared too long.
    let keep = keep && !matches!(reply.manner.framing, Framing::UntilClose | Framing::Declared(_));
    let delivered = deliver_whole(stream, reply, keep, ticket);
    tokio::time::timeout(PATIENCE, delivered).await.unwrap_or(Ok(()))?;
    Ok(if keep { Next::Keep } else { Next::Close })
}

async fn deliver_whole<S>(stream: &mut S, reply: &Reply, keep: bool, ticket: &mut Ticket) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let mut head = head(reply, &reply.manner.framing, keep);
    let manner = &reply.manner;
    if !reply.has_body || reply.body.is_empty() && !matches!(manner.framing, Framing::Chunked(_)) {
        return write_last(stream, &head, manner.head_rate, ticket).await;
    }
    if let Framing::Chunked(size) = manner.framing {
        write(stream, &head, manner.head_rate).await?;
        for chunk in reply.body.chunks(size) {
            write(stream, &chunked(chunk), manner.body_rate).await?;
        }
        return write_last(stream, b"0\r\n\r\n", None, ticket).await;
    }
    if manner.head_rate.is_none() && manner.body_rate.is_none() && reply.body.len() <= PIECE {
        // One write: a page that fits in a packet or two should not cost two system calls.
        head.extend_from_slice(&reply.body);
        return write_last(stream, &head, None, ticket).await;
    }
    write(stream, &head, manner.head_rate).await?;
    write_last(stream, &reply.body, manner.body_rate, ticket).await
}

async fn act_out<S>(stream: &mut S, reply: &Reply, fault: &Fault, ticket: &mut Ticket) -> io::Result<Next>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let chunks = Framing::Chunked(1);
    let manner = &reply.manner;
    match fault {
        Fault::Silent => {
            let mut ignored = [0; 512];
            while stream.read(&mut ignored).await? > 0 {}
        }
        Fault::CloseEarly => {}
        Fault::Verbatim(answer) => write_last(stream, answer, manner.head_rate, ticket).await?,
        Fault::ResetAfter(len) => {
            let sent = &reply.body[..(*len).min(reply.body.len())];
            write(stream, &head(reply, &manner.framing, true), manner.head_rate).await?;
            write(stream, sent, manner.body_rate).await?;
            // The client must see the bytes before the reset, which overtakes what it has not read yet.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return Ok(Next::Reset);
        }
        Fault::BrokenChunks => {
            write(stream, &head(reply, &chunks, true), manner.head_rate).await?;
            write(stream, &chunked(&reply.body[..reply.body.len() / 2]), manner.body_rate).await?;
            write_last(stream, b"zz\r\nthis is no chunk\r\n", None, ticket).await?;
        }
        Fault::EndlessBody => {
            write(stream, &head(reply, &chunks, true), manner.head_rate).await?;
            let piece = chunked(&filled(&reply.body));
            loop {
                write(stream, &piece, manner.body_rate).await?;
            }
        }
        Fault::EndlessInterim => loop {
            write(stream, b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", None)
                .await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        },
        Fault::EndlessTrailers => {
            write(stream, &head(reply, &chunks, true), manner.head_rate).await?;
            write(stream, &[chunked(&reply.body).as_slice(), b"0\r\n"].concat(), manner.body_rate).await?;
            loop {
                write(stream, b"X-Trailer: and one more\r\n", None).await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Fault::HeaderFlood(len) => flood(stream, reply, *len, ticket).await?,
    }
    Ok(Next::Close)
}

async fn flood<S: AsyncWrite + Unpin>(
    stream: &mut S,
    reply: &Reply,
    len: usize,
    ticket: &mut Ticket,
) -> io::Result<()> {
    let head = head(reply, &Framing::Length, false);
    let (start, end) = head.split_at(head.len() - 2);
    write(stream, start, reply.manner.head_rate).await?;
    let mut sent = 0;
    for number in 0.. {
        if sent >= len {
            break;
        }
        let line = flood_line(number);
        let line = format!("{}: {}\r\n", line.0, line.1);
        write(stream, line.as_bytes(), reply.manner.head_rate).await?;
        sent += line.len();
    }
    write(stream, end, None).await?;
    write_last(stream, &reply.body, reply.manner.body_rate, ticket).await
}

/// One header line of a flood: about 1 KiB.
pub(super) fn flood_line(number: u32) -> (String, String) {
    (format!("x-flood-{number}"), "a".repeat(1_000))
}

/// A body long enough that repeating it without end is not a matter of system calls.
pub(super) fn filled(body: &[u8]) -> Vec<u8> {
    if body.is_empty() {
        return vec![b' '; 16 * 1024];
    }
    body.repeat((16 * 1024_usize).div_ceil(body.len()))
}

/// Status line and header lines, with the empty line that ends them.
fn head(reply: &Reply, framing: &Framing, keep: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status)).into_bytes();
    let mut line = |name: &str, value: &[u8]| {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            head.extend_from_slice(part);
        }
    };
    for (name, value) in &reply.headers {
        line(name, value);
    }
    if !matches!(reply.status, 100..=199 | 204 | 304) {
        match framing {
            Framing::Length => line("Content-Length", reply.body.len().to_string().as_bytes()),
            Framing::Declared(len) => line("Content-Length", len.to_string().as_bytes()),
            Framing::Chunked(_) => line("Transfer-Encoding", b"chunked"),
            Framing::UntilClose => {}
        }
    }
    if !keep {
        line("Connection", b"close");
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn chunked(chunk: &[u8]) -> Vec<u8> {
    let mut framed = format!("{:x}\r\n", chunk.len()).into_bytes();
    framed.extend_from_slice(chunk);
    framed.extend_from_slice(b"\r\n");
    framed
}

/// Writes and flushes bytes, at a rate if one is given.
async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    bytes: &[u8],
    rate: Option<NonZeroU32>,
) -> io::Result<()> {
    let Some((piece, pause)) = rate.map(steps) else {
        stream.write_all(bytes).await?;
        return stream.flush().await;
    };
    for part in bytes.chunks(piece) {
        stream.write_all(part).await?;
        stream.flush().await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// As [`write`], ending the ticket before the last piece.
async fn write_last<S: AsyncWrite + Unpin>(
    stream: &mut S,
    bytes: &[u8],
    rate: Option<NonZeroU32>,
    ticket: &mut Ticket,
) -> io::Result<()> {
    let piece = rate.map_or(PIECE, |rate| steps(rate).0);
    let (most, last) = bytes.split_at(bytes.len().saturating_sub(piece));
    write(stream, most, rate).await?;
    ticket.end();
    write(stream, last, None).await
}

/// A rate as bytes per step and pause after it: ten steps a second, or one byte a step when that is too fast.
pub(super) fn steps(rate: NonZeroU32) -> (usize, Duration) {
    let rate = rate.get();
    let piece = (rate / 10).max(1);
    (piece as usize, Duration::from_secs(1) * piece / rate)
}

/// The reason phrase of RFC 9110 for the statuses tests use.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
