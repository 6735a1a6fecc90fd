//! Reading HTTP/1 requests.
//!
//! Invariant: takes what a crawler may send and refuses the rest by closing; at most [`HEAD_MAX`] bytes of header and
//! [`BODY_MAX`] of body are read.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest request header read, in bytes. Ours is below 16 KiB (URL of 8 KiB and a few lines).
const HEAD_MAX: usize = 64 * 1024;
/// The longest request body that is read and thrown away, in bytes.
const BODY_MAX: usize = 1024 * 1024;

/// A request header as received.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestHead {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) version: &'static str,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
}

impl RequestHead {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the client wants to ask again on this connection (RFC 9112 section 9.3).
    pub(super) fn keeps_alive(&self) -> bool {
        let connection = self.header("connection").unwrap_or_default().to_ascii_lowercase();
        if self.version == "HTTP/1.0" {
            connection.contains("keep-alive")
        } else {
            !connection.contains("close")
        }
    }
}

/// The next request of a connection; `None` when the client has closed it. `rest` holds what was read beyond.
pub(super) async fn read_request<S: AsyncRead + Unpin>(
    stream: &mut S,
    rest: &mut Vec<u8>,
) -> io::Result<Option<RequestHead>> {
    let end = loop {
        if let Some(at) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if rest.len() > HEAD_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "request header too long"));
        }
        if stream.read_buf(rest).await? == 0 {
            return Ok(None);
        }
    };
    let head: Vec<u8> = rest.drain(..end).collect();
    let head = parse(&head)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not an HTTP/1 request header"))?;
    let body_len = head.header("content-length").and_then(|len| len.parse().ok()).unwrap_or(0).min(BODY_MAX);
    while rest.len() < body_len {
        if stream.read_buf(rest).await? == 0 {
            return Ok(None);
        }
    }
    rest.drain(..body_len);
    Ok(Some(head))
}

fn parse(head: &[u8]) -> Option<RequestHead> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.trim_end_matches("\r\n").split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let version = match words.next()? {
        "HTTP/1.0" => "HTTP/1.0",
        "HTTP/1.1" => "HTTP/1.1",
        _ => return None,
    };
    let line = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.map(line).collect::<Option<Vec<_>>>()?;
    words.next().is_none().then_some(RequestHead { method, target, version, headers })
}

#[cfg(test)]
mod tests;
