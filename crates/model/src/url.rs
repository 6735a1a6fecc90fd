//! URLs: what is fetched, what deduplicates, who is asked.
//!
//! Three different things, never mixed up: the *fetched URL* (the first spelling seen, WHATWG-parsed, fragment and
//! credentials dropped), the *canonical URL* (its deduplicating form) and the [`UrlKey`] (a fixed-size hash of the
//! canonical URL, led by a hash of the site so that a site's URLs lie together in any ordered store).
//!
//! Invariant: a [`CanonicalUrl`] can be requested (http or https, a host that can exist, a port that can be connected to)
//! and its canonical form is the canonical form of itself.

mod canonical;
mod change;
mod error;
mod host;
mod key;
mod noise;
mod percent;
mod site;
mod written;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

pub use self::change::Change;
pub use self::error::UrlError;
pub use self::key::UrlKey;
pub use self::site::{Origin, Site};

/// A crawlable URL (http or https) with its canonical form.
///
/// Two are equal when they are fetched by the same text; compare [`CanonicalUrl::key`] or [`CanonicalUrl::canonical`] to
/// deduplicate. Serialised as the fetched URL, from which all else follows.
#[derive(Clone)]
pub struct CanonicalUrl {
    fetch: Url,
    /// `None` when it is the text of `fetch`, as with most links.
    canonical: Option<Box<str>>,
    /// Where the site's name starts and ends in `fetch`.
    site: (usize, usize),
    dropped: Dropped,
    /// Computed when first asked for: links are often dropped by scope before.
    key: OnceLock<UrlKey>,
}

/// What was dropped before `fetch` was kept, for [`CanonicalUrl::changes`].
#[derive(Debug, Clone, Copy)]
struct Dropped {
    fragment: bool,
    credentials: bool,
}

impl CanonicalUrl {
    /// The longest URL taken, in bytes of its serialised form (RFC 9110 section 4.1 asks for at least 8,000).
    pub const LEN_MAX: usize = 8_192;

    /// Reads an absolute URL.
    ///
    /// # Errors
    /// When the text is not an http(s) URL with a usable host and port, or is too long.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        Self::from_url(Self::parse_any(text)?)
    }

    /// Takes an already parsed URL; drops its fragment and credentials.
    ///
    /// # Errors
    /// As [`CanonicalUrl::parse`].
    pub fn from_url(mut url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        let dropped = Dropped {
            fragment: url.fragment().is_some(),
            credentials: !url.username().is_empty() || url.password().is_some(),
        };
        if dropped.fragment {
            url.set_fragment(None);
        }
        if dropped.credentials {
            // Both fail only without a host, which http(s) URLs have.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        if url.as_str().len() > Self::LEN_MAX {
            return Err(UrlError::TooLong(url.as_str().len()));
        }
        host::check(&url)?;
        let canonical = canonical::form(&url, &mut ()).map(String::into_boxed_str);
        if let Some(long) = canonical.as_ref().filter(|form| form.len() > Self::LEN_MAX) {
            return Err(UrlError::TooLong(long.len()));
        }
        let site = site::span(&url);
        Ok(Self { fetch: url, canonical, site: (site.start, site.end), dropped, key: OnceLock::new() })
    }

    /// Reads an absolute URL and says everything that sets its canonical form apart from the text: first what parsing
    /// changed, then our own rules. Slower than [`CanonicalUrl::parse`]; for people, not for the crawl.
    ///
    /// # Errors
    /// As [`CanonicalUrl::parse`].
    pub fn explain(text: &str) -> Result<(Self, Vec<Change>), UrlError> {
        let url = Self::parse_any(text)?;
        let mut changes = written::differences(text, &url);
        let url = Self::from_url(url)?;
        changes.extend(url.changes());
        Ok((url, changes))
    }

    fn parse_any(text: &str) -> Result<Url, UrlError> {
        // Parsing may shorten a text (dot segments, white space), so the limit proper is applied after it.
        if text.len() > 4 * Self::LEN_MAX {
            return Err(UrlError::TooLong(text.len()));
        }
        Url::parse(text).map_err(|e| UrlError::Unparsable(e.to_string()))
    }

    /// The URL as it is requested.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.fetch
    }

    /// The deduplicating form.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.canonical.as_deref().unwrap_or(self.fetch.as_str())
    }

    /// What sets the canonical form apart from the URL that was parsed; empty when nothing does. Changes made by parsing
    /// itself (case of the host, dot segments) are only known to [`CanonicalUrl::explain`].
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.dropped.credentials {
            changes.push(Change::CredentialsDropped);
        }
        if self.dropped.fragment {
            changes.push(Change::FragmentDropped);
        }
        canonical::form(&self.fetch, &mut changes);
        changes
    }

    /// The key of the canonical form. Computed once.
    #[must_use]
    pub fn key(&self) -> UrlKey {
        *self.key.get_or_init(|| UrlKey::of_parts(self.site_str(), self.canonical()))
    }

    /// The registrable domain asked.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::named(self.site_str())
    }

    /// The name of [`CanonicalUrl::site`], without allocating.
    #[must_use]
    pub fn site_str(&self) -> &str {
        &self.fetch.as_str()[self.site.0..self.site.1]
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

// All of these go by the fetched text alone: everything else follows from it, except what was dropped before.
impl PartialEq for CanonicalUrl {
    fn eq(&self, other: &Self) -> bool {
        self.fetch == other.fetch
    }
}

impl Eq for CanonicalUrl {}

impl PartialOrd for CanonicalUrl {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CanonicalUrl {
    fn cmp(&self, other: &Self) -> Ordering {
        self.fetch.cmp(&other.fetch)
    }
}

impl Hash for CanonicalUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fetch.hash(state);
    }
}

impl fmt::Debug for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalUrl")
            .field("fetch", &self.fetch.as_str())
            .field("canonical", &self.canonical())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.canonical())
    }
}

impl FromStr for CanonicalUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Self::parse(text)
    }
}

impl Serialize for CanonicalUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.fetch.as_str())
    }
}

impl<'de> Deserialize<'de> for CanonicalUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
