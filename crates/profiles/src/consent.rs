//! What a person agreed to. Invariant: consent names a policy by version and hash, a language, a time and purposes; what is not
//! named was not agreed to.

use std::collections::BTreeSet;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::policy::PolicyLanguage;

/// What data may be used for. Each has a switch of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To keep what the person entered; without it nothing is stored at all.
    Service,
    /// To send messages.
    Notifications,
    /// To remember what was read and to select by it.
    Personalisation,
    /// To show advertising by interests.
    Advertising,
    /// To improve the service by statistics.
    Research,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] =
        [Self::Service, Self::Notifications, Self::Personalisation, Self::Advertising, Self::Research];

    /// Its name in settings, the register and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Notifications => "notifications",
            Self::Personalisation => "personalisation",
            Self::Advertising => "advertising",
            Self::Research => "research",
        }
    }
}

/// How consent was expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A button under the text.
    #[default]
    Button,
    /// On paper, entered by support.
    Paper,
    /// The service was used on after a new policy: kept as a fact, and authorises nothing new.
    ContinuedUse,
}

/// Consent as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// The version agreed to; must be the one in force.
    pub policy: String,
    /// The language the text was shown in.
    pub language: PolicyLanguage,
    /// What for; must hold [`Purpose::Service`].
    pub purposes: BTreeSet<Purpose>,
    /// How.
    #[serde(default)]
    pub how: How,
}

/// Consent as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The version agreed to.
    pub policy: String,
    /// SHA-256 of its texts, hexadecimal.
    pub policy_hash: String,
    /// The language the text was shown in.
    pub language: PolicyLanguage,
    /// What for, at this time.
    pub purposes: BTreeSet<Purpose>,
    /// How.
    pub how: How,
    /// When.
    pub given: Timestamp,
    /// When all of it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Timestamp>,
}

impl Consent {
    /// Whether it was expressed; continued use is a fact and no consent.
    pub(crate) fn counts(&self) -> bool {
        self.how != How::ContinuedUse
    }
}

/// Whether a consent authorises anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStatus {
    /// There is none; nothing is stored.
    None,
    /// It does.
    Current,
    /// It was given to an earlier policy and has to be given again.
    Outdated,
    /// It was withdrawn, or processing is restricted.
    Blocked,
}

/// What a person has agreed to, as shown to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentState {
    /// Whether it authorises anything.
    pub status: ConsentStatus,
    /// The version agreed to.
    pub policy: Option<String>,
    /// The language the text was shown in.
    pub language: Option<PolicyLanguage>,
    /// What for.
    pub purposes: BTreeSet<Purpose>,
    /// When.
    pub given: Option<Timestamp>,
    /// The version in force.
    pub current_policy: String,
}
