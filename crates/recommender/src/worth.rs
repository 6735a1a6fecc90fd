//! How much a link is worth reading now, whoever reads: freshness × popularity, (n + 1) / (age in hours + 2)^g (field.md §4).
//!
//! n is what was opened and liked, the 1 is what a link nobody has seen yet can expect: more on a site whose links are opened more
//! often than those of other sites (relative to them, because what a link gets in the end says nothing of what it has so far).
//! Part of that estimate is left to chance, the more the less is known (Thompson sampling with a gamma distribution, the
//! conjugate of counts), so that new links get their chance; the seed decides, so the same question has the same answer.
//!
//! Invariant: sees counts only through [`Counts::coarse`]; deterministic by seed and key.

use feedback::Counts;
use indexer::Hit;
use model::{Timestamp, UrlKey};

use crate::settings::Settings;

/// The hours at which freshness has begun to fall: the 2 of the formula.
const HOURS_OFFSET: f32 = 2.0;

/// A page that does not tell when it was published was there before we fetched it, and every visit fetches it anew: it is taken
/// to be as old as this share of the dated links beside it (judgement: what tells no date is old more often than new).
const UNDATED_QUANTILE: f32 = 0.75;

/// A like says more than a click, and who wants less says as much the other way (no figure of the field says how much more).
const LIKE_CLICKS: f32 = 2.0;

/// Links of a site until its mean counts as much as the general expectation of one click.
const SITE_LINKS: f32 = 20.0;

/// What one link is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Worth {
    /// Of the formula.
    pub(crate) value: f32,
    /// What the page counts against an article, 0 to 1.
    pub(crate) part: f32,
    /// Opened by enough readers lately to say so.
    pub(crate) is_trending: bool,
    /// Nobody knows, and chance was kind.
    pub(crate) is_explored: bool,
}

/// What decides about worth beside the link.
pub(crate) struct Judge<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) now: Timestamp,
    pub(crate) exploration: f32,
    pub(crate) seed: u64,
    /// Clicks a link of the sites at hand has on average.
    pub(crate) usual_clicks: f32,
    /// Age in hours that links without a date are taken to have at least.
    pub(crate) undated_hours: f32,
}

/// The age that links without a date are taken to have beside these.
pub(crate) fn undated_hours<'a>(hits: impl Iterator<Item = &'a Hit>, now: Timestamp) -> f32 {
    let mut ages: Vec<f32> = hits.filter_map(|hit| Some(hours(dated(hit)?, now))).collect();
    ages.sort_by(f32::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small number")]
    let place = (ages.len() as f32 * UNDATED_QUANTILE) as usize;
    ages.get(place).copied().unwrap_or_default()
}

/// When a link was published, as far as it tells.
fn dated(hit: &Hit) -> Option<Timestamp> {
    hit.document.published.or(hit.document.modified)
}

/// Clicks a link has on average on the sites of these counts; a site counts as often as it has links among them.
pub(crate) fn usual_clicks(counts: &[Counts]) -> f32 {
    let clicks: u64 = counts.iter().map(|counts| counts.site.total.clicks).sum();
    let links: u64 = counts.iter().map(|counts| counts.site.links).sum();
    clicks as f32 / links.max(1) as f32
}

impl Judge<'_> {
    /// What a link with these (coarse) counts is worth.
    pub(crate) fn worth(&self, hit: &Hit, counts: &Counts) -> Worth {
        let total = &counts.total;
        let wanted = total.clicks as f32 + LIKE_CLICKS * total.likes as f32;
        let refused = LIKE_CLICKS * (total.less + total.mutes + total.reports) as f32;
        let known = (wanted - refused).max(0.0);
        // What the link itself got says nothing about the other links of its site.
        let others = counts.site.links.saturating_sub(1) as f32;
        let theirs = counts.site.total.clicks.saturating_sub(total.clicks) as f32;
        let usual = self.usual_clicks;
        let expected = if usual > 0.0 { (theirs / usual + SITE_LINKS) / (others + SITE_LINKS) } else { 1.0 };
        let mean = known + expected;
        // Where nobody's clicks are counted, chance would teach nothing.
        let is_open =
            usual > 0.0 && self.exploration > 0.0 && total.impressions < self.settings.explored_after;
        let drawn = if is_open { gamma(mean, self.seed, &hit.document.key) } else { mean };
        let readers = mean + self.exploration * (drawn - mean);
        let part = if is_front(hit) { self.settings.front_part } else { 1.0 };
        Worth {
            part,
            value: part * readers * self.freshness(hit),
            is_trending: counts.decayed.clicks + counts.decayed.likes > 0.0,
            is_explored: is_open && known == 0.0 && drawn > 2.0 * mean,
        }
    }

    /// What a link of this age is worth that nobody has opened yet.
    pub(crate) fn unread_at(&self, hours: f32) -> f32 {
        (hours + HOURS_OFFSET).powf(-self.settings.freshness_exponent)
    }

    /// 1 / (age in hours + 2)^g.
    fn freshness(&self, hit: &Hit) -> f32 {
        let age = match dated(hit) {
            Some(at) => hours(at, self.now),
            None => hours(hit.document.fetched, self.now).max(self.undated_hours),
        };
        self.unread_at(age)
    }
}

