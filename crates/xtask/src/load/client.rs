//! One connection that is kept open, so that what is measured is the server and not a client library.
//!
//! Invariant: it reads what Silteme sends (a length, no chunks, no compression unless asked for) and fails on anything else.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};

/// A connection.
pub(super) struct Client(BufReader<TcpStream>);

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    body: Vec<u8>,
}

impl Client {
    /// Connects.
    pub(super) fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request and reads its answer.
    pub(super) fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.0.get_mut().write_all(request)?;
        let (mut status, mut length, mut line) = (None, None, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line)? == 0 {
                bail!("the server closed the connection");
            }
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if status.is_none() {
                status = Some(header.split(' ').nth(1).context("no status")?.parse()?);
            } else if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = Some(value.trim().parse()?);
            }
        }
        let mut body = vec![0; length.context("an answer without a length")?];
        self.0.read_exact(&mut body)?;
        Ok(Answer { status: status.context("no status")?, body })
    }
}

impl Answer {
    /// As text, for people.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }

    /// As JSON.
    pub(super) fn json(&self) -> anyhow::Result<serde_json::Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// The last line of NDJSON.
    pub(super) fn last_line(&self) -> anyhow::Result<serde_json::Value> {
        let body = self.body.trim_ascii_end();
        let start = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        Ok(serde_json::from_slice(&body[start..])?)
    }

    /// Whether it names no link: every host of the index is one of `.test`.
    pub(super) fn is_empty(&self) -> bool {
        !self.body.windows(6).any(|window| window == b".test/")
    }
}

/// The bytes of a request.
pub(super) fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let json = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{json}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}
