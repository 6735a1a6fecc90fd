//! The answer in numbers.
//!
//! Invariant: percentiles are of all articles published during the simulation, those never fetched counted as older than
//! any other; nothing is scaled.

use std::time::Duration;

use frontier::Counts;
use model::Span;
use serde::Serialize;

use super::question::{Faults, Question};
use crate::freshness::SiteCount;
use crate::transport::SimulatedTransport;
use crate::web::{HubKind, RobotsModel, SiteModel};

/// Sites named that do not meet the wish.
const UNMET_MAX: usize = 20;
/// A site meets the wish when nine of ten of its articles do.
const MET_SHARE: f64 = 0.9;

/// The answer to a capacity question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// Always `forecast`.
    pub event: &'static str,
    /// Job asked about.
    pub job: String,
    /// Seed of chance.
    pub seed: u64,
    /// `none`, `usual` or `hostile`.
    pub faults: &'static str,
    /// Sites simulated.
    pub sites: usize,
    /// Simulated time, days.
    pub days: f64,
    /// How runs follow each other.
    pub schedule: String,
    /// Runs.
    pub runs: u64,
    /// Requests, robots.txt included.
    pub requests: u64,
    /// Mean of them a second.
    pub requests_per_second: f64,
    /// Within the busiest second.
    pub requests_per_second_peak: u64,
    /// Share of them for robots.txt.
    pub robots_share: f64,
    /// Share of them answered 304.
    pub not_modified_share: f64,
    /// Share of them, robots.txt aside, answered with an error or not at all.
    pub failed_share: f64,
    /// Articles published.
    pub articles: u64,
    /// Of those, never fetched within the simulation.
    pub articles_not_fetched: u64,
    /// Publication until a hub listed it to us, seconds.
    pub listed_seconds: Percentiles,
    /// Publication until it was fetched, seconds.
    pub fetched_seconds: Percentiles,
    /// The wish, seconds.
    pub within_seconds: u64,
    /// Share of articles fetched within the wish; 1 when none was published.
    pub within_share: f64,
    /// Sites of which fewer than nine in ten articles were.
    pub sites_unmet: usize,
    /// The worst of them, with why.
    pub unmet: Vec<UnmetSite>,
    /// URLs known at the end.
    pub frontier_urls: u64,
    /// Of those, never fetched yet.
    pub frontier_queued: u64,
    /// Requests that were not polite: 0, or there is a defect.
    pub impolite: usize,
    /// The first of them.
    pub impolite_first: Option<String>,
    /// What was assumed of the web.
    pub assumptions: String,
}

/// Seconds at which shares of articles were there.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Percentiles {
    /// Half of them; absent when they never came.
    pub p50: Option<f64>,
    /// Nine of ten.
    pub p90: Option<f64>,
    /// Ninety-nine of a hundred.
    pub p99: Option<f64>,
    /// The last that came.
    pub worst: Option<f64>,
}

/// A site that does not meet the wish.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnmetSite {
    /// The site.
    pub site: String,
    /// Share of its articles within the wish.
    pub within_share: f64,
    /// Articles published.
    pub articles: u64,
    /// Why not.
    pub why: String,
}

