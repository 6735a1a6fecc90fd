//! What can go wrong. Invariant: no message names a person, an address or a value that somebody typed; callers' mistakes name
//! the field or the limit only.

use std::path::{Path, PathBuf};

/// Why a request about a person was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing is stored of this person.
    #[error("nothing is stored of this person")]
    Unknown,
    /// The id, e-mail address or phone number is somebody's already.
    #[error("this {what} belongs to a person already")]
    Taken {
        /// `id`, `email` or `phone`.
        what: &'static str,
    },
    /// The person has not consented to what the request needs, or the purpose is switched off.
    #[error("this person has not consented to {purpose}")]
    NoConsent {
        /// The purpose that is missing.
        purpose: &'static str,
    },
    /// The consent is to an earlier policy.
    #[error("consent was given to an earlier policy; ask for consent to the policy of {current}")]
    PolicyOutdated {
        /// The version in force.
        current: String,
    },
    /// Consent was withdrawn, erasure was asked for, or processing is restricted.
    #[error("this person's data is blocked")]
    Blocked,
    /// The register has no such field.
    #[error("no field {field:?} in the register{}", nearest.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default())]
    Undeclared {
        /// As given, at most 40 characters.
        field: String,
        /// The registered name most like it.
        nearest: Option<String>,
    },
    /// The role may not do this.
    #[error("a key of role {role} may not do this")]
    NotPermitted {
        /// The role that asked.
        role: &'static str,
    },
    /// No account has these credentials; which of them is wrong is not told.
    #[error("no account has these credentials")]
    Credentials,
    /// Too many attempts failed; the next one may be made later.
    #[error("too many attempts; try again in {} s", after.as_secs().max(1))]
    Wait {
        /// For how long.
        after: std::time::Duration,
    },
    /// This way of logging in is not set up.
    #[error("{0} is not offered here")]
    NotOffered(&'static str),
    /// The sender of codes did not take one.
    #[error("the sender of codes failed; see [accounts] code_sender")]
    Sender,
    /// The request is malformed.
    #[error("{0}")]
    Input(String),
    /// More than one request may hold.
    #[error("at most {max} {what} at once")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// A disclosure or transfer without what the policy asks for.
    #[error("refused: {0}")]
    Refused(String),
    /// A place that is not declared as being in the country.
    #[error("{} is not among the declared locations in {country}; declare it in [profiles] residency or move it", path.display())]
    Residency {
        /// The place.
        path: PathBuf,
        /// The declared country.
        country: String,
    },
    /// A setting, the register or a policy text is wrong.
    #[error("{0}")]
    Setting(String),
    /// The keys and the data do not belong together, or a key is wrong.
    #[error("{0}")]
    Keys(String),
    /// What is stored cannot be read.
    #[error("a stored {kind} row cannot be read; run `silteme verify`")]
    Damaged {
        /// The kind of row.
        kind: String,
    },
    /// The disk refused.
    #[error("cannot {action} {}; check free space and permissions", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the store of persons failed; check free space and permissions of its folder")]
    Storage(#[from] rusqlite::Error),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn damaged(kind: &str) -> Self {
        Self::Damaged { kind: kind.to_owned() }
    }

    /// Whether it is wrong usage or configuration; what is neither that nor about a person's standing is the machine's.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        let is_about_the_person = matches!(self, Self::Unknown | Self::NoConsent { .. } | Self::Blocked);
        let is_configuration = matches!(self, Self::Residency { .. } | Self::Setting(_) | Self::Keys(_));
        is_configuration || (self.is_callers() && !is_about_the_person)
    }

    /// Whether the caller can mend it; everything else is ours.
    #[must_use]
    pub fn is_callers(&self) -> bool {
        matches!(
            self,
            Self::Unknown
                | Self::Taken { .. }
                | Self::NoConsent { .. }
                | Self::PolicyOutdated { .. }
                | Self::Blocked
                | Self::Undeclared { .. }
                | Self::NotPermitted { .. }
                | Self::Credentials
                | Self::Wait { .. }
                | Self::NotOffered(_)
                | Self::Input(_)
                | Self::TooMany { .. }
                | Self::Refused(_)
        )
    }
}
