//! What is due and not worth its visit any more: declined before anybody asks for it.
//!
//! Invariant: every URL that a lease of the store lends is visited, declined durably, or still on loan; a site of which
//! nothing is left comes back at once, with its pace as it was.

use model::{CanonicalUrl, Outcome, Timestamp};

use super::Frontier;
use crate::error::Error;
use crate::instant::ceil_millis;
use crate::lease::{LeaseRequest, SiteLease};
use crate::offer::Offer;
use crate::pattern::Pattern;
use crate::port::{Batch, Budget, LastVisit, LentSite, NewUrl, ReturnedSite, SettledRow, UrlRow, number_of};
use crate::queue::Turn;
use crate::status::UrlState;

/// Leases tried until one leaves something to visit.
const TRIES_MAX: usize = 16;

/// Why a URL is declined, and where it leads instead.
struct Declined {
    row: UrlRow,
    reason: String,
    instead: Option<Offer>,
}

impl Frontier {
    /// Lends sites with what is due on them, durably. What was queued before its pattern was stopped, or under a spelling
    /// since known to be another's, is declined instead.
    ///
    /// # Errors
    /// A failure of the store; then nothing is on loan.
    pub fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<SiteLease>, Error> {
        for _ in 0..TRIES_MAX {
            let lent = self.store.lease(request, now)?;
            if lent.is_empty() {
                break;
            }
            let leases = self.keep_worthy(lent, now)?;
            if !leases.is_empty() {
                return Ok(leases);
            }
        }
        Ok(Vec::new())
    }

    fn keep_worthy(&mut self, lent: Vec<LentSite>, now: Timestamp) -> Result<Vec<SiteLease>, Error> {
        self.load_dossiers(
            lent.iter().filter_map(|lent| Some((number_of(lent.rows.first()?.key), || lent.site.clone()))),
        )?;
        let mut kept = Vec::with_capacity(lent.len());
        let mut declined: Vec<(model::Site, Vec<Declined>)> = Vec::new();
        for mut site in lent {
            let mut unworthy = Vec::new();
            let mut worthy = Vec::with_capacity(site.rows.len());
            for row in std::mem::take(&mut site.rows) {
                match self.reason_to_decline(&row, now) {
                    None => worthy.push(row),
                    Some((reason, instead)) => unworthy.push(Declined { row, reason, instead }),
                }
            }
            site.rows = worthy;
            if !unworthy.is_empty() {
                declined.push((site.site.clone(), unworthy));
            }
            kept.push(site);
        }
        if !declined.is_empty() {
            self.decline(&kept, &declined, now)?;
        }
        kept.retain(|site| !site.rows.is_empty());
        Ok(kept.into_iter().map(|site| self.leased(site)).collect())
    }

    /// Why a URL that was never visited with success is not visited now.
    fn reason_to_decline(&self, row: &UrlRow, now: Timestamp) -> Option<(String, Option<Offer>)> {
        let is_unvisited =
            row.last.as_ref().is_none_or(|last| matches!(last.outcome, Outcome::Refused { .. }));
        if !is_unvisited || row.via.is_none() {
            return None;
        }
        let dossier = self.dossiers.get(number_of(row.key))?;
        let url = CanonicalUrl::parse(&row.url).ok()?;
        if let Some(better) = dossier.mirrors.preferred(&url) {
            let reason = format!("another spelling of {}", better.url());
            let instead = Offer {
                url: better,
                kind: row.kind,
                depth: row.depth,
                hops: 0,
                via: row.via.clone(),
                job: row.job.clone(),
                dated: None,
            };
            let instead = self.admission.judge(&instead).is_ok().then_some(instead);
            return Some((reason, instead));
        }
        let pattern = Pattern::of(url.url());
        dossier
            .is_stopped(&pattern, now, &self.settings.limits)
            .then(|| (format!("its pattern {} brings nothing new", pattern.as_str()), None))
    }

    /// Writes what is declined, and gives back the sites of which nothing is left.
    fn decline(
        &mut self,
        lent: &[LentSite],
        declined: &[(model::Site, Vec<Declined>)],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut batch = Batch::new(now);
        for site in lent.iter().filter(|site| site.rows.is_empty()) {
            let pace = self.pace(&site.site, site.pace.clone());
            batch.returns.push(ReturnedSite {
                site: &site.site,
                fence: site.fence,
                pace: pace.state().clone(),
                next_allowed: site.next_allowed,
                robots: &[],
                unvisited: &[],
            });
        }
        let until = ceil_millis(model::time::later(now, self.settings.recrawl.refused.0));
        for (site, declined) in declined {
            for one in declined {
                let mut row = one.row.clone();
                row.state = UrlState::Refused;
                row.turn = Turn::At(until);
                row.on_loan = false;
                row.last = Some(LastVisit {
                    at: ceil_millis(now),
                    outcome: Outcome::Refused { reason: one.reason.clone() },
                    etag: None,
                    last_modified: None,
                    content_hash: None,
                    interval: std::time::Duration::ZERO,
                });
                batch.rows.push(SettledRow { site, row, outcomes: Vec::new() });
                // It stands in for a URL that was counted.
                let instead = one.instead.as_ref();
                batch.offers.extend(instead.map(|offer| NewUrl {
                    offer,
                    rank: offer.depth.saturating_add(1),
                    budget: Budget::Free,
                }));
            }
        }
        let mut seen = std::collections::HashSet::new();
        batch.offers.retain(|new| seen.insert(new.offer.url.key()));
        self.store.apply(&batch).map(drop)
    }
}
