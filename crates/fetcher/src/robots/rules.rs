//! Groups and the verdict (RFC 9309 section 2.2).
//!
//! Invariant: a rule set never changes once read, and judging allocates nothing that grows with it.

use std::collections::HashMap;
use std::time::Duration;

use url::Url;

use super::delay::{Pause, RequestRate};
use super::normal;
use super::pattern::Pattern;
use super::sanitise::LEN_MAX;

/// The rules of one robots.txt file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    pub(super) blocks: Vec<Block>,
    pub(super) pauses: Vec<Pause>,
    /// Product token in lower case (`*` for everyone) to the blocks that name it, in file order.
    pub(super) by_agent: HashMap<String, Named>,
    pub(super) sitemaps: Vec<String>,
}

/// Where an agent is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// As first written.
    pub(super) written: String,
    /// Indices into `Rules::blocks`, ascending.
    pub(super) blocks: Vec<usize>,
    /// Indices into `Rules::pauses`.
    pub(super) pauses: Vec<usize>,
}

/// The rules that follow a run of `User-agent` lines. Kept apart from the agents, because many agents times many rules
/// must not become quadratic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) allow: bool,
    pub(super) pattern: Pattern,
    pub(super) line: u32,
    /// The line as written, without comment.
    pub(super) text: String,
}

/// Whether a URL may be requested, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may.
    pub allowed: bool,
    /// The rule that decided, as written (`Disallow: /private`); `None` when no rule matches.
    pub rule: Option<String>,
    /// Its line, from 1.
    pub line: Option<u32>,
    /// The agent of the group that applies, as written (`*` for everyone); `None` when no group does.
    pub group: Option<String>,
}

impl Rules {
    /// Most bytes of a file that are read: 500 KiB (RFC 9309 section 2.5). A partial last line is dropped.
    pub const LEN_MAX: usize = LEN_MAX;

    /// The verdict on a URL for an agent, given by its product token (`silteme`, or `silteme/1.0`).
    #[must_use]
    pub fn judge(&self, agent: &str, url: &Url) -> Verdict {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        self.judge_target(agent, &format!("{}{query}", url.path()))
    }

    /// The verdict on a URL as someone wrote it: the stricter of that on what would be requested and that on the
    /// letters as they stand. They differ where the URL parser rewrites the path (`\`, `.` and `..` segments).
    /// `None` when it is not a URL. For showing verdicts to people; a crawl judges what it requests.
    #[must_use]
    pub fn judge_as_written(&self, agent: &str, text: &str) -> Option<Verdict> {
        let parsed = self.judge(agent, &Url::parse(text).ok()?);
        let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
        let target = after_scheme.find(['/', '?']).map_or("/", |at| &after_scheme[at..]);
        let target = target.split('#').next().unwrap_or_default();
        let written = self.judge_target(agent, target);
        Some(if written.allowed { parsed } else { written })
    }

    /// The verdict on a path with its query.
    pub(super) fn judge_target(&self, agent: &str, target: &str) -> Verdict {
        let named = self.named(agent);
        let group = named.map(|named| named.written.clone());
        // RFC 9309 section 2.2.2: the file itself is implicitly allowed.
        let itself = target.split('?').next() == Some("/robots.txt");
        let rule = if itself { None } else { named.and_then(|named| self.decisive(named, target)) };
        Verdict {
            allowed: rule.is_none_or(|rule| rule.allow),
            rule: rule.map(|rule| rule.text.clone()),
            line: rule.map(|rule| rule.line),
            group,
        }
    }

    /// The longest matching rule; of equally long ones an allowing one (RFC 9309 section 2.2.2), then the first.
    fn decisive(&self, named: &Named, target: &str) -> Option<&Rule> {
        let target = normal::target(target);
        let mut best: Option<&Rule> = None;
        for rule in named.blocks.iter().flat_map(|&index| &self.blocks[index].rules) {
            let better = best
                .is_none_or(|best| (rule.pattern.octets(), rule.allow) > (best.pattern.octets(), best.allow));
            if better && rule.pattern.matches(&target) {
                best = Some(rule);
            }
        }
        best
    }

    /// The group that speaks for an agent: its own, else everyone's.
    fn named(&self, agent: &str) -> Option<&Named> {
        let token = agent.split('/').next().unwrap_or_default();
        let is_token = !token.is_empty() && product_token(token) == token;
        let own = if is_token { self.by_agent.get(&token.to_ascii_lowercase()) } else { None };
        own.or_else(|| self.by_agent.get("*"))
    }

    /// The delay asked of an agent: the longer of `Crawl-delay` and what `Request-rate` comes to; at most ten years.
    #[must_use]
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        self.pause(agent).longest()
    }

    /// The `Request-rate` asked of an agent.
    #[must_use]
    pub fn request_rate(&self, agent: &str) -> Option<RequestRate> {
        self.pause(agent).rate
    }

    fn pause(&self, agent: &str) -> Pause {
        let mut merged = Pause::default();
        for &index in self.named(agent).map(|named| named.pauses.as_slice()).unwrap_or_default() {
            merged.merge(self.pauses[index]);
        }
        merged
    }

    /// The `Sitemap` values in order, non-ASCII bytes percent-encoded. They are hints from the file's author, not
    /// checked to be URLs.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

/// The product token an agent text begins with: letters, `-` and `_` (RFC 9309 section 2.2.1).
pub(super) fn product_token(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_').unwrap_or(text.len());
    &text[..end]
}
