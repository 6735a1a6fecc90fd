//! Requests and their deadlines. Invariant: a done ticket carries a receipt, and no ticket carries who it is about.

use data_encoding::HEXLOWER;
use model::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Profiles, permit, subject};
use crate::actor::{Actor, Scope};
use crate::desk::Desk;
use crate::person::PersonId;
use crate::register::Kind;
use crate::secret::random;
use crate::ticket::{Ticket, TicketFilter, TicketKind};
use crate::{Error, day};

impl Profiles {
    /// Tickets, the earliest due first.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Storage`].
    pub fn tickets(&self, filter: &TicketFilter, actor: &Actor) -> Result<Vec<Ticket>, Error> {
        permit(actor, Scope::Tickets)?;
        self.read(|desk| {
            self.note(actor, "tickets", None, None)?;
            self.select_tickets(desk, filter)
        })
    }

    /// A ticket by its number, which only those have who were given it.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn ticket(&self, id: &str) -> Result<Option<Ticket>, Error> {
        let Ok(id) = HEXLOWER.decode(id.as_bytes()) else { return Ok(None) };
        self.read(|desk| {
            let sealed: Option<Vec<u8>> = desk
                .tx
                .query_row("SELECT body FROM tickets WHERE id = ?1", [&id], |row| row.get(0))
                .optional()?;
            sealed.map(|sealed| open(desk, &id, &sealed)).transpose()
        })
    }

    /// Registers a request that cannot be answered at once: on paper, by mail. The command that answers it under the same case
    /// number and kind closes it.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Storage`].
    pub fn open_ticket(
        &self,
        id: &PersonId,
        kind: TicketKind,
        case: &str,
        actor: &Actor,
    ) -> Result<Ticket, Error> {
        permit(actor, Scope::Tickets)?;
        self.write(|desk| {
            let person = desk.find(id)?;
            self.note(actor, "open_ticket", person.as_ref(), Some(case))?;
            self.opened(desk, id, kind, Some(case), "received")
        })
    }

    /// Closes a request by its number: answered outside this program, refused, or about somebody of whom nothing is stored.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Input`] when there is no such open request, [`Error::Storage`].
    pub fn close_ticket(&self, number: &str, outcome: &str, actor: &Actor) -> Result<Ticket, Error> {
        permit(actor, Scope::Tickets)?;
        let none = || Error::Input("there is no open request of this number".to_owned());
        let id = HEXLOWER.decode(number.as_bytes()).map_err(|_| none())?;
        self.write(|desk| {
            let found = desk
                .tx
                .query_row("SELECT subject, body FROM tickets WHERE id = ?1 AND open = 1", [&id], |row| {
                    Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, Vec<u8>>(1)?))
                })
                .optional()?;
            let (of, sealed) = found.ok_or_else(none)?;
            self.note(actor, "close_ticket", None, None)?;
            self.close(desk, &of, open(desk, &id, &sealed)?, outcome)
        })
    }

    pub(super) fn select_tickets(
        &self,
        desk: &Desk<'_>,
        filter: &TicketFilter,
    ) -> Result<Vec<Ticket>, Error> {
        let of = filter.person.as_ref().map(|id| subject(&self.inner.ring, id));
        let mut found = desk
            .tx
            .prepare("SELECT id, body FROM tickets WHERE (?1 IS NULL OR subject = ?1) AND open >= ?2")?;
        let only_open = i64::from(filter.open || filter.overdue);
        let rows = found.query_map(params![of, only_open], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let mut tickets = Vec::new();
        for row in rows {
            let (id, sealed) = row?;
            let ticket = open(desk, &id, &sealed)?;
            if !filter.overdue || ticket.due <= desk.now {
                tickets.push(ticket);
            }
        }
        tickets.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
        Ok(tickets)
    }

    /// A new open ticket, or the one that is open under the same case number.
    pub(super) fn opened(
        &self,
        desk: &Desk<'_>,
        id: &PersonId,
        kind: TicketKind,
        case: Option<&str>,
        outcome: &str,
    ) -> Result<Ticket, Error> {
        let filter = TicketFilter { person: Some(id.clone()), open: true, overdue: false };
        let same = self
            .select_tickets(desk, &filter)?
            .into_iter()
            .find(|ticket| ticket.kind == kind && (case.is_none() || ticket.case.as_deref() == case));
        let mut ticket = same.unwrap_or_else(|| Ticket {
            id: HEXLOWER.encode(&random::<16>()),
            kind,
            case: case.map(str::to_owned),
            opened: desk.now,
            due: model::time::later(desk.now, self.inner.settings.answer_within.0),
            done: None,
            outcome: None,
            receipt: None,
        });
        ticket.outcome = Some(outcome.to_owned());
        save(desk, &subject(&self.inner.ring, id), &ticket)?;
        Ok(ticket)
    }

    /// A ticket answered now: the one open under the same case number, or a new one. The document that proved who asked goes.
    pub(super) fn done(
        &self,
        desk: &mut Desk<'_>,
        id: &PersonId,
        kind: TicketKind,
        case: Option<&str>,
        outcome: &str,
    ) -> Result<Ticket, Error> {
        let ticket = self.opened(desk, id, kind, case, outcome)?;
        if let Some(person) = desk.find(id)? {
            for (name, _) in
                desk.register.of(Kind::Attribute).filter(|(_, field)| field.category == "identity")
            {
                desk.remove(&person, Kind::Attribute, name)?;
            }
        }
        self.close(desk, &subject(&self.inner.ring, id), ticket, outcome)
    }

    /// Closes every open ticket about somebody who was erased.
    pub(super) fn close_all(&self, desk: &Desk<'_>, id: &PersonId, outcome: &str) -> Result<(), Error> {
        let filter = TicketFilter { person: Some(id.clone()), open: true, overdue: false };
        for ticket in self.select_tickets(desk, &filter)? {
            self.close(desk, &subject(&self.inner.ring, id), ticket, outcome)?;
        }
        Ok(())
    }

    fn close(
        &self,
        desk: &Desk<'_>,
        of: &[u8; 32],
        mut ticket: Ticket,
        outcome: &str,
    ) -> Result<Ticket, Error> {
        ticket.done = Some(desk.now);
        ticket.outcome = Some(outcome.to_owned());
        ticket.receipt = Some(self.receipt(&ticket, desk.now));
        save(desk, of, &ticket)?;
        Ok(ticket)
    }

    fn receipt(&self, ticket: &Ticket, done: Timestamp) -> String {
        let mac = self.inner.ring.tickets.mac(&[
            b"receipt",
            ticket.id.as_bytes(),
            ticket.opened.to_string().as_bytes(),
            done.to_string().as_bytes(),
        ]);
        HEXLOWER.encode(&mac[..16])
    }
}

fn save(desk: &Desk<'_>, of: &[u8; 32], ticket: &Ticket) -> Result<(), Error> {
    let id = HEXLOWER.decode(ticket.id.as_bytes()).map_err(|_| Error::damaged("ticket"))?;
    let value = serde_json::to_value(ticket).map_err(|_| Error::damaged("ticket"))?;
    desk.register.check_row(Kind::Ticket, &value)?;
    // An open request is kept until it is answered.
    let expires = ticket.done.map(|done| day::after(done, desk.register.keep("request")));
    let sealed = desk.ring.tickets.seal(&id, value.to_string().as_bytes());
    desk.tx.execute(
        "INSERT OR REPLACE INTO tickets (id, subject, open, expires, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, of, i64::from(ticket.done.is_none()), expires, sealed],
    )?;
    Ok(())
}

fn open(desk: &Desk<'_>, id: &[u8], sealed: &[u8]) -> Result<Ticket, Error> {
    let plain = desk.ring.tickets.open(id, sealed).ok_or_else(|| Error::damaged("ticket"))?;
    serde_json::from_slice(&plain).map_err(|_| Error::damaged("ticket"))
}
