//! What the WHATWG parser made of a text. For people who ask what happened to their URL, never for the crawl.
//!
//! Invariant: describes, decides nothing; an odd text may be described incompletely, never wrongly parsed.

use url::{Host, Url};

use super::change::{Change, Witness};

/// How the parsed form of `text` differs from it. Fragment and credentials are not mentioned here.
pub(super) fn differences(text: &str, parsed: &Url) -> Vec<Change> {
    let mut changes = Vec::new();
    let clean: String =
        text.trim_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    if clean.len() != text.len() {
        changes.saw(|| Change::WhiteSpaceDropped);
    }
    let (scheme, rest) = clean.split_once(':').unwrap_or(("", &clean));
    if scheme.bytes().any(|b| b.is_ascii_uppercase()) {
        changes.saw(|| Change::SchemeLowered);
    }
    let rest = rest.trim_start_matches(['/', '\\']);
    let (authority, rest) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
    authority_differences(authority.rsplit('@').next().unwrap_or_default(), parsed, &mut changes);
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    path_differences(path, &mut changes);
    if path.chars().any(is_never_kept) || query.chars().any(|c| is_never_kept(c) || c == '\'') {
        changes.saw(|| Change::CharactersEncoded);
    }
    changes
}

fn authority_differences(authority: &str, parsed: &Url, changes: &mut Vec<Change>) {
    let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    let host = &authority[..port_at.unwrap_or(authority.len())];
    if port_at.is_some() && parsed.port().is_none() {
        changes.saw(|| Change::DefaultPortDropped);
    }
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        changes.saw(|| Change::HostLowered);
    }
    let read = parsed.host_str().unwrap_or_default();
    if host.eq_ignore_ascii_case(read) {
        return;
    }
    changes.saw(|| match parsed.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Change::HostReadAsAddress,
        _ if read.contains("xn--") => Change::HostInPunycode,
        _ => Change::HostDecoded,
    });
}

fn path_differences(path: &str, changes: &mut Vec<Change>) {
    if path.contains('\\') {
        changes.saw(|| Change::BackslashesTurned);
    }
    let is_dots = |segment: &str| {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        dots == "." || dots == ".."
    };
    if path.split(['/', '\\']).any(is_dots) {
        changes.saw(|| Change::DotSegmentsResolved);
    }
}

/// The characters of WHATWG's query percent-encode set; the path set has a few more that pages seldom write.
fn is_never_kept(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_control() || matches!(c, ' ' | '"' | '<' | '>')
}
