//! Which page answers which URL.
//!
//! Invariant: a URL is looked up as it was asked for, byte for byte; an exact page wins over the code of its host, and
//! what nobody put there is a 404.

use std::collections::HashMap;
use std::sync::Arc;

use super::page::{Asked, Page};
use super::robots::Robots;

/// Code that answers for every path of a host.
pub(super) type HostCode = Arc<dyn Fn(&Asked) -> Page + Send + Sync>;

/// What a whole host does wrong before any page is asked for (field.md section 3, cases 13 and 23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Takes connections and never says anything: no TLS handshake, no answer.
    Silent,
    /// Answers the TLS handshake only after this many milliseconds.
    SlowTls(u64),
    /// Refuses the TLS handshake as servers do that only speak older versions (alert 70).
    OldTls,
    /// Its certificate has expired.
    Expired,
    /// Its certificate is for another name.
    WrongName,
    /// Its certificate comes from an authority nobody trusts.
    Untrusted,
}

/// The pages of the web.
#[derive(Default)]
pub(super) struct Atlas {
    /// By URL; `*` as scheme for both.
    pages: HashMap<String, Page>,
    /// By host, or by `.suffix` for every host below it.
    hosts: HashMap<String, HostCode>,
    troubles: HashMap<String, Trouble>,
    /// Requests per URL so far. As long as the request log at most.
    asked: HashMap<String, u64>,
}

impl Atlas {
    /// Puts a page at a URL. The fragment of the URL is dropped.
    pub(super) fn put(&mut self, url: &str, page: Page) {
        self.pages.insert(normal(url), page);
    }

    pub(super) fn remove(&mut self, url: &str) {
        self.pages.remove(&normal(url));
    }

    pub(super) fn put_robots(&mut self, host: &str, robots: Robots) {
        for (path, page) in robots.pages {
            self.pages.insert(format!("*://{host}{path}"), page);
        }
    }

    /// `host` is a name, or `*.suffix`.
    pub(super) fn put_host(&mut self, host: &str, code: HostCode) {
        self.hosts.insert(host.trim_start_matches('*').to_owned(), code);
    }

    pub(super) fn put_trouble(&mut self, host: &str, trouble: Option<Trouble>) {
        match trouble {
            Some(trouble) => self.troubles.insert(host.to_owned(), trouble),
            None => self.troubles.remove(host),
        };
    }

    pub(super) fn trouble(&self, host: &str) -> Option<Trouble> {
        self.troubles.get(host).copied()
    }

    /// The page for a request, and the count of the requests for its URL before this one, set in `asked`.
    pub(super) fn find(&mut self, asked: &mut Asked) -> Page {
        let url = asked.url();
        let count = self.asked.entry(url.clone()).or_default();
        asked.nth = *count;
        *count += 1;
        let either = || format!("*://{}{}", asked.host, asked.target);
        if let Some(page) = self.pages.get(&url).or_else(|| self.pages.get(&either())) {
            return page.clone();
        }
        match self.host_code(&asked.host) {
            Some(code) => Page::computed(move |asked| code(asked)),
            None => Page::error(404),
        }
    }

    /// The code of the host itself, else of the longest suffix.
    fn host_code(&self, host: &str) -> Option<HostCode> {
        let below = host.match_indices('.').map(|(at, _)| &host[at..]);
        std::iter::once(host).chain(below).find_map(|name| self.hosts.get(name)).cloned()
    }
}

/// The URL as a client sends it.
fn normal(url: &str) -> String {
    let mut url = url::Url::parse(url).unwrap_or_else(|e| panic!("{url:?} cannot have a page: {e}"));
    url.set_fragment(None);
    url.into()
}
