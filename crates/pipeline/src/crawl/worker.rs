//! One leased site: its visits one after the other, each at the site's pace.
//!
//! Invariant: a worker is the only one that asks its site, and it waits out the site's pace before every request.

use std::sync::Arc;
use std::time::Duration;

use fetcher::{Fetcher, Pacing, RobotsCopies, Transport};
use frontier::{Pace, RobotsEntry, SiteLease, SiteReturn};
use model::{Clock, FetchRecord, Outcome};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Unsettled;

/// A site that must rest longer than this gives its lease back instead of holding a worker.
const REST_IN_LEASE_MAX: Duration = Duration::from_secs(30);

pub(super) struct Worker<T: Transport> {
    pub(super) fetcher: Arc<Fetcher<T>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) records: Sender<FetchRecord>,
    pub(super) unsettled: Arc<Unsettled>,
    pub(super) stop: CancellationToken,
}

impl<T: Transport> Worker<T> {
    pub(super) async fn run(self, lease: SiteLease) -> SiteReturn {
        let mut pace = SitePacing { pace: lease.pace, clock: Arc::clone(&self.clock) };
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
        SiteReturn { site: lease.site, fence: lease.fence, pace: pace.pace, robots, unvisited }
    }
}

/// The site's pace on the pipeline's clock.
struct SitePacing {
    pace: Pace,
    clock: Arc<dyn Clock>,
}

impl Pacing for SitePacing {
    fn patient(&self) -> bool {
        model::time::until(self.clock.now(), self.pace.next_allowed()) <= REST_IN_LEASE_MAX
    }

    async fn ready(&mut self, _url: &Url) {
        loop {
            let now = self.clock.now();
            let rest = model::time::until(now, self.pace.next_allowed());
            if rest.is_zero() {
                return;
            }
            tokio::time::sleep(rest).await;
        }
    }

    fn sent(&mut self) {
        self.pace.sent(self.clock.now());
    }

    fn answered(&mut self, outcome: &Outcome, latency: Duration) {
        self.pace.answered(outcome, latency, self.clock.now());
    }

    fn crawl_delay(&mut self, delay: Option<Duration>) {
        self.pace.crawl_delay(delay);
    }
}
