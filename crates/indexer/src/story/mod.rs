//! Which documents tell of the same event (*story*) and which are the same text again (*copy*), as they arrive.
//!
//! One pass, over sites and languages. What a document is placed in never changes by what comes later: its numbers can be
//! kept in the index. Known are the last [`Settings::documents_max`] documents; reports of one event appear within
//! [`Settings::window`] of each other. How it is done and how well: `docs/stories.md`.
//!
//! Invariant: deterministic: the same documents in the same order give the same numbers, and a document that shares nothing
//! with the others changes none of theirs; memory is bounded by the settings.

mod cluster;
mod copies;
mod counts;
mod features;

use std::collections::{BTreeMap, HashMap};

use model::{Document, Span, UrlKey};
use serde::{Deserialize, Serialize};

use self::cluster::{Cluster, cosine};
pub use self::cluster::{EVIDENCE, Evidence};
use self::copies::{Copies, Sketch};
use self::counts::Counts;
use self::features::{Feature, Reading, read, weighed};
use crate::analysis::Tongue;
use crate::cross::Bridge;
use crate::schema;

/// Settings of stories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Reports of one event are published within this of another one of them.
    pub window: Span,
    /// Documents remembered; the ones that came first are forgotten first. A few kB each (estimated, not measured). 0 = no
    /// document is placed in a story or group of copies, which makes indexing faster.
    pub documents_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: Span::seconds(4 * 86_400), documents_max: 20_000 }
    }
}

/// Where a document belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Placement {
    /// Number of its story: that of the first document of it, made from its key.
    pub story: u64,
    /// Number of its text, the same for all copies.
    pub copy: u64,
}

/// A story a document may belong to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its number.
    pub story: u64,
    /// What speaks for it.
    pub evidence: Evidence,
    /// All of that weighed; the document belongs to the story with the highest one above 0.
    pub score: f32,
}

/// The stories of the last documents.
pub struct Stories {
    settings: Settings,
    bridge: Bridge,
    counts: Counts,
    copies: Copies,
    /// By arrival.
    members: BTreeMap<u64, Member>,
    arrivals: HashMap<UrlKey, u64>,
    next: u64,
    clusters: HashMap<u64, Cluster>,
    /// Who has a feature.
    by_feature: HashMap<u32, Holders>,
}

/// The stories that have a feature.
#[derive(Default)]
struct Holders {
    count: usize,
    /// With the sum of their members' weights; nobody once there were more than [`STORIES_MAX`].
    listed: Vec<(u64, f32)>,
}

/// A document remembered.
struct Member {
    key: UrlKey,
    placement: Placement,
    tongue: Tongue,
    /// Seconds of the Unix epoch.
    when: i64,
    features: Vec<Feature>,
}

/// Stories looked at closely, by mean cosine; looking at one reads all it is made of.
const CANDIDATES: usize = 8;

/// Members of a story whose cosine is looked at one by one: the latest.
const MEMBERS_READ: usize = 64;

/// A feature that more stories than this have had finds none until it is new again: it says little and costs much.
const STORIES_MAX: usize = 100;

/// A story whose reports share less than this on average with a document is no candidate.
const MEAN_MIN: f32 = 0.04;

/// What speaks for a document how much, in the order of [`Evidence`]: a logistic regression on half the topics of the ECB+
/// train and development sets (`docs/stories.md`).
const WEIGHTS: Evidence = [-6.65, 5.71, 1.85, 7.49, 1.80, -0.50, 7.71, -1.84, 0.15, -2.10];

/// What must be outweighed.
const BIAS: f32 = -3.0;

/// What must be outweighed besides where no report of the story is in the document's language: fewer features are shared, and
/// those by coincidence more often.
const OTHER_LANGUAGE: f32 = 0.5;

