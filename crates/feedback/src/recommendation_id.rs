//! The id of an answer: ties later feedback to it without anything being stored.
//!
//! Invariant: what [`Key::verify`] accepts was made by [`Key::issue`] with the same key: 42 bytes, the last 16 of which are an
//! HMAC-SHA-256 of the others, as URL-safe base64.
//!
//! [`Key::verify`]: crate::key::Key::verify
//! [`Key::issue`]: crate::key::Key::issue

use std::fmt;

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// What fits the interests and is worth reading now.
    #[default]
    Personal,
    /// What is opened most now.
    Trending,
    /// What is like one link.
    Related,
    /// What arrived since the last time and fits the interests.
    New,
}

impl Scenario {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Personal, Self::Trending, Self::Related, Self::New];
}

/// The id of an answer. Only this crate makes one: issued here, or verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecommendationId {
    pub(crate) at: Timestamp,
    pub(crate) scenario: Scenario,
    pub(crate) nonce: u64,
    pub(crate) seed: u64,
    pub(crate) text: String,
}

impl RecommendationId {
    /// When the answer was given; whole seconds.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What was asked for.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        self.scenario
    }

    /// The seed the answer was made with.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Tells answers of one second apart.
    #[must_use]
    pub fn nonce(&self) -> u64 {
        self.nonce
    }

    /// As it is sent: 56 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for RecommendationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
