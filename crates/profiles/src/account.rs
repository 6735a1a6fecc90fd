//! Accounts: how readers prove who they are. All of it is optional; lookups need none.
//!
//! Invariant: no answer tells whether an address or number has an account to anyone but who has proven it is theirs; nothing is
//! stored of a reader before their consent; no password, code or token is kept in a form that could be used.

mod code;
mod password;
mod phone;
mod provider;
mod rows;
mod sender;
mod session;
mod settings;
mod throttle;

use std::sync::Arc;

use serde_json::{Map, Value};

use self::code::Codes;
use self::password::{Hasher, Password};
use self::rows::{Login, PASSWORD};
use self::throttle::Throttle;
use crate::actor::{Actor, Role};
use crate::consent::{How, NewConsent};
use crate::desk::{By, Desk, Person};
use crate::person::PersonId;
use crate::profiles::{Profiles, admit};
use crate::register::Kind;
use crate::{Error, consent::Consent};

pub use self::session::Session;
pub use self::settings::{CodeSender, OidcProvider, Settings};

/// Accounts over persons' data. Clones share it.
#[derive(Clone)]
pub struct Accounts {
    profiles: Profiles,
    settings: Arc<Settings>,
    hasher: Arc<Hasher>,
    failures: Arc<Throttle>,
    codes: Arc<Codes>,
}

impl Accounts {
    /// Accounts of the persons in `profiles`.
    ///
    /// # Errors
    /// [`Error::Setting`] for settings that cannot be used.
    pub fn new(profiles: &Profiles, settings: &Settings) -> Result<Self, Error> {
        settings.check().map_err(Error::Setting)?;
        Ok(Self {
            profiles: profiles.clone(),
            hasher: Arc::new(Hasher::new(settings)?),
            failures: Arc::new(Throttle::new(
                settings.failures_free,
                settings.wait_first.0,
                settings.wait_max.0,
                settings.failures_kept.0,
            )),
            codes: Arc::new(Codes::new(settings)),
            settings: Arc::new(settings.clone()),
        })
    }

    /// Makes an account by e-mail address and password. When the address has one already nothing is changed, and the answer
    /// and the work are the same: a hash, a key, a second write of the keys in place of the row's.
    ///
    /// # Errors
    /// [`Error::NoConsent`], [`Error::PolicyOutdated`], [`Error::Input`], [`Error::Undeclared`]; then nothing is stored.
    pub fn register(
        &self,
        email: &str,
        password: String,
        consent: &NewConsent,
        attributes: &Map<String, Value>,
    ) -> Result<(), Error> {
        self.offers_passwords()?;
        let consent = self.consent(consent)?;
        if let Some(field) = ["email", "phone"].into_iter().find(|field| attributes.contains_key(*field)) {
            return Err(Error::Input(format!(
                "{field} is no attribute here; it is proven by logging in with it"
            )));
        }
        let password = Password::from(password);
        password.check()?;
        let hash = self.hasher.hash(&password)?;
        let mut attributes = attributes.clone();
        attributes.insert("email".to_owned(), Value::from(normal_email(email)));
        let made = self.profiles.write(|desk| {
            self.who(desk, By::Email, &normal_email(email))?;
            let person = admit(desk, &PersonId::random(), consent)?;
            desk.put(&person, Kind::Account, PASSWORD, None, &Login::password(hash, desk.now))?;
            self.profiles.merge(desk, &person, &attributes, &actor())?;
            self.note("create", &person)
        });
        match made {
            Err(Error::Taken { .. }) => Ok(()),
            other => other,
        }
    }

    /// Logs in by e-mail address and password.
    ///
    /// # Errors
    /// [`Error::Credentials`], also for addresses without an account; [`Error::Wait`] after too many failures.
    pub fn log_in(&self, email: &str, password: String) -> Result<Session, Error> {
        self.offers_passwords()?;
        let email = normal_email(email);
        let name = self.profiles.mac(&[b"attempts", b"email", email.as_bytes()]);
        self.failures.attempt(name, self.profiles.now())?;
        let known = self.profiles.read(|desk| {
            let Some(person) = usable(desk, By::Email, &email)? else { return Ok(None) };
            password_of(desk, &person)
        })?;
        let password = Password::from(password);
        if !self.hasher.is_right(&password, known.as_deref()) {
            return Err(Error::Credentials);
        }
        let renewed = match known.as_deref() {
            Some(hash) if self.hasher.is_outdated(hash) => Some(self.hasher.hash(&password)?),
            _ => None,
        };
        let session = self.profiles.write(|desk| {
            // The password may have been changed, or the person erased, while this one was judged.
            let Some(mut person) = usable(desk, By::Email, &email)? else { return Err(Error::Credentials) };
            if password_of(desk, &person)? != known {
                return Err(Error::Credentials);
            }
            if let Some(hash) = renewed {
                desk.put(&person, Kind::Account, PASSWORD, None, &Login::password(hash, desk.now))?;
            }
            self.begin(desk, &mut person)
        })?;
        self.failures.clear(&name);
        Ok(session)
    }

