//! One-time codes on their way. Invariant: a code is six random digits, kept as a keyed hash in memory only, good once, for a short
//! time and a few tries; asking for another ends the last.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;
use subtle::ConstantTimeEq;

use super::settings::Settings;
use crate::Error;

/// Codes on their way at once, about 10 MB; further ones wait.
const CODES_MAX: usize = 100_000;
/// What the budget of codes is for.
const HOUR: Duration = Duration::from_hours(1);

/// Codes sent and not used yet, by keyed hash of the number.
pub(super) struct Codes {
    term: Duration,
    tries: u32,
    per_hour: u32,
    sent: Mutex<Sent>,
}

#[derive(Default)]
struct Sent {
    codes: HashMap<[u8; 32], Code>,
    /// Since when, and how many were sent since.
    hour: Option<(Timestamp, u32)>,
}

/// A code that was sent.
#[derive(Clone)]
pub(super) struct Code {
    digest: [u8; 32],
    expires: Timestamp,
    tries_left: u32,
}

impl Codes {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            term: settings.code_term.0,
            tries: settings.code_tries,
            per_hour: settings.codes_per_hour,
            sent: Mutex::default(),
        }
    }

    /// Notes that a code of this digest is being sent.
    pub(super) fn add(&self, name: [u8; 32], digest: [u8; 32], now: Timestamp) -> Result<(), Error> {
        let mut sent = self.sent();
        let (since, count) =
            sent.hour.filter(|(since, _)| model::time::until(*since, now) < HOUR).unwrap_or((now, 0));
        if count >= self.per_hour {
            return Err(Error::Wait { after: HOUR.saturating_sub(model::time::until(since, now)) });
        }
        if sent.codes.len() >= CODES_MAX {
            sent.codes.retain(|_, code| now < code.expires);
            if sent.codes.len() >= CODES_MAX {
                return Err(Error::Wait { after: self.term });
            }
        }
        sent.hour = Some((since, count + 1));
        let expires = model::time::later(now, self.term);
        sent.codes.insert(name, Code { digest, expires, tries_left: self.tries });
        Ok(())
    }

    /// Takes out the code of a number if it is the one of this digest; whoever does may use it.
    pub(super) fn take(&self, name: &[u8; 32], digest: &[u8; 32], now: Timestamp) -> Option<Code> {
        let mut sent = self.sent();
        let code = sent.codes.get_mut(name)?;
        code.tries_left = code.tries_left.saturating_sub(1);
        let is_right = bool::from(code.digest.ct_eq(digest)) && now < code.expires;
        if is_right || code.tries_left == 0 { sent.codes.remove(name).filter(|_| is_right) } else { None }
    }

    /// Gives back a right code that could not be used yet.
    pub(super) fn give_back(&self, name: [u8; 32], code: Code) {
        self.sent().codes.entry(name).or_insert(code);
    }

    /// Ends the code of a number.
    pub(super) fn remove(&self, name: &[u8; 32]) {
        self.sent().codes.remove(name);
    }

    fn sent(&self) -> MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
