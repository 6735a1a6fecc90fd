//! What a lookup is made for. Invariant: no field names or identifies a person.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Weighted wishes, without the person who has them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interests {
    /// URLs the reader liked or read, most recent first; at most [`Interests::LINKS_MAX`] are used.
    pub links: Vec<String>,
    /// URLs the reader wants less like, most recent first; at most [`Interests::DISLIKES_MAX`] are used, and none is shown.
    pub dislikes: Vec<String>,
    /// Words and phrases the reader cares about.
    pub terms: Vec<String>,
    /// Languages read; empty = all.
    pub languages: Vec<Language>,
    /// Sites or hosts followed: what they publish counts more.
    pub sites: Vec<String>,
    /// URLs never to be shown (already seen).
    pub seen: Vec<String>,
    /// Hosts never to be shown; those below them are not either.
    pub muted_hosts: Vec<String>,
    /// Sections, tags and words of titles never to be shown, whatever the case of their letters.
    pub muted_topics: Vec<String>,
    /// Stories never to be shown, by their number.
    pub muted_stories: Vec<u64>,
}

impl Interests {
    /// The most links of a history that a lookup reads, whatever more there are: each costs some 25 µs, and of these the thirtieth
    /// already counts only a quarter of the first.
    pub const LINKS_MAX: usize = 30;
    /// The most disliked links that a lookup reads.
    pub const DISLIKES_MAX: usize = 20;
}
