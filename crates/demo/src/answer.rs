//! From a request to a response, without I/O. Invariant: the same question always gets the same answer.

use crate::page::Page;

/// The parts of a request that matter here.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Question<'a> {
    pub(crate) method: &'a str,
    pub(crate) if_none_match: Option<&'a str>,
    pub(crate) if_modified_since: Option<&'a str>,
}

/// A response. The body is the one a GET gets; the server leaves it out for HEAD.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: &'static [u8],
}

/// The answer for a page that was found.
pub(crate) fn answer(page: &'static Page, question: Question<'_>) -> Answer {
    if !matches!(question.method, "GET" | "HEAD") {
        return plain(405, b"only GET and HEAD are served here\n", vec![("allow", "GET, HEAD")]);
    }
    let mut headers = Vec::with_capacity(page.headers.len() + 2);
    if page.status == 200 {
        headers.push(("etag", page.etag));
    }
    headers.extend(page.headers.iter().copied());
    if page.status == 200 && unchanged(page, question) {
        return Answer { status: 304, headers, body: b"" };
    }
    headers.push(("content-type", page.content_type));
    Answer { status: page.status, headers, body: page.body }
}

/// The answer for a host that is not part of the demo web (RFC 9110 section 15.5.20).
pub(crate) fn foreign_host() -> Answer {
    plain(421, b"this host is not part of the demo web\n", Vec::new())
}

/// The answer for a path that a known host does not have.
pub(crate) fn missing() -> Answer {
    plain(404, b"no such page\n", Vec::new())
}

fn plain(status: u16, body: &'static [u8], mut headers: Vec<(&'static str, &'static str)>) -> Answer {
    headers.push(("content-type", "text/plain; charset=utf-8"));
    Answer { status, headers, body }
}

/// RFC 9110 section 13.1: If-None-Match decides alone when present; If-Modified-Since only without it.
fn unchanged(page: &Page, question: Question<'_>) -> bool {
    if let Some(tags) = question.if_none_match {
        return tags.split(',').map(str::trim).any(|tag| {
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == page.etag // weak comparison, section 8.8.3.2
        });
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    match (question.if_modified_since.and_then(date), page.header("last-modified").and_then(date)) {
        (Some(since), Some(modified)) => modified <= since,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
