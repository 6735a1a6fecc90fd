//! How many records are between a worker and the frontier.
//!
//! Invariant: a record is counted before it is handed over and until it is settled, so that "nothing is due" is never
//! said while a record that leads to something due is on its way.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Records handed over by workers and not settled yet.
#[derive(Debug, Default)]
pub struct Unsettled {
    count: AtomicU64,
    fewer: Notify,
}

impl Unsettled {
    /// `records` were settled; the dispatcher looks again whether something is due.
    pub fn settled(&self, records: u64) {
        self.count.fetch_sub(records, Ordering::SeqCst);
        self.fewer.notify_one();
    }

    /// One is about to be handed over.
    pub(super) fn add_one(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// One could not be handed over.
    pub(super) fn take_one(&self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
    }

    pub(super) fn get(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Until there are fewer.
    pub(super) async fn fewer(&self) {
        self.fewer.notified().await;
    }
}
