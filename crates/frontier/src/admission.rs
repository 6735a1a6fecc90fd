//! Admission: which offers become URLs of ours. Pure.
//!
//! Invariant: whatever a page links to, only what the job's operator asked for is admitted; and no rule looks at anything
//! but the offer, so the order of offers does not matter (except to budgets, which the store counts).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use model::{CanonicalUrl, ResourceKind, Timestamp};
use regex::Regex;
use serde::Serialize;

use crate::error::Error;
use crate::job::{JobRules, Scope};
use crate::offer::Offer;
use crate::port::Budget;
use crate::settings::Limits;
use crate::shape;
use crate::takedown::{Rule, Rules};

/// Why an offer is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "refusal")]
pub enum Refusal {
    /// Its job is not registered.
    UnknownJob,
    /// It was taken down.
    TakenDown,
    /// Outside the scope of the job.
    Scope,
    /// No `include` pattern of the job matches.
    NotIncluded,
    /// An `exclude` pattern of the job matches.
    Excluded {
        /// As written.
        pattern: String,
    },
    /// Too many links from a seed.
    Depth,
    /// Too many redirects in a row.
    Hops,
    /// It has a shape that only traps have.
    Shape {
        /// In words.
        why: String,
    },
    /// Its like bring nothing new, or as many are admitted as what they brought allows.
    Trap {
        /// What it has in common with its like.
        pattern: String,
        /// In words, with the counts.
        why: String,
    },
    /// It is another spelling of a URL that is fetched instead.
    Mirror {
        /// That URL.
        of: String,
    },
    /// Its path ends like a file that is not a page.
    Extension {
        /// Without the dot.
        extension: String,
    },
}

/// Everything admission goes by.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: Limits,
    skipped: HashSet<String>,
    jobs: HashMap<String, Job>,
    takedowns: Rules,
}

/// A job's rules, ready to be applied.
#[derive(Debug)]
struct Job {
    rules: JobRules,
    reach: Reach,
    include: Vec<Regex>,
    exclude: Vec<Regex>,
}

/// A scope together with the seeds it is measured from.
#[derive(Debug)]
enum Reach {
    Sites(HashSet<String>),
    Hosts(HashSet<String>),
    Prefixes(Vec<String>),
    List(HashSet<model::UrlKey>),
    Any,
}

impl Admission {
    pub(crate) fn new(limits: Limits) -> Self {
        let skipped = limits.skip_extensions.iter().cloned().collect();
        Self { limits, skipped, jobs: HashMap::new(), takedowns: Rules::default() }
    }

    /// Makes a job's rules apply; refuses rules that cannot.
    pub(crate) fn register(&mut self, rules: JobRules) -> Result<(), Error> {
        let job = Job::new(rules)?;
        self.jobs.insert(job.rules.name.clone(), job);
        Ok(())
    }

    /// Checks a job's rules without making them apply.
    pub(crate) fn check(rules: &JobRules) -> Result<(), Error> {
        Job::new(rules.clone()).map(drop)
    }

    pub(crate) fn take_down(&mut self, rule: &Rule) {
        self.takedowns.add(rule);
    }

    pub(crate) fn is_taken_down(&self, url: &CanonicalUrl) -> bool {
        self.takedowns.doom(url)
    }

    /// The freshness that a job wishes for.
    pub(crate) fn wish(&self, job: &str) -> Option<std::time::Duration> {
        self.jobs.get(job)?.rules.fresh_within.map(|span| span.0)
    }

    /// What an admitted offer counts against, or why it is not admitted.
    pub(crate) fn judge(&self, offer: &Offer) -> Result<Budget, Refusal> {
        let job = self.jobs.get(&offer.job).ok_or(Refusal::UnknownJob)?;
        if offer.hops > Offer::HOPS_MAX {
            return Err(Refusal::Hops);
        }
        if job.rules.depth_max.is_some_and(|max| offer.depth > max) {
            return Err(Refusal::Depth);
        }
        if !job.reach.covers(&offer.url) {
            return Err(Refusal::Scope);
        }
        if offer.kind == ResourceKind::Page
            && let Some(extension) = extension(offer.url.url().path())
            && self.skipped.contains(&*extension)
        {
            return Err(Refusal::Extension { extension: extension.into_owned() });
        }
        job.judge_patterns(offer)?;
        if !offer.is_seed()
            && let Some(why) = shape::trap(offer.url.url(), &self.limits)
        {
            return Err(Refusal::Shape { why });
        }
        if self.takedowns.doom(&offer.url) {
            return Err(Refusal::TakenDown);
        }
        Ok(self.budget(offer, &job.rules))
    }

