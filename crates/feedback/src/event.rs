//! What a reader did, without the reader. Invariant: no field names or identifies a person.

use model::{Language, Timestamp, UrlKey};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;
use crate::recommendation_id::RecommendationId;
use crate::settings::Settings;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Given by the sender, 1 to 128 bytes: the same one is counted once.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: Kind,
    /// To which link; impressions name theirs themselves.
    pub link: Option<UrlKey>,
    /// From which answer.
    pub recommendation: Option<RecommendationId>,
    /// The language of the link, as the index has it (not as a sender claims it): what is trending is told per language.
    pub language: Option<Language>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Links were shown.
    Impression {
        /// Which; each counts once.
        links: Vec<UrlKey>,
    },
    /// The link was opened.
    Click,
    /// The link was read.
    Dwell {
        /// For how long; more than an hour counts as one.
        milliseconds: u64,
    },
    /// The link was liked.
    Like,
    /// Less of this, please.
    LessLikeThis,
    /// Something about the link was muted. Only that is counted; what was muted is personal and not kept here.
    Mute(Muted),
    /// The link was reported.
    Report(ReportCode),
}

/// What is muted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Muted {
    /// A host.
    Host(String),
    /// A section or tag.
    Topic(String),
    /// A story.
    Story(u64),
}

/// Why a link is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportCode {
    /// It does not open, or opens something else.
    Broken,
    /// It is not what title or excerpt say.
    Misleading,
    /// The same as another link.
    Duplicate,
    /// Offensive.
    Offensive,
    /// Against the law.
    Illegal,
    /// Anything else.
    Other,
}

/// How far ahead a sender's clock may be.
const AHEAD_SECONDS_MAX: i64 = 3_600;

impl Event {
    /// The longest id, bytes.
    pub const ID_BYTES_MAX: usize = 128;
    /// The most links of one impression.
    pub const LINKS_MAX: usize = 1_000;
    /// The longest reading time counted, milliseconds: beyond it the page was left open.
    pub const DWELL_MS_MAX: u64 = 3_600_000;

    /// Whether it can be counted at `now`.
    pub(crate) fn check(&self, settings: &Settings, now: Timestamp) -> Result<(), Refusal> {
        if !(1..=Self::ID_BYTES_MAX).contains(&self.id.len()) {
            return Err(Refusal::Id);
        }
        match &self.kind {
            Kind::Impression { links } if links.len() > Self::LINKS_MAX => return Err(Refusal::TooManyLinks),
            Kind::Impression { links } if links.is_empty() => return Err(Refusal::NoLink),
            // What is muted may be a host or a topic of no particular link.
            Kind::Impression { .. } | Kind::Mute(_) => {}
            _ if self.link.is_none() => return Err(Refusal::NoLink),
            _ => {}
        }
        if self.at.as_second() > now.as_second() + AHEAD_SECONDS_MAX {
            return Err(Refusal::Future);
        }
        if model::time::until(self.at, now) > settings.repeat_window.0 {
            return Err(Refusal::TooOld);
        }
        Ok(())
    }

    /// The links it is counted for.
    pub(crate) fn links(&self) -> Vec<UrlKey> {
        let mut links = match &self.kind {
            Kind::Impression { links } => links.clone(),
            _ => self.link.into_iter().collect(),
        };
        links.sort_unstable();
        links.dedup();
        links
    }
}
