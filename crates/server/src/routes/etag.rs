//! Conditional answers (RFC 9110 section 13): whoever has a link as it is now is not sent it again.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The value as JSON with an entity tag of its bytes, or 304 when the caller has the same bytes. It may be kept, but must be
/// asked for again each time: a takedown counts at once.
pub(super) fn answer(value: &impl Serialize, asked: &HeaderMap) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|e| Problem::internal(&e))?;
    let tag = tag(&body);
    let cache = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if asked.get_all(header::IF_NONE_MATCH).iter().any(|line| matches(line.as_bytes(), &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    Ok((cache, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Half a SHA-256 tells any two versions of a link apart. Weak, because compression changes the bytes and not the link
/// (RFC 9110 section 8.8.1).
fn tag(body: &[u8]) -> String {
    format!("W/\"{}\"", HEXLOWER.encode(&Sha256::digest(body)[..16]))
}

/// Whether a line of `If-None-Match` names the tag: `*`, or a list, compared weakly (RFC 9110 section 13.1.2). Our tags hold
/// no comma, so a foreign tag that does cannot be mistaken for one.
fn matches(line: &[u8], tag: &str) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let bare = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    line.split(',').map(str::trim).any(|one| one == "*" || bare(one) == bare(tag))
}
