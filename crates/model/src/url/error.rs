//! Why a text is not a crawlable URL. Invariant: foreign text in a message is quoted and shortened.

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
    /// Port 0 is reserved (RFC 6335 section 6) and cannot be connected to.
    #[error("port 0 cannot be connected to")]
    Port,
    /// Longer than [`CanonicalUrl::LEN_MAX`](super::CanonicalUrl::LEN_MAX), as written or in its canonical form.
    #[error("URL of {0} bytes is longer than the limit of {max}", max = super::CanonicalUrl::LEN_MAX)]
    TooLong(usize),
}
