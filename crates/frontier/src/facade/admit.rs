//! Which offers of a batch become URLs of ours, with what their site has shown.
//!
//! Invariant: the same batch in another order admits the same URLs: within a site the better named come first, then the
//! shallower, then those of the lesser key.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use model::{CanonicalUrl, ResourceKind, Site, Timestamp, UrlKey};

use super::Frontier;
use crate::admission::{self, Refusal};
use crate::dossier::{Trust, Verdict};
use crate::error::Error;
use crate::insight::barren;
use crate::offer::{Offer, OfferReport};
use crate::pattern::Pattern;
use crate::port::{Budget, NewUrl, Wanted};

/// An offer that admission has nothing against.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) offer: Cow<'a, Offer>,
    pub(super) budget: Budget,
    pub(super) trust: Trust,
    pub(super) site: Site,
    pub(super) pattern: Pattern,
    /// Whether it goes to the store: admitted, or a seed that may change jobs.
    pub(super) is_taken: bool,
}

/// The offers of a batch, sorted out.
#[derive(Debug, Default)]
pub(super) struct Gathered<'a> {
    /// New URLs and seeds, each once.
    pub(super) candidates: Vec<Candidate<'a>>,
    /// Place in `candidates` of what is new.
    pub(super) new: HashMap<UrlKey, usize>,
    /// Offers with a date that were known before.
    pub(super) known_dated: Vec<&'a Offer>,
}

impl Frontier {
    /// Sorts out offers: what admission refuses, what is known, what is new; other spellings are set right.
    pub(super) fn gather<'a>(
        &mut self,
        offers: impl Iterator<Item = (&'a Offer, Trust)>,
        seen: &mut HashSet<UrlKey>,
        report: &mut OfferReport,
    ) -> Result<Gathered<'a>, Error> {
        let mut passed: Vec<(Cow<'a, Offer>, Budget, Trust)> = Vec::new();
        let mut repeated: Vec<&Offer> = Vec::new();
        for (offer, trust) in offers {
            match self.admission.judge(offer) {
                Err(_) => report.refused += 1,
                Ok(_) if !seen.insert(offer.url.key()) => {
                    report.known += 1;
                    repeated.push(offer);
                }
                Ok(budget) => passed.push((Cow::Borrowed(offer), budget, trust)),
            }
        }
        let keys: Vec<UrlKey> = passed.iter().map(|(offer, ..)| offer.url.key()).collect();
        let known = self.known(&keys)?;
        let mut gathered = Gathered { known_dated: repeated, ..Gathered::default() };
        gathered.known_dated.retain(|offer| offer.dated.is_some());
        let mut unknown = Vec::new();
        for ((offer, budget, trust), known) in passed.into_iter().zip(known) {
            if !known || offer.is_seed() {
                unknown.push((offer, budget, trust));
                continue;
            }
            report.known += 1;
            if let (Cow::Borrowed(offer), true) = (&offer, offer.dated.is_some()) {
                gathered.known_dated.push(offer);
            }
        }
        self.load_dossiers(unknown.iter().map(|(offer, ..)| offer.url.site()))?;
        let unknown = self.respell(unknown, seen, report)?;
        for (offer, budget, trust) in unknown {
            let (site, pattern) = (offer.url.site(), Pattern::of(offer.url.url()));
            gathered.new.insert(offer.url.key(), gathered.candidates.len());
            gathered.candidates.push(Candidate { offer, budget, trust, site, pattern, is_taken: false });
        }
        Ok(gathered)
    }

    /// Puts preferred spellings in the place of others; what is known by its preferred spelling is known.
    fn respell<'a>(
        &self,
        offers: Vec<(Cow<'a, Offer>, Budget, Trust)>,
        seen: &mut HashSet<UrlKey>,
        report: &mut OfferReport,
    ) -> Result<Vec<(Cow<'a, Offer>, Budget, Trust)>, Error> {
        let mut kept = Vec::with_capacity(offers.len());
        let mut respelt: Vec<(Cow<'a, Offer>, Budget, Trust)> = Vec::new();
        for (offer, budget, trust) in offers {
            let better = self
                .dossiers
                .get(&offer.url.site())
                .filter(|_| !offer.is_seed())
                .and_then(|dossier| dossier.mirrors.preferred(&offer.url));
            match better {
                None => kept.push((offer, budget, trust)),
                Some(url) => {
                    let better = Offer { url, ..offer.into_owned() };
                    match self.admission.judge(&better) {
                        Err(_) => report.refused += 1,
                        Ok(_) if !seen.insert(better.url.key()) => report.known += 1,
                        Ok(budget) => respelt.push((Cow::Owned(better), budget, trust)),
                    }
                }
            }
        }
        let keys: Vec<UrlKey> = respelt.iter().map(|(offer, ..)| offer.url.key()).collect();
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
        order.sort_by_cached_key(|&at| {
            let one = &gathered.candidates[at];
            (one.trust, one.offer.depth, one.offer.url.key())
        });
        for at in order {
            let one = &mut gathered.candidates[at];
            let dossier = self.dossiers.change(&one.site);
            let verdict =
                dossier.admit(&one.pattern, one.offer.url.host(), one.trust, now, &self.settings.limits);
            one.is_taken = verdict == Verdict::Open;
            if !one.is_taken {
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

    /// Reads the dossiers of sites that are not in memory.
    pub(super) fn load_dossiers(&mut self, sites: impl Iterator<Item = Site>) -> Result<(), Error> {
        let sites: HashSet<Site> = sites.collect();
        let missing = self.dossiers.missing(sites.iter());
        if missing.is_empty() {
            return Ok(());
        }
        let found = self.store.read(&Wanted { memos: &missing, ..Wanted::default() })?;
        self.dossiers.fill(missing, found.memos);
        Ok(())
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
