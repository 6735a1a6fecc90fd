//! What a visit brought. Invariant: settling twice is settling once.

use model::{CanonicalUrl, Junk, Outcome, Site, Timestamp, Visit};

use crate::offer::Offer;

/// The result of one visit, on its way back into the frontier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The visit. Its URL becomes known if it is not (a frontier rebuilt from the archive starts empty). Of a visit of
    /// [`model::ResourceKind::Robots`] only the rest it asks of the site is kept, not the URL.
    pub visit: Visit,
    /// The site of `visit.url`.
    pub site: Site,
    /// What it means.
    pub outcome: Outcome,
    /// When the visit ended. Ignored unless later than the last settlement of the URL, or the URL is on loan.
    pub at: Timestamp,
    /// `ETag` of the copy now held. Kept from before on `NotModified` when absent.
    pub etag: Option<String>,
    /// `Last-Modified` of the copy now held. Kept from before on `NotModified` when absent.
    pub last_modified: Option<String>,
    /// Hash of what a reader would see; decides whether the page changed (field.md section 2: content, not headers).
    pub content_hash: Option<u64>,
    /// The publisher does not want it in answers (`noindex`).
    pub dropped: bool,
    /// Links found.
    pub discovered: Vec<Offer>,
    /// What the page shows of its worth.
    pub signs: Signs,
}

/// What a page shows of its worth: whether it is new, real, and itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signs {
    /// Hash of what a reader would see without its digits: a calendar's months differ in nothing else. `None` when there
    /// was no page.
    pub fingerprint: Option<u64>,
    /// What stands there instead of a page. Such a visit is settled as a refusal that says so.
    pub junk: Option<Junk>,
    /// The declared canonical URL, if it is on the same site; may be the URL itself.
    pub canonical: Option<CanonicalUrl>,
}

impl Settlement {
    /// A settlement that has nothing to tell but its outcome.
    #[must_use]
    pub fn new(visit: Visit, site: Site, outcome: Outcome, at: Timestamp) -> Self {
        Self {
            visit,
            site,
            outcome,
            at,
            etag: None,
            last_modified: None,
            content_hash: None,
            dropped: false,
            discovered: Vec::new(),
            signs: Signs::default(),
        }
    }

    /// The same for two pages that a reader could not tell apart, digits, links and all; `None` when there was no page.
    pub(crate) fn likeness(&self) -> Option<u64> {
        let fingerprint = self.signs.fingerprint?;
        Some(fingerprint.rotate_left(17) ^ self.content_hash.unwrap_or_default())
    }
}
