//! What people tell of themselves and what is computed of them. Invariant: a field is in the register, of its type, and covered by
//! a purpose the person agreed to.

use serde_json::{Map, Value};

use super::{Profiles, permit};
use crate::actor::{Actor, Role, Scope};
use crate::desk::{By, Desk, Person};
use crate::person::{Kept, PersonId, PersonView};
use crate::register::{Kind, Since};
use crate::ticket::TicketKind;
use crate::{Error, day};

impl Profiles {
    /// What a person told of themselves and agreed to.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Blocked`] to readers after a withdrawal or under a legal hold.
    pub fn person(&self, id: &PersonId, actor: &Actor) -> Result<PersonView, Error> {
        permit(actor, Scope::Read)?;
        self.read(|desk| {
            let person = visible(desk, id, actor)?;
            self.note(actor, "person", Some(&person), None)?;
            self.view(desk, &person)
        })
    }

    /// Changes attributes by a JSON merge patch (RFC 7396): `null` deletes one.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Blocked`], [`Error::Undeclared`]; [`Error::NoConsent`] for a field whose purposes were not
    /// agreed to; [`Error::Input`] for a value of another type. Then nothing is changed.
    pub fn correct(
        &self,
        id: &PersonId,
        patch: &Map<String, Value>,
        case: Option<&str>,
        actor: &Actor,
    ) -> Result<PersonView, Error> {
        permit(actor, Scope::Correct)?;
        let view = self.write(|desk| {
            let person = visible(desk, id, actor)?;
            self.merge(desk, &person, patch, actor)?;
            self.note(actor, "correct", Some(&person), case)?;
            if case.is_some() {
                self.done(desk, id, TicketKind::Correct, case, "corrected")?;
            }
            self.view(desk, &person)
        })?;
        if patch.values().any(Value::is_null) {
            self.checkpoint()?;
        }
        Ok(view)
    }

    /// Stores what was computed of a person: scores, vectors, segments; `null` deletes one.
    ///
    /// # Errors
    /// As [`Profiles::correct`]; [`Error::Blocked`] and [`Error::PolicyOutdated`] as for every use.
    pub fn derive(&self, id: &PersonId, values: &Map<String, Value>, actor: &Actor) -> Result<(), Error> {
        permit(actor, Scope::Derive)?;
        self.write(|desk| {
            let person = desk.known(id)?;
            self.put_values(desk, &person, Kind::Derived, values, actor)
        })
    }

    pub(super) fn view(&self, desk: &Desk<'_>, person: &Person) -> Result<PersonView, Error> {
        let core = &person.core;
        Ok(PersonView {
            id: core.id.clone(),
            created: core.created,
            used: core.used,
            consent: core.consent_state(&self.inner.policies),
            restricted: core.restricted.clone(),
            held: core.held.clone(),
            attributes: attributes(desk, person)?,
        })
    }

    /// Applies a merge patch to the attributes.
    pub(crate) fn merge(
        &self,
        desk: &Desk<'_>,
        person: &Person,
        patch: &Map<String, Value>,
        actor: &Actor,
    ) -> Result<(), Error> {
        let old = attributes(desk, person)?;
        self.put_values(desk, person, Kind::Attribute, patch, actor)?;
        for (field, by) in [("email", By::Email), ("phone", By::Phone)] {
            let Some(new) = patch.get(field) else { continue };
            if let Some(old) = old.get(field).and_then(Value::as_str) {
                desk.unlink(by, old)?;
            }
            if let Some(new) = new.as_str() {
                desk.link(person, by, new)?;
            }
        }
        Ok(())
    }

    fn put_values(
        &self,
        desk: &Desk<'_>,
        person: &Person,
        kind: Kind,
        values: &Map<String, Value>,
        actor: &Actor,
    ) -> Result<(), Error> {
        for (name, value) in values {
            let field = desk.register.field(kind, name)?;
            if value.is_null() {
                desk.remove(person, kind, name)?;
                continue;
            }
            field.check(name, value)?;
            person.core.authorise_any(&field.purposes, &self.inner.policies, &self.inner.settings)?;
            let expires = desk
                .register
                .category
                .get(&field.category)
                .filter(|category| category.after == Since::Collection)
                .map(|category| day::after(desk.now, category.keep.0));
            let kept = Kept {
                field: name.clone(),
                value: value.clone(),
                source: actor.role.as_str().to_owned(),
                at: desk.now,
            };
            desk.put(person, kind, name, expires, &kept)?;
        }
        Ok(())
    }
}

pub(super) fn attributes(desk: &Desk<'_>, person: &Person) -> Result<Map<String, Value>, Error> {
    let kept: Vec<Kept> = desk.rows(person, Kind::Attribute)?;
    Ok(kept.into_iter().map(|kept| (kept.field, kept.value)).collect())
}

/// The person, unless blocked for this actor.
pub(super) fn visible(desk: &mut Desk<'_>, id: &PersonId, actor: &Actor) -> Result<Person, Error> {
    let person = desk.known(id)?;
    let is_product = matches!(actor.role, Role::Reader | Role::Recommender);
    if is_product && person.core.is_blocked() { Err(Error::Blocked) } else { Ok(person) }
}
