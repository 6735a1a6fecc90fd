//! The copies of robots.txt that travel with a lease.
//!
//! Invariant: what is kept is the file as received (at most [`Rules::LEN_MAX`] bytes and one), so that a better reader
//! can read it again. Bytes that are not exactly a copy of ours count as no copy: the file is then asked for again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{Origin, Timestamp, time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::robots::Rules;

/// Leads every serialised copy; the last byte is the version of the format.
const MAGIC: &[u8] = b"robots\x01";
/// Bytes of SHA-256 between the magic and the payload.
const CHECK_LEN: usize = 8;
/// No wait for robots.txt is longer than this; a longer one can only come from a clock that stepped back.
pub(crate) const WAIT_MAX: Duration = Duration::from_hours(31 * 24);

/// The robots.txt copies of one site's origins, on loan with its lease.
#[derive(Debug, Default)]
pub struct RobotsCopies {
    entries: BTreeMap<Origin, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    copy: Copy,
    rules: Option<Arc<Rules>>,
    changed: bool,
}

/// What is known of one origin's robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Copy {
    pub(crate) known: Option<Known>,
    pub(crate) trouble: Option<Trouble>,
}

/// The last good answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// When it was received or last confirmed.
    pub(crate) at: Timestamp,
    /// Until when it is believed without asking again.
    pub(crate) fresh_until: Timestamp,
    pub(crate) content: Content,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

/// What a good answer said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Content {
    /// There is a file.
    File(Bytes),
    /// There is none (RFC 9309 section 2.3.1.3).
    Absent { status: u16 },
    /// 401 or 403, where the operator takes them for a refusal.
    Forbidden { status: u16 },
}

/// The file cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) reason: String,
    /// Failures in a row, from 1.
    pub(crate) failures: u32,
    pub(crate) retry_at: Timestamp,
}

/// What to do about robots.txt now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Judge by what is known.
    Judge,
    /// Request nothing until the trouble's `retry_at`.
    Wait,
    /// Ask for the file.
    Ask,
}

impl Copy {
    /// `stale_max` is how long the last good file stands in for one that cannot be reached. Instants further ahead than
    /// they can honestly be are those of a clock that has stepped back since, and count as past.
    pub(crate) fn standing(&self, now: Timestamp, age_max: Duration, stale_max: Duration) -> Standing {
        let ahead = |at: Timestamp, most: Duration| now < at && time::until(now, at) <= most;
        if self.known.as_ref().is_some_and(|known| ahead(known.fresh_until, age_max)) {
            return Standing::Judge;
        }
        match &self.trouble {
            Some(trouble) if ahead(trouble.retry_at, WAIT_MAX) => {
                let stands_in = self.known.as_ref().is_some_and(|known| {
                    matches!(known.content, Content::File(_)) && time::until(known.at, now) <= stale_max
                });
                if stands_in { Standing::Judge } else { Standing::Wait }
            }
            _ => Standing::Ask,
        }
    }

    fn to_bytes(&self) -> Option<Vec<u8>> {
        let payload = postcard::to_stdvec(self).ok()?;
        let check = Sha256::digest(&payload);
        Some([MAGIC, &check[..CHECK_LEN], &payload].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (check, payload) = bytes.strip_prefix(MAGIC)?.split_at_checked(CHECK_LEN)?;
        if Sha256::digest(payload)[..CHECK_LEN] != *check {
            return None;
        }
        postcard::from_bytes(payload).ok()
    }
}

impl RobotsCopies {
    /// Takes the entries of a lease. Bytes that are not a copy of ours are dropped: the file is then asked for again.
    #[must_use]
    pub fn from_entries(entries: Vec<(Origin, Vec<u8>)>) -> Self {
        let read = |(origin, bytes): (Origin, Vec<u8>)| {
            Copy::from_bytes(&bytes).map(|copy| (origin, Entry { copy, rules: None, changed: false }))
        };
        Self { entries: entries.into_iter().filter_map(read).collect() }
    }

    /// The entries changed since, to be given back with the lease.
    #[must_use]
    pub fn changed(&self) -> Vec<(Origin, Vec<u8>)> {
        let changed = self.entries.iter().filter(|(_, entry)| entry.changed);
        changed.filter_map(|(origin, entry)| Some((origin.clone(), entry.copy.to_bytes()?))).collect()
    }

    /// What is known of an origin's robots.txt, for `explain`.
    #[must_use]
    pub fn known(&self, origin: &Origin) -> Option<KnownRobots> {
        let copy = &self.entries.get(origin)?.copy;
        let known = copy.known.as_ref();
        Some(KnownRobots {
            at: known.map(|known| known.at),
            fresh_until: known.map(|known| known.fresh_until),
            status: known.and_then(|known| match known.content {
                Content::File(_) => None,
                Content::Absent { status } | Content::Forbidden { status } => Some(status),
            }),
            file: known.and_then(|known| match &known.content {
                Content::File(file) => Some(file.clone()),
                _ => None,
            }),
            trouble: copy.trouble.as_ref().map(|trouble| trouble.reason.clone()),
            retry_at: copy.trouble.as_ref().map(|trouble| trouble.retry_at),
        })
    }

    pub(crate) fn copy(&self, origin: &Origin) -> Option<&Copy> {
        self.entries.get(origin).map(|entry| &entry.copy)
    }

    pub(crate) fn put(&mut self, origin: Origin, copy: Copy) {
        self.entries.insert(origin, Entry { copy, rules: None, changed: true });
    }

    /// The rules of an origin's file, compiled by `compile` the first time.
    pub(crate) fn rules(
        &mut self,
        origin: &Origin,
        compile: impl FnOnce(&Bytes) -> Arc<Rules>,
    ) -> Option<Arc<Rules>> {
        let entry = self.entries.get_mut(origin)?;
        let Content::File(file) = &entry.copy.known.as_ref()?.content else { return None };
        Some(Arc::clone(entry.rules.get_or_insert_with(|| compile(file))))
    }
}

/// What is known of an origin's robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRobots {
    /// When the last good answer came or was last confirmed.
    pub at: Option<Timestamp>,
    /// Until when it is believed.
    pub fresh_until: Option<Timestamp>,
    /// Its status, when the last good answer was that there is no file.
    pub status: Option<u16>,
    /// The file, when there is one; read it with [`Rules::parse`].
    pub file: Option<Bytes>,
    /// Why the file cannot be reached, if it cannot.
    pub trouble: Option<String>,
    /// When it will be asked for again, if it cannot be reached.
    pub retry_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
