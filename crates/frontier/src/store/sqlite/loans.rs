//! Which URLs are on loan.
//!
//! In memory only: what must outlive a crash is that the *site* was on loan and how many of its URLs were; the URLs
//! themselves never left their queues in the file, so a crash returns them by itself and a lease writes no rows.
//!
//! Invariant: what is here agrees with the file as committed; a transaction that fails takes its changes back.

use std::collections::{HashMap, HashSet};

use model::UrlKey;

use crate::status::UrlState;

/// A URL on loan, and its place in the queue.
#[derive(Debug, Clone)]
pub(super) struct Loan {
    pub(super) id: i64,
    pub(super) site: i64,
    pub(super) job: i64,
    pub(super) state: UrlState,
    pub(super) lane: i64,
    pub(super) at: i64,
}

/// Every URL on loan: those with workers, and those visited and not settled yet.
#[derive(Debug, Default)]
pub(super) struct Loans {
    by_key: HashMap<UrlKey, Loan>,
    ids: HashSet<i64>,
    /// What stood there before each change of the running transaction.
    undo: Vec<(UrlKey, Option<Loan>)>,
}

impl Loans {
    pub(super) fn get(&self, key: UrlKey) -> Option<&Loan> {
        self.by_key.get(&key)
    }

    pub(super) fn has(&self, id: i64) -> bool {
        self.ids.contains(&id)
    }

    pub(super) fn begin(&mut self, key: UrlKey, loan: Loan) {
        self.ids.insert(loan.id);
        let before = self.by_key.insert(key, loan);
        self.undo.push((key, before));
    }

    pub(super) fn end(&mut self, key: UrlKey) -> Option<Loan> {
        let loan = self.by_key.remove(&key)?;
        self.ids.remove(&loan.id);
        self.undo.push((key, Some(loan.clone())));
        Some(loan)
    }

    pub(super) fn end_all(&mut self) {
        let keys: Vec<UrlKey> = self.by_key.keys().copied().collect();
        for key in keys {
            self.end(key);
        }
    }

    /// The transaction is on disk.
    pub(super) fn commit(&mut self) {
        self.undo.clear();
    }

    /// The transaction did not happen.
    pub(super) fn roll_back(&mut self) {
        for (key, before) in std::mem::take(&mut self.undo).into_iter().rev() {
            if let Some(loan) = self.by_key.remove(&key) {
                self.ids.remove(&loan.id);
            }
            if let Some(loan) = before {
                self.ids.insert(loan.id);
                self.by_key.insert(key, loan);
            }
        }
    }
}
