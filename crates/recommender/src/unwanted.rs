//! What must not be recommended: seen, liked, disliked and excluded links, muted hosts, topics and stories.

use std::collections::HashSet;

use indexer::Hit;
use model::{CanonicalUrl, Interests, UrlKey};

use crate::features::{WordHash, words};
use crate::request::Request;

/// Words of one muted topic that are looked at.
const TOPIC_WORDS_MAX: usize = 8;

/// What must not be recommended.
pub(crate) struct Unwanted {
    pub(crate) keys: HashSet<UrlKey>,
    hosts: HashSet<String>,
    stories: HashSet<u64>,
    /// In lower case.
    topics: HashSet<String>,
    /// The same, as titles are searched for them.
    phrases: Vec<Vec<WordHash>>,
}

impl Unwanted {
    pub(crate) fn of(interests: &Interests, request: &Request) -> Self {
        let urls = [&interests.links, &interests.dislikes, &interests.seen, &request.exclude];
        let topics = interests.muted_topics.iter().map(|topic| topic.trim().to_lowercase());
        let topics: HashSet<String> = topics.filter(|topic| !topic.is_empty()).collect();
        Self {
            keys: urls.into_iter().flatten().filter_map(|url| key_of(url)).collect(),
            hosts: interests.muted_hosts.iter().map(|host| bare(host)).collect(),
            stories: interests.muted_stories.iter().copied().collect(),
            phrases: topics
                .iter()
                .map(|topic| words(topic, TOPIC_WORDS_MAX))
                .filter(|phrase| !phrase.is_empty())
                .collect(),
            topics,
        }
    }

    /// Whether a link may be recommended.
    pub(crate) fn allows(&self, hit: &Hit) -> bool {
        !self.keys.contains(&hit.document.key)
            && !within(&hit.host, &self.hosts)
            && hit.story.is_none_or(|story| !self.stories.contains(&story))
            && (self.topics.is_empty() || !self.is_about_muted(hit))
    }

    fn is_about_muted(&self, hit: &Hit) -> bool {
        let document = &hit.document;
        let mut names = document.section.iter().chain(&document.tags);
        if names.any(|name| self.topics.contains(&name.trim().to_lowercase())) {
            return true;
        }
        let title = words(&document.title, usize::MAX);
        self.phrases.iter().any(|phrase| title.windows(phrase.len()).any(|window| window == phrase))
    }
}

/// Whether a host, or one above it, is among these.
pub(crate) fn within(host: &str, hosts: &HashSet<String>) -> bool {
    let mut rest = Some(host);
    while let Some(name) = rest.filter(|_| !hosts.is_empty()) {
        if hosts.contains(name) {
            return true;
        }
        rest = name.split_once('.').map(|(_, above)| above);
    }
    false
}

/// The key of a URL as people give it; none when it is no URL, which is then no link of the index either.
pub(crate) fn key_of(url: &str) -> Option<UrlKey> {
    CanonicalUrl::parse(url).ok().map(|url| url.key())
}

/// A host as people give it, as hits name theirs.
pub(crate) fn bare(host: &str) -> String {
    host.trim().trim_end_matches('.').trim_start_matches("www.").to_lowercase()
}
