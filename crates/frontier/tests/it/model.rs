//! Any history of calls: the embedded store and the one in memory give the same answers, nothing is lost, nothing is lent
//! twice, no site is asked early.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use frontier::{Frontier, LeaseRequest, Offer, Settings, Settlement, SiteLease, SiteReturn, Takedown};
use model::{CanonicalUrl, FailureKind, Outcome, ResourceKind, Site, Timestamp, UrlKey, Visit};
use proptest::prelude::*;
use testkit::clock::EPOCH;

use crate::world::{any_job, key, position, settlement};

#[derive(Debug, Clone)]
enum Step {
    Offer(Vec<(u8, u8, u8)>),
    Lease {
        sites: usize,
        visits: usize,
        job: Option<u8>,
        bound: bool,
    },
    /// Visits some of the n-th lease and gives it back.
    Return {
        lease: usize,
        visited: usize,
        outcome: u8,
    },
    /// A return that comes too late or twice.
    ReturnAgain {
        lease: usize,
    },
    Settle {
        count: usize,
        twice: bool,
    },
    Wait(u64),
    Crash,
    Forget(u8, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => proptest::collection::vec((0u8..4, 0u8..8, 0u8..10), 1..8).prop_map(Step::Offer),
        6 => (1usize..4, 1usize..5, proptest::option::weighted(0.3, 0u8..2), any::<bool>())
            .prop_map(|(sites, visits, job, bound)| Step::Lease { sites, visits, job, bound }),
        5 => (0usize..4, 0usize..5, 0u8..8).prop_map(|(lease, visited, outcome)| Step::Return { lease, visited, outcome }),
        1 => (0usize..4).prop_map(|lease| Step::ReturnAgain { lease }),
        4 => (1usize..8, any::<bool>()).prop_map(|(count, twice)| Step::Settle { count, twice }),
        4 => prop_oneof![0u64..3_000, 60_000u64..200_000, 86_400_000u64..200_000_000].prop_map(Step::Wait),
        1 => Just(Step::Crash),
        1 => (0u8..4, 0u8..8).prop_map(|(site, path)| Step::Forget(site, path)),
    ];
    proptest::collection::vec(step, 1..70)
}

fn job(number: u8) -> String {
    if number == 0 { "job".to_owned() } else { "other".to_owned() }
}

fn offer((site, path, flags): (u8, u8, u8)) -> Offer {
    let depth = u16::from(flags % 3);
    Offer {
        url: CanonicalUrl::parse(&format!("https://s{site}.kz/{path}")).unwrap(),
        kind: if path == 0 { ResourceKind::Feed } else { ResourceKind::Page },
        depth,
        hops: 0,
        via: (flags % 5 != 0 || depth > 0).then(|| format!("https://s{}.kz/1", (site + 1) % 4)),
        job: job(flags % 2),
        dated: (flags == 7).then_some(EPOCH),
    }
}

fn outcome(number: u8, now: Timestamp) -> Outcome {
    match number {
        0 => Outcome::NotModified,
        1 => Outcome::HttpError { status: 404 },
        2 => {
            Outcome::RetryLater { status: 429, until: Some(model::time::later(now, Duration::from_secs(90))) }
        }
        3 => Outcome::Failed { kind: FailureKind::Reset, detail: "reset".to_owned() },
        4 => Outcome::Disallowed { rule: "Disallow: /".to_owned(), line: 1 },
        _ => Outcome::Fetched,
    }
}

/// Two frontiers that have to agree, and what a bystander knows about them.
struct Pair<'a> {
    dir: &'a Path,
    embedded: Option<Frontier>,
    memory: Frontier,
    now: Timestamp,
    /// `revisits_due_by` of bound requests: when the last run began.
    began: Timestamp,
    leases: Vec<SiteLease>,
    ended: Vec<SiteReturn>,
    unsettled: Vec<(Visit, Outcome, Timestamp)>,
    on_loan: BTreeSet<UrlKey>,
    known: BTreeMap<UrlKey, String>,
    allowed: BTreeMap<Site, Timestamp>,
    offset: u64,
}

