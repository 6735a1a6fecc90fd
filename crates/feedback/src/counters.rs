//! The port of the counters. Invariant: both adapters pass one conformance suite (testkit).

use model::{Language, Span, Timestamp, UrlKey};

use crate::counts::Counts;
use crate::error::Error;
use crate::event::Event;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// Events counted.
    pub accepted: usize,
    /// Events that had been counted before.
    pub repeated: usize,
}

/// A question for what is trending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// In any of these languages; empty = all.
    pub languages: Vec<Language>,
    /// Counting events of this long before now; hours are counted whole.
    pub window: Span,
    /// How many links.
    pub limit: usize,
}

/// Counts events per link.
pub trait Counters: Send + Sync {
    /// Counts events, all or none of them. The time of counting is the adapter's clock's.
    ///
    /// # Errors
    /// [`Error::Refused`] names the first event that cannot be counted; else when the disk fails.
    fn record(&self, events: &[Event]) -> Result<Recorded, Error>;

    /// The numbers of links, in their order.
    ///
    /// # Errors
    /// When the disk fails.
    fn counts(&self, links: &[UrlKey], now: Timestamp) -> Result<Vec<Counts>, Error>;

    /// The links opened or liked most within a window, at least k times (`Settings::shown_min`), with these numbers rounded down
    /// to multiples of k; most first, equals in the order of their keys.
    ///
    /// # Errors
    /// When the disk fails.
    fn trending(&self, trend: &Trend, now: Timestamp) -> Result<Vec<(UrlKey, u64)>, Error>;

    /// Forgets links, for real. Unknown ones are no error.
    ///
    /// # Errors
    /// When the disk fails.
    fn remove(&self, links: &[UrlKey]) -> Result<(), Error>;

    /// Drops what is older than the retention and ids older than the window of repetition; tells how many hourly tallies went.
    ///
    /// # Errors
    /// When the disk fails.
    fn expire(&self, now: Timestamp) -> Result<usize, Error>;
}
