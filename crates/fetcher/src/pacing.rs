//! The site's politeness ledger as the fetcher sees it.
//!
//! Invariant: the fetcher sends nothing, not even a request for robots.txt or a redirect hop of it, without asking here
//! first. It keeps no delay of its own.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use model::Outcome;
use url::Url;

/// The wait for a request is longer than is worth holding a lease for. Nothing was sent; the pace knows when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postponed;

/// When the next request to a site may leave. Implemented by the pipeline over the frontier's `Pace`.
///
/// For each request the calls come in this order: `ready`, `admit`, `sent`, `answered`. `crawl_delay` comes before the `ready` of
/// the page it concerns.
pub trait Pacing: Send {
    /// Whether the caller is willing to wait for the next request to the site. Asked once, before a page is requested,
    /// when robots.txt has had its say: a site with a long `Crawl-delay` is better given back than waited for.
    fn patient(&self) -> bool {
        true
    }

    /// Waits until the next request to the site of `url` may leave. `url` can be on a foreign site when robots.txt
    /// redirects there; the wait then has to satisfy both.
    fn ready(&mut self, url: &Url) -> impl Future<Output = Result<(), Postponed>> + Send;

    /// Waits until the next request to `address` may leave, whatever sites share it. `None` when it is not known (a
    /// proxy connects).
    fn admit(&mut self, address: Option<IpAddr>) -> impl Future<Output = Result<(), Postponed>> + Send;

    /// The request leaves at this instant and counts from here. This can be later than the return of `ready`, when the
    /// process-wide rate or the address holds it back: counted from `ready`, a request held back and its successor
    /// would reach the host together.
    fn sent(&mut self);

    /// What the request brought, and how long from sending it to the last byte.
    fn answered(&mut self, outcome: &Outcome, latency: Duration);

    /// The delay robots.txt asks for our agent (`Crawl-delay`, `Request-rate`); `None` when it asks for none.
    fn crawl_delay(&mut self, delay: Option<Duration>);
}
