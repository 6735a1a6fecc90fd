//! Who is asked: the site and the origin. Invariant: an address is recognised before the Public Suffix List is asked,
//! which would call 3.4 the site of 1.2.3.4 (field.md section 7).

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use url::{Host, Position, Url};

use super::host::without_final_dot;

/// Who is responsible for a host: its registrable domain by the Public Suffix List (private section included), or the
/// host itself where there is none (an IP address, `localhost`, a host that is itself a public suffix). Politeness and
/// scope are by site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Site(String);

/// Scheme, host and port: the unit robots.txt speaks for (RFC 9309 section 2.3), as `https://example.kz:8443`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Site {
    /// The site of a URL.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        Self(url.as_str()[span(url)].to_owned())
    }

    /// The site of a domain name already in its ASCII form. An address (IPv6 with or without brackets) is its own site.
    #[must_use]
    pub fn of_domain(domain: &str) -> Self {
        let lower = if domain.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(domain.to_ascii_lowercase())
        } else {
            Cow::Borrowed(domain)
        };
        let name = lower.trim_end_matches('.');
        let unbracketed = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
        if unbracketed.parse::<IpAddr>().is_ok() {
            return Self(name.to_owned());
        }
        Self(registrable(name).to_owned())
    }

    /// A site already known by its name, for instance one that [`CanonicalUrl::site_str`](super::CanonicalUrl::site_str) gave.
    pub(super) fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Its name, as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the site's name stands in the serialised URL: it is always the host or the end of the host.
pub(super) fn span(url: &Url) -> Range<usize> {
    let start = url[..Position::BeforeHost].len();
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = without_final_dot(name);
            let end = start + name.len();
            end - registrable(name).len()..end
        }
        _ => start..start + url.host_str().unwrap_or_default().len(),
    }
}

/// The registrable domain of a lower-case name without final dot; always the end of `name`.
fn registrable(name: &str) -> &str {
    psl::domain_str(name).unwrap_or(name)
}

impl Origin {
    /// The origin of a URL.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        if matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none() {
            // The same text as the general form below, in one allocation instead of several.
            return Self(url[..Position::BeforePath].to_owned());
        }
        Self(url.origin().ascii_serialization())
    }

    /// Its serialisation, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
