//! Scopes, and which role may what. Invariant: [`Scope::is_for`] is the whole matrix of the API; what a role may do with the
//! data of people is judged again where that data lives.

pub use profiles::Role;

/// Every role that a key can have.
pub const ROLES_OF_KEYS: [Role; 4] = [Role::Operator, Role::Recommender, Role::Support, Role::Auditor];

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

impl Scope {
    /// Whether a role may (privacy policy 3.6, 3.8: only those who need it).
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        use Scope::{Audit, Consent, Feedback, Lookup, Metrics, Operate, Own, Personal, Public, Rights};
        match role {
            Role::Operator => matches!(self, Public | Lookup | Metrics | Operate),
            Role::Recommender => matches!(self, Public | Lookup | Feedback | Personal | Consent),
            Role::Support => matches!(self, Public | Lookup | Consent | Rights),
            Role::Auditor => matches!(self, Public | Audit),
            Role::Reader => matches!(self, Public | Lookup | Own),
            Role::System => false,
        }
    }

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

/// A role as the command line writes it.
///
/// # Errors
/// Names the roles there are.
pub fn role(text: &str) -> Result<Role, String> {
    ROLES_OF_KEYS
        .into_iter()
        .find(|role| role.as_str() == text)
        .ok_or_else(|| format!("{text:?} is no role; write operator, recommender, support or auditor"))
}
