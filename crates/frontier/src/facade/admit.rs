//! Which offers of a batch become URLs of ours, with what their site has shown.
//!
//! Invariant: the same batch in another order admits the same URLs: within a site the better named come first, then the
//! shallower, then those of the lesser key.

use std::collections::BTreeMap;
use std::ops::Deref;

use model::{CanonicalUrl, ResourceKind, Site, Timestamp, UrlKey};

use super::Frontier;
use crate::admission::{self, Refusal};
use crate::dossier::{Trust, Verdict};
use crate::error::Error;
use crate::insight::barren;
use crate::keyed::{KeyMap, KeySet};
use crate::offer::{Offer, OfferReport};
use crate::pattern::Pattern;
use crate::port::{Budget, MemoKey, NewUrl, Wanted, number_of};

/// An offer that admission has nothing against.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) offer: Named<'a>,
    pub(super) key: UrlKey,
    pub(super) budget: Budget,
    pub(super) trust: Trust,
    pub(super) pattern: Pattern,
    /// Whether it goes to the store: admitted, or a seed that may change jobs.
    pub(super) is_taken: bool,
}

/// An offer as it was made, or with the preferred spelling in the place of its own.
#[derive(Debug)]
pub(super) enum Named<'a> {
    Given(&'a Offer),
    Respelt(Box<Offer>),
}

/// An offer that admission has nothing against, and nothing is known of.
#[derive(Debug)]
struct Unknown<'a> {
    offer: Named<'a>,
    key: UrlKey,
    budget: Budget,
    trust: Trust,
}

/// The offers of a batch, sorted out.
#[derive(Debug, Default)]
pub(super) struct Gathered<'a> {
    /// New URLs and seeds, each once.
    pub(super) candidates: Vec<Candidate<'a>>,
    /// Place in `candidates` of what is new.
    pub(super) new: KeyMap<UrlKey, usize>,
    /// Offers with a date that were known before.
    pub(super) known_dated: Vec<&'a Offer>,
}

