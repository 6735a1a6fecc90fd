//! Roles and what each may do. Invariant: [`Role::may`] is the whole matrix; nothing else decides.

use serde::{Deserialize, Serialize};

/// What a key is for (privacy policy 3.6, 3.8: only those who need it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs crawls, takedowns, reindexing; sees no person.
    Operator,
    /// The service that asks for recommendations and sends what readers did.
    Recommender,
    /// Answers the requests of people about their data.
    Support,
    /// Reads the audit log and the journals; changes nothing.
    Auditor,
    /// A person who has logged in. No key has this role.
    Reader,
}

/// A kind of things to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What anyone may: the privacy policy, health, logging in.
    Public,
    /// Links, searches, recommendations that name no person, changes.
    Lookup,
    /// What readers did, without the reader.
    Feedback,
    /// Figures of the process.
    Metrics,
    /// Recommendations for a person and what that person did.
    Personal,
    /// A person's consent: given, read, withdrawn.
    Consent,
    /// The rights of people: find, export, correct, restrict, erase, tickets.
    Rights,
    /// One's own data.
    Own,
    /// Jobs, hosts, takedowns, reindexing.
    Operate,
    /// The audit log, disclosures, tickets.
    Audit,
}

impl Role {
    /// Every role that a key can have.
    pub const OF_KEYS: [Self; 4] = [Self::Operator, Self::Recommender, Self::Support, Self::Auditor];

    /// Whether the role may.
    #[must_use]
    pub fn may(self, scope: Scope) -> bool {
        use Scope::{Audit, Consent, Feedback, Lookup, Metrics, Operate, Own, Personal, Public, Rights};
        match self {
            Self::Operator => matches!(scope, Public | Lookup | Metrics | Operate),
            Self::Recommender => matches!(scope, Public | Lookup | Feedback | Personal | Consent),
            Self::Support => matches!(scope, Public | Lookup | Consent | Rights),
            Self::Auditor => matches!(scope, Public | Audit),
            Self::Reader => matches!(scope, Public | Lookup | Own),
        }
    }

    /// The same role where the data of people lives.
    pub(crate) fn in_profiles(self) -> profiles::Role {
        match self {
            Self::Operator => profiles::Role::Operator,
            Self::Recommender => profiles::Role::Recommender,
            Self::Support => profiles::Role::Support,
            Self::Auditor => profiles::Role::Auditor,
            Self::Reader => profiles::Role::Reader,
        }
    }

    /// As written in files and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Recommender => "recommender",
            Self::Support => "support",
            Self::Auditor => "auditor",
            Self::Reader => "reader",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::OF_KEYS
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or_else(|| format!("{text:?} is no role; write operator, recommender, support or auditor"))
    }
}

impl Scope {
    /// Whether it is free to callers without a key where keys are not required (on loopback): what touches no person and
    /// changes nothing that is kept of a link but its counters.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Lookup | Self::Feedback | Self::Metrics)
    }

    /// As a refusal names it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Public => "what anyone may",
            Self::Lookup => "lookups",
            Self::Feedback => "feedback",
            Self::Metrics => "metrics",
            Self::Personal => "single readers",
            Self::Consent => "consent",
            Self::Rights => "the data of people",
            Self::Own => "readers who have logged in",
            Self::Operate => "operating the service",
            Self::Audit => "audits",
        }
    }
}
