//! URLs: what is fetched, what deduplicates, who is asked.
//!
//! Three different things, never mixed up: the *fetched URL* (the first spelling seen, WHATWG-parsed, fragment dropped),
//! the *canonical URL* (its deduplicating form) and the [`UrlKey`] (a fixed-size hash of the canonical URL, led by a hash
//! of the site so that a site's URLs lie together in any ordered store).

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::{Host, Url};

/// A crawlable URL (http or https) with its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalUrl {
    fetch: Url,
    canonical: String,
}

/// Why a text is not a crawlable URL. An outcome of foreign input, so it says what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The WHATWG parser refused it.
    #[error("not a URL: {0}")]
    Unparsable(String),
    /// Neither http nor https.
    #[error("scheme {0:?} is not crawled; only http and https are")]
    Scheme(String),
    /// The host part cannot name a machine on the web.
    #[error("host is not valid: {0}")]
    Host(String),
    /// Longer than [`CanonicalUrl::LEN_MAX`].
    #[error("URL of {0} bytes is longer than the limit of {max}", max = CanonicalUrl::LEN_MAX)]
    TooLong(usize),
}

/// Who is responsible for a host: its registrable domain by the Public Suffix List (private section included), or the
/// host itself where there is none (an IP address, `localhost`). Politeness and scope are by site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Site(String);

/// Scheme, host and port: the unit robots.txt speaks for (RFC 9309 section 2.3), as `https://example.kz:8443`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origin(String);

/// 16 bytes that name a canonical URL: 6 bytes of SHA-256 of the site, then 10 bytes of SHA-256 of the canonical URL.
/// A cryptographic hash because crawled sites choose their URLs and must not be able to make two collide.
/// Printed as 32 lower-case hexadecimal digits; this is also the public link id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlKey(pub [u8; 16]);

impl CanonicalUrl {
    /// The longest URL taken, in bytes of its serialised form (RFC 9110 section 4.1 asks for at least 8,000).
    pub const LEN_MAX: usize = 8_192;

    /// Reads an absolute URL.
    ///
    /// # Errors
    /// When the text is not an http(s) URL with a usable host, or is too long.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > 4 * Self::LEN_MAX {
            return Err(UrlError::TooLong(text.len()));
        }
        Self::from_url(Url::parse(text).map_err(|e| UrlError::Unparsable(e.to_string()))?)
    }

    /// Takes an already parsed URL; drops its fragment and credentials.
    ///
    /// # Errors
    /// As [`CanonicalUrl::parse`].
    pub fn from_url(mut url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        if !url.username().is_empty() || url.password().is_some() {
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        if url.as_str().len() > Self::LEN_MAX {
            return Err(UrlError::TooLong(url.as_str().len()));
        }
        let canonical = url.as_str().to_owned();
        Ok(Self { fetch: url, canonical })
    }

    /// The URL as it is requested.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.fetch
    }

    /// The deduplicating form.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The key of the canonical form.
    #[must_use]
    pub fn key(&self) -> UrlKey {
        UrlKey::new(&self.site(), &self.canonical)
    }

    /// The registrable domain asked.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::of(&self.fetch)
    }

    /// The host asked, without port: a domain in punycode or an IP address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.fetch.host_str().unwrap_or_default()
    }

    /// The origin asked.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::of(&self.fetch)
    }
}

impl Site {
    /// The site of a URL.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        match url.host() {
            Some(Host::Domain(domain)) => Self::of_domain(domain),
            Some(host) => Self(host.to_string()),
            None => Self(String::new()),
        }
    }

    /// The site of a domain name already in its ASCII form.
    #[must_use]
    pub fn of_domain(domain: &str) -> Self {
        let domain = domain.trim_end_matches('.');
        Self(psl::domain_str(domain).unwrap_or(domain).to_owned())
    }

    /// Its name, as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Origin {
    /// The origin of a URL.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        Self(url.origin().ascii_serialization())
    }

    /// Its serialisation, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UrlKey {
    /// The key of a canonical URL on a site.
    #[must_use]
    pub fn new(site: &Site, canonical: &str) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&Sha256::digest(site.as_str())[..6]);
        bytes[6..].copy_from_slice(&Sha256::digest(canonical)[..10]);
        Self(bytes)
    }

    /// The key printed by [`fmt::Display`], if `text` is one.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
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

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlKey({self})")
    }
}

impl Serialize for UrlKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for UrlKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::from_hex(&text)
                .ok_or_else(|| serde::de::Error::custom("not a link id of 32 hexadecimal digits"))
        } else {
            <[u8; 16]>::deserialize(deserializer).map(Self)
        }
    }
}
