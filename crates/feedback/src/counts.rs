//! Numbers of a link, and how much of them may be seen. Invariant: no number below k leaves this crate through
//! [`Counts::shown`] or [`Counts::coarse`].

use serde::Serialize;

use crate::event::{Event, Kind};

/// How often something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Shown.
    pub impressions: u64,
    /// Opened.
    pub clicks: u64,
    /// Read, with a time.
    pub dwells: u64,
    /// The sum of these times, seconds.
    pub dwell_seconds: u64,
    /// Liked.
    pub likes: u64,
    /// Less like this.
    pub less: u64,
    /// Muted for it.
    pub mutes: u64,
    /// Reported.
    pub reports: u64,
}

/// As [`Tally`], each event counting half after every half-life.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Decayed {
    /// Shown.
    pub impressions: f32,
    /// Opened.
    pub clicks: f32,
    /// Liked.
    pub likes: f32,
    /// Less like this, muted for it.
    pub less: f32,
}

/// What is known of the site of a link, over all its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteCounts {
    /// Links anything was counted for.
    pub links: u64,
    /// Over all of them.
    pub total: Tally,
}

/// What is known of one link.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// Within the retention.
    pub total: Tally,
    /// The same, faded by age.
    pub decayed: Decayed,
    /// Of its site.
    pub site: SiteCounts,
    /// `Settings::shown_min`, so that whoever shows or ranks need not know it, nor can choose another.
    pub(crate) k: u64,
}

/// What may be shown of a link: none = fewer than k.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Shown {
    /// Shown.
    pub impressions: Option<u64>,
    /// Opened.
    pub clicks: Option<u64>,
    /// Mean reading time, seconds, of at least k readings.
    pub dwell_seconds: Option<u64>,
    /// Liked.
    pub likes: Option<u64>,
}

impl Tally {
    /// What one event adds.
    pub(crate) fn of(kind: &Kind) -> Self {
        let mut tally = Self::default();
        match kind {
            Kind::Impression { .. } => tally.impressions = 1,
            Kind::Click => tally.clicks = 1,
            Kind::Dwell { milliseconds } => {
                tally.dwells = 1;
                tally.dwell_seconds = milliseconds.min(&Event::DWELL_MS_MAX).div_ceil(1_000);
            }
            Kind::Like => tally.likes = 1,
            Kind::LessLikeThis => tally.less = 1,
            Kind::Mute(_) => tally.mutes = 1,
            Kind::Report(_) => tally.reports = 1,
        }
        tally
    }

    /// In the order of the columns of the store.
    pub(crate) fn fields(&self) -> [u64; 8] {
        [
            self.impressions,
            self.clicks,
            self.dwells,
            self.dwell_seconds,
            self.likes,
            self.less,
            self.mutes,
            self.reports,
        ]
    }

    pub(crate) fn of_fields(fields: [u64; 8]) -> Self {
        let [impressions, clicks, dwells, dwell_seconds, likes, less, mutes, reports] = fields;
        Self { impressions, clicks, dwells, dwell_seconds, likes, less, mutes, reports }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let (mut sum, other) = (self.fields(), other.fields());
        sum.iter_mut().zip(other).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        *self = Self::of_fields(sum);
    }

    pub(crate) fn take(&mut self, other: &Self) {
        let (mut rest, other) = (self.fields(), other.fields());
        rest.iter_mut().zip(other).for_each(|(rest, less)| *rest = rest.saturating_sub(less));
        *self = Self::of_fields(rest);
    }

    /// Every number rounded down to a multiple of `k`.
    fn coarse(self, k: u64) -> Self {
        Self::of_fields(self.fields().map(|number| number - number % k.max(1)))
    }
}

impl Decayed {
    pub(crate) fn add(&mut self, tally: &Tally, weight: f32) {
        self.impressions += tally.impressions as f32 * weight;
        self.clicks += tally.clicks as f32 * weight;
        self.likes += tally.likes as f32 * weight;
        self.less += (tally.less + tally.mutes) as f32 * weight;
    }

    fn coarse(self, k: u64) -> Self {
        let k = k.max(1) as f32;
        let down = |number: f32| (number / k).floor() * k;
        Self {
            impressions: down(self.impressions),
            clicks: down(self.clicks),
            likes: down(self.likes),
            less: down(self.less),
        }
    }
}

impl Counts {
    /// What ranking may look at: everything rounded down to multiples of k, so that one reader moves nothing that others
    /// have not moved with them. (Five events of one sender are five events: that is for rate limits to prevent.)
    #[must_use]
    pub fn coarse(self) -> Self {
        let k = self.k;
        let links = self.site.links - self.site.links % k.max(1);
        let site = SiteCounts { links, total: self.site.total.coarse(k) };
        Self { total: self.total.coarse(k), decayed: self.decayed.coarse(k), site, k }
    }

    /// What may be shown: no number below k.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let at_least = |number: u64| (number >= self.k && number > 0).then_some(number);
        let total = &self.total;
        Shown {
            impressions: at_least(total.impressions),
            clicks: at_least(total.clicks),
            dwell_seconds: at_least(total.dwells).map(|dwells| total.dwell_seconds / dwells),
            likes: at_least(total.likes),
        }
    }
}
