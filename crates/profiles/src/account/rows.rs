//! What is kept of accounts. Invariant: a row names no token, code or password, only the password's hash.

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// The row of the password.
pub(super) const PASSWORD: &str = "password";
/// The row of the proven phone number.
pub(super) const PHONE: &str = "phone";

/// A row of kind `account`: one way to log in.
#[derive(Serialize, Deserialize)]
pub(super) struct Login {
    /// `password`, `phone` or `provider`.
    way: String,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// A row of kind `session`; its name is the token, which is kept as a keyed hash only.
#[derive(Serialize, Deserialize)]
pub(super) struct SessionRow {
    pub(super) created: Timestamp,
    pub(super) used: Timestamp,
    pub(super) expires: Timestamp,
}

impl Login {
    fn new(way: &str, since: Timestamp) -> Self {
        Self { way: way.to_owned(), since, hash: None, phone: None, issuer: None, subject: None }
    }

    pub(super) fn password(hash: String, since: Timestamp) -> Self {
        Self { hash: Some(hash), ..Self::new(PASSWORD, since) }
    }

    pub(super) fn phone(number: String, since: Timestamp) -> Self {
        Self { phone: Some(number), ..Self::new(PHONE, since) }
    }

    pub(super) fn provider(issuer: &str, subject: &str, since: Timestamp) -> Self {
        Self {
            issuer: Some(issuer.to_owned()),
            subject: Some(subject.to_owned()),
            ..Self::new("provider", since)
        }
    }
}
