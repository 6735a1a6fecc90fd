//! Who asks, and what their role may do. Invariant: the matrix below is the only place where that is decided.

use serde::{Deserialize, Serialize};

/// What a key, a command or a session stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the service: holds, disclosures, backups, keys.
    Operator,
    /// A service that makes personal selections: consent, events, interests; never who somebody is.
    Recommender,
    /// Answers people's requests.
    Support,
    /// Reads who read what.
    Auditor,
    /// A person about themselves; that it is themselves is the caller's to ensure.
    Reader,
    /// The program itself: deadlines and retention.
    System,
}

/// One thing that can be done with persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See and give consent; creates the person.
    Consent,
    /// Withdraw consent.
    Withdraw,
    /// Store what a person did.
    Record,
    /// Read wishes without the person.
    Interests,
    /// Store scores, vectors and segments.
    Derive,
    /// See attributes.
    Read,
    /// Change attributes.
    Correct,
    /// Read everything held.
    Export,
    /// Erase.
    Erase,
    /// Restrict processing and lift it.
    Restrict,
    /// Legal hold and its release.
    Hold,
    /// Find a person by id, e-mail or phone.
    Find,
    /// See and open tickets.
    Tickets,
    /// Read the audit log and the journal of disclosures.
    Audit,
    /// Disclose to an authority or transfer to a recipient.
    Disclose,
    /// Backups and keys.
    Maintain,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Operator, Self::Recommender, Self::Support, Self::Auditor, Self::Reader, Self::System];

    /// What the role may do.
    #[must_use]
    pub fn scopes(self) -> &'static [Scope] {
        use Scope::{
            Audit, Consent, Correct, Derive, Disclose, Erase, Export, Find, Hold, Interests, Maintain, Read,
            Record, Restrict, Tickets, Withdraw,
        };
        match self {
            Self::Operator => &[
                Consent, Withdraw, Record, Interests, Derive, Read, Correct, Export, Erase, Restrict, Hold,
                Find, Tickets, Disclose, Maintain,
            ],
            Self::Recommender => &[Consent, Withdraw, Record, Interests, Derive],
            Self::Support => &[Consent, Withdraw, Read, Correct, Export, Erase, Restrict, Find, Tickets],
            Self::Auditor => &[Audit, Tickets],
            Self::Reader => &[Consent, Withdraw, Record, Interests, Read, Correct, Export, Erase, Restrict],
            Self::System => &[Interests, Maintain],
        }
    }

    /// Whether the role may do `scope`.
    #[must_use]
    pub fn may(self, scope: Scope) -> bool {
        self.scopes().contains(&scope)
    }

    /// Its name in settings and in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Recommender => "recommender",
            Self::Support => "support",
            Self::Auditor => "auditor",
            Self::Reader => "reader",
            Self::System => "system",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// As what.
    pub role: Role,
    /// Which key or operator, for the audit log; of readers it is not used, since it could name them.
    pub name: String,
}

impl Actor {
    /// An actor.
    #[must_use]
    pub fn new(role: Role, name: &str) -> Self {
        Self { role, name: name.to_owned() }
    }

    /// The program itself.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Role::System, "silteme")
    }
}
