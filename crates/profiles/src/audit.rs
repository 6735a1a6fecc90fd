//! What the audit log says. Invariant: persons stand in it under a random pseudonym that only their own encrypted row knows, so
//! that after their erasure no line leads back to them.

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};

/// One access to personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// As what.
    pub role: Role,
    /// Which key or operator; of readers `self`.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// The person's pseudonym; none when nothing is stored of them.
    pub subject: Option<String>,
    /// The operator's case number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

impl AuditEntry {
    pub(crate) fn new(actor: &Actor, verb: &str, subject: Option<&str>, case: Option<&str>) -> Self {
        let name = if actor.role == Role::Reader { "self" } else { &actor.name };
        Self {
            role: actor.role,
            actor: name.to_owned(),
            verb: verb.to_owned(),
            subject: subject.map(str::to_owned),
            case: case.map(str::to_owned),
        }
    }
}

/// One disclosure to an authority or transfer to a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureEntry {
    /// The authority or the recipient.
    pub to: String,
    /// The lawful basis: article and number of the demand, or the contract.
    pub basis: String,
    /// Who asked for it.
    pub requested_by: String,
    /// What was handed over.
    pub what: Vec<String>,
    /// The person's pseudonym.
    pub subject: String,
    /// Who carried it out, as what.
    pub role: Role,
    /// Which key or operator.
    pub actor: String,
}
