//! From a page and a request to the one answer that is sent: conditional requests, status rules.
//!
//! Invariant: pure; a [`Reply`] holds everything that goes on the wire except the framing.

use bytes::Bytes;

use super::page::{Asked, Content, Manner, Page};

/// How deep computed pages may return computed pages.
const DEPTH_MAX: usize = 8;

/// The answer to one request.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, Bytes)>,
    pub(super) body: Bytes,
    /// A body follows the header (not after HEAD, 204, 304).
    pub(super) has_body: bool,
    pub(super) manner: Manner,
}

impl Reply {
    /// The answer of `page` to this request.
    pub(super) fn of(page: Page, asked: &Asked) -> Self {
        let page = settle(page, asked);
        let body = match page.content {
            Content::Bytes(bytes) => bytes,
            Content::File(path) => match std::fs::read(&path) {
                Ok(bytes) => bytes.into(),
                Err(error) => panic!("the simulated web cannot read {}: {error}", path.display()),
            },
            Content::Computed(_) => panic!("{}: pages computed {DEPTH_MAX} levels deep", asked.url()),
        };
        let mut reply =
            Self { status: page.status, headers: page.headers, body, has_body: true, manner: page.manner };
        if reply.status == 200 && matches!(asked.method.as_str(), "GET" | "HEAD") && reply.is_current(asked) {
            reply.become_not_modified();
        }
        reply.has_body = asked.method != "HEAD" && !matches!(reply.status, 100..=199 | 204 | 304);
        reply
    }

    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// Whether the client's copy is the one we would send (RFC 9110 section 13.2.2).
    fn is_current(&self, asked: &Asked) -> bool {
        if let Some(known) = asked.header("if-none-match") {
            let Some(etag) = self.header("etag") else { return false };
            let weak = |etag: &str| etag.trim().trim_start_matches("W/").to_owned();
            return known.trim() == "*" || known.split(',').any(|one| weak(one) == weak(etag));
        }
        let date = |text: Option<&str>| text.and_then(|text| httpdate::parse_http_date(text).ok());
        match (date(asked.header("if-modified-since")), date(self.header("last-modified"))) {
            (Some(since), Some(modified)) => modified <= since,
            _ => false,
        }
    }

    /// Keeps of the header what RFC 9110 section 15.4.5 wants in a 304.
    fn become_not_modified(&mut self) {
        self.status = 304;
        self.body = Bytes::new();
        self.headers.retain(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !matches!(name.as_str(), "content-type" | "content-encoding" | "content-length")
        });
    }
}

/// Takes refusals and computed pages away until a plain page is left.
fn settle(mut page: Page, asked: &Asked) -> Page {
    for _ in 0..DEPTH_MAX {
        match (page.refusal.take(), &page.content) {
            (Some((times, other)), _) if asked.nth < times => page = *other,
            (_, Content::Computed(make)) => page = make(asked),
            _ => break,
        }
    }
    page
}

#[cfg(test)]
mod tests;
