//! One visit, from guard to record.

use std::sync::Arc;

use model::{Clock, FetchRecord, Visit};

use crate::copies::RobotsCopies;
use crate::error::Error;
use crate::pacing::Pacing;
use crate::settings::Settings;
use crate::transport::Transport;

/// What one visit brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchOutcome {
    /// The visit's own record.
    pub record: FetchRecord,
    /// A record for each request made for robots.txt on the way, in order, at most six; to be archived before `record`.
    pub robots: Vec<FetchRecord>,
}

/// Fetches visits, politely.
pub struct Fetcher<T> {
    settings: Settings,
    transport: T,
    clock: Arc<dyn Clock>,
}

impl<T: Transport> Fetcher<T> {
    /// A fetcher over `transport`.
    ///
    /// # Errors
    /// When a setting makes no sense.
    pub fn new(settings: Settings, transport: T, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self { settings, transport, clock })
    }

    /// Fetches one visit. Never fails: whatever happens is in the record's outcome.
    pub async fn fetch<P: Pacing>(
        &self,
        visit: Visit,
        robots: &mut RobotsCopies,
        pace: &mut P,
    ) -> FetchOutcome {
        let _ = (visit, robots, pace, &self.settings, &self.transport, &self.clock);
        unimplemented!()
    }
}
