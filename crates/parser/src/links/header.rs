//! The `Link` header (RFC 8288).
//!
//! Invariant: commas and semicolons inside `<…>` and quotes do not split; at most [`TARGETS_MAX`] links.

use crate::head::tokens;

const TARGETS_MAX: usize = 64;

/// One link of the header.
pub(super) struct Target<'a> {
    pub(super) url: &'a str,
    pub(super) rel: Vec<String>,
    pub(super) media_type: String,
    pub(super) hreflang: Option<&'a str>,
}

/// The links of a header value.
pub(super) fn targets(value: &str) -> Vec<Target<'_>> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find('<')
        && found.len() < TARGETS_MAX
    {
        let Some(len) = rest[start + 1..].find('>') else { break };
        let url = &rest[start + 1..start + 1 + len];
        let after = &rest[start + len + 2..];
        let end = unquoted(after, ',').unwrap_or(after.len());
        found.push(target(url, &after[..end]));
        rest = &after[end..];
    }
    found
}

fn target<'a>(url: &'a str, parameters: &'a str) -> Target<'a> {
    let mut target = Target { url, rel: Vec::new(), media_type: String::new(), hreflang: None };
    let mut rest = parameters;
    loop {
        let end = unquoted(rest, ';').unwrap_or(rest.len());
        if let Some((name, value)) = rest[..end].split_once('=') {
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "rel" if target.rel.is_empty() => target.rel = tokens(value),
                "type" => target.media_type = value.to_ascii_lowercase(),
                "hreflang" => target.hreflang = Some(value),
                _ => {}
            }
        }
        match rest.get(end + 1..) {
            Some(more) => rest = more,
            None => return target,
        }
    }
}

/// Where a separator stands outside quotes.
fn unquoted(text: &str, separator: char) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices().find_map(|(at, letter)| {
        is_quoted ^= letter == '"';
        (!is_quoted && letter == separator).then_some(at)
    })
}
