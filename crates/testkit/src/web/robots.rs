//! The ways a host has or has not a robots.txt (field.md section 3, cases 1 to 5).
//!
//! Invariant: only pages come out; that they are robots.txt is a matter of their path.

use bytes::Bytes;

use super::page::Page;

/// What a host answers for `/robots.txt`, and the further paths that answer needs.
#[derive(Debug, Clone)]
pub struct Robots {
    pub(super) pages: Vec<(String, Page)>,
}

impl Robots {
    /// Any page in the place of robots.txt: an error, a redirect, a reset, silence, HTML.
    #[must_use]
    pub fn page(page: Page) -> Self {
        Self { pages: vec![("/robots.txt".to_owned(), page)] }
    }

    /// A robots.txt with this text or these bytes, as `text/plain`.
    #[must_use]
    pub fn text(text: impl Into<Bytes>) -> Self {
        Self::page(Page::bytes("text/plain", text))
    }

    /// Everything is allowed.
    #[must_use]
    pub fn allow_all() -> Self {
        Self::text("User-agent: *\nDisallow:\n")
    }

    /// Nothing is allowed.
    #[must_use]
    pub fn disallow_all() -> Self {
        Self::text("User-agent: *\nDisallow: /\n")
    }

    /// These path patterns are disallowed to everyone.
    #[must_use]
    pub fn disallow(patterns: &[&str]) -> Self {
        let rules: Vec<_> = patterns.iter().map(|pattern| format!("Disallow: {pattern}\n")).collect();
        Self::text(format!("User-agent: *\n{}", rules.concat()))
    }

    /// Everything is allowed, this slowly; the value is written as given (`10`, `0.5`, `10s`, `-1`).
    #[must_use]
    pub fn crawl_delay(value: &str) -> Self {
        Self::text(format!("User-agent: *\nCrawl-delay: {value}\nDisallow:\n"))
    }

    /// Only a status: 404 and 410 allow everything, 5xx nothing (RFC 9309 section 2.3.1).
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::page(Page::error(status))
    }

    /// `count` redirects on the same host before this text.
    #[must_use]
    pub fn redirected(count: usize, text: impl Into<Bytes>) -> Self {
        let path =
            |step: usize| if step == 0 { "/robots.txt".to_owned() } else { format!("/robots-{step}.txt") };
        let mut pages: Vec<_> =
            (0..count).map(|step| (path(step), Page::redirect(301, &path(step + 1)))).collect();
        pages.push((path(count), Page::bytes("text/plain", text)));
        Self { pages }
    }

    /// A redirect to itself.
    #[must_use]
    pub fn redirect_loop() -> Self {
        Self::page(Page::redirect(302, "/robots.txt"))
    }

    /// An HTML page with status 200, as hosts send that answer every path alike.
    #[must_use]
    pub fn html() -> Self {
        Self::page(Page::html("<!doctype html><title>Welcome</title><p>User-agent: * is welcome here.</p>"))
    }

    /// At least `bytes` bytes: first `early`, then comments, then `late`. RFC 9309 section 2.5 wants at least the first
    /// 500 KiB read.
    #[must_use]
    pub fn oversized(early: &str, bytes: usize, late: &str) -> Self {
        let filler = "# nothing is said on this line, which is here to make the file long\n";
        let mut text = format!("{early}\n");
        while text.len() < bytes {
            text.push_str(filler);
        }
        text.push_str(late);
        Self::text(text)
    }
}
