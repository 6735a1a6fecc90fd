//! What people did, and the wishes that follow. Invariant: consent to personalisation is checked in the transaction that writes or
//! reads, so nothing is stored or used after a withdrawal has returned.

use model::{Interests, Language};
use serde_json::Value;

use super::{Profiles, attributes, permit};
use crate::actor::{Actor, Scope};
use crate::consent::Purpose;
use crate::desk::{Desk, Person};
use crate::event::{PersonEvent, Recorded, wishes};
use crate::person::PersonId;
use crate::register::Kind;
use crate::{Error, day};

/// Events may be this far ahead of our clock: the difference of two machines' clocks.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_hours(24);

impl Profiles {
    /// Stores what a person did, all of it or nothing. An event id known already is not stored again.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NoConsent`], [`Error::PolicyOutdated`], [`Error::Blocked`]; [`Error::Input`] and
    /// [`Error::TooMany`] for malformed batches.
    pub fn record(&self, id: &PersonId, events: &[PersonEvent], actor: &Actor) -> Result<Recorded, Error> {
        permit(actor, Scope::Record)?;
        if events.len() > PersonEvent::BATCH_MAX {
            return Err(Error::TooMany { what: "events", max: PersonEvent::BATCH_MAX });
        }
        let latest = model::time::later(self.now(), AHEAD_MAX);
        for event in events {
            event.check()?;
            if event.at > latest {
                return Err(Error::Input("event: at is in the future".to_owned()));
            }
        }
        self.write(|desk| {
            let mut person = self.personal(desk, id)?;
            let keep = desk.register.keep("history");
            let mut recorded = Recorded::default();
            for event in events {
                let expires = day::after(event.at.min(desk.now), keep);
                if desk.put_new(&person, Kind::Event, &event.id, Some(expires), event)? {
                    recorded.accepted += 1;
                } else {
                    recorded.repeated += 1;
                }
            }
            desk.trim(&person, Kind::Event, self.inner.settings.events_max)?;
            touch(desk, &mut person)?;
            Ok(recorded)
        })
    }

    /// What a person wishes, without the person.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NoConsent`], [`Error::PolicyOutdated`], [`Error::Blocked`].
    pub fn interests(&self, id: &PersonId, actor: &Actor) -> Result<Interests, Error> {
        permit(actor, Scope::Interests)?;
        let (interests, used) = self.read(|desk| {
            let person = self.personal(desk, id)?;
            self.note(actor, "interests", Some(&person), None)?;
            Ok((wishes_of(desk, &person)?, person.core.used))
        })?;
        if day::number(used) != day::number(self.now()) {
            self.write(|desk| match desk.find(id)? {
                Some(mut person) => touch(desk, &mut person),
                None => Ok(()),
            })?;
        }
        Ok(interests)
    }

    /// The person, if their data may be used for a selection now.
    fn personal(&self, desk: &mut Desk<'_>, id: &PersonId) -> Result<Person, Error> {
        let person = desk.known(id)?;
        person.core.authorise(Purpose::Personalisation, &self.inner.policies, &self.inner.settings)?;
        Ok(person)
    }
}

/// What the selections for a person are made by.
pub(super) fn wishes_of(desk: &Desk<'_>, person: &Person) -> Result<Interests, Error> {
    let told = attributes::attributes(desk, person)?;
    let list = |field: &str| -> Vec<String> {
        let items = told.get(field).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut interests = Interests {
        terms: list("terms"),
        languages: list("languages").iter().map(|code| Language::new(code)).collect(),
        sites: list("sites"),
        muted_hosts: list("muted_hosts"),
        ..Interests::default()
    };
    wishes(&desk.rows(person, Kind::Event)?, &mut interests);
    Ok(interests)
}

/// Notes that a person used the service, once a day.
pub(crate) fn touch(desk: &Desk<'_>, person: &mut Person) -> Result<(), Error> {
    if day::number(person.core.used) == day::number(desk.now) {
        return Ok(());
    }
    person.core.used = desk.now;
    desk.save(person)
}
