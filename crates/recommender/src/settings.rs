//! Settings of the recommender: what an operator tunes. Invariant: every weight is documented with its evidence in
//! config/silteme.toml.

use model::Span;
use serde::{Deserialize, Serialize};

/// Settings of the recommender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The most links that are scored for one answer, 10 to 1,000.
    pub candidates_max: usize,
    /// The most links of one host in one answer, at least 1, unless the request says otherwise.
    pub per_host_max: usize,
    /// The most links of one story in one answer, at least 1, unless the request says otherwise.
    pub per_story_max: usize,
    /// 0 = best first whatever they say, 1 = as different as possible (field.md §4: 0.5 is nearly free).
    pub diversity: f32,
    /// Weight of likeness to the interests, 0 to 10.
    pub content_weight: f32,
    /// What a link has over others in which words stand that the reader named, beside its content, 0 to 10.
    pub term_weight: f32,
    /// Weight of freshness × popularity, 0 to 10.
    pub freshness_weight: f32,
    /// g of (n + 1) / (age in hours + 2)^g (field.md §4: 1.8 to 2.5 for news), 0 to 10.
    pub freshness_exponent: f32,
    /// How far freshness × popularity is drawn together before it is weighed against likeness: its power; over 0 to 1.
    pub freshness_power: f32,
    /// Weight of being from a followed source, 0 to 10.
    pub followed_weight: f32,
    /// What likeness to a disliked link takes away, 0 to 10.
    pub dislike_weight: f32,
    /// How much of the estimate of a link that few have seen is left to chance, 0 to 1.
    pub exploration: f32,
    /// Impressions after which a link is no longer explored.
    pub explored_after: u64,
    /// What a front or section page counts against an article, 0 to 1.
    pub front_part: f32,
    /// What was opened this long ago counts for what is trending; 1 h to 30 d.
    pub trending_window: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            candidates_max: 100,
            per_host_max: 3,
            per_story_max: 1,
            diversity: 0.5,
            content_weight: 0.3,
            term_weight: 0.5,
            freshness_weight: 1.0,
            freshness_exponent: 2.5,
            freshness_power: 0.5,
            followed_weight: 0.3,
            dislike_weight: 2.0,
            exploration: 0.1,
            explored_after: 100,
            front_part: 0.1,
            trending_window: Span::seconds(24 * 3_600),
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
            ("per_story_max", self.per_story_max, 1, 1_000),
        ];
        for (name, value, least, most) in counts {
            if !(least..=most).contains(&value) {
                return Err(format!("recommender.{name} is {value}; set it to {least} to {most}"));
            }
        }
        let shares = [
            ("diversity", self.diversity, 0.0, 1.0),
            ("content_weight", self.content_weight, 0.0, 10.0),
            ("term_weight", self.term_weight, 0.0, 10.0),
            ("freshness_weight", self.freshness_weight, 0.0, 10.0),
            ("freshness_exponent", self.freshness_exponent, 0.0, 10.0),
            ("freshness_power", self.freshness_power, 0.01, 1.0),
            ("followed_weight", self.followed_weight, 0.0, 10.0),
            ("dislike_weight", self.dislike_weight, 0.0, 10.0),
            ("exploration", self.exploration, 0.0, 1.0),
            ("front_part", self.front_part, 0.0, 1.0),
        ];
        for (name, value, least, most) in shares {
            if !(least..=most).contains(&value) {
                return Err(format!("recommender.{name} is {value}; set it to {least} to {most}"));
            }
        }
        let hours = self.trending_window.0.as_secs() / 3_600;
        if !(1..=30 * 24).contains(&hours) {
            return Err(format!(
                "recommender.trending_window is {}; set it to 1h to 30d",
                self.trending_window
            ));
        }
        Ok(())
    }
}