impl Frontier {
    /// Sorts out offers: what is known, what admission refuses, what is new; other spellings are set right. What is known
    /// is not judged again, as most of what pages link to is: it was admitted once, and nothing comes of it here.
    pub(super) fn gather<'a>(
        &mut self,
        offers: impl Iterator<Item = (&'a Offer, Trust)>,
        seen: &mut KeySet<UrlKey>,
        report: &mut OfferReport,
    ) -> Result<Gathered<'a>, Error> {
        let offers: Vec<(&Offer, Trust)> = offers.collect();
        let keys: Vec<UrlKey> = offers.iter().map(|(offer, _)| offer.url.key()).collect();
        let mut gathered = Gathered::default();
        let mut unknown = Vec::new();
        for (((offer, trust), key), known) in offers.into_iter().zip(&keys).zip(self.known(&keys)?) {
            let is_known = (known && !offer.is_seed()) || seen.contains(key);
            if is_known {
                report.known += 1;
                if offer.dated.is_some() && self.admission.judge(offer).is_ok() {
                    gathered.known_dated.push(offer);
                }
                continue;
            }
            match self.admission.judge(offer) {
                Err(_) => report.refused += 1,
                Ok(budget) => {
                    seen.insert(*key);
                    unknown.push(Unknown { offer: Named::Given(offer), key: *key, budget, trust });
                }
            }
        }
        self.load_dossiers(unknown.iter().map(|one| (number_of(one.key), || one.offer.url.site())))?;
        gathered.new.reserve(unknown.len());
        for Unknown { offer, key, budget, trust } in self.respell(unknown, seen, report)? {
            let pattern = Pattern::of(offer.url.url());
            gathered.new.insert(key, gathered.candidates.len());
            gathered.candidates.push(Candidate { offer, key, budget, trust, pattern, is_taken: false });
        }
        Ok(gathered)
    }

    /// Puts preferred spellings in the place of others; what is known by its preferred spelling is known.
    fn respell<'a>(
        &self,
        offers: Vec<Unknown<'a>>,
        seen: &mut KeySet<UrlKey>,
        report: &mut OfferReport,
    ) -> Result<Vec<Unknown<'a>>, Error> {
        let mut kept = Vec::with_capacity(offers.len());
        let mut respelt: Vec<Unknown<'a>> = Vec::new();
        for one in offers {
            let better = self
                .dossiers
                .get(number_of(one.key))
                .filter(|_| !one.offer.is_seed())
                .and_then(|dossier| dossier.mirrors.preferred(&one.offer.url));
            let Some(url) = better else {
                kept.push(one);
                continue;
            };
            let better = Offer { url, ..one.offer.into_owned() };
            let key = better.url.key();
            match self.admission.judge(&better) {
                Err(_) => report.refused += 1,
                Ok(_) if !seen.insert(key) => report.known += 1,
                Ok(budget) => {
                    let offer = Named::Respelt(Box::new(better));
                    respelt.push(Unknown { offer, key, budget, trust: one.trust });
                }
            }
        }
        let keys: Vec<UrlKey> = respelt.iter().map(|one| one.key).collect();
        for (one, known) in respelt.into_iter().zip(self.known(&keys)?) {
            if known {
                report.known += 1;
            } else {
                kept.push(one);
            }
        }
        Ok(kept)
    }

    /// Admits candidates as far as the budgets of their patterns and hosts allow.
    pub(super) fn spend(&mut self, gathered: &mut Gathered<'_>, now: Timestamp, report: &mut OfferReport) {
        let mut order: Vec<usize> = (0..gathered.candidates.len()).collect();
        order.sort_unstable_by_key(|&at| {
            let one = &gathered.candidates[at];
            (one.trust, one.offer.depth, one.key)
        });
        let limits = &self.settings.limits;
        for at in order {
            let Candidate { offer, key, trust, pattern, is_taken, .. } = &mut gathered.candidates[at];
            *is_taken = self.dossiers.admit(
                number_of(*key),
                || offer.url.site(),
                |dossier| dossier.admit(pattern, offer.url.host(), *trust, now, limits) == Verdict::Open,
            );
            if !*is_taken {
                report.refused += 1;
            }
        }
    }

    /// Why admission would refuse an offer whatever is known of its site already; budgets are not asked.
    #[must_use]
    pub fn refusal(&self, offer: &Offer) -> Option<Refusal> {
        self.admission.judge(offer).err()
    }

    /// Why an offer would not be admitted now, whatever is known already; budgets of jobs are not asked.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn refusal_now(&self, offer: &Offer, now: Timestamp) -> Result<Option<Refusal>, Error> {
        if let Err(refusal) = self.admission.judge(offer) {
            return Ok(Some(refusal));
        }
        let dossier = self.dossier(&offer.url.site())?;
        if let Some(of) = dossier.mirrors.preferred(&offer.url).filter(|_| !offer.is_seed()) {
            return Ok(Some(Refusal::Mirror { of: of.url().to_string() }));
        }
        let pattern = Pattern::of(offer.url.url());
        let limits = &self.settings.limits;
        let verdict = dossier.judge(&pattern, offer.url.host(), trust_of(offer), now, limits);
        let counts = dossier.pattern(pattern.as_str());
        let why = match verdict {
            Verdict::Open => return Ok(None),
            Verdict::Stopped => counts.map_or_else(
                || "other URLs of this path with parameters brought nothing new".to_owned(),
                barren,
            ),
            Verdict::Spent => counts.map_or_else(String::new, |tally| {
                format!(
                    "{} URLs are admitted and {} of {} visits brought something new; each earns {} more",
                    tally.linked.saturating_add(tally.listed),
                    tally.useful,
                    tally.visited,
                    limits.pattern_earned
                )
            }),
            Verdict::Hosts => format!(
                "the site has more than {} hosts, and those beyond bring nothing new",
                limits.hosts_per_site_max
            ),
        };
        Ok(Some(Refusal::Trap { pattern: pattern.as_str().to_owned(), why }))
    }

    /// Whether keys are known.
    fn known(&self, keys: &[UrlKey]) -> Result<Vec<bool>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.store.read(&Wanted { known: keys, ..Wanted::default() })?.known)
    }

    /// Reads the dossiers of sites that are not in memory; sites are given by number.
    pub(super) fn load_dossiers(
        &mut self,
        sites: impl Iterator<Item = (u64, impl FnOnce() -> Site)>,
    ) -> Result<(), Error> {
        let missing: BTreeMap<u64, Site> = sites
            .filter(|(number, _)| !self.dossiers.has(*number))
            .map(|(number, site)| (number, site()))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let memos: Vec<MemoKey> = missing.values().map(|site| MemoKey::Site(site.clone())).collect();
        let found = self.store.read(&Wanted { memos: &memos, ..Wanted::default() })?;
        for ((number, site), memo) in missing.into_iter().zip(found.memos) {
            self.dossiers.fill(number, site, memo.as_deref());
        }
        Ok(())
    }
}

impl Named<'_> {
    fn into_owned(self) -> Offer {
        match self {
            Self::Given(offer) => offer.clone(),
            Self::Respelt(offer) => *offer,
        }
    }
}

impl Deref for Named<'_> {
    type Target = Offer;

    fn deref(&self) -> &Offer {
        match self {
            Self::Given(offer) => offer,
            Self::Respelt(offer) => offer,
        }
    }
}

impl Candidate<'_> {
    /// What the store is given.
    pub(super) fn new_url(&self, now: Timestamp) -> NewUrl<'_> {
        NewUrl { offer: &self.offer, rank: admission::rank(&self.offer, now), budget: self.budget }
    }
}

/// Who names an offer, as far as the offer itself tells.
pub(super) fn trust_of(offer: &Offer) -> Trust {
    let named_by_robots =
        || {
            offer.depth == 0
                && offer.via.as_deref().and_then(|via| CanonicalUrl::parse(via).ok()).is_some_and(|via| {
                    via.url().path() == "/robots.txt" && offer.kind == ResourceKind::Sitemap
                })
        };
    if offer.is_seed() {
        Trust::Seed
    } else if named_by_robots() {
        Trust::Listed
    } else {
        Trust::Linked
    }
}
