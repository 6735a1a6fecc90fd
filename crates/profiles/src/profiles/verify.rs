//! Whether what is stored is what may be. Invariant: reads everything and changes nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Profiles, permit};
use crate::Error;
use crate::actor::{Actor, Scope};
use crate::audit::AuditEntry;
use crate::chain::{Finding, Line};
use crate::consent::Purpose;
use crate::desk::{By, Desk, Person};
use crate::keyring::Handle;
use crate::register::Kind;

/// Kinds of rows a person has.
const KINDS: [Kind; 6] =
    [Kind::Person, Kind::Attribute, Kind::Event, Kind::Derived, Kind::Account, Kind::Session];

impl Profiles {
    /// The audit log since an instant: the latest `limit` lines, in order.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::Io`].
    pub fn audit(
        &self,
        since: model::Timestamp,
        limit: usize,
        actor: &Actor,
    ) -> Result<Vec<Line<AuditEntry>>, Error> {
        permit(actor, Scope::Audit)?;
        self.note(actor, "audit", None, None)?;
        self.inner.audit.read(since, limit)
    }

    /// Cross-checks keys, rows, look-ups, consents, register and both logs.
    ///
    /// # Errors
    /// [`Error::Storage`], [`Error::Io`]; what can be read and is wrong is a finding.
    pub fn verify(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = self.inner.audit.verify("audit")?;
        findings.extend(self.inner.disclosures.verify("disclosures")?);
        self.read(|desk| {
            let with_rows = handles(desk, "SELECT DISTINCT person FROM rows")?;
            let with_lookups = handles(desk, "SELECT DISTINCT person FROM lookups")?;
            let with_keys = desk.keys.persons()?;
            let mut find = |handle: &Handle, detail: &str| {
                // A random number that leads nowhere outside this store.
                let subject = data_encoding::HEXLOWER.encode(&handle[..4]);
                findings.push(Finding { kind: "person".to_owned(), subject, detail: detail.to_owned() });
            };
            for handle in with_keys.difference(&with_rows) {
                find(handle, "a key without rows");
            }
            for handle in with_lookups.difference(&with_rows) {
                find(handle, "look-ups without rows");
            }
            for handle in &with_rows {
                if !with_keys.contains(handle) {
                    find(handle, "rows without a key; the next start drops them");
                    continue;
                }
                match desk.load(handle) {
                    Ok(Some(person)) => {
                        self.check_person(desk, &person, &mut |detail| find(handle, detail))?;
                    }
                    Ok(None) => find(handle, "rows without a person's row"),
                    Err(Error::Damaged { .. }) => find(handle, "a person's row that cannot be read"),
                    Err(e) => return Err(e),
                }
            }
            Ok(())
        })?;
        Ok(findings)
    }

    fn check_person(
        &self,
        desk: &Desk<'_>,
        person: &Person,
        find: &mut dyn FnMut(&str),
    ) -> Result<(), Error> {
        if person.core.consents.iter().all(|consent| !consent.counts()) {
            find("rows without any consent");
        }
        if let Some(proof) = person.core.consent() {
            let known = self.inner.policies.version(&proof.policy);
            if known.is_none_or(|policy| policy.hash != proof.policy_hash) {
                find("consent to a policy whose text is not the published one");
            }
        }
        if desk.look(By::Id, person.core.id.as_str())? != Some(person.handle) {
            find("not found by its id");
        }
        let personal =
            person.core.consent().is_some_and(|consent| consent.purposes.contains(&Purpose::Personalisation));
        let mut rows = desk.tx.prepare("SELECT kind, id, body FROM rows WHERE person = ?1")?;
        let rows = rows.query_map([person.handle], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 16]>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        for row in rows {
            let (kind, id, sealed) = row?;
            let Some(kind) = KINDS.into_iter().find(|known| known.as_str() == kind) else {
                find("a row of an unknown kind");
                continue;
            };
            match person.peek(kind, &id, &sealed) {
                Err(_) => find(&format!("a row of kind {} that cannot be read", kind.as_str())),
                Ok(body) => {
                    let declared = match (kind, body.get("field").and_then(Value::as_str)) {
                        (Kind::Attribute | Kind::Derived, Some(field)) => {
                            desk.register.field(kind, field).map(|_| ())
                        }
                        _ => desk.register.check_row(kind, &body),
                    };
                    if let Err(e) = declared {
                        find(&format!("a row of kind {}: {e}", kind.as_str()));
                    }
                    if kind == Kind::Event && !personal && !person.core.is_blocked() {
                        find("events without consent to personalisation");
                    }
                }
            }
        }
        Ok(())
    }
}

fn handles(desk: &Desk<'_>, query: &str) -> Result<BTreeSet<Handle>, Error> {
    let mut found = desk.tx.prepare(query)?;
    Ok(found.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
