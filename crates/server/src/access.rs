//! Who may do what: keys with roles, the table of routes and scopes, how often.
//!
//! Invariant: a route that the table does not name is refused; a key is known by its hash alone.

mod grants;
mod limits;
mod role;
mod table;

use axum::http::{HeaderMap, header};

pub use crate::access::grants::{Grant, GrantError, Granted, Grants, NewGrant};
pub(crate) use crate::access::limits::Limits;
pub use crate::access::role::{Role, Scope};
pub(crate) use crate::access::table::scope_of;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody said who.
    Anonymous,
    /// The holder of a key.
    Key(Grant),
    /// A reader who has logged in; asks about themselves only.
    Reader(profiles::PersonId),
}

impl Caller {
    /// What the caller may do.
    pub(crate) fn may(&self, scope: Scope, keys_required: bool) -> bool {
        match self {
            Self::Anonymous => scope == Scope::Public || (!keys_required && scope.is_open()),
            Self::Key(grant) => grant.role.may(scope),
            Self::Reader(_) => Role::Reader.may(scope),
        }
    }

    /// As the audit log names whoever acts.
    pub(crate) fn actor(&self) -> profiles::Actor {
        match self {
            Self::Anonymous => profiles::Actor { role: profiles::Role::Reader, name: "anonymous".to_owned() },
            Self::Key(grant) => profiles::Actor { role: grant.role.in_profiles(), name: grant.name.clone() },
            Self::Reader(_) => profiles::Actor { role: profiles::Role::Reader, name: "self".to_owned() },
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
