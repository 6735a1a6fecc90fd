//! The rights of a person: to be told, to be erased, to be left alone. Invariant: each leaves a ticket with a deadline.

use model::{Interests, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use super::attributes::visible;
use super::history::wishes_of;
use super::{Profiles, permit};
use crate::Error;
use crate::actor::{Actor, Scope};
use crate::audit::AuditEntry;
use crate::chain::Line;
use crate::desk::{By, Desk, Person};
use crate::event::PersonEvent;
use crate::person::{Kept, Mark, PersonId};
use crate::register::Kind;
use crate::ticket::{Ticket, TicketFilter, TicketKind};

/// Everything held of a person.
#[derive(Debug, Clone, Serialize)]
pub struct Export {
    /// When it was put together.
    pub made: Timestamp,
    /// The person as such: id, pseudonym, consents, standing.
    pub person: Value,
    /// What they told of themselves, with who told it and when.
    pub attributes: Vec<Value>,
    /// What they did, the latest first.
    pub events: Vec<PersonEvent>,
    /// What was computed of them.
    pub derived: Vec<Value>,
    /// What the selections are made by, computed from the above.
    pub interests: Interests,
    /// How they log in, without the secrets that prove it is them.
    pub account: Vec<Value>,
    /// Where they are logged in.
    pub sessions: Vec<Value>,
    /// What they asked for.
    pub tickets: Vec<Ticket>,
    /// Who read or changed their data.
    pub accesses: Vec<Value>,
}

/// What somebody is looked for by.
#[derive(Debug, Clone)]
pub enum Query {
    /// Their id.
    Id(PersonId),
    /// Their e-mail address.
    Email(String),
    /// Their phone number.
    Phone(String),
}

impl Profiles {
    /// Everything held of a person.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Blocked`] to readers after a withdrawal or under a legal hold.
    pub fn export(&self, id: &PersonId, case: Option<&str>, actor: &Actor) -> Result<Export, Error> {
        permit(actor, Scope::Export)?;
        self.write(|desk| {
            let person = visible(desk, id, actor)?;
            self.note(actor, "export", Some(&person), case)?;
            let export = self.everything(desk, &person)?;
            self.done(desk, id, TicketKind::Export, case, "everything held was handed over")?;
            Ok(export)
        })
    }

    pub(super) fn everything(&self, desk: &Desk<'_>, person: &Person) -> Result<Export, Error> {
        let pseudonym = Some(person.core.pseudonym.as_str());
        let accesses: Vec<Line<AuditEntry>> = self.inner.audit.read(Timestamp::MIN, usize::MAX)?;
        let filter = TicketFilter { person: Some(person.core.id.clone()), ..TicketFilter::default() };
        let value = |kept: Kept| serde_json::to_value(kept).unwrap_or_default();
        Ok(Export {
            made: desk.now,
            person: serde_json::to_value(&person.core).map_err(|_| Error::damaged("person"))?,
            attributes: desk.rows(person, Kind::Attribute)?.into_iter().map(value).collect(),
            events: desk.rows(person, Kind::Event)?,
            derived: desk.rows(person, Kind::Derived)?.into_iter().map(value).collect(),
            interests: wishes_of(desk, person)?,
            account: account_facts(desk, person)?,
            sessions: desk.rows(person, Kind::Session)?,
            tickets: self.select_tickets(desk, &filter)?,
            accesses: accesses
                .into_iter()
                .filter(|line| line.entry.subject.as_deref() == pseudonym)
                .filter_map(|line| serde_json::to_value(line).ok())
                .collect(),
        })
    }

    /// Erases a person: key, rows, look-ups. What remains is a keyed hash with the proof of consent, and the ticket. Under a
    /// legal hold the person is blocked, and erased when it is released.
    ///
    /// # Errors
    /// [`Error::Unknown`] when nothing is stored of them.
    pub fn erase(&self, id: &PersonId, case: Option<&str>, actor: &Actor) -> Result<Ticket, Error> {
        permit(actor, Scope::Erase)?;
        let ticket = self.write(|desk| {
            let mut person = desk.known(id)?;
            self.note(actor, "erase", Some(&person), case)?;
            if person.core.held.is_some() {
                person.core.erasing = Some(Mark { at: desk.now, case: case.map(str::to_owned) });
                desk.save(&person)?;
                return self.opened(
                    desk,
                    id,
                    TicketKind::Erase,
                    case,
                    "blocked; erased when the legal hold ends",
                );
            }
            let ticket = self.done(desk, id, TicketKind::Erase, case, "erased")?;
            self.finish_erasure(desk, &person)?;
            Ok(ticket)
        })?;
        self.checkpoint()?;
        Ok(ticket)
    }

    /// Erases, and closes what was open about the person.
    pub(crate) fn finish_erasure(&self, desk: &mut Desk<'_>, person: &Person) -> Result<(), Error> {
        self.close_all(desk, &person.core.id, "erased")?;
        self.erase_now(desk, person)
    }

    /// Restricts processing: data is kept and not used.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotPermitted`], [`Error::Storage`].
    pub fn restrict(&self, id: &PersonId, case: Option<&str>, actor: &Actor) -> Result<Ticket, Error> {
        permit(actor, Scope::Restrict)?;
        self.write(|desk| {
            let mut person = desk.known(id)?;
            self.note(actor, "restrict", Some(&person), case)?;
            person.core.restricted = Some(Mark { at: desk.now, case: case.map(str::to_owned) });
            desk.save(&person)?;
            self.done(desk, id, TicketKind::Restrict, case, "restricted")
        })
    }

    /// Lifts a restriction.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotPermitted`], [`Error::Storage`].
    pub fn lift(&self, id: &PersonId, case: Option<&str>, actor: &Actor) -> Result<Ticket, Error> {
        permit(actor, Scope::Restrict)?;
        self.write(|desk| {
            let mut person = desk.known(id)?;
            self.note(actor, "lift", Some(&person), case)?;
            person.core.restricted = None;
            desk.save(&person)?;
            self.done(desk, id, TicketKind::Restrict, case, "lifted")
        })
    }

    /// Legal hold: blocked for the product, and neither erased nor thinned out by retention until [`Profiles::release`].
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotPermitted`], [`Error::Storage`].
    pub fn hold(&self, id: &PersonId, case: &str, actor: &Actor) -> Result<(), Error> {
        permit(actor, Scope::Hold)?;
        self.write(|desk| {
            let mut person = desk.known(id)?;
            self.note(actor, "hold", Some(&person), Some(case))?;
            person.core.held = Some(Mark { at: desk.now, case: Some(case.to_owned()) });
            desk.save(&person)
        })
    }

    /// Ends a legal hold; an erasure that waited for it is done by the next [`Profiles::housekeep`].
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotPermitted`], [`Error::Storage`].
    pub fn release(&self, id: &PersonId, case: &str, actor: &Actor) -> Result<(), Error> {
        permit(actor, Scope::Hold)?;
        self.write(|desk| {
            let mut person = desk.known(id)?;
            self.note(actor, "release", Some(&person), Some(case))?;
            person.core.held = None;
            desk.save(&person)
        })
    }

    /// Whether anything is stored of somebody, and under which id.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Storage`].
    pub fn find(&self, query: &Query, actor: &Actor) -> Result<Option<PersonId>, Error> {
        permit(actor, Scope::Find)?;
        let (by, value) = match query {
            Query::Id(id) => (By::Id, id.as_str()),
            Query::Email(email) => (By::Email, email.as_str()),
            Query::Phone(phone) => (By::Phone, phone.as_str()),
        };
        self.read(|desk| {
            let handle = desk.look(by, value)?;
            let person = handle.map(|handle| desk.load(&handle)).transpose()?.flatten();
            self.note(actor, "find", person.as_ref(), None)?;
            Ok(person.map(|person| person.core.id))
        })
    }
}

/// How a person logs in, as the register lets it be shown.
fn account_facts(desk: &Desk<'_>, person: &Person) -> Result<Vec<Value>, Error> {
    let mut ways: Vec<Map<String, Value>> = desk.rows(person, Kind::Account)?;
    for (secret, _) in desk.register.of(Kind::Account).filter(|(_, field)| field.secret) {
        for way in &mut ways {
            way.remove(secret);
        }
    }
    Ok(ways.into_iter().map(Value::Object).collect())
}
