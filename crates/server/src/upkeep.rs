//! What falls due while a server runs: erasures after withdrawals, retention of people's data and of counters.
//!
//! Invariant: a failure is logged and tried again a minute later; it stops nothing.

use std::time::Duration;

use feedback::Counters as _;

use crate::app::App;

/// How often. An erasure after a withdrawal waits no longer.
const INTERVAL: Duration = Duration::from_mins(1);

impl App {
    /// Does what is due every minute, for as long as it is polled.
    pub(crate) async fn upkeep(self) {
        loop {
            let app = self.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || app.do_what_is_due()).await {
                tracing::error!(error = &error as &dyn std::error::Error, "upkeep failed");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Blocks on the disk.
    pub(crate) fn do_what_is_due(&self) {
        match self.profiles.housekeep() {
            Ok(done) => {
                self.metrics.set_tickets(done.open_tickets, done.overdue_tickets);
                if done.overdue_tickets > 0 {
                    tracing::warn!(
                        count = done.overdue_tickets,
                        "requests of people were not answered in time"
                    );
                }
                if done.erased + done.expired_persons > 0 {
                    tracing::info!(
                        erased = done.erased,
                        expired = done.expired_persons,
                        "people were erased"
                    );
                }
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what is due for people is not done"
                );
            }
        }
        if let Err(error) = self.feedback.expire(self.clock.now()) {
            tracing::error!(error = &error as &dyn std::error::Error, "old counters are not dropped");
        }
    }
}
