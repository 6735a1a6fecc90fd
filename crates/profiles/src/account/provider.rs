//! Login by an outside provider. Invariant: whoever calls has checked the provider's token; persons are known by issuer and subject,
//! and never joined to others by an address the provider tells.

use super::rows::Login;
use super::{Accounts, Session};
use crate::Error;
use crate::consent::{NewConsent, Purpose};
use crate::desk::By;
use crate::person::PersonId;
use crate::profiles::admit;
use crate::register::Kind;

impl Accounts {
    /// Logs in whom a provider vouches for; somebody new gets an account if there is consent.
    ///
    /// # Errors
    /// [`Error::NoConsent`] and [`Error::PolicyOutdated`] for somebody new, [`Error::Blocked`] under a legal hold; then nothing
    /// is stored.
    pub fn log_in_by_provider(
        &self,
        issuer: &str,
        subject: &str,
        consent: Option<&NewConsent>,
    ) -> Result<Session, Error> {
        // No issuer has a line feed: it is an address.
        let name = format!("{issuer}\n{subject}");
        self.profiles.write(|desk| {
            let mut person = match self.who(desk, By::Provider, &name)? {
                Some(person) if person.core.is_blocked() => return Err(Error::Blocked),
                Some(person) => person,
                None => {
                    let missing = Error::NoConsent { purpose: Purpose::Service.as_str() };
                    let consent = self.consent(consent.ok_or(missing)?)?;
                    let person = admit(desk, &PersonId::random(), consent)?;
                    desk.link(&person, By::Provider, &name)?;
                    let way = Login::provider(issuer, subject, desk.now);
                    desk.put(&person, Kind::Account, &name, None, &way)?;
                    self.note("create", &person)?;
                    person
                }
            };
            self.begin(desk, &mut person)
        })
    }
}
