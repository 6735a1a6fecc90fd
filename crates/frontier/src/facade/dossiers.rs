//! The dossiers in memory: those of the sites touched last, decoded.
//!
//! Invariant: what is not written yet of a dossier is a few visits at most, in proportion to all of the site's; losing them
//! in a crash makes budgets a little more generous, never less.

use std::cmp::Reverse;

use model::Site;

use crate::dossier::Dossier;
use crate::keyed::KeyMap;
use crate::port::{Memo, MemoKey, number_of, site_number};
use crate::settlement::Settlement;

/// Dossiers kept decoded; some kilobytes each.
const KEPT_MAX: usize = 4_096;
/// A dossier is written when it learnt from this many times fewer visits than ever: a site of a hundred pages at each
/// batch, one of a million once in [`VISITS_MAX`] visits.
const VISITS_PART: u32 = 64;
/// Visits after which it is written in any case.
const VISITS_MAX: u32 = 64;
/// The same of URLs admitted, which only spend budgets: what is not written of them is a third of them at most.
const ADMITTED_PART: u32 = 3;
/// URLs admitted for which it is not yet written: budgets are ten times that.
const ADMITTED_MIN: u32 = 16;
/// URLs admitted after which it is written in any case.
const ADMITTED_MAX: u32 = 512;

/// The dossiers of a frontier, by number of site.
#[derive(Debug, Default)]
pub(super) struct Dossiers {
    kept: KeyMap<u64, Kept>,
    /// Sites changed since the last batch.
    changed: Vec<u64>,
    /// Counts batches, to know which was used last.
    batches: u64,
}

#[derive(Debug)]
struct Kept {
    site: Site,
    dossier: Dossier,
    visits: Changes,
    admitted: Changes,
    used: u64,
}

/// How often a dossier was changed.
#[derive(Debug, Default, Clone, Copy)]
struct Changes {
    ever: u32,
    unwritten: u32,
}

impl Changes {
    fn count(&mut self) {
        self.ever = self.ever.saturating_add(1);
        self.unwritten = self.unwritten.saturating_add(1);
    }
}

impl Kept {
    fn new(site: Site, dossier: Dossier, used: u64) -> Self {
        let (visits, admitted) = dossier.totals();
        let ever = |ever| Changes { ever, unwritten: 0 };
        Self { site, dossier, visits: ever(visits), admitted: ever(admitted), used }
    }

    fn is_dirty(&self) -> bool {
        self.visits.unwritten > 0 || self.admitted.unwritten > 0
    }

    fn is_due(&self) -> bool {
        let of = |ever: u32, part: u32, min: u32, max: u32| (ever / part).clamp(min, max);
        self.visits.unwritten >= of(self.visits.ever, VISITS_PART, 1, VISITS_MAX)
            || self.admitted.unwritten >= of(self.admitted.ever, ADMITTED_PART, ADMITTED_MIN, ADMITTED_MAX)
    }

    /// To be written.
    fn memo(&mut self) -> Memo {
        (self.visits.unwritten, self.admitted.unwritten) = (0, 0);
        Memo { of: MemoKey::Site(self.site.clone()), bytes: self.dossier.to_bytes() }
    }
}

impl Dossiers {
    /// Whether a site's is kept.
    pub(super) fn has(&self, site: u64) -> bool {
        self.kept.contains_key(&site)
    }

    /// Takes in what was read of a site.
    pub(super) fn fill(&mut self, number: u64, site: Site, memo: Option<&[u8]>) {
        let dossier = memo.map(Dossier::of_bytes).unwrap_or_default();
        self.kept.insert(number, Kept::new(site, dossier, self.batches));
    }

    /// A site's dossier, if it is kept.
    pub(super) fn get(&self, site: u64) -> Option<&Dossier> {
        self.kept.get(&site).map(|kept| &kept.dossier)
    }

    /// The dossier of a visited URL's site, to learn from the visit; an empty one when it was not read before.
    pub(super) fn change(&mut self, settlement: &Settlement) -> &mut Dossier {
        let kept = self.kept_mut(number_of(settlement.visit.key), || settlement.site.clone());
        kept.visits.count();
        &mut kept.dossier
    }

    /// Has a site's dossier judge an offer: `admit` says whether it was admitted and thus counted.
    pub(super) fn admit(
        &mut self,
        number: u64,
        site: impl FnOnce() -> Site,
        admit: impl FnOnce(&mut Dossier) -> bool,
    ) -> bool {
        let kept = self.kept_mut(number, site);
        let is_admitted = admit(&mut kept.dossier);
        if is_admitted {
            kept.admitted.count();
        }
        is_admitted
    }

    fn kept_mut(&mut self, number: u64, site: impl FnOnce() -> Site) -> &mut Kept {
        if self.changed.last() != Some(&number) {
            self.changed.push(number);
        }
        let used = self.batches;
        let kept = self.kept.entry(number).or_insert_with(|| Kept::new(site(), Dossier::default(), used));
        kept.used = used;
        kept
    }

    /// What is to be written now; ends the batch.
    pub(super) fn memos(&mut self) -> Vec<Memo> {
        let mut memos = Vec::new();
        self.changed.sort_unstable();
        self.changed.dedup();
        for number in self.changed.drain(..) {
            if let Some(kept) = self.kept.get_mut(&number).filter(|kept| kept.is_due()) {
                memos.push(kept.memo());
            }
        }
        self.batches += 1;
        if self.kept.len() > KEPT_MAX {
            self.evict(&mut memos);
        }
        memos.sort_unstable_by(|a, b| a.of.cmp(&b.of));
        memos
    }

    /// Writes and forgets those used longest ago; a quarter at once, so that this is rare.
    fn evict(&mut self, memos: &mut Vec<Memo>) {
        let mut last: Vec<(u64, u64)> = self.kept.iter().map(|(number, kept)| (kept.used, *number)).collect();
        let left = (KEPT_MAX - KEPT_MAX / 4).min(last.len());
        if left < last.len() {
            last.select_nth_unstable_by_key(left, |used| Reverse(*used));
        }
        for (_, number) in last.drain(left..) {
            if let Some(mut kept) = self.kept.remove(&number)
                && kept.is_dirty()
            {
                memos.push(kept.memo());
            }
        }
    }

    /// Forgets a site.
    pub(super) fn drop_site(&mut self, site: &Site) {
        self.kept.remove(&site_number(site));
    }

    /// Forgets what was not written: the store refused a batch, and is right.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.changed.clear();
    }
}
