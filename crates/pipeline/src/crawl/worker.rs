//! One leased site: its visits one after the other, each at the site's pace.
//!
//! Invariant: a worker is the only one that asks its site, and it waits out the site's pace before every request.

use std::sync::Arc;

use fetcher::{Fetcher, Pacing, RobotsCopies, Transport};
use frontier::{RobotsEntry, SiteLease, SiteReturn};
use model::{Clock, FetchRecord};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::Unsettled;
use super::pacing::{Manners, SitePacing};

pub(super) struct Worker<T: Transport> {
    pub(super) fetcher: Arc<Fetcher<T>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) manners: Arc<Manners>,
    pub(super) records: Sender<FetchRecord>,
    pub(super) unsettled: Arc<Unsettled>,
    pub(super) stop: CancellationToken,
}

impl<T: Transport> Worker<T> {
    pub(super) async fn run(self, lease: SiteLease) -> SiteReturn {
        let mut pace = SitePacing::new(lease.site.clone(), lease.pace, self.clock, self.manners);
        let mut robots =
            RobotsCopies::from_entries(lease.robots.into_iter().map(|e| (e.origin, e.copy)).collect());
        let mut visits = lease.visits.into_iter();
        let mut unvisited = Vec::new();
        for visit in visits.by_ref() {
            if self.stop.is_cancelled() || !pace.patient() || self.records.is_closed() {
                unvisited.push(visit.key);
                break;
            }
            let key = visit.key;
            let fetched = self.fetcher.fetch(visit, &mut robots, &mut pace).await;
            pace.leave_neighbour().await;
            if fetched.record.is_none() {
                unvisited.push(key);
            }
            for record in fetched.robots.into_iter().chain(fetched.record) {
                self.unsettled.add_one();
                if let Err(lost) = self.records.send(record).await {
                    // The archive is gone (disk full): the URL stays leased and is due again at the next start.
                    self.unsettled.take_one();
                    tracing::debug!(url = %lost.0.visit.url, "record not archived");
                }
            }
        }
        unvisited.extend(visits.map(|visit| visit.key));
        let robots =
            robots.changed().into_iter().map(|(origin, copy)| RobotsEntry { origin, copy }).collect();
        SiteReturn { site: lease.site, fence: lease.fence, pace: pace.into_pace(), robots, unvisited }
    }
}
