//! What is asked of the recommender and what it answers.

use indexer::{Filter, Hit};
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// Settings of the recommender: what an operator tunes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The most links that are scored for one answer, 10 to 1,000.
    pub candidates_max: usize,
    /// The most links of one host in one answer, at least 1, unless the request says otherwise.
    pub per_host_max: usize,
    /// 0 = best first whatever they say, 1 = as different as possible (field.md §4: 0.5 is nearly free).
    pub diversity: f32,
    /// Weight of likeness to the interests, 0 to 10.
    pub content_weight: f32,
    /// Weight of freshness, 0 to 10.
    pub freshness_weight: f32,
    /// g of 1 / (age in hours + 2)^g (field.md §4: 1.8 to 2.5 for news).
    pub freshness_exponent: f32,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// How many links.
    pub limit: usize,
    /// The time of asking.
    pub now: Timestamp,
    /// Which documents, beyond the languages of the interests.
    pub filter: Filter,
    /// URLs not to be recommended, beyond what was seen.
    pub exclude: Vec<String>,
    /// Overrides [`Settings::per_host_max`].
    pub per_host_max: Option<usize>,
    /// Overrides [`Settings::diversity`].
    pub diversity: Option<f32>,
    /// Decides between equals; the same seed gives the same answer.
    pub seed: u64,
}

/// A recommended link.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// The link; its rank is its place in the recommendation, from 1.
    pub hit: Hit,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// Why.
    pub reason: Reason,
}

/// Why a link is recommended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// For programs.
    pub code: ReasonCode,
    /// For people: the title of the liked link, or the words it matches; empty for fresh.
    pub text: String,
}

/// Why, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Like a link of the interests.
    SimilarTo,
    /// About words of the interests.
    MatchesTerm,
    /// New, in the languages read.
    Fresh,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            candidates_max: 200,
            per_host_max: 3,
            diversity: 0.5,
            content_weight: 1.0,
            freshness_weight: 0.5,
            freshness_exponent: 1.8,
        }
    }
}

impl Settings {
    /// Whether every value is within its range.
    ///
    /// # Errors
    /// Names the first one that is not, and its range.
    pub fn check(&self) -> Result<(), String> {
        let counts = [
            ("candidates_max", self.candidates_max, 10, 1_000),
            ("per_host_max", self.per_host_max, 1, 1_000),
        ];
        for (name, value, least, most) in counts {
            if !(least..=most).contains(&value) {
                return Err(format!("{name} is {value}; set it to {least} to {most}"));
            }
        }
        let shares = [
            ("diversity", self.diversity, 1.0),
            ("content_weight", self.content_weight, 10.0),
            ("freshness_weight", self.freshness_weight, 10.0),
            ("freshness_exponent", self.freshness_exponent, 10.0),
        ];
        for (name, value, most) in shares {
            if !(0.0..=most).contains(&value) {
                return Err(format!("{name} is {value}; set it to 0 to {most}"));
            }
        }
        Ok(())
    }
}

impl Request {
    /// `limit` links at `now`, everything else by the settings.
    #[must_use]
    pub fn new(limit: usize, now: Timestamp) -> Self {
        Self {
            limit,
            now,
            filter: Filter::default(),
            exclude: Vec::new(),
            per_host_max: None,
            diversity: None,
            seed: 0,
        }
    }
}
