//! What must never be crawled again. Invariant: after the call that forgets, only hashes of it are kept.

use std::collections::{HashMap, HashSet};

use model::CanonicalUrl;
use sha2::{Digest, Sha256};

/// What is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takedown {
    /// One URL in all its spellings.
    Url(CanonicalUrl),
    /// Every URL that begins so, compared as text with the canonical URL and the URL as requested.
    Prefix(String),
    /// Every URL of a host (a domain in ASCII or an address), not of its subdomains.
    Host(String),
}

/// A takedown as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// What it names.
    pub kind: RuleKind,
    /// Length of the prefix in bytes; 0 for the other kinds.
    pub length: u32,
    /// SHA-256 of the canonical URL, the prefix or the host.
    pub hash: [u8; 32],
}

/// What a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RuleKind {
    /// A canonical URL.
    Url = 0,
    /// The beginning of a URL.
    Prefix = 1,
    /// A host.
    Host = 2,
}

/// Every rule, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    urls: HashSet<[u8; 32]>,
    hosts: HashSet<[u8; 32]>,
    prefixes: HashMap<usize, HashSet<[u8; 32]>>,
}

impl Takedown {
    /// The rule that is kept of it.
    #[must_use]
    pub fn rule(&self) -> Rule {
        let (kind, length, text) = match self {
            Self::Url(url) => (RuleKind::Url, 0, url.canonical().to_owned()),
            Self::Prefix(prefix) => (RuleKind::Prefix, prefix.len(), prefix.clone()),
            Self::Host(host) => (RuleKind::Host, 0, host.to_ascii_lowercase()),
        };
        Rule { kind, length: u32::try_from(length).unwrap_or(u32::MAX), hash: digest(text.as_bytes()) }
    }

    /// Whether it names this URL.
    #[must_use]
    pub fn names(&self, url: &CanonicalUrl) -> bool {
        match self {
            Self::Url(taken) => taken.canonical() == url.canonical(),
            Self::Prefix(prefix) => {
                url.canonical().starts_with(prefix.as_str())
                    || url.url().as_str().starts_with(prefix.as_str())
            }
            Self::Host(host) => host.eq_ignore_ascii_case(url.host()),
        }
    }
}

impl RuleKind {
    /// The kind of a number, as stored.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        [Self::Url, Self::Prefix, Self::Host].into_iter().find(|kind| *kind as u8 == number)
    }
}

impl Rules {
    pub(crate) fn add(&mut self, rule: &Rule) {
        match rule.kind {
            RuleKind::Url => drop(self.urls.insert(rule.hash)),
            RuleKind::Host => drop(self.hosts.insert(rule.hash)),
            RuleKind::Prefix => {
                let length = usize::try_from(rule.length).unwrap_or(usize::MAX);
                self.prefixes.entry(length).or_default().insert(rule.hash);
            }
        }
    }

    pub(crate) fn doom(&self, url: &CanonicalUrl) -> bool {
        (!self.urls.is_empty() && self.urls.contains(&digest(url.canonical().as_bytes())))
            || (!self.hosts.is_empty() && self.hosts.contains(&digest(url.host().as_bytes())))
            || self.prefixes.iter().any(|(&length, hashes)| {
                [url.canonical(), url.url().as_str()].iter().any(|text| {
                    text.as_bytes().get(..length).is_some_and(|head| hashes.contains(&digest(head)))
                })
            })
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests;
