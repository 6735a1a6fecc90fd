//! SURT keys: a URL with its host reversed, folded as web archives do, so that lines sort by site.
//!
//! Follows the `surt` library of the Internet Archive (which pywb and cdxj-indexer use), without its removal of session
//! identifiers. Invariant: a key is printable ASCII without spaces; several URLs may share one.

use std::fmt::Write as _;

/// Rounds of percent-decoding; real URLs need two.
const UNESCAPE_ROUNDS_MAX: usize = 8;

/// The key of a URL.
pub(crate) fn key(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return opaque(url) };
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, after) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (path, query) = match after.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (after, None),
    };
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = split_port(authority);
    if host.is_empty() {
        return opaque(url);
    }
    let mut key = reversed(host);
    if let Some(port) = port.filter(|port| !is_default(&scheme, port)) {
        key.push(':');
        escape_into(port.as_bytes(), &mut key);
    }
    key.push(')');
    key.push_str(&folded_path(path));
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        key.push('?');
        key.push_str(&folded_query(query));
    }
    key
}

/// The key of a text that is no URL.
fn opaque(text: &str) -> String {
    let mut key = String::from("-");
    escape_into(text.as_bytes(), &mut key);
    key
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_default(scheme: &str, port: &str) -> bool {
    matches!((scheme, port), (_, "") | ("http", "80") | ("https", "443"))
}

fn reversed(host: &str) -> String {
    let lower = host.trim_matches('.').to_ascii_lowercase();
    let after_www =
        lower.strip_prefix("www").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let bare =
        after_www.and_then(|rest| rest.strip_prefix('.')).filter(|rest| !rest.is_empty()).unwrap_or(&lower);
    let labels: Vec<&str> = bare.split('.').rev().collect();
    let mut key = String::with_capacity(bare.len());
    // `~` leads the line that ends a closed index.
    if labels.first().is_some_and(|label| label.starts_with('~')) {
        key.push('-');
    }
    escape_into(labels.join(",").as_bytes(), &mut key);
    key
}

fn folded_path(path: &str) -> String {
    let bytes = unescaped(path);
    let mut kept: Vec<&[u8]> = Vec::new();
    let pieces: Vec<&[u8]> = bytes.split(|byte| *byte == b'/').skip(1).collect();
    for piece in &pieces {
        match *piece {
            b"." => {}
            b".." => {
                kept.pop();
            }
            piece => kept.push(piece),
        }
    }
    let last = kept.pop().unwrap_or_default();
    let mut folded = String::with_capacity(path.len() + 1);
    folded.push('/');
    for piece in kept.iter().filter(|piece| !piece.is_empty()) {
        escape_into(piece, &mut folded);
        folded.push('/');
    }
    escape_into(last, &mut folded);
    if folded.len() > 1 && folded.ends_with('/') {
        folded.pop();
    }
    folded.make_ascii_lowercase();
    folded
}

fn folded_query(query: &str) -> String {
    let mut text = String::with_capacity(query.len());
    escape_into(&unescaped(query), &mut text);
    text.make_ascii_lowercase();
    let mut pairs: Vec<(&str, Option<&str>)> = text
        .split('&')
        .map(|pair| pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value))))
        .collect();
    pairs.sort_unstable();
    let joined: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}")))
        .collect();
    joined.join("&")
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..UNESCAPE_ROUNDS_MAX {
        if !bytes.contains(&b'%') {
            break;
        }
        let next = unescaped_once(&bytes);
        if next == bytes {
            break;
        }
        bytes = next;
    }
    bytes
}

fn unescaped_once(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Escapes what is not printable ASCII, `%` and `#`.
fn escape_into(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        if byte.is_ascii_graphic() && !matches!(byte, b'%' | b'#') {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
