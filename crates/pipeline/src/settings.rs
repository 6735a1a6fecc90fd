//! The stages' settings, side by side.

use crate::crawl::CrawlSettings;
use crate::derive::DeriveSettings;

/// What the pipeline needs to open its stages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `[agent]`, `[network]`, `[fetcher]`.
    pub fetcher: fetcher::Settings,
    /// `[politeness]`.
    pub politeness: frontier::Politeness,
    /// `[recrawl]`.
    pub recrawl: frontier::Recrawl,
    /// `[frontier]`.
    pub limits: frontier::Limits,
    /// `[archive]`.
    pub archive: archive::Settings,
    /// `[crawl]`.
    pub crawl: CrawlSettings,
    /// `[index]`.
    pub index: indexer::Settings,
}

impl Settings {
    /// Checks every section and what they must agree on.
    ///
    /// # Errors
    /// A message naming section and key, what is wrong, and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        self.fetcher.check().map_err(|e| e.to_string())?;
        self.frontier().check()?;
        self.archive.check()?;
        if self.crawl.sites_in_flight_max == 0 {
            return Err("[crawl] sites_in_flight_max must be at least 1".to_owned());
        }
        if !(1..=64).contains(&self.crawl.visits_per_lease_max) {
            return Err("[crawl] visits_per_lease_max must be 1 to 64".to_owned());
        }
        Ok(())
    }

    /// What deriving needs.
    #[must_use]
    pub fn derive(&self) -> DeriveSettings {
        DeriveSettings {
            agent: self.fetcher.agent.name.to_ascii_lowercase(),
            decoded_bytes_max: self.fetcher.fetcher.body_max.as_len(),
        }
    }

    /// The frontier's three sections.
    #[must_use]
    pub fn frontier(&self) -> frontier::Settings {
        frontier::Settings {
            politeness: self.politeness,
            recrawl: self.recrawl.clone(),
            limits: self.limits.clone(),
        }
    }
}
