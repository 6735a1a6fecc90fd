//! What is asked, and the web assumed for it.
//!
//! Invariant: the same question gives the same web; every assumption is a field or a constant here.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{CanonicalUrl, FailureKind};
use pipeline::{Job, Settings};

use crate::error::Error;
use crate::random::Random;
use crate::web::{
    Hub, HubKind, OriginModel, Retry, RobotsModel, SiteModel, Spell, Weather, Web, arrivals, public_address,
};

/// A capacity question.
#[derive(Debug, Clone)]
pub struct Question {
    /// The job; its seeds become the simulated sites.
    pub job: Job,
    /// The settings it would be crawled with.
    pub settings: Settings,
    /// Simulated time.
    pub length: Duration,
    /// Only so many of its sites, chosen by the seed.
    pub sites_max: Option<usize>,
    /// Chance.
    pub seed: u64,
    /// How unwell the web is.
    pub faults: Faults,
    /// Articles of an average site a day.
    pub per_day: f64,
    /// How long after its publication an article should have been fetched.
    pub within: Duration,
}

/// How unwell the simulated web is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Faults {
    /// Not at all.
    None,
    /// One request in a hundred fails; each site is away for some hours once in ten days.
    #[default]
    Usual,
    /// One request in twenty fails; sites are away, slow, or refuse for hours every other day.
    Hostile,
}

/// Spread of publication rates between sites: standard deviation of the logarithm. With 1.2 the busiest tenth of the sites
/// publishes about half of all articles. An assumption.
const RATE_SPREAD: f64 = 1.2;
/// Articles a site lists before the simulation begins.
const BEFORE: usize = 20;
/// Of a hundred sites that are seeded by a front page only, how many have a feed it links to. An assumption.
const FEED_PERCENT: u64 = 80;
/// Of a hundred sites, how many ask for a Crawl-delay (of ten seconds). An assumption; field.md section 3 row 7.
const CRAWL_DELAY_PERCENT: u64 = 5;
/// Of a hundred sites, how many have no robots.txt. An assumption.
const NO_ROBOTS_PERCENT: u64 = 20;
/// Median time to answer, and its spread between sites. An assumption.
const LATENCY: Duration = Duration::from_millis(300);
const LATENCY_SPREAD: f64 = 0.8;
const DAY: Duration = Duration::from_hours(24);

impl Question {
    /// The assumptions, for the answer.
    #[must_use]
    pub fn assumptions(&self) -> String {
        format!(
            "{} articles per site and day, log-normal (sigma {RATE_SPREAD}), four of five between 8 and 20 h; \
             {FEED_PERCENT} % of front pages link a feed; Crawl-delay 10 s on {CRAWL_DELAY_PERCENT} % of sites; no robots.txt \
             on {NO_ROBOTS_PERCENT} %; answers after {} ms (median of sites, sigma {LATENCY_SPREAD}); include and exclude \
             patterns not applied",
            self.per_day,
            LATENCY.as_millis(),
        )
    }

    /// The job as it is simulated: patterns would judge made-up paths.
    pub(super) fn job(&self) -> Job {
        let mut job = self.job.clone();
        job.include.clear();
        job.exclude.clear();
        job
    }

    /// The simulated web.
    pub(super) fn web(&self) -> Result<Web, Error> {
        if self.length.is_zero() {
            return Err(Error::Question("nothing to simulate: give at least one day".to_owned()));
        }
        let mut seeds: BTreeMap<String, Vec<CanonicalUrl>> = BTreeMap::new();
        for seed in self.job.parsed_seeds().0 {
            seeds.entry(seed.site_str().to_owned()).or_default().push(seed);
        }
        let mut sites: Vec<(String, Vec<CanonicalUrl>)> = seeds.into_iter().collect();
        if let Some(most) = self.sites_max
            && most < sites.len()
        {
            let mut random = Random::part(self.seed, 1);
            sites.sort_by_cached_key(|_| random.bits());
            sites.truncate(most);
            sites.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        }
        if sites.is_empty() {
            return Err(Error::Question("the job has no seed that can be crawled".to_owned()));
        }
        let models = sites.into_iter().enumerate().map(|(number, (name, seeds))| {
            self.site(name, &seeds, &mut Random::part(self.seed, 2 + number as u64))
        });
        let mut web = Web::new(self.seed, models.collect());
        web.healthy_from = if self.faults == Faults::None { Duration::ZERO } else { Duration::MAX };
        web.mishaps_percent = match self.faults {
            Faults::None => 0,
            Faults::Usual => 1,
            Faults::Hostile => 5,
        };
        Ok(web)
    }

    fn site(&self, name: String, seeds: &[CanonicalUrl], random: &mut Random) -> SiteModel {
        let mut hosts: Vec<&str> = Vec::new();
        let mut hubs: Vec<Hub> = Vec::new();
        for seed in seeds {
            let place = hosts.iter().position(|host| *host == seed.host());
            let origin = place.unwrap_or(hosts.len());
            if place.is_none() {
                hosts.push(seed.host());
            }
            let path = seed.url()[url::Position::BeforePath..].to_owned();
            hubs.push(Hub { origin, kind: HubKind::of_path(&path), path });
        }
        let front_only = hubs.iter().all(|hub| hub.kind == HubKind::Front);
        if front_only && random.chance(FEED_PERCENT) {
            hubs.push(Hub { origin: 0, path: "/feed.xml".to_owned(), kind: HubKind::Feed });
        }
        let crawl_delay = random.chance(CRAWL_DELAY_PERCENT).then_some(Duration::from_secs(10));
        let robots = if crawl_delay.is_none() && random.chance(NO_ROBOTS_PERCENT) {
            RobotsModel::Absent
        } else {
            RobotsModel::File { disallow: vec!["/private/".to_owned()], crawl_delay, sitemap: None }
        };
        let spells = self.spells(random);
        let address = public_address(random.bits());
        let origins = hosts.into_iter().map(|host| OriginModel {
            host: host.to_owned(),
            addresses: vec![(Duration::ZERO, address)],
            robots: vec![(Duration::ZERO, robots.clone())],
            spells: spells.clone(),
        });
        // The mean of a log-normal factor with median 1 is exp(sigma² / 2).
        let per_day = self.per_day * random.log_normal(RATE_SPREAD) / (RATE_SPREAD * RATE_SPREAD / 2.0).exp();
        SiteModel {
            name,
            origins: origins.collect(),
            hubs,
            articles: arrivals(random, per_day, self.length, BEFORE),
            extras: Vec::new(),
            latency: LATENCY.mul_f64(random.log_normal(LATENCY_SPREAD)),
            validators: random.chance(70),
        }
    }

    fn spells(&self, random: &mut Random) -> Vec<Spell> {
        let mean = match self.faults {
            Faults::None => return Vec::new(),
            Faults::Usual => 10 * DAY,
            Faults::Hostile => 2 * DAY,
        };
        let mut spells = Vec::new();
        let mut at = random.exponential(mean);
        while at < self.length {
            let weather = match random.below(if self.faults == Faults::Usual { 3 } else { 6 }) {
                0 => Weather::Down(FailureKind::Connect),
                1 => Weather::Status(502),
                2 => Weather::Down(FailureKind::Timeout),
                3 => Weather::Slow,
                4 => Weather::Refusing(429, Retry::Seconds(1_800)),
                _ => Weather::Refusing(503, Retry::None),
            };
            let to = at + random.span(Duration::from_mins(10), Duration::from_hours(4));
            spells.push(Spell { from: at, to, robots: true, pages: true, weather });
            at = to + random.exponential(mean);
        }
        spells
    }
}