    fn budget(&self, offer: &Offer, rules: &JobRules) -> Budget {
        match offer.kind {
            // It stands in for its source, which was counted; chains are bounded by their length.
            _ if offer.hops > 0 => Budget::Free,
            ResourceKind::Page | ResourceKind::Robots => Budget::Pages {
                job_max: rules.pages_max.unwrap_or(u64::MAX),
                site_max: rules.pages_per_site_max.unwrap_or(self.limits.pages_per_site_max),
            },
            ResourceKind::Feed | ResourceKind::Sitemap => {
                Budget::Hubs { site_max: self.limits.hubs_per_site_max }
            }
        }
    }
}

/// The place of an offer among the URLs of its site never tried: news first, then by depth.
pub(crate) fn rank(offer: &Offer, now: Timestamp) -> u16 {
    let news_from =
        model::time::earlier(now, std::time::Duration::from_secs(u64::from(Offer::NEWS_AGE_DAYS) * 86_400));
    if offer.dated.is_some_and(|dated| dated >= news_from && dated <= now) {
        0
    } else {
        offer.depth.saturating_add(1)
    }
}

impl Job {
    fn new(rules: JobRules) -> Result<Self, Error> {
        let seeds = rules.seeds.iter().map(|seed| {
            CanonicalUrl::parse(seed).map_err(|source| Error::Seed {
                job: rules.name.clone(),
                seed: seed.clone(),
                source,
            })
        });
        let seeds = seeds.collect::<Result<Vec<_>, Error>>()?;
        let reach = Reach::new(rules.scope, &seeds);
        let include = compiled(&rules, "include", &rules.include)?;
        let exclude = compiled(&rules, "exclude", &rules.exclude)?;
        Ok(Self { rules, reach, include, exclude })
    }

    fn judge_patterns(&self, offer: &Offer) -> Result<(), Refusal> {
        let url = offer.url.url().as_str();
        if let Some(pattern) = self.exclude.iter().find(|pattern| pattern.is_match(url)) {
            return Err(Refusal::Excluded { pattern: pattern.as_str().to_owned() });
        }
        if !self.include.is_empty()
            && !offer.is_seed()
            && !self.include.iter().any(|pattern| pattern.is_match(url))
        {
            return Err(Refusal::NotIncluded);
        }
        Ok(())
    }
}

impl Reach {
    fn new(scope: Scope, seeds: &[CanonicalUrl]) -> Self {
        match scope {
            Scope::Site => Self::Sites(seeds.iter().map(|seed| seed.site_str().to_owned()).collect()),
            Scope::Host => Self::Hosts(seeds.iter().map(|seed| seed.host().to_owned()).collect()),
            Scope::Prefix => Self::Prefixes(seeds.iter().map(|seed| schemeless(seed).to_owned()).collect()),
            Scope::List => Self::List(seeds.iter().map(CanonicalUrl::key).collect()),
            Scope::Any => Self::Any,
        }
    }

    fn covers(&self, url: &CanonicalUrl) -> bool {
        match self {
            Self::Sites(sites) => sites.contains(url.site_str()),
            Self::Hosts(hosts) => hosts.contains(url.host()),
            Self::Prefixes(prefixes) => prefixes.iter().any(|prefix| schemeless(url).starts_with(prefix)),
            Self::List(keys) => keys.contains(&url.key()),
            Self::Any => true,
        }
    }
}

fn compiled(rules: &JobRules, list: &'static str, patterns: &[String]) -> Result<Vec<Regex>, Error> {
    let compile = |pattern: &String| {
        Regex::new(pattern).map_err(|source| Error::Pattern {
            job: rules.name.clone(),
            list,
            pattern: pattern.clone(),
            source: Box::new(source),
        })
    };
    patterns.iter().map(compile).collect()
}

/// The URL from its host on: http and https are one place.
fn schemeless(url: &CanonicalUrl) -> &str {
    &url.url()[url::Position::BeforeHost..]
}

/// The ending of the last path segment, in lower case, if it has one.
fn extension(path: &str) -> Option<Cow<'_, str>> {
    let (_, segment) = path.rsplit_once('/')?;
    let (stem, extension) = segment.rsplit_once('.')?;
    let lower = || {
        let is_lower = !extension.bytes().any(|b| b.is_ascii_uppercase());
        if is_lower { Cow::Borrowed(extension) } else { Cow::Owned(extension.to_ascii_lowercase()) }
    };
    (!stem.is_empty() && !extension.is_empty()).then(lower)
}

#[cfg(test)]
mod tests;
