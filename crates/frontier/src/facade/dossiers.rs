//! The dossiers in memory: those of the sites touched last, decoded.
//!
//! Invariant: what is not written yet of a dossier is a few visits at most, in proportion to all of the site's; losing them
//! in a crash makes budgets a little more generous, never less.

use std::collections::HashMap;

use model::Site;

use crate::dossier::Dossier;
use crate::port::{Memo, MemoKey};

/// Dossiers kept decoded; some kilobytes each.
const KEPT_MAX: usize = 4_096;
/// A dossier is written when it changed this many times less often than it was ever changed: a site of a hundred pages
/// at each batch, one of a million once in [`DIRTY_MAX`] visits.
const DIRTY_PART: u32 = 64;
/// Changes after which it is written in any case.
const DIRTY_MAX: u32 = 64;

/// The dossiers of a frontier.
#[derive(Debug, Default)]
pub(super) struct Dossiers {
    kept: HashMap<Site, Kept>,
    /// Counts uses, to know which was used last.
    uses: u64,
}

#[derive(Debug, Default)]
struct Kept {
    dossier: Dossier,
    /// Changes since it was written.
    dirty: u32,
    /// Changes ever.
    changes: u32,
    used: u64,
}

impl Dossiers {
    /// The memos to be read before these sites can be asked about; each once.
    pub(super) fn missing<'a>(&self, sites: impl Iterator<Item = &'a Site>) -> Vec<MemoKey> {
        let mut missing: Vec<MemoKey> = sites
            .filter(|site| !self.kept.contains_key(*site))
            .map(|site| MemoKey::Site(site.clone()))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Takes in what was read.
    pub(super) fn fill(&mut self, keys: Vec<MemoKey>, memos: Vec<Option<Vec<u8>>>) {
        for (key, memo) in keys.into_iter().zip(memos) {
            if let MemoKey::Site(site) = key {
                self.uses += 1;
                let dossier = memo.map(|bytes| Dossier::of_bytes(&bytes)).unwrap_or_default();
                let changes = dossier.hosts().map(|(_, host)| host.tally.visited).sum();
                self.kept.insert(site, Kept { dossier, dirty: 0, changes, used: self.uses });
            }
        }
    }

    /// A site's dossier, if it is kept.
    pub(super) fn get(&self, site: &Site) -> Option<&Dossier> {
        self.kept.get(site).map(|kept| &kept.dossier)
    }

    /// A site's dossier, to be changed; an empty one when it was not read before.
    pub(super) fn change(&mut self, site: &Site) -> &mut Dossier {
        self.uses += 1;
        if !self.kept.contains_key(site) {
            self.kept.insert(site.clone(), Kept::default());
        }
        let kept = self.kept.entry(site.clone()).or_default();
        kept.used = self.uses;
        kept.dirty = kept.dirty.saturating_add(1);
        kept.changes = kept.changes.saturating_add(1);
        &mut kept.dossier
    }

    /// What is to be written now.
    pub(super) fn memos(&mut self) -> Vec<Memo> {
        let mut memos = Vec::new();
        let excess = self.kept.len().saturating_sub(KEPT_MAX);
        let evict_before = if excess > 0 {
            let mut uses: Vec<u64> = self.kept.values().map(|kept| kept.used).collect();
            // A quarter at once, so that this is rare.
            let place = excess.saturating_add(KEPT_MAX / 4).min(uses.len() - 1);
            *uses.select_nth_unstable(place).1
        } else {
            0
        };
        for (site, kept) in &mut self.kept {
            let is_due = kept.dirty > 0 && kept.dirty >= (kept.changes / DIRTY_PART).clamp(1, DIRTY_MAX);
            if is_due || (kept.dirty > 0 && kept.used < evict_before) {
                memos.push(Memo { of: MemoKey::Site(site.clone()), bytes: kept.dossier.to_bytes() });
                kept.dirty = 0;
            }
        }
        if evict_before > 0 {
            self.kept.retain(|_, kept| kept.used >= evict_before);
        }
        memos.sort_unstable_by(|a, b| a.of.cmp(&b.of));
        memos
    }

    /// Forgets a site.
    pub(super) fn drop_site(&mut self, site: &Site) {
        self.kept.remove(site);
    }

    /// Forgets what was not written: the store refused a batch, and is right.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }
}
