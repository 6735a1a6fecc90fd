//! What a lookup is made for. Invariant: no field names or identifies a person.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Weighted wishes, without the person who has them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interests {
    /// URLs the reader liked or read, most recent first; at most [`Interests::LINKS_MAX`] are used.
    pub links: Vec<String>,
    /// Words and phrases the reader cares about.
    pub terms: Vec<String>,
    /// Languages read; empty = all.
    pub languages: Vec<Language>,
    /// URLs never to be shown (already seen).
    pub seen: Vec<String>,
    /// Hosts never to be shown.
    pub muted_hosts: Vec<String>,
}

impl Interests {
    /// The most links of a history that a lookup reads; older ones add cost and no measured gain.
    pub const LINKS_MAX: usize = 50;
}
