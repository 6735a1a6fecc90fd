//! What the metadata record of a group says: the visit and everything that request and response cannot carry.
//!
//! Invariant: one line of JSON in an `application/warc-fields` block, so that other tools read the block and skip it.

use std::net::IpAddr;
use std::time::Duration;

use model::{FetchRecord, HeaderLine, Outcome, Request, Timestamp, Truncation, Visit};
use serde::{Deserialize, Serialize};

/// The name of our line in the block.
const FIELD: &str = "silteme: ";

/// The metadata of one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) visit: Visit,
    pub(crate) requested_at: Timestamp,
    pub(crate) duration: Duration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) remote: Option<IpAddr>,
    pub(crate) outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) truncated: Option<Truncation>,
    /// The response's version, when the status line could not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// Status and header lines, when the head could not carry them unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response: Option<ExactResponse>,
    /// The request, when there is no request record or it could not carry it unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<ExactRequest>,
    /// Where the payload is, when this response repeats an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payload: Option<PayloadRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExactResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<HeaderLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExactRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<HeaderLine>,
}

/// The record that holds a payload: named by segment, URL and digest rather than by offset, because an erasure moves
/// records inside a segment but never between segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PayloadRef {
    pub(crate) segment: u32,
    pub(crate) url: String,
    pub(crate) digest: String,
}

impl Account {
    /// What is always said of a record.
    pub(crate) fn of(record: &FetchRecord) -> Self {
        Self {
            visit: record.visit.clone(),
            requested_at: record.requested_at,
            duration: record.duration,
            remote: record.remote,
            outcome: record.outcome.clone(),
            truncated: record.response().and_then(|response| response.body.truncated),
            version: None,
            response: None,
            request: None,
            payload: None,
        }
    }

    /// The block: `fetchTimeMs`, `via` and `outcome` for other tools, then our line.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        use std::io::Write as _;
        write!(out, "fetchTimeMs: {}\r\noutcome: {}\r\n", self.duration.as_millis(), self.outcome.word())?;
        if let Some(via) = &self.visit.via {
            write!(out, "via: {}\r\n", crate::format::header::uri(via))?;
        }
        out.extend_from_slice(FIELD.as_bytes());
        serde_json::to_writer(&mut *out, self)?;
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Reads a block.
    pub(crate) fn read(block: &[u8]) -> Result<Self, String> {
        let line = block
            .split(|byte| *byte == b'\n')
            .find_map(|line| line.strip_prefix(FIELD.as_bytes()))
            .ok_or("a metadata record has no silteme line")?;
        serde_json::from_slice(line)
            .map_err(|error| format!("the silteme line of a metadata record: {error}"))
    }
}

impl From<&Request> for ExactRequest {
    fn from(request: &Request) -> Self {
        Self {
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.headers.clone(),
        }
    }
}

impl From<ExactRequest> for Request {
    fn from(exact: ExactRequest) -> Self {
        Self { method: exact.method, target: exact.target, headers: exact.headers }
    }
}
