//! What must not be recommended: seen, liked and excluded links, muted hosts.

use std::collections::HashSet;

use indexer::Hit;
use model::{CanonicalUrl, Interests, UrlKey};

use crate::request::Request;

/// What must not be recommended.
pub(crate) struct Unwanted {
    pub(crate) keys: HashSet<UrlKey>,
    hosts: HashSet<String>,
}

impl Unwanted {
    pub(crate) fn of(interests: &Interests, request: &Request) -> Self {
        let urls = interests.links.iter().chain(&interests.seen).chain(&request.exclude);
        Self {
            keys: urls.filter_map(|url| key_of(url)).collect(),
            hosts: interests.muted_hosts.iter().map(|host| bare(host)).collect(),
        }
    }

    /// Whether a link may be recommended. Muting a host mutes the hosts below it.
    pub(crate) fn allows(&self, hit: &Hit) -> bool {
        let mut host = hit.host.as_str();
        loop {
            if self.hosts.contains(host) {
                return false;
            }
            match host.split_once('.') {
                Some((_, rest)) => host = rest,
                None => break,
            }
        }
        !self.keys.contains(&hit.document.key)
    }
}

/// The key of a URL as people give it; none when it is no URL, which is then no link of the index either.
pub(crate) fn key_of(url: &str) -> Option<UrlKey> {
    CanonicalUrl::parse(url).ok().map(|url| url.key())
}

fn bare(host: &str) -> String {
    host.trim().trim_end_matches('.').trim_start_matches("www.").to_lowercase()
}
