//! Login by phone and one-time code. Invariant: the person's first row is written after their consent and the right code; a number
//! belongs to whoever has proven it, not to whoever wrote it down.

use serde_json::{Map, Value};

use super::rows::{Login, PHONE};
use super::sender::Message;
use super::{Accounts, Session, actor};
use crate::Error;
use crate::actor::Role;
use crate::consent::{Consent, NewConsent, Purpose};
use crate::desk::{By, Desk, Person};
use crate::person::{Kept, PersonId};
use crate::profiles::admit;
use crate::register::{Kind, is_phone};

/// Codes have six digits: with five tries, one guess in 200,000 is right.
const CODES: u32 = 1_000_000;

impl Accounts {
    /// Sends a code to a number, whether or not it has an account.
    ///
    /// # Errors
    /// [`Error::NotOffered`], [`Error::Input`]; [`Error::Wait`] when too many were sent to this number or within this hour;
    /// [`Error::Sender`].
    pub fn send_code(&self, phone: &str) -> Result<(), Error> {
        let sender = self.settings.code_sender.as_ref().ok_or(Error::NotOffered("login by phone"))?;
        let phone = normal_phone(phone)?;
        let now = self.profiles.now();
        self.failures.attempt(self.profiles.mac(&[b"sends", phone.as_bytes()]), now)?;
        let code = format!("{:06}", rand::random_range(0..CODES));
        let name = self.code_name(&phone);
        self.codes.add(name, self.digest(&phone, &code), now)?;
        let message = Message { phone: &phone, code: &code, valid_s: self.settings.code_term.0.as_secs() };
        sender.send(&message, self.settings.code_sender_timeout.0).inspect_err(|_| self.codes.remove(&name))
    }

    /// Logs in by a code; a number without an account gets one if there is consent.
    ///
    /// # Errors
    /// [`Error::Credentials`] for a wrong, used or expired code; [`Error::Wait`] after too many failures;
    /// [`Error::NoConsent`] for a new number without consent: the code stays good; [`Error::Blocked`] under a legal hold.
    pub fn log_in_by_code(
        &self,
        phone: &str,
        code: &str,
        consent: Option<&NewConsent>,
    ) -> Result<Session, Error> {
        if self.settings.code_sender.is_none() {
            return Err(Error::NotOffered("login by phone"));
        }
        let phone = normal_phone(phone)?;
        let consent = consent.map(|consent| self.consent(consent)).transpose()?;
        let attempts = self.profiles.mac(&[b"attempts", b"phone", phone.as_bytes()]);
        let now = self.profiles.now();
        self.failures.attempt(attempts, now)?;
        let name = self.code_name(&phone);
        let code =
            self.codes.take(&name, &self.digest(&phone, code.trim()), now).ok_or(Error::Credentials)?;
        self.failures.clear(&attempts);
        let begun = self.profiles.write(|desk| {
            let mut person = match self.owner(desk, &phone)? {
                Some(person) => person,
                None => self.admit_phone(desk, &phone, consent)?,
            };
            self.begin(desk, &mut person)
        });
        if matches!(begun, Err(Error::NoConsent { .. })) {
            self.codes.give_back(name, code);
        }
        begun
    }

    /// Whose number it is, now that whoever asks has proven it is theirs.
    fn owner(&self, desk: &mut Desk<'_>, phone: &str) -> Result<Option<Person>, Error> {
        let Some(person) = self.who(desk, By::Phone, phone)? else { return Ok(None) };
        if person.core.is_blocked() {
            return Err(Error::Blocked);
        }
        let proven: Option<Login> = desk.row(&person, Kind::Account, PHONE)?;
        if proven.is_some_and(|way| way.phone.as_deref() == Some(phone)) {
            return Ok(Some(person));
        }
        let told: Option<Kept> = desk.row(&person, Kind::Attribute, "phone")?;
        if told.is_some_and(|kept| kept.source == Role::Reader.as_str()) {
            // Somebody else wrote this number down as theirs and never proved it.
            desk.remove(&person, Kind::Attribute, "phone")?;
            desk.unlink(By::Phone, phone)?;
            self.note("lose_phone", &person)?;
            return Ok(None);
        }
        desk.put(&person, Kind::Account, PHONE, None, &Login::phone(phone.to_owned(), desk.now))?;
        Ok(Some(person))
    }

    fn admit_phone(
        &self,
        desk: &mut Desk<'_>,
        phone: &str,
        consent: Option<Consent>,
    ) -> Result<Person, Error> {
        let consent = consent.ok_or(Error::NoConsent { purpose: Purpose::Service.as_str() })?;
        let person = admit(desk, &PersonId::random(), consent)?;
        let attributes = Map::from_iter([("phone".to_owned(), Value::from(phone))]);
        self.profiles.merge(desk, &person, &attributes, &actor())?;
        desk.put(&person, Kind::Account, PHONE, None, &Login::phone(phone.to_owned(), desk.now))?;
        self.note("create", &person)?;
        Ok(person)
    }

    fn code_name(&self, phone: &str) -> [u8; 32] {
        self.profiles.mac(&[b"code of", phone.as_bytes()])
    }

    fn digest(&self, phone: &str, code: &str) -> [u8; 32] {
        self.profiles.mac(&[b"code", phone.as_bytes(), code.as_bytes()])
    }
}

/// A number as it is dialled: without the marks people write between digits.
fn normal_phone(typed: &str) -> Result<String, Error> {
    let phone: String =
        typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.')).collect();
    if is_phone(&phone) {
        Ok(phone)
    } else {
        Err(Error::Input("phone must be a number like +77010000000".to_owned()))
    }
}
