//! The admission rules of a crawl job, as registered. Invariant: plain data; [`crate::admission`] gives it meaning.

use model::Span;
use serde::{Deserialize, Serialize};

/// What a job may admit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobRules {
    /// Name of the job, unique.
    pub name: String,
    /// How far from the seeds links may lead.
    pub scope: Scope,
    /// Absolute URLs to start from.
    pub seeds: Vec<String>,
    /// Regular expressions on the URL; if any are given, one must match. Seeds are exempt.
    pub include: Vec<String>,
    /// Regular expressions on the URL; none may match. Seeds are not exempt.
    pub exclude: Vec<String>,
    /// Links followed from a seed, at most.
    pub depth_max: Option<u16>,
    /// Pages admitted in all, at most; feeds, sitemaps and targets of redirects are not counted.
    pub pages_max: Option<u64>,
    /// Pages admitted per site, at most.
    pub pages_per_site_max: Option<u64>,
    /// The wish that new links be known within this time: its hubs are visited at least as often.
    #[serde(default)]
    pub fresh_within: Option<Span>,
}

/// How far from the seeds links may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The seeds' registrable domains.
    #[default]
    Site,
    /// The seeds' hosts.
    Host,
    /// URLs that begin like a seed, http and https being the same.
    Prefix,
    /// The seeds and nothing else.
    List,
    /// Anywhere.
    Any,
}
