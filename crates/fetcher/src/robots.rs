//! What a robots.txt file says (RFC 9309).

use std::time::Duration;

use url::Url;

/// The rules of one robots.txt file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {}

/// Whether a URL may be requested, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may.
    pub allowed: bool,
    /// The rule that decided, as written (`Disallow: /private`); `None` when none applies.
    pub rule: Option<String>,
    /// Its line, from 1.
    pub line: Option<u32>,
    /// The agent of the group that decided, as written (`*` for everyone).
    pub group: Option<String>,
}

impl Rules {
    /// Most bytes of a file that are read: 500 KiB (RFC 9309 section 2.5). A partial last line is dropped.
    pub const LEN_MAX: usize = 512_000;

    /// Reads a file. Total: any bytes give rules, in time linear in their number.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let _ = bytes;
        Self {}
    }

    /// The verdict on a URL for an agent.
    #[must_use]
    pub fn judge(&self, agent: &str, url: &Url) -> Verdict {
        let _ = (agent, url);
        Verdict { allowed: true, rule: None, line: None, group: None }
    }

    /// The delay asked of an agent: the longer of `Crawl-delay` and what `Request-rate` comes to.
    #[must_use]
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        let _ = agent;
        None
    }

    /// The `Sitemap` lines as written, in order.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &[]
    }
}