/// Age in hours; 0 of what is dated in the future.
pub(crate) fn hours(at: Timestamp, now: Timestamp) -> f32 {
    model::time::until(at, now).as_secs_f32() / 3_600.0
}

/// Whether it looks like a front or section page rather than an article: it leads elsewhere and is never new. Cheap evidence
/// only: the path has no segment but a language (`/`, `/kk/`), or the page tells no date and its path is one plain word.
fn is_front(hit: &Hit) -> bool {
    let document = &hit.document;
    let path = document.url.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_language = |segment: &str| segment.len() == 2 && segment.bytes().all(|b| b.is_ascii_alphabetic());
    let mut segments = path.split('/').filter(|segment| !segment.is_empty() && !is_language(segment));
    let Some(first) = segments.next() else {
        return !document.url.contains('?');
    };
    dated(hit).is_none() && segments.next().is_none() && first.bytes().all(|b| b.is_ascii_alphabetic())
}

/// A draw from a gamma distribution of this shape and scale 1, whose mean is the shape (Marsaglia and Tsang, "A simple method for
/// generating gamma variables", 2000; for shapes below 1 by their boost).
fn gamma(shape: f32, seed: u64, key: &UrlKey) -> f32 {
    let mut chance = Chance::new(seed, key);
    let boost = if shape < 1.0 { chance.unit().powf(1.0 / shape.max(0.01)) } else { 1.0 };
    let shape = if shape < 1.0 { shape + 1.0 } else { shape };
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    // Accepted at 19 of 20 tries or more; the mean stands in for what never is.
    for _ in 0..16 {
        let x = chance.normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && chance.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return boost * d * v;
        }
    }
    boost * shape
}

/// A mix of seed and key (the finaliser of `SplitMix64`).
pub(crate) fn shuffled(seed: u64, key: &UrlKey) -> u64 {
    let tail = key.0[8..].iter().fold(0, |sum: u64, b| sum << 8 | u64::from(*b));
    mixed(seed ^ tail)
}

fn mixed(bits: u64) -> u64 {
    let mut mixed = bits;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Chance from a seed and a link.
struct Chance(u64);

impl Chance {
    fn new(seed: u64, key: &UrlKey) -> Self {
        Self(shuffled(seed, key))
    }

    /// Over 0 and at most 1.
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let top = u32::try_from(mixed(self.0) >> 40).unwrap_or_default();
        (top as f32 + 1.0) / (1 << 24) as f32
    }

    /// Normal, mean 0, deviation 1 (Box and Muller).
    fn normal(&mut self) -> f32 {
        let (a, b) = (self.unit(), self.unit());
        (-2.0 * a.ln()).sqrt() * (std::f32::consts::TAU * b).cos()
    }
}

#[cfg(test)]
mod tests;
