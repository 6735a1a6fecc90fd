//! Rules already read, shared by all leases.
//!
//! Invariant: at most [`RULES_MAX`] sets of rules from at most [`SOURCE_MAX`] bytes of source are kept; the least recently
//! used go first. Keyed by the hash of the file, so a changed file never meets old rules, and the thousands of sites
//! with the same file share one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::robots::Rules;

const RULES_MAX: usize = 1_024;
/// Rules take a few times their source in memory.
const SOURCE_MAX: usize = 16 * 1024 * 1024;

type Key = [u8; 32];

/// The cache.
#[derive(Default)]
pub(crate) struct Compiled {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    by_hash: HashMap<Key, Kept>,
    source_len: usize,
    uses: u64,
}

struct Kept {
    rules: Arc<Rules>,
    source_len: usize,
    used: u64,
}

impl Compiled {
    /// The rules of a file, read now if they are not at hand.
    pub(crate) fn rules(&self, file: &Bytes) -> Arc<Rules> {
        let key: Key = Sha256::digest(file).into();
        if let Some(rules) = self.lock().get(&key) {
            return rules;
        }
        // Read outside the lock: a large file takes milliseconds.
        let rules = Arc::new(Rules::parse(file));
        self.lock().put(key, Arc::clone(&rules), file.len());
        rules
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere leaves the map whole: no step below can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn get(&mut self, key: &Key) -> Option<Arc<Rules>> {
        self.uses += 1;
        let kept = self.by_hash.get_mut(key)?;
        kept.used = self.uses;
        Some(Arc::clone(&kept.rules))
    }

    fn put(&mut self, key: Key, rules: Arc<Rules>, source_len: usize) {
        let used = self.uses;
        if let Some(replaced) = self.by_hash.insert(key, Kept { rules, source_len, used }) {
            self.source_len -= replaced.source_len;
        }
        self.source_len += source_len;
        while self.by_hash.len() > RULES_MAX || (self.source_len > SOURCE_MAX && self.by_hash.len() > 1) {
            let oldest = self.by_hash.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key);
            let Some(removed) = oldest.and_then(|key| self.by_hash.remove(&key)) else { break };
            self.source_len -= removed.source_len;
        }
    }
}

#[cfg(test)]
mod tests;
