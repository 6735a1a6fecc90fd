//! A person as stored. Invariant: a [`PersonId`] prints its text nowhere by itself, so that no log line can hold one by accident.

use std::collections::BTreeSet;
use std::fmt;

use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::consent::{Consent, ConsentState, ConsentStatus, Purpose};
use crate::policy::Policies;
use crate::settings::Settings;

/// How the outside names a person: 1 to 128 printable characters without spaces.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonId(String);

impl PersonId {
    /// The longest id, bytes.
    pub const LEN_MAX: usize = 128;

    /// A new random id: 128 bits, hexadecimal.
    #[must_use]
    pub fn random() -> Self {
        Self(data_encoding::HEXLOWER.encode(&crate::secret::random::<16>()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PersonId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let good = (1..=Self::LEN_MAX).contains(&text.len())
            && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if good {
            Ok(Self(text))
        } else {
            Err(Error::Input(format!("a person id is 1 to {} characters without spaces", Self::LEN_MAX)))
        }
    }
}

impl std::str::FromStr for PersonId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text.to_owned())
    }
}

impl From<PersonId> for String {
    fn from(id: PersonId) -> Self {
        id.0
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonId(..)")
    }
}

/// When and under which case number something was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// The case number, if there is one.
    pub case: Option<String>,
}

/// The row of kind `person`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Core {
    pub(crate) id: PersonId,
    /// The person's name in the audit log: random, and nowhere but here.
    pub(crate) pseudonym: String,
    pub(crate) created: Timestamp,
    /// The day of the last use; retention counts from it.
    pub(crate) used: Timestamp,
    /// The earliest first; the last one counts.
    pub(crate) consents: Vec<Consent>,
    /// Processing is restricted: kept, not used.
    pub(crate) restricted: Option<Mark>,
    /// Legal hold: not used, not erased.
    pub(crate) held: Option<Mark>,
    /// Consent was withdrawn or erasure asked for: not used, and erased next.
    pub(crate) erasing: Option<Mark>,
}

impl Core {
    pub(crate) fn new(id: PersonId, now: Timestamp) -> Self {
        Self {
            id,
            pseudonym: data_encoding::HEXLOWER.encode(&crate::secret::random::<16>()),
            created: now,
            used: now,
            consents: Vec::new(),
            restricted: None,
            held: None,
            erasing: None,
        }
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.held.is_some() || self.erasing.is_some()
    }

    /// The consent that counts: the last one not withdrawn that was expressed.
    pub(crate) fn consent(&self) -> Option<&Consent> {
        self.consents.iter().rfind(|consent| consent.counts()).filter(|consent| consent.withdrawn.is_none())
    }

    /// Whether data may be used for a purpose now.
    pub(crate) fn authorise(
        &self,
        purpose: Purpose,
        policies: &Policies,
        settings: &Settings,
    ) -> Result<(), Error> {
        if self.is_blocked() || self.restricted.is_some() {
            return Err(Error::Blocked);
        }
        let missing = || Error::NoConsent { purpose: purpose.as_str() };
        let consent = self.consent().ok_or_else(missing)?;
        let current = &policies.current().version;
        if consent.policy != *current {
            return Err(Error::PolicyOutdated { current: current.clone() });
        }
        if !consent.purposes.contains(&purpose) || !settings.purposes.contains(&purpose) {
            return Err(missing());
        }
        Ok(())
    }

    /// Whether data may be used for any of the purposes; the error is about the first.
    pub(crate) fn authorise_any(
        &self,
        purposes: &BTreeSet<Purpose>,
        policies: &Policies,
        settings: &Settings,
    ) -> Result<(), Error> {
        let mut verdicts = purposes.iter().map(|purpose| self.authorise(*purpose, policies, settings));
        let first = verdicts.next().unwrap_or(Err(Error::Blocked));
        if verdicts.any(|verdict| verdict.is_ok()) { Ok(()) } else { first }
    }

    pub(crate) fn consent_state(&self, policies: &Policies) -> ConsentState {
        let current_policy = policies.current().version.clone();
        let consent = self.consent();
        let status = match consent {
            _ if self.is_blocked() || self.restricted.is_some() => ConsentStatus::Blocked,
            None => ConsentStatus::None,
            Some(consent) if consent.policy == current_policy => ConsentStatus::Current,
            Some(_) => ConsentStatus::Outdated,
        };
        ConsentState {
            status,
            policy: consent.map(|consent| consent.policy.clone()),
            language: consent.map(|consent| consent.language),
            purposes: consent.map(|consent| consent.purposes.clone()).unwrap_or_default(),
            given: consent.map(|consent| consent.given),
            current_policy,
        }
    }
}

/// What is kept of one attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) field: String,
    pub(crate) value: Value,
    /// Who told it, by role.
    pub(crate) source: String,
    pub(crate) at: Timestamp,
}

/// A person as shown to themselves or to support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// Their id.
    pub id: PersonId,
    /// When they first consented.
    pub created: Timestamp,
    /// When they last used the service, to the day.
    pub used: Timestamp,
    /// What they agreed to.
    pub consent: ConsentState,
    /// Set while processing is restricted.
    pub restricted: Option<Mark>,
    /// Set while there is a legal hold.
    pub held: Option<Mark>,
    /// What they told of themselves.
    pub attributes: Map<String, Value>,
}
