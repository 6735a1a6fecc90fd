#![doc = include_str!("../README.md")]

mod candidates;
mod request;
mod score;
mod spread;

use std::collections::HashSet;

use indexer::LinkSource;
use model::{CanonicalUrl, Interests, UrlKey};

pub use crate::request::{Reason, ReasonCode, Recommendation, Request, Settings};

/// Why no recommendation could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The index failed.
    #[error("the index could not be asked for candidates")]
    Index(#[from] indexer::Error),
}

/// Links for these interests, best first; fewer than asked for, or none, when the index has no more that may be shown, or
/// when more would break the limit per host. At most `Settings::candidates_max`.
///
/// # Errors
/// When the index fails.
pub fn recommend(
    source: &dyn LinkSource,
    interests: &Interests,
    request: &Request,
    settings: &Settings,
) -> Result<Vec<Recommendation>, Error> {
    let unwanted = Unwanted::of(interests, request);
    let candidates = candidates::gather(source, interests, request, settings, &unwanted)?;
    let scored = score::score(candidates, request, settings);
    Ok(spread::choose(scored, request, settings))
}

/// What must not be recommended.
struct Unwanted {
    keys: HashSet<UrlKey>,
    hosts: HashSet<String>,
}

impl Unwanted {
    fn of(interests: &Interests, request: &Request) -> Self {
        let urls = interests.links.iter().chain(&interests.seen).chain(&request.exclude);
        Self {
            keys: urls.filter_map(|url| key_of(url)).collect(),
            hosts: interests.muted_hosts.iter().map(|host| bare(host)).collect(),
        }
    }

    /// Whether a link may be recommended. Muting a host mutes the hosts below it.
    fn allows(&self, hit: &indexer::Hit) -> bool {
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
fn key_of(url: &str) -> Option<UrlKey> {
    CanonicalUrl::parse(url).ok().map(|url| url.key())
}

fn bare(host: &str) -> String {
    host.trim().trim_end_matches('.').trim_start_matches("www.").to_lowercase()
}
