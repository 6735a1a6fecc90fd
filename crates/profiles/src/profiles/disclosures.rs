//! Handing data to others: authorities by lawful demand, recipients by contract. Invariant: nothing leaves without an entry in the
//! journal, which is written first.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Profiles, attributes, permit};
use crate::Error;
use crate::actor::{Actor, Scope};
use crate::audit::DisclosureEntry;
use crate::chain::Line;
use crate::person::PersonId;
use crate::register::Kind;

/// A demand of an authority.
#[derive(Debug, Clone)]
pub struct Disclosure {
    /// Which authority.
    pub authority: String,
    /// The lawful basis: article, number and date of the demand.
    pub basis: String,
    /// Which official asked.
    pub requested_by: String,
    /// What was asked for: parts of an [`crate::Export`] (`attributes`, `events`, …) or single attributes.
    pub what: Vec<String>,
    /// Whose data.
    pub person: PersonId,
}

/// A transfer to a recipient of the register.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The recipient's name in the register.
    pub recipient: String,
    /// Which attributes.
    pub fields: Vec<String>,
    /// Whose data.
    pub person: PersonId,
}

/// What was handed over.
#[derive(Debug, Clone, Serialize)]
pub struct Disclosed {
    /// The number of the entry in the journal.
    pub entry: u64,
    /// The data.
    pub data: Map<String, Value>,
}

impl Profiles {
    /// Hands over what an authority lawfully demands.
    ///
    /// # Errors
    /// [`Error::Refused`] without authority, basis, official or a named part; [`Error::Unknown`]; [`Error::Undeclared`] for a
    /// part there is not.
    pub fn disclose(&self, asked: &Disclosure, actor: &Actor) -> Result<Disclosed, Error> {
        permit(actor, Scope::Disclose)?;
        for (name, text) in
            [("authority", &asked.authority), ("basis", &asked.basis), ("requested_by", &asked.requested_by)]
        {
            if text.trim().is_empty() {
                return Err(Error::Refused(format!("a disclosure needs {name}")));
            }
        }
        if asked.what.is_empty() {
            return Err(Error::Refused("a disclosure needs to say what was asked for".to_owned()));
        }
        self.read(|desk| {
            let person = desk.known(&asked.person)?;
            let everything = serde_json::to_value(self.everything(desk, &person)?).unwrap_or_default();
            let attributes = attributes::attributes(desk, &person)?;
            let mut data = Map::new();
            for part in &asked.what {
                let found = if let Some(found) = everything.get(part) {
                    found.clone()
                } else {
                    desk.register.field(Kind::Attribute, part)?;
                    attributes.get(part).cloned().unwrap_or_default()
                };
                data.insert(part.clone(), found);
            }
            let entry = self.enter(&person.core.pseudonym, asked, &asked.authority, actor)?;
            self.note(actor, "disclose", Some(&person), Some(&asked.basis))?;
            Ok(Disclosed { entry, data })
        })
    }

    /// Hands attributes to a recipient with a contract.
    ///
    /// # Errors
    /// [`Error::Refused`] for a recipient or a field the register does not allow, or abroad while `cross_border` is off;
    /// [`Error::NoConsent`] and the like when none of the field's purposes was agreed to.
    pub fn transfer(&self, asked: &Transfer, actor: &Actor) -> Result<Disclosed, Error> {
        permit(actor, Scope::Disclose)?;
        let settings = &self.inner.settings;
        let recipient =
            self.inner.register.recipient.get(&asked.recipient).ok_or_else(|| {
                Error::Refused("the register has no contract with this recipient".to_owned())
            })?;
        if !settings.cross_border && settings.residency.country.as_ref() != Some(&recipient.country) {
            return Err(Error::Refused(
                "the recipient is not in [profiles] residency's country and cross_border is off".to_owned(),
            ));
        }
        self.read(|desk| {
            let person = desk.known(&asked.person)?;
            let mut data = attributes::attributes(desk, &person)?;
            data.retain(|name, _| asked.fields.contains(name));
            for name in &asked.fields {
                let field = desk.register.field(Kind::Attribute, name)?;
                if !field.recipients.contains(&asked.recipient) {
                    return Err(Error::Refused(format!(
                        "the register does not let {name} go to this recipient"
                    )));
                }
                person.core.authorise_any(&field.purposes, &self.inner.policies, settings)?;
            }
            let demand = Disclosure {
                authority: String::new(),
                basis: format!("contract {} of {}", recipient.contract, recipient.date),
                requested_by: actor.name.clone(),
                what: asked.fields.clone(),
                person: asked.person.clone(),
            };
            let entry = self.enter(&person.core.pseudonym, &demand, &asked.recipient, actor)?;
            self.note(actor, "transfer", Some(&person), None)?;
            Ok(Disclosed { entry, data })
        })
    }

    /// The journal.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Io`].
    pub fn disclosures(&self, actor: &Actor) -> Result<Vec<Line<DisclosureEntry>>, Error> {
        if !actor.role.may(Scope::Disclose) {
            permit(actor, Scope::Audit)?;
        }
        self.inner.disclosures.read(model::Timestamp::MIN, usize::MAX)
    }

    fn enter(&self, subject: &str, asked: &Disclosure, to: &str, actor: &Actor) -> Result<u64, Error> {
        let entry = DisclosureEntry {
            to: to.to_owned(),
            basis: asked.basis.clone(),
            requested_by: asked.requested_by.clone(),
            what: asked.what.clone(),
            subject: subject.to_owned(),
            role: actor.role,
            actor: actor.name.clone(),
        };
        self.inner.disclosures.append(self.now(), &entry)
    }
}