pub(super) fn report(
    question: &Question,
    transport: &SimulatedTransport,
    counts: &Counts,
    runs: u64,
    took: Duration,
) -> Forecast {
    let web = &transport.web;
    let sites = transport.freshness.sites();
    let traffic = transport.freshness.traffic();
    let share = |part: u64, of: u64| if of == 0 { 0.0 } else { round(part as f64 / of as f64) };
    let published = |site: &SiteModel| site.articles.iter().filter(|at| !at.is_zero()).count() as u64;
    let broken = transport.observer.broken();
    let articles: u64 = web.sites.iter().map(published).sum();
    let listed: Vec<u32> = sites.iter().flat_map(|site| site.listed_ms.iter().copied()).collect();
    let fetched: Vec<u32> = sites.iter().flat_map(|site| site.fetched_ms.iter().copied()).collect();
    let within = |site: &SiteCount| {
        let within_ms = question.within.as_millis();
        site.fetched_ms.iter().filter(|delay| u128::from(**delay) <= within_ms).count() as u64
    };
    let met: u64 = sites.iter().map(within).sum();
    let mut unmet: Vec<UnmetSite> = web
        .sites
        .iter()
        .zip(&sites)
        .filter_map(|(model, count)| {
            let articles = published(model);
            let within_share = share(within(count), articles);
            (articles > 0 && within_share < MET_SHARE).then(|| UnmetSite {
                site: model.name.clone(),
                within_share,
                articles,
                why: why(question, model, count),
            })
        })
        .collect();
    unmet.sort_by(|one, other| one.within_share.total_cmp(&other.within_share));
    let sites_unmet = unmet.len();
    unmet.truncate(UNMET_MAX);
    let not_fetched = articles.saturating_sub(fetched.len() as u64);
    Forecast {
        event: "forecast",
        job: question.job.name.clone(),
        seed: question.seed,
        faults: match question.faults {
            Faults::None => "none",
            Faults::Usual => "usual",
            Faults::Hostile => "hostile",
        },
        sites: web.sites.len(),
        days: round(took.as_secs_f64() / 86_400.0),
        schedule: question.job.schedule.clone().unwrap_or_else(|| "without a break".to_owned()),
        runs,
        requests: traffic.requests,
        requests_per_second: round(traffic.requests as f64 / took.as_secs_f64().max(1.0)),
        requests_per_second_peak: traffic.peak_per_second,
        robots_share: share(traffic.robots, traffic.requests),
        not_modified_share: share(traffic.not_modified, traffic.requests),
        failed_share: share(traffic.failed, traffic.requests - traffic.robots),
        articles,
        articles_not_fetched: not_fetched,
        listed_seconds: percentiles(listed, articles),
        fetched_seconds: percentiles(fetched, articles),
        within_seconds: question.within.as_secs(),
        within_share: if articles == 0 { 1.0 } else { share(met, articles) },
        sites_unmet,
        unmet,
        frontier_urls: counts.queued
            + counts.leased
            + counts.scheduled
            + counts.gone
            + counts.refused
            + counts.dropped,
        frontier_queued: counts.queued,
        impolite: broken.len(),
        impolite_first: broken
            .first()
            .map(|broken| format!("{:.3} s: {}", broken.at.as_secs_f64(), broken.what)),
        assumptions: question.assumptions(),
    }
}

/// The likeliest cause, by what was made of the site.
fn why(question: &Question, site: &SiteModel, count: &SiteCount) -> String {
    let recrawl = &question.settings.recrawl;
    let feed = site.hubs.iter().any(|hub| hub.kind == HubKind::Feed);
    let interval = if feed { recrawl.feed.0 } else { recrawl.page.0 };
    let crawl_delay =
        site.origins.iter().flat_map(|origin| &origin.robots).find_map(|(_, robots)| match robots {
            RobotsModel::File { crawl_delay, .. } => *crawl_delay,
            _ => None,
        });
    if count.missed > 0 && count.missed * 10 > count.listed_ms.len() as u64 {
        return format!(
            "{} articles had left its lists before we looked: it publishes faster than it is looked at",
            count.missed
        );
    }
    if interval > question.within || recrawl.interval_min.0 > question.within {
        let (key, what) = if feed { ("feed", "feeds") } else { ("page", "it has no feed, and pages") };
        return format!(
            "{what} are looked at every {} at first ([recrawl] {key}), then between {} and {}",
            Span(interval),
            recrawl.interval_min,
            recrawl.interval_max
        );
    }
    let unwell: Duration = site
        .origins
        .iter()
        .flat_map(|origin| &origin.spells)
        .map(|spell| spell.to.saturating_sub(spell.from))
        .sum();
    if unwell > question.length / 20 {
        return format!("it was unwell for {} h", unwell.as_secs() / 3_600);
    }
    if let Some(delay) = crawl_delay {
        return format!("its robots.txt asks for a Crawl-delay of {}", Span(delay));
    }
    format!("its lists change rarely, so they are looked at rarely (up to every {})", recrawl.interval_max)
}

/// `delays` in milliseconds of those that came, out of `of`.
fn percentiles(mut delays: Vec<u32>, of: u64) -> Percentiles {
    delays.sort_unstable();
    let at = |share: f64| {
        // The smallest delay that so many articles do not exceed.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count is a count"
        )]
        let rank = (of as f64 * share).ceil() as usize;
        delays.get(rank.max(1) - 1).map(|millis| round(f64::from(*millis) / 1_000.0))
    };
    let worst = delays.last().map(|millis| round(f64::from(*millis) / 1_000.0));
    Percentiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), worst }
}

fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