impl Stories {
    /// No stories yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            bridge: Bridge::default(),
            counts: Counts::default(),
            copies: Copies::default(),
            members: BTreeMap::new(),
            arrivals: HashMap::new(),
            next: 0,
            clusters: HashMap::new(),
            by_feature: HashMap::new(),
        }
    }

    /// Whether a document is remembered.
    #[must_use]
    pub fn knows(&self, key: &UrlKey) -> bool {
        self.arrivals.contains_key(key)
    }

    /// Documents remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether none is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Places a document. One that is remembered stays where it is.
    pub fn assign(&mut self, document: &Document) -> Placement {
        if let Some(known) = self.arrivals.get(&document.key).and_then(|arrival| self.members.get(arrival)) {
            return known.placement;
        }
        let own = schema::tie(&document.key);
        let sketch = Sketch::of(schema::body(document));
        let reading = self.read(document);
        let features = weighed(&reading, &self.counts);
        let original = self.copies.find(&sketch).and_then(|arrival| self.members.get(&arrival));
        let placement = match original {
            Some(original) => original.placement,
            None => Placement { story: self.best(document, &features).unwrap_or(own), copy: own },
        };
        self.counts.document(&reading);
        self.remember(document, placement, features, sketch);
        placement
    }

    /// Remembers a document with the placement it was given before, for example at a start from an index.
    pub fn restore(&mut self, document: &Document, placement: Placement) {
        if !self.arrivals.contains_key(&document.key) {
            let reading = self.read(document);
            let features = weighed(&reading, &self.counts);
            self.counts.document(&reading);
            self.remember(document, placement, features, Sketch::of(schema::body(document)));
        }
    }

    /// Forgets a document: nothing is compared with it any more.
    pub fn forget(&mut self, key: &UrlKey) {
        if let Some(arrival) = self.arrivals.remove(key) {
            self.drop_member(arrival);
        }
    }

    /// The stories a document may belong to, best first, and why.
    pub fn candidates(&mut self, document: &Document) -> Vec<Candidate> {
        let features = weighed(&self.read(document), &self.counts);
        self.ranked(document, &features)
    }

    fn read(&mut self, document: &Document) -> Reading {
        read(Tongue::of(&document.language), &document.title, schema::body(document), &mut self.bridge)
    }

    fn best(&self, document: &Document, features: &[Feature]) -> Option<u64> {
        self.ranked(document, features).first().filter(|best| best.score > 0.0).map(|best| best.story)
    }

    fn ranked(&self, document: &Document, features: &[Feature]) -> Vec<Candidate> {
        let mut shared: Vec<(u64, f32)> = Vec::new();
        for feature in features {
            let holders = self.by_feature.get(&feature.hash).map_or(&[][..], |holders| &holders.listed);
            shared.extend(holders.iter().map(|(story, sum)| (*story, feature.weight * sum)));
        }
        // Stable, so that sums are added up in the order of the features.
        shared.sort_by_key(|(story, _)| *story);
        let mut means: Vec<(f32, u64)> = shared
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|of_one| {
                let sum: f32 = of_one.iter().map(|(_, part)| part).sum();
                Some((sum / self.clusters.get(&of_one[0].0)?.members.len() as f32, of_one[0].0))
            })
            .filter(|(mean, _)| *mean >= MEAN_MIN)
            .collect();
        means.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let near = means.iter().filter_map(|(_, story)| self.candidate(*story, document, features));
        let mut candidates: Vec<Candidate> = near.take(CANDIDATES).collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.story.cmp(&b.story)));
        candidates
    }

    /// How a document fits a story, if one of its reports was published within the window.
    fn candidate(&self, story: u64, document: &Document, features: &[Feature]) -> Option<Candidate> {
        let cluster = self.clusters.get(&story)?;
        let (when, window) = (when(document), i64::try_from(self.settings.window.0.as_secs()).ok()?);
        let tongue = Tongue::of(&document.language);
        let latest = cluster.members.iter().rev().take(MEMBERS_READ);
        let members: Vec<&Member> = latest.filter_map(|arrival| self.members.get(arrival)).collect();
        if !members.iter().any(|member| member.when.abs_diff(when) <= window.unsigned_abs()) {
            return None;
        }
        let mut cosines: Vec<f32> = members.iter().map(|member| cosine(features, &member.features)).collect();
        let evidence = cluster.evidence(features, &mut cosines);
        let foreign = !members.iter().any(|member| member.tongue == tongue);
        let weighed: f32 = evidence.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        let score = weighed + BIAS - if foreign { OTHER_LANGUAGE } else { 0.0 };
        Some(Candidate { story, evidence, score })
    }

    fn remember(
        &mut self,
        document: &Document,
        placement: Placement,
        features: Vec<Feature>,
        sketch: Sketch,
    ) {
        let arrival = self.next;
        self.next += 1;
        let cluster = self.clusters.entry(placement.story).or_default();
        for feature in &features {
            let holders = self.by_feature.entry(feature.hash).or_default();
            holders.add(placement.story, feature.weight, !cluster.has(feature.hash));
        }
        cluster.add(arrival, &features);
        self.copies.add(arrival, sketch);
        self.arrivals.insert(document.key, arrival);
        let tongue = Tongue::of(&document.language);
        let member = Member { key: document.key, placement, tongue, when: when(document), features };
        self.members.insert(arrival, member);
        while self.members.len() > self.settings.documents_max.max(1) {
            let Some((first, member)) = self.members.first_key_value() else { break };
            let (first, key) = (*first, member.key);
            self.arrivals.remove(&key);
            self.drop_member(first);
        }
    }

    fn drop_member(&mut self, arrival: u64) {
        let Some(member) = self.members.remove(&arrival) else { return };
        self.copies.remove(arrival);
        let story = member.placement.story;
        let Some(cluster) = self.clusters.get_mut(&story) else { return };
        cluster.remove(arrival, &member.features);
        for feature in &member.features {
            if let Some(holders) = self.by_feature.get_mut(&feature.hash) {
                holders.remove(story, feature.weight, !cluster.has(feature.hash));
                if holders.count == 0 {
                    self.by_feature.remove(&feature.hash);
                }
            }
        }
        if cluster.members.is_empty() {
            self.clusters.remove(&story);
        }
    }
}

impl Holders {
    /// A member of a story has the feature; `first` if none of its members had.
    fn add(&mut self, story: u64, weight: f32, first: bool) {
        if first {
            self.count += 1;
            if self.count == self.listed.len() + 1 {
                self.listed.push((story, weight));
            }
            if self.count > STORIES_MAX {
                self.listed = Vec::new();
            }
        } else if let Some((_, sum)) = self.listed.iter_mut().find(|(known, _)| *known == story) {
            *sum += weight;
        }
    }

    /// A member of a story that had the feature is gone; `last` if no other member has it.
    fn remove(&mut self, story: u64, weight: f32, last: bool) {
        if last {
            self.count -= 1;
            self.listed.retain(|(known, _)| *known != story);
        } else if let Some((_, sum)) = self.listed.iter_mut().find(|(known, _)| *known == story) {
            *sum -= weight;
        }
    }
}

/// When a document is from, seconds of the Unix epoch; never later than it was fetched, whatever its page says.
fn when(document: &Document) -> i64 {
    schema::date(document).min(document.fetched).as_second()
}

#[cfg(test)]
mod tests;
