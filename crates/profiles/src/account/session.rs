//! Sessions. Invariant: a token is 256 random bits, told once and kept as a keyed hash; it stands for a person only while they are
//! not blocked and it was neither idle nor alive for too long.

use std::time::Duration;

use data_encoding::HEXLOWER;
use model::Timestamp;

use super::Accounts;
use super::rows::SessionRow;
use crate::desk::{By, Desk, Person};
use crate::person::PersonId;
use crate::profiles::touch;
use crate::register::Kind;
use crate::secret::random;
use crate::{Error, day};

/// Begins every token, so that a leaked one is recognised for what it is.
const PREFIX: &str = "sls_";
/// The use of a session is noted again after this part of its idle time: a write now and then, not with each request.
const NOTES_PER_IDLE: u32 = 64;

/// A new session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// What the reader sends as `Authorization: Bearer …`; told this once.
    pub token: String,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// It ends earlier when it was not used for so long.
    pub idle: Duration,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Whether a token has the form of a session's; no other key has.
    #[must_use]
    pub fn is_session(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// Whose session a token is.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn holder(&self, token: &str) -> Result<Option<PersonId>, Error> {
        let now = self.profiles.now();
        let idle = self.settings.session_idle.0;
        let Some((id, row)) = self.profiles.read(|desk| {
            let Some((person, row)) = find(desk, token)? else { return Ok(None) };
            let is_over = now >= row.expires || model::time::until(row.used, now) >= idle;
            Ok((!is_over && !person.core.is_blocked()).then_some((person.core.id, row)))
        })?
        else {
            return Ok(None);
        };
        if model::time::until(row.used, now) >= idle / NOTES_PER_IDLE {
            self.profiles.write(|desk| {
                // It may have ended in between.
                let Some((mut person, row)) = find(desk, token)? else { return Ok(()) };
                touch(desk, &mut person)?;
                put(desk, &person, token, &SessionRow { used: now, ..row })
            })?;
        }
        Ok(Some(id))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn log_out(&self, token: &str) -> Result<(), Error> {
        self.profiles.write(|desk| {
            if let Some((person, _)) = find(desk, token)? {
                desk.unlink(By::Session, token)?;
                desk.remove(&person, Kind::Session, token)?;
                self.note("log_out", &person)?;
            }
            Ok(())
        })
    }

    /// Begins a session of somebody who has proven who they are.
    pub(super) fn begin(&self, desk: &mut Desk<'_>, person: &mut Person) -> Result<Session, Error> {
        let token = format!("{PREFIX}{}", HEXLOWER.encode(&random::<32>()));
        let expires = model::time::later(desk.now, self.settings.session_term.0);
        let row = SessionRow { created: desk.now, used: desk.now, expires };
        touch(desk, person)?;
        desk.link_until(person, By::Session, &token, Some(day_after(expires)))?;
        put(desk, person, &token, &row)?;
        desk.trim(person, Kind::Session, self.settings.sessions_max)?;
        self.note("log_in", person)?;
        Ok(Session { token, expires, idle: self.settings.session_idle.0 })
    }
}

fn find(desk: &mut Desk<'_>, token: &str) -> Result<Option<(Person, SessionRow)>, Error> {
    let Some(handle) = desk.look(By::Session, token)? else { return Ok(None) };
    let Some(person) = desk.load(&handle)? else { return Ok(None) };
    let row = desk.row(&person, Kind::Session, token)?;
    Ok(row.map(|row| (person, row)))
}

fn put(desk: &Desk<'_>, person: &Person, token: &str, row: &SessionRow) -> Result<(), Error> {
    desk.put(person, Kind::Session, token, Some(day_after(row.expires)), row)
}

/// The first day on which a session that ends then is over.
fn day_after(end: Timestamp) -> i64 {
    day::after(end, Duration::ZERO)
}
