//! Giving and withdrawing consent. Invariant: no row of a person is written before their consent, and none after its withdrawal
//! has returned.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Profiles, permit};
use crate::Error;
use crate::actor::{Actor, Scope};
use crate::consent::{Consent, ConsentState, ConsentStatus, How, NewConsent, Purpose};
use crate::desk::{Desk, Person};
use crate::person::{Core, Mark, PersonId};
use crate::register::Kind;
use crate::ticket::{Ticket, TicketKind};

impl Profiles {
    /// Takes in a person with their consent and what they tell of themselves; without `id` they get a random one.
    ///
    /// # Errors
    /// As [`Profiles::give_consent`] and [`Profiles::correct`]; [`Error::Taken`] when the person is known already. Then nothing
    /// is stored.
    pub fn create(
        &self,
        id: Option<&PersonId>,
        consent: &NewConsent,
        attributes: &Map<String, Value>,
        actor: &Actor,
    ) -> Result<PersonId, Error> {
        permit(actor, Scope::Consent)?;
        let consent = self.check_consent(consent)?;
        let id = id.cloned().unwrap_or_else(PersonId::random);
        self.write(|desk| {
            if desk.find(&id)?.is_some() {
                return Err(Error::Taken { what: "id" });
            }
            let person = admit(desk, &id, consent)?;
            self.merge(desk, &person, attributes, actor)?;
            self.note(actor, "create", Some(&person), None)
        })?;
        Ok(id)
    }

    /// What a person agreed to; of somebody unknown, nothing.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Storage`].
    pub fn consent(&self, id: &PersonId, actor: &Actor) -> Result<ConsentState, Error> {
        permit(actor, Scope::Consent)?;
        self.read(|desk| {
            let person = desk.find(id)?;
            self.note(actor, "consent", person.as_ref(), None)?;
            Ok(match person {
                Some(person) => person.core.consent_state(&self.inner.policies),
                None => ConsentState {
                    status: ConsentStatus::None,
                    policy: None,
                    language: None,
                    purposes: BTreeSet::new(),
                    given: None,
                    current_policy: self.inner.policies.current().version.clone(),
                },
            })
        })
    }

    /// Takes in consent; a person not known yet becomes known. What it no longer covers is deleted.
    ///
    /// # Errors
    /// [`Error::PolicyOutdated`] for a version that is not in force; [`Error::Input`] for unknown versions and purposes;
    /// [`Error::Blocked`] under a legal hold.
    pub fn give_consent(
        &self,
        id: &PersonId,
        consent: &NewConsent,
        actor: &Actor,
    ) -> Result<ConsentState, Error> {
        permit(actor, Scope::Consent)?;
        let consent = self.check_consent(consent)?;
        self.write(|desk| {
            let mut known = desk.find(id)?;
            if let Some(person) = &known {
                if person.core.held.is_some() {
                    return Err(Error::Blocked);
                }
                if person.core.erasing.is_some() {
                    // They come back before the erasure they were promised: it is done first.
                    self.finish_erasure(desk, person)?;
                    known = None;
                }
            }
            let person = match known {
                None if !consent.counts() => return Err(Error::Unknown),
                None => admit(desk, id, consent)?,
                Some(mut person) => {
                    if consent.counts() {
                        person.core.used = desk.now;
                        drop_unpurposed(desk, &person, &consent.purposes)?;
                    }
                    person.core.consents.push(consent);
                    desk.save(&person)?;
                    person
                }
            };
            self.note(actor, "give_consent", Some(&person), None)?;
            Ok(person.core.consent_state(&self.inner.policies))
        })
    }

    /// Withdraws consent to `purposes`, or to everything: then the person is blocked when this returns, and the next
    /// [`Profiles::housekeep`] erases them. What no remaining purpose covers is deleted at once.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotPermitted`], [`Error::Storage`].
    pub fn withdraw(
        &self,
        id: &PersonId,
        purposes: Option<&BTreeSet<Purpose>>,
        case: Option<&str>,
        actor: &Actor,
    ) -> Result<Ticket, Error> {
        permit(actor, Scope::Withdraw)?;
        let ticket = self.write(|desk| {
            let mut person = desk.known(id)?;
            let now = desk.now;
            let left: BTreeSet<Purpose> = match (person.core.consent(), purposes) {
                (Some(consent), Some(withdrawn)) => consent.purposes.difference(withdrawn).copied().collect(),
                _ => BTreeSet::new(),
            };
            for consent in &mut person.core.consents {
                consent.withdrawn.get_or_insert(now);
            }
            self.note(actor, "withdraw", Some(&person), case)?;
            if left.contains(&Purpose::Service) {
                drop_unpurposed(desk, &person, &left)?;
                let rest = person.core.consents.iter().rfind(|consent| consent.counts()).cloned();
                person.core.consents.extend(rest.map(|last| Consent {
                    purposes: left,
                    given: now,
                    withdrawn: None,
                    ..last
                }));
                desk.save(&person)?;
                return self.done(desk, id, TicketKind::Withdraw, case, "purposes withdrawn");
            }
            desk.end_sessions(&person)?;
            person.core.erasing = Some(Mark { at: now, case: case.map(str::to_owned) });
            desk.save(&person)?;
            self.opened(desk, id, TicketKind::Withdraw, case, "blocked; erasure follows")
        })?;
        self.checkpoint()?;
        Ok(ticket)
    }

    /// The consent as it will be kept, if it can be.
    pub(crate) fn check_consent(&self, new: &NewConsent) -> Result<Consent, Error> {
        let policies = &self.inner.policies;
        let current = policies.current();
        if policies.version(&new.policy).is_none() {
            return Err(Error::Input("there is no policy of this version".to_owned()));
        }
        if new.policy != current.version {
            return Err(Error::PolicyOutdated { current: current.version.clone() });
        }
        if !new.purposes.contains(&Purpose::Service) {
            return Err(Error::Input(
                "purposes must hold \"service\"; without it nothing is stored".to_owned(),
            ));
        }
        if let Some(off) = new.purposes.iter().find(|purpose| !self.inner.settings.purposes.contains(purpose))
        {
            return Err(Error::NoConsent { purpose: off.as_str() });
        }
        Ok(Consent {
            policy: new.policy.clone(),
            policy_hash: current.hash.clone(),
            language: new.language,
            purposes: new.purposes.clone(),
            how: new.how,
            given: self.now(),
            withdrawn: None,
        })
    }
}

/// Writes the first row of a person, which holds their consent.
pub(crate) fn admit(desk: &mut Desk<'_>, id: &PersonId, consent: Consent) -> Result<Person, Error> {
    if consent.how == How::ContinuedUse {
        return Err(Error::NoConsent { purpose: Purpose::Service.as_str() });
    }
    let mut core = Core::new(id.clone(), desk.now);
    core.consents.push(consent);
    let person = desk.add(core)?;
    desk.save(&person)?;
    Ok(person)
}

/// Deletes what none of the purposes covers.
fn drop_unpurposed(desk: &Desk<'_>, person: &Person, purposes: &BTreeSet<Purpose>) -> Result<(), Error> {
    if !purposes.contains(&Purpose::Personalisation) {
        desk.remove_all(person, Kind::Event)?;
    }
    for kind in [Kind::Attribute, Kind::Derived] {
        for (name, _) in desk.register.of(kind).filter(|(_, field)| field.purposes.is_disjoint(purposes)) {
            desk.remove(person, kind, name)?;
        }
    }
    Ok(())
}
