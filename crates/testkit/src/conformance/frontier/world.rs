//! A store under test, with short ways to ask it. Invariant: nothing here judges; the promises do.

use std::time::Duration;

use frontier::store::{Applied, Batch, Budget, LentSite, NewUrl, ReturnedSite, SettledRow, UrlRow, Wanted};
use frontier::{FrontierStore, JobRules, LeaseRequest, Offer, Pace, PaceState, Politeness, RobotsEntry};
use model::{CanonicalUrl, ResourceKind, Site, Timestamp, UrlKey};

use crate::clock::EPOCH;

/// A promise of the port.
pub(super) type Promise = fn(&mut World);

/// A store under test, with short ways to ask it.
pub(super) struct World {
    pub(super) store: Box<dyn FrontierStore>,
}

/// Seconds after [`EPOCH`].
pub(super) fn at(seconds: u64) -> Timestamp {
    model::time::later(EPOCH, Duration::from_secs(seconds))
}

pub(super) fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

pub(super) fn offer(url: &str) -> Offer {
    Offer {
        url: CanonicalUrl::parse(url).unwrap(),
        kind: ResourceKind::Page,
        depth: 1,
        hops: 0,
        via: Some("https://found.example/".to_owned()),
        job: "job".to_owned(),
        dated: None,
    }
}

pub(super) fn hub(url: &str) -> Offer {
    Offer { kind: ResourceKind::Feed, ..offer(url) }
}

pub(super) fn site_of(url: &str) -> Site {
    CanonicalUrl::parse(url).unwrap().site()
}

pub(super) fn request() -> LeaseRequest {
    LeaseRequest { sites_max: 100, visits_per_site_max: 100, revisits_due_by: Timestamp::MAX, job: None }
}

pub(super) fn urls(site: &LentSite) -> Vec<&str> {
    site.rows.iter().map(|row| row.url.as_str()).collect()
}

pub(super) fn pace(site: &Site, asked: Timestamp) -> PaceState {
    let mut pace = Pace::new(Politeness::default(), frontier::store::site_number(site));
    pace.sent(asked);
    pace.state().clone()
}

impl World {
    /// Offers with rank = depth and no budget.
    pub(super) fn offer(&mut self, offers: &[Offer]) -> Applied {
        self.offer_at(offers, EPOCH, Budget::Free)
    }

    pub(super) fn offer_at(&mut self, offers: &[Offer], now: Timestamp, budget: Budget) -> Applied {
        let mut batch = Batch::new(now);
        batch.offers = offers.iter().map(|offer| NewUrl { offer, rank: offer.depth, budget }).collect();
        self.store.apply(&batch).unwrap()
    }

    pub(super) fn pages(&mut self, urls: &[&str]) {
        let offers: Vec<Offer> = urls.iter().map(|url| offer(url)).collect();
        assert_eq!(self.offer(&offers).admitted as usize, urls.len());
    }

    pub(super) fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Vec<LentSite> {
        self.store.lease(request, now).unwrap()
    }

    /// Leases everything there is and gives the URLs, site by site.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<String> {
        self.lease(&request(), now).iter().flat_map(urls).map(str::to_owned).collect()
    }

    pub(super) fn give_back(&mut self, lent: &LentSite, next_allowed: Timestamp, unvisited: &[UrlKey]) {
        self.give_back_with(lent, lent.fence, next_allowed, &[], unvisited);
    }

    pub(super) fn give_back_with(
        &mut self,
        lent: &LentSite,
        fence: u64,
        next_allowed: Timestamp,
        robots: &[RobotsEntry],
        unvisited: &[UrlKey],
    ) {
        let mut batch = Batch::new(EPOCH);
        let pace = pace(&lent.site, next_allowed);
        batch.returns = vec![ReturnedSite { site: &lent.site, fence, pace, next_allowed, robots, unvisited }];
        self.store.apply(&batch).unwrap();
    }

    /// Settles a row as changed by `change`.
    pub(super) fn settle(&mut self, url: &str, change: impl FnOnce(&mut UrlRow)) {
        let mut row = self.row(url).unwrap_or_else(|| UrlRow::of_offer(&offer(url), 1));
        change(&mut row);
        let site = site_of(url);
        let mut batch = Batch::new(EPOCH);
        batch.rows = vec![SettledRow { site: &site, row, outcomes: vec!["fetched"] }];
        self.store.apply(&batch).unwrap();
    }

    pub(super) fn row(&self, url: &str) -> Option<UrlRow> {
        let found = self.store.read(&Wanted { urls: &[key(url)], ..Wanted::default() }).unwrap();
        found.urls.into_iter().next().unwrap()
    }

    pub(super) fn next_due(&self, request: &LeaseRequest) -> Option<Timestamp> {
        self.store.next_due(request).unwrap()
    }

    pub(super) fn register(&mut self, names: &[&str]) {
        let jobs: Vec<JobRules> =
            names.iter().map(|&name| JobRules { name: name.to_owned(), ..JobRules::default() }).collect();
        let mut batch = Batch::new(EPOCH);
        batch.jobs = &jobs;
        self.store.apply(&batch).unwrap();
    }
}
