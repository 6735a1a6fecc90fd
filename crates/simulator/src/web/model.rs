//! What a simulated web is made of.
//!
//! Invariant: plain data, fixed before the crawl begins; only the sequence of chance moves while it runs.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::FailureKind;

use crate::random::Random;

/// Every site there is.
#[derive(Debug)]
pub struct Web {
    /// The sites.
    pub sites: Vec<SiteModel>,
    /// From then on nothing fails any more.
    pub healthy_from: Duration,
    /// Of a hundred requests, how many meet a fault of their own (reset, timeout, 5xx, 429), while the web is not healthy.
    pub mishaps_percent: u64,
    /// Whether `Retry-After` is also given as a date: only sensible while the crawler's clock is right.
    pub dates: bool,
    by_host: HashMap<String, (usize, usize)>,
    chance: Mutex<Random>,
}

/// One registrable domain.
#[derive(Debug, Clone, Default)]
pub struct SiteModel {
    /// The registrable domain.
    pub name: String,
    /// Its hosts, all https.
    pub origins: Vec<OriginModel>,
    /// What lists its articles.
    pub hubs: Vec<Hub>,
    /// When each article was published, ascending; article N is at `/a/N` of the first host.
    pub articles: Vec<Duration>,
    /// Paths or URLs that front pages link to besides.
    pub extras: Vec<String>,
    /// Median time to answer.
    pub latency: Duration,
    /// Whether hubs and pages carry an `ETag`.
    pub validators: bool,
}

/// One host.
#[derive(Debug, Clone)]
pub struct OriginModel {
    /// Its name.
    pub host: String,
    /// Where it is from when on, ascending, never empty.
    pub addresses: Vec<(Duration, IpAddr)>,
    /// Its robots.txt from when on, ascending, never empty.
    pub robots: Vec<(Duration, RobotsModel)>,
    /// When it is unwell.
    pub spells: Vec<Spell>,
}

/// What is at `/robots.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotsModel {
    /// A file.
    File {
        /// Prefixes nobody may fetch.
        disallow: Vec<String>,
        /// `Crawl-delay`.
        crawl_delay: Option<Duration>,
        /// A sitemap it names.
        sitemap: Option<String>,
    },
    /// None: 404.
    Absent,
    /// It is elsewhere.
    Redirect {
        /// The absolute URL, of a `/robots-….txt` that is a [`RobotsModel::File`] of the host asked.
        to: String,
        /// The file found there.
        file: Box<RobotsModel>,
    },
}

/// A resource that lists articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Host, as an index into [`SiteModel::origins`].
    pub origin: usize,
    /// Path and query.
    pub path: String,
    /// What it is.
    pub kind: HubKind,
}

/// What lists articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubKind {
    /// A page for people: the latest articles, the other hubs, the extras.
    Front,
    /// A feed: the latest articles with their dates.
    Feed,
    /// A sitemap: the latest thousand articles with their dates.
    Sitemap,
}

/// A time when a host is unwell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// Begins.
    pub from: Duration,
    /// Ends.
    pub to: Duration,
    /// Concerns robots.txt.
    pub robots: bool,
    /// Concerns everything else.
    pub pages: bool,
    /// How.
    pub weather: Weather,
}

/// How a host is unwell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weather {
    /// No answer.
    Down(FailureKind),
    /// An answer after a minute.
    Slow,
    /// This status.
    Status(u16),
    /// 429 or 503.
    Refusing(u16, Retry),
}

/// A `Retry-After` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// None.
    None,
    /// Seconds.
    Seconds(u64),
    /// A date so many seconds ahead.
    Date(u64),
    /// A date in the past.
    Past,
    /// Ten years.
    Absurd,
    /// Not a value.
    Junk,
}

impl Web {
    /// A web of these sites. Chance comes from the seed.
    #[must_use]
    pub fn new(seed: u64, sites: Vec<SiteModel>) -> Self {
        let hosts = sites.iter().enumerate().flat_map(|(number, site)| {
            site.origins.iter().enumerate().map(move |(origin, model)| (model.host.clone(), (number, origin)))
        });
        let by_host = hosts.collect();
        Self {
            sites,
            healthy_from: Duration::ZERO,
            mishaps_percent: 0,
            dates: true,
            by_host,
            chance: Mutex::new(Random::part(seed, u64::MAX)),
        }
    }

    /// Site and host of a name: indices into [`Web::sites`] and [`SiteModel::origins`].
    #[must_use]
    pub fn find(&self, host: &str) -> Option<(usize, usize)> {
        self.by_host.get(host).copied()
    }

    /// Where a host is at an instant.
    #[must_use]
    pub fn address(&self, host: &str, at: Duration) -> Option<IpAddr> {
        let (site, origin) = self.find(host)?;
        latest(&self.sites[site].origins[origin].addresses, at).copied()
    }

    pub(crate) fn chance(&self) -> MutexGuard<'_, Random> {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SiteModel {
    /// Articles published by then.
    #[must_use]
    pub fn published(&self, at: Duration) -> usize {
        self.articles.partition_point(|published| *published <= at)
    }

    /// The URL of an article.
    #[must_use]
    pub fn article(&self, number: usize) -> String {
        let host = self.origins.first().map_or("", |origin| origin.host.as_str());
        format!("https://{host}/a/{number}")
    }

    /// The URL of a hub.
    #[must_use]
    pub fn hub(&self, hub: &Hub) -> String {
        let host = self.origins.get(hub.origin).map_or("", |origin| origin.host.as_str());
        format!("https://{host}{}", hub.path)
    }
}

/// What holds at an instant, of values that hold from an instant on.
pub(super) fn latest<T>(values: &[(Duration, T)], at: Duration) -> Option<&T> {
    values.iter().rev().find(|(from, _)| *from <= at).or(values.first()).map(|(_, value)| value)
}

/// The address of a number, outside every reserved range.
#[must_use]
pub fn public_address(number: u64) -> IpAddr {
    // 20.0.0.0 to 51.255.255.255 holds 2^29 addresses, none of them special (IANA registry).
    let offset = u32::try_from(number % (1 << 29)).unwrap_or_default();
    IpAddr::V4(Ipv4Addr::from(0x1400_0000 + offset))
}

/// Publications of a site: `before` from the time before the crawl, then a Poisson process of `per_day` with a daily
/// rhythm (twelve waking hours take four of five articles; field.md section 4 has news read by day as well).
#[must_use]
pub fn arrivals(random: &mut Random, per_day: f64, until: Duration, before: usize) -> Vec<Duration> {
    const DAY: u64 = 86_400;
    let mut articles = vec![Duration::ZERO; before];
    if per_day <= 0.0 {
        return articles;
    }
    // Thinning: candidates at the peak rate, kept with the share of the hour.
    let (waking, sleeping) = (1.6, 0.4);
    let mean = Duration::from_secs_f64(DAY as f64 / (per_day * waking));
    let mut at = Duration::ZERO;
    loop {
        at += random.exponential(mean);
        if at >= until {
            return articles;
        }
        let hour = at.as_secs() % DAY / 3_600;
        let share = if (8..20).contains(&hour) { waking } else { sleeping };
        if random.unit() < share / waking {
            articles.push(at);
        }
    }
}
