//! What is asked of the recommender and what it answers.

use feedback::Scenario;
use indexer::{Filter, Hit};
use model::{Span, Timestamp, UrlKey};
use serde::{Deserialize, Serialize};

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// For what.
    pub goal: Goal,
    /// How many links.
    pub limit: usize,
    /// The time of asking.
    pub now: Timestamp,
    /// Which documents, beyond the languages of the interests.
    pub filter: Filter,
    /// URLs not to be recommended, beyond what was seen.
    pub exclude: Vec<String>,
    /// Overrides [`Settings::per_host_max`](crate::Settings::per_host_max).
    pub per_host_max: Option<usize>,
    /// Overrides [`Settings::per_story_max`](crate::Settings::per_story_max).
    pub per_story_max: Option<usize>,
    /// Overrides [`Settings::diversity`](crate::Settings::diversity).
    pub diversity: Option<f32>,
    /// Overrides [`Settings::exploration`](crate::Settings::exploration).
    pub exploration: Option<f32>,
    /// Decides between equals, and what is explored; the same seed gives the same answer.
    pub seed: u64,
}

/// For what links are wanted.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Goal {
    /// What fits the interests and is worth reading now.
    #[default]
    Personal,
    /// What is opened most now, in the languages of the interests; their mutes and seen links hold, their wishes do not count.
    Trending {
        /// Only links with this section or tag.
        topic: Option<String>,
        /// Counting what was opened this long before now; absent = [`Settings::trending_window`](crate::Settings::trending_window).
        window: Option<Span>,
    },
    /// What is like one link; not in the index = nothing.
    Related {
        /// Its URL.
        link: String,
    },
    /// These links and no others, in order for the interests; those that are not in the index are left out.
    Among {
        /// Their keys.
        links: Vec<UrlKey>,
    },
    /// What arrived since the last time and fits the interests; without interests, all that arrived.
    New {
        /// [`Answer::next`] of the last time; absent = what is dated within `Request::filter`'s `since`, else the last day.
        cursor: Option<String>,
    },
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// Best first.
    pub items: Vec<Recommendation>,
    /// Of [`Goal::New`]: where to go on, also when nothing new fits.
    pub next: Option<String>,
}

/// A recommended link.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// The link; its rank is its place in the recommendation, from 1.
    pub hit: Hit,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// Why, the most telling reason first; never empty.
    pub reasons: Vec<Reason>,
}

/// Why a link is recommended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// For programs.
    pub code: ReasonCode,
    /// For people: see [`ReasonCode`]; may be empty.
    pub text: String,
}

/// Why, for programs; in the order in which reasons are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Of the same story as a link of the interests, whose title is the text.
    SameStory,
    /// Like a link of the interests, whose title is the text.
    SimilarTo,
    /// About words of the interests, which are the text.
    MatchesTerm,
    /// From a source the reader follows, which is the text.
    FollowedSource,
    /// Opened often lately; the text is the code of its language.
    Trending,
    /// Nobody knows yet how good it is; no text.
    Explore,
    /// New, in the languages read; no text.
    Fresh,
}

impl Recommendation {
    /// The most telling reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reasons.first().cloned().unwrap_or(Reason { code: ReasonCode::Fresh, text: String::new() })
    }
}

impl Goal {
    /// Its name, as recommendation ids carry it.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        match self {
            Self::Personal | Self::Among { .. } => Scenario::Personal,
            Self::Trending { .. } => Scenario::Trending,
            Self::Related { .. } => Scenario::Related,
            Self::New { .. } => Scenario::New,
        }
    }
}

impl Request {
    /// `limit` links for the interests at `now`, everything else by the settings.
    #[must_use]
    pub fn new(limit: usize, now: Timestamp) -> Self {
        Self {
            goal: Goal::Personal,
            limit,
            now,
            filter: Filter::default(),
            exclude: Vec::new(),
            per_host_max: None,
            per_story_max: None,
            diversity: None,
            exploration: None,
            seed: 0,
        }
    }
}
