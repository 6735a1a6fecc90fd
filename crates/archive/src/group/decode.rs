//! From bytes to fetch record.
//!
//! Invariant: total on any bytes; a group that does not fit together is a reason in words, never a panic and never half
//! a record.

use bytes::Bytes;
use model::{Body, Exchange, FetchRecord, Request, Response};

use crate::format::header::Head;
use crate::format::http::Lines;
use crate::format::member::RECORD_END;
use crate::group::account::{Account, PayloadRef};

/// One WARC record in memory.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) head: Head,
    pub(crate) block: Bytes,
}

/// The records of one group.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// Response or revisit.
    pub(crate) response: Option<Part>,
    pub(crate) request: Option<Part>,
    pub(crate) account: Account,
}

impl Part {
    /// Splits the content of one member.
    pub(crate) fn split(member: Vec<u8>) -> Result<Self, String> {
        let member = Bytes::from(member);
        let end = member
            .windows(RECORD_END.len())
            .position(|window| window == RECORD_END)
            .ok_or("a record's head does not end")?;
        let head = Head::parse(&member[..end])?;
        let block = member.slice(end + RECORD_END.len()..);
        let length = usize::try_from(head.content_length()?).map_err(|_| "Content-Length is too large")?;
        if block.len() != length.saturating_add(RECORD_END.len()) || !block.ends_with(RECORD_END) {
            return Err(format!("a block has {} bytes where Content-Length says {length}", block.len()));
        }
        Ok(Self { head, block: block.slice(..length) })
    }
}

impl Parts {
    /// The payload to fetch from elsewhere before [`Parts::record`], if this group does not hold its own.
    pub(crate) fn elsewhere(&self) -> Option<&PayloadRef> {
        self.account.payload.as_ref()
    }

    /// The payload held here.
    pub(crate) fn payload(&self) -> Bytes {
        self.response
            .as_ref()
            .map_or_else(Bytes::new, |part| part.block.slice(Lines::split(&part.block).body..))
    }

    /// The fetch record; `payload` is the body when it is held elsewhere.
    pub(crate) fn record(self, payload: Option<Bytes>) -> Result<FetchRecord, String> {
        let Self { response, request, account } = self;
        let exchange = match response {
            None => None,
            Some(part) => Some(exchange(&part, request.as_ref(), &account, payload)?),
        };
        let Account { visit, requested_at, duration, remote, outcome, .. } = account;
        Ok(FetchRecord { visit, requested_at, duration, remote, exchange, outcome })
    }
}

fn exchange(
    part: &Part,
    request: Option<&Part>,
    account: &Account,
    payload: Option<Bytes>,
) -> Result<Exchange, String> {
    let lines = Lines::split(&part.block);
    let (version, status) = lines.status(&part.block).ok_or("a response has no status line")?;
    let (status, headers) = match &account.response {
        Some(exact) => (exact.status, exact.headers.clone()),
        None => (status, lines.headers(&part.block)),
    };
    let raw = payload.unwrap_or_else(|| part.block.slice(lines.body..));
    let body = Body { raw, decoded: None, truncated: account.truncated };
    let version = account.version.clone().unwrap_or(version);
    let request = match (&account.request, request) {
        (Some(exact), _) => Request::from(exact.clone()),
        (None, Some(part)) => {
            let lines = Lines::split(&part.block);
            let (method, target) = lines.request(&part.block).ok_or("a request has no request line")?;
            Request { method, target, headers: lines.headers(&part.block) }
        }
        (None, None) => return Err("a group has no request".to_owned()),
    };
    Ok(Exchange { request, response: Response { version, status, headers, body } })
}
