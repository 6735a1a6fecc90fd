//! The pages of the demo web. Invariant: the table is sorted by URL, so that a look-up is a binary search.

/// One row of the manifest with its bytes.
#[derive(Debug)]
pub struct Page {
    /// Absolute `http` URL in ASCII, percent-encoded as a client sends it.
    pub url: &'static str,
    /// The file under `data/demo`; `-` when the body is empty. Two pages may share one (duplicates).
    pub file: &'static str,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Further response headers, as `(name, value)`.
    pub headers: &'static [(&'static str, &'static str)],
    /// Strong entity tag with its quotes: a hash of the body.
    pub etag: &'static str,
    /// The body as sent; not always UTF-8.
    pub body: &'static [u8],
}

static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Paths that the hosts' robots.txt files close to every crawler, as prefixes; the exception is [`ALLOWED`].
const DISALLOWED: [&str; 2] = ["/private/", "/search"];
/// The one page under a closed prefix that a longer rule opens again.
const ALLOWED: &str = "/private/press-kit";

impl Page {
    /// The host name, without port.
    #[must_use]
    pub fn host(&self) -> &'static str {
        self.split().0
    }

    /// Path and query, as in the request line.
    #[must_use]
    pub fn target(&self) -> &'static str {
        self.split().1
    }

    /// The value of an extra header; names compare without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'static str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, value)| value)
    }

    /// Whether it is an HTML page that exists (status 200).
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.status == 200 && self.content_type.starts_with("text/html")
    }

    /// The `lang` attribute of its `html` element, as written (`kk`, `kk-Latn`, `ru`, `en`); `None` where the page is not
    /// an existing HTML page.
    #[must_use]
    pub fn language(&self) -> Option<&'static str> {
        const ATTRIBUTE: &[u8] = b"<html lang=\"";
        if !self.is_html() {
            return None;
        }
        let start =
            self.body.windows(ATTRIBUTE.len()).position(|window| window.eq_ignore_ascii_case(ATTRIBUTE))?;
        let value = &self.body[start + ATTRIBUTE.len()..];
        let end = value.iter().position(|&byte| byte == b'"')?;
        std::str::from_utf8(&value[..end]).ok()
    }

    /// Whether robots.txt closes it: an obedient crawler never asks for it, although pages link to it.
    #[must_use]
    pub fn is_disallowed(&self) -> bool {
        DISALLOWED.iter().any(|prefix| self.target().starts_with(prefix)) && self.target() != ALLOWED
    }

    fn split(&self) -> (&'static str, &'static str) {
        let rest = self.url.strip_prefix("http://").unwrap_or(self.url);
        rest.split_at(rest.find('/').unwrap_or(rest.len()))
    }
}

/// Every page, sorted by URL.
#[must_use]
pub fn pages() -> &'static [Page] {
    PAGES
}

/// The page a server of static files would send for this host (no port, any case) and request target (path and query, as
/// on the wire): the one listed with exactly this query, else the one without a query.
#[must_use]
pub fn find(host: &str, target: &str) -> Option<&'static Page> {
    position(host, target).map(|index| &PAGES[index])
}

/// As [`find`], as an index into [`pages`].
pub(crate) fn position(host: &str, target: &str) -> Option<usize> {
    let origin = format!("http://{}", host.to_ascii_lowercase());
    let exact = |target: &str| {
        let url = format!("{origin}{target}");
        PAGES.binary_search_by(|page| page.url.cmp(&url)).ok()
    };
    exact(target).or_else(|| exact(target.split_once('?')?.0))
}

/// The host names, sorted, each once.
#[must_use]
pub fn hosts() -> Vec<&'static str> {
    let mut hosts: Vec<_> = PAGES.iter().map(Page::host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// The home page of every host: where a crawl starts.
#[must_use]
pub fn seeds() -> Vec<&'static str> {
    PAGES.iter().filter(|page| page.target() == "/").map(|page| page.url).collect()
}
