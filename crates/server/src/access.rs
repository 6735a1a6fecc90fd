//! Who may do what: keys with roles, the table of routes and scopes, how often.
//!
//! Invariant: a route that the table does not name is refused; a key is known by its hash alone.

mod grants;
mod limits;
mod scope;
mod table;

use axum::http::{HeaderMap, header};
use profiles::{Actor, PersonId};

use crate::problem::Problem;

pub use crate::access::grants::{Grant, GrantError, Granted, Grants, NewGrant};
pub(crate) use crate::access::limits::Limits;
pub use crate::access::scope::{ROLES_OF_KEYS, Role, Scope, role};
pub(crate) use crate::access::table::scope_of;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody said who.
    Anonymous,
    /// The holder of a key.
    Key(Grant),
    /// A reader who has logged in; asks about themselves only.
    Reader(PersonId),
}

impl Caller {
    /// What the caller may do.
    pub(crate) fn may(&self, scope: Scope, keys_required: bool) -> bool {
        match self {
            Self::Anonymous => scope == Scope::Public || (!keys_required && scope.is_open()),
            Self::Key(grant) => scope.is_for(grant.role),
            Self::Reader(_) => scope.is_for(Role::Reader),
        }
    }

    /// Refuses what the caller may not do, beyond what the route asks.
    pub(crate) fn require(&self, scope: Scope) -> Result<(), Problem> {
        match self {
            Self::Anonymous => {
                Err(Problem::unauthorized("what names a person needs a key; see /openapi.json"))
            }
            _ if self.may(scope, true) => Ok(()),
            _ => Err(Problem::forbidden(format!("this key is not for {}", scope.words()))),
        }
    }

    /// The person who has logged in.
    pub(crate) fn reader(&self) -> Result<PersonId, Problem> {
        match self {
            Self::Reader(person) => Ok(person.clone()),
            _ => Err(Problem::forbidden("this is for readers who have logged in")),
        }
    }

    /// As the audit log names whoever acts.
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::Anonymous => Actor::new(Role::Reader, "anonymous"),
            Self::Key(grant) => Actor::new(grant.role, &grant.name),
            Self::Reader(_) => Actor::new(Role::Reader, "self"),
        }
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests;