    /// Changes the password of somebody logged in, or sets their first one; every session ends.
    ///
    /// # Errors
    /// [`Error::Credentials`] when the current one is wrong or missing; [`Error::Wait`] after too many failures;
    /// [`Error::Input`]; [`Error::Unknown`].
    pub fn change_password(&self, id: &PersonId, current: Option<String>, new: String) -> Result<(), Error> {
        self.offers_passwords()?;
        let new = Password::from(new);
        new.check()?;
        let name = self.profiles.mac(&[b"attempts", b"id", id.as_str().as_bytes()]);
        self.failures.attempt(name, self.profiles.now())?;
        let known = self.profiles.read(|desk| {
            let person = desk.known(id)?;
            password_of(desk, &person)
        })?;
        let proven = match (&known, current) {
            (None, _) => true,
            (Some(hash), Some(current)) => self.hasher.is_right(&current.into(), Some(hash)),
            (Some(_), None) => false,
        };
        if !proven {
            return Err(Error::Credentials);
        }
        let hash = self.hasher.hash(&new)?;
        self.profiles.write(|desk| {
            let person = desk.known(id)?;
            if person.core.is_blocked() {
                return Err(Error::Blocked);
            }
            if password_of(desk, &person)? != known {
                return Err(Error::Credentials);
            }
            desk.put(&person, Kind::Account, PASSWORD, None, &Login::password(hash, desk.now))?;
            desk.end_sessions(&person)?;
            self.note("change_password", &person)
        })?;
        self.failures.clear(&name);
        Ok(())
    }

    /// `[accounts]`.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn offers_passwords(&self) -> Result<(), Error> {
        if self.settings.passwords { Ok(()) } else { Err(Error::NotOffered("login by password")) }
    }

    /// Consent as a reader gives it: by a button.
    fn consent(&self, consent: &NewConsent) -> Result<Consent, Error> {
        if consent.how != How::Button {
            return Err(Error::Input("how must be \"button\" for an account".to_owned()));
        }
        self.profiles.check_consent(consent)
    }

    /// The person a proven value belongs to. One who waits for erasure has come back before it: it is done first.
    fn who(&self, desk: &mut Desk<'_>, by: By, value: &str) -> Result<Option<Person>, Error> {
        let Some(handle) = desk.look(by, value)? else { return Ok(None) };
        let Some(person) = desk.load(&handle)? else { return Ok(None) };
        if person.core.erasing.is_some() && person.core.held.is_none() {
            self.profiles.finish_erasure(desk, &person)?;
            return Ok(None);
        }
        Ok(Some(person))
    }

    fn note(&self, verb: &str, person: &Person) -> Result<(), Error> {
        self.profiles.note(&actor(), verb, Some(person), None)
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

/// Whoever proves who they are acts for themselves.
fn actor() -> Actor {
    Actor::new(Role::Reader, "self")
}

/// The person found by a value, unless they are blocked.
fn usable(desk: &mut Desk<'_>, by: By, value: &str) -> Result<Option<Person>, Error> {
    let Some(handle) = desk.look(by, value)? else { return Ok(None) };
    Ok(desk.load(&handle)?.filter(|person| !person.core.is_blocked()))
}

fn password_of(desk: &Desk<'_>, person: &Person) -> Result<Option<String>, Error> {
    Ok(desk.row::<Login>(person, Kind::Account, PASSWORD)?.and_then(|way| way.hash))
}

/// An address in the one form it is kept and looked for: hosts fold case, and no mail service in use tells mailboxes apart
/// by it.
fn normal_email(typed: &str) -> String {
    typed.trim().to_lowercase()
}

#[cfg(test)]
mod tests;
