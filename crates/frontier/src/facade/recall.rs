//! What was learnt, told and forgotten.
//!
//! Invariant: a reader sees what the last batch wrote; after a takedown no learnt text names what was taken down.

use model::{CanonicalUrl, Site, Timestamp};

use super::{Frontier, learn};
use crate::dossier::Dossier;
use crate::error::Error;
use crate::insight::SiteInsight;
use crate::notice::Notice;
use crate::port::{Memo, MemoKey, Wanted, site_number};
use crate::takedown::Takedown;
use crate::wish::{WishBook, WishReport};

impl Frontier {
    /// What has been learnt of a site: its patterns with what they brought, its hosts, spellings and hubs.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn insight(&self, site: &Site, now: Timestamp) -> Result<SiteInsight, Error> {
        Ok(SiteInsight::of(&self.dossier(site)?, now, &self.settings.limits))
    }

    /// What an operator should know of single sites, newest first; bounded.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn notices_list(&self) -> Result<Vec<Notice>, Error> {
        match &self.notices {
            Some(kept) => Ok(kept.clone().into_list()),
            None => Ok(learn::read_notices(&*self.store)?.into_list()),
        }
    }

    /// Whether the freshness wish of a job is met; `None` when it has none or is not registered.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn wish_report(&self, job: &str) -> Result<Option<WishReport>, Error> {
        let Some(wish) = self.admission.wish(job) else { return Ok(None) };
        let key = MemoKey::Job(job.to_owned());
        let found = self.store.read(&Wanted { memos: std::slice::from_ref(&key), ..Wanted::default() })?;
        let bytes = found.memos.into_iter().flatten().next().unwrap_or_default();
        Ok(Some(WishBook::of_bytes(&bytes, wish).report(job)))
    }

    /// A site's dossier as it is known here, or as it is stored.
    pub(super) fn dossier(&self, site: &Site) -> Result<Dossier, Error> {
        if let Some(kept) = self.dossiers.get(site_number(site)) {
            return Ok(kept.clone());
        }
        let key = MemoKey::Site(site.clone());
        let found = self.store.read(&Wanted { memos: std::slice::from_ref(&key), ..Wanted::default() })?;
        let bytes = found.memos.into_iter().flatten().next();
        Ok(bytes.map(|bytes| Dossier::of_bytes(&bytes)).unwrap_or_default())
    }

    /// The memos with everything about the site of a takedown left out.
    pub(super) fn memos_without(&mut self, takedown: &Takedown) -> Result<Vec<Memo>, Error> {
        let site = match takedown {
            Takedown::Url(url) => Some(url.site()),
            Takedown::Prefix(prefix) => CanonicalUrl::parse(prefix).ok().map(|url| url.site()),
            Takedown::Host(host) => Some(Site::of_domain(host)),
        };
        let mut memos = self.memos();
        for job in self.jobs()? {
            // Its late hubs may be among what is forgotten; the counts are about a thousand visits only.
            if job.fresh_within.is_some() {
                memos.retain(|memo| memo.of != MemoKey::Job(job.name.clone()));
                memos.push(Memo { of: MemoKey::Job(job.name), bytes: Vec::new() });
            }
        }
        if let Some(site) = site {
            self.dossiers.drop_site(&site);
            let of = MemoKey::Site(site.clone());
            memos.retain(|memo| memo.of != of);
            memos.push(Memo { of, bytes: Vec::new() });
            let notices = self.notices()?;
            notices.withdraw_site(&site);
            let left = notices.changed_bytes();
            if let Some(bytes) = left {
                memos.retain(|memo| memo.of != learn::NOTICES);
                memos.push(Memo { of: learn::NOTICES, bytes });
            }
        }
        Ok(memos)
    }
}