impl Pair<'_> {
    /// The same call on both; they have to answer the same.
    fn both<T: PartialEq + std::fmt::Debug>(&mut self, mut call: impl FnMut(&mut Frontier) -> T) -> T {
        let embedded = call(self.embedded.as_mut().unwrap());
        let memory = call(&mut self.memory);
        assert_eq!(embedded, memory, "the embedded store and the one in memory differ");
        embedded
    }

    fn step(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Offer(offers) => {
                let offers: Vec<Offer> = offers.into_iter().map(offer).collect();
                self.both(|frontier| frontier.offer(&offers, now).unwrap());
                for offer in &offers {
                    let key = offer.url.key();
                    if self.embedded.as_ref().unwrap().url_status(key).unwrap().is_some() {
                        self.known.insert(key, offer.url.url().to_string());
                    }
                }
            }
            Step::Lease { sites, visits, job: number, bound } => {
                let request = LeaseRequest {
                    sites_max: sites,
                    visits_per_site_max: visits,
                    revisits_due_by: if bound { self.began } else { now },
                    job: number.map(job),
                };
                self.lease(&request);
            }
            Step::Return { lease, visited, outcome: number } => self.give_back(lease, visited, number),
            Step::ReturnAgain { lease } => {
                if let Some(stale) = self.ended.get(lease).cloned() {
                    let before = self.both(|frontier| frontier.counts().unwrap());
                    self.both(|frontier| frontier.release(vec![stale.clone()], now).unwrap());
                    assert_eq!(self.both(|frontier| frontier.counts().unwrap()), before);
                }
            }
            Step::Settle { count, twice } => self.settle(count, twice),
            Step::Wait(millis) => {
                self.now = model::time::later(now, Duration::from_millis(millis));
                if millis > 80_000_000 {
                    self.began = self.now;
                }
            }
            Step::Crash => self.crash(),
            Step::Forget(site, path) => {
                let takedown =
                    Takedown::Url(CanonicalUrl::parse(&format!("https://s{site}.kz/{path}")).unwrap());
                self.both(|frontier| frontier.forget(&takedown, now).unwrap());
                let key = key(&format!("https://s{site}.kz/{path}"));
                self.known.remove(&key);
                self.on_loan.remove(&key);
            }
        }
    }

    fn lease(&mut self, request: &LeaseRequest) {
        let now = self.now;
        let due = self.both(|frontier| frontier.next_due(request, now).unwrap());
        let leases = self.both(|frontier| frontier.lease(request, now).unwrap());
        assert_eq!(due.is_some_and(|due| due <= now), !leases.is_empty(), "next_due said {due:?} at {now}");
        for lease in &leases {
            assert!(lease.visits.len() <= request.visits_per_site_max && !lease.visits.is_empty());
            let allowed = self.allowed.get(&lease.site).copied().unwrap_or(Timestamp::MIN);
            assert!(now >= allowed, "{} may not be asked before {allowed}, now is {now}", lease.site);
            assert!(lease.pace.next_allowed() <= now);
            for visit in &lease.visits {
                assert!(self.known.contains_key(&visit.key), "{} was never admitted", visit.url);
                assert!(self.on_loan.insert(visit.key), "{} lent twice", visit.url);
            }
        }
        assert!(
            self.leases
                .iter()
                .all(|held| leases.iter().all(|new| new.site != held.site && new.fence > held.fence))
        );
        self.leases.extend(leases);
    }

    fn give_back(&mut self, lease: usize, visited: usize, number: u8) {
        if lease >= self.leases.len() {
            return;
        }
        let now = self.now;
        let SiteLease { site, fence, mut pace, visits, .. } = self.leases.remove(lease);
        let visited = visited.min(visits.len());
        for visit in &visits[..visited] {
            let outcome = outcome(number, now);
            pace.sent(now);
            pace.answered(&outcome, Duration::from_millis(20), now);
            self.unsettled.push((visit.clone(), outcome, now));
        }
        let unvisited: Vec<UrlKey> = visits[visited..].iter().map(|visit| visit.key).collect();
        for key in &unvisited {
            self.on_loan.remove(key);
        }
        self.allowed.insert(site.clone(), pace.next_allowed());
        let back = SiteReturn { site, fence, pace, robots: Vec::new(), unvisited };
        self.both(|frontier| frontier.release(vec![back.clone()], now).unwrap());
        self.ended.push(back);
    }

    fn settle(&mut self, count: usize, twice: bool) {
        let now = self.now;
        let rest = self.unsettled.split_off(count.min(self.unsettled.len()));
        let visits = std::mem::replace(&mut self.unsettled, rest);
        let settlements: Vec<Settlement> = visits
            .iter()
            .map(|(visit, outcome, at)| Settlement {
                discovered: vec![offer((1, 7, 2))],
                content_hash: Some(u64::from(visit.key.0[9])),
                ..settlement(visit, outcome.clone(), *at)
            })
            .collect();
        self.offset += 1;
        let checkpoint = position(self.offset);
        for _ in 0..=u8::from(twice) {
            self.both(|frontier| frontier.settle(&settlements, checkpoint, now).unwrap());
        }
        for (visit, ..) in &visits {
            self.on_loan.remove(&visit.key);
        }
        if !visits.is_empty()
            && self.embedded.as_ref().unwrap().url_status(key("https://s1.kz/7")).unwrap().is_some()
        {
            self.known.insert(key("https://s1.kz/7"), "https://s1.kz/7".to_owned());
        }
    }

    fn crash(&mut self) {
        let now = self.now;
        self.embedded = None;
        self.embedded = Some(Frontier::open(self.dir, Settings::default(), now).unwrap());
        self.memory.recover(now).unwrap();
        for lease in std::mem::take(&mut self.leases) {
            let rested = model::time::later(now, Duration::from_secs(1));
            let allowed = self.allowed.entry(lease.site).or_insert(rested);
            *allowed = rested.max(*allowed);
        }
        self.on_loan.clear();
        // The archive has the records; they are replayed, as after any crash.
        self.settle(usize::MAX, true);
    }

    fn agree(&mut self) {
        self.both(|frontier| frontier.counts().unwrap());
        self.both(|frontier| frontier.checkpoint().unwrap());
        self.both(|frontier| frontier.sites(None, 100).unwrap());
        let counts = self.memory.counts().unwrap();
        assert_eq!(counts.leased, self.on_loan.len() as u64);
        assert_eq!(counts.sites_leased, self.leases.len() as u64);
        for key in self.known.keys().copied().collect::<Vec<_>>() {
            assert!(
                self.both(|frontier| frontier.url_status(key).unwrap()).is_some(),
                "{} was lost",
                self.known[&key]
            );
        }
    }

    /// In the end everything ever admitted has its turn.
    fn end(mut self) {
        self.crash();
        self.on_loan.clear();
        let far = model::time::later(self.now, Duration::from_hours(24_000));
        let everything = LeaseRequest {
            sites_max: 100,
            visits_per_site_max: 100,
            revisits_due_by: Timestamp::MAX,
            job: None,
        };
        let leases = self.both(|frontier| frontier.lease(&everything, far).unwrap());
        let due: BTreeSet<UrlKey> =
            leases.iter().flat_map(|lease| &lease.visits).map(|visit| visit.key).collect();
        assert_eq!(due, self.known.keys().copied().collect::<BTreeSet<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_history_is_safe_and_the_same_on_both_stores(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let mut pair = Pair {
            dir: dir.path(),
            embedded: Some(Frontier::open(dir.path(), Settings::default(), EPOCH).unwrap()),
            memory: Frontier::in_memory(Settings::default()),
            now: EPOCH,
            began: EPOCH,
            leases: Vec::new(),
            ended: Vec::new(),
            unsettled: Vec::new(),
            on_loan: BTreeSet::new(),
            known: BTreeMap::new(),
            allowed: BTreeMap::new(),
            offset: 0,
        };
        for name in ["job", "other"] {
            let rules = frontier::JobRules { name: name.to_owned(), ..any_job() };
            pair.both(|frontier| frontier.register(rules.clone(), EPOCH).unwrap());
        }
        for step in steps {
            pair.step(step);
            pair.agree();
        }
        pair.end();
    }
}
