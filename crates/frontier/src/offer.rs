//! What is offered to the frontier. Invariant: an offer is a suggestion; only admission makes it a URL of ours.

use model::{CanonicalUrl, ResourceKind, Timestamp};

/// A URL somebody found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The URL.
    pub url: CanonicalUrl,
    /// What is believed to be there.
    pub kind: ResourceKind,
    /// Links followed from a seed to it; a seed has 0.
    pub depth: u16,
    /// Redirects that led to it, one after the other; 0 when a link did. At most [`Offer::HOPS_MAX`].
    pub hops: u8,
    /// The page it was found on; `None` for a seed.
    pub via: Option<String>,
    /// The job on whose behalf. Its rules decide.
    pub job: String,
    /// The date given beside it (feed entry, `lastmod`). A page dated within [`Offer::NEWS_AGE_DAYS`] of now is visited
    /// before other pages of its site.
    pub dated: Option<Timestamp>,
}

/// What became of a batch of offers. The three add up to the number of offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct OfferReport {
    /// New URLs, now queued.
    pub admitted: u32,
    /// Known before, or twice in the batch.
    pub known: u32,
    /// Outside scope, rules, depth, type or budget, taken down, or of a job that is not registered.
    pub refused: u32,
}

impl Offer {
    /// Redirects in a row, at most (RFC 9110 section 15.4 leaves the number to us; field.md section 3, case 12).
    pub const HOPS_MAX: u8 = 10;
    /// How old news may be and still jump the queue: half of all readers react within 2.7 hours of publication, 90 % within
    /// 10.5 (field.md section 4); two days leave room for time zones and late feeds.
    pub const NEWS_AGE_DAYS: u32 = 2;

    /// Whether it is a starting point of its job, not something found on a page.
    #[must_use]
    pub fn is_seed(&self) -> bool {
        self.depth == 0 && self.hops == 0 && self.via.is_none()
    }
}

impl std::ops::AddAssign for OfferReport {
    fn add_assign(&mut self, other: Self) {
        self.admitted += other.admitted;
        self.known += other.known;
        self.refused += other.refused;
    }
}
