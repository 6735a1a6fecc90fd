//! One visit, from guard to record.
//!
//! Invariant: every request, for a page or for robots.txt, goes through [`Fetcher::exchange`] and there, in this order,
//! past the guard, the site's ledger and the process-wide rates.

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use model::{
    CanonicalUrl, Clock, Exchange, FetchRecord, HeaderLine, Origin, Outcome, ResourceKind, Timestamp, UrlKey,
    Visit,
};
use tokio::time::Instant;
use tracing::debug;
use url::Url;

use crate::compiled::Compiled;
use crate::copies::{Content, RobotsCopies, Standing};
use crate::error::Error;
use crate::finding::Finding;
use crate::guard;
use crate::pacing::{Pacing, Postponed};
use crate::pins::Pins;
use crate::rates::Rates;
use crate::robots::Rules;
use crate::settings::Settings;
use crate::transport::{Transport, TransportFailure, TransportRequest, TransportResponse};

/// Redirects followed for robots.txt (RFC 9309 section 2.3.1.2).
const ROBOTS_HOPS_MAX: u8 = 5;
/// Asked of the transport for robots.txt: enough to see that a file is longer than what is read of it.
const ROBOTS_BODY_MAX: usize = Rules::LEN_MAX + 4_096;
const ACCEPT_PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5";
const ACCEPT_FEED: &str =
    "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5";
const ACCEPT_ROBOTS: &str = "text/plain,*/*;q=0.5";
/// What [`crate::coding`] takes off.
const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";

/// What one visit brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchOutcome {
    /// The visit's own record; absent when the site must rest for longer than [`Pacing::patient`] allows. Then the page
    /// was not requested and the visit is still due.
    pub record: Option<FetchRecord>,
    /// A record for each request made for robots.txt on the way, in order, at most six; to be archived before `record`.
    /// Their visits are of kind [`ResourceKind::Robots`] and were not leased: only the archive has a use for them.
    pub robots: Vec<FetchRecord>,
}

/// Fetches visits, politely.
pub struct Fetcher<T> {
    settings: Settings,
    pins: Pins,
    transport: T,
    clock: Arc<dyn Clock>,
    rates: Rates,
    compiled: Compiled,
}

/// What robots.txt says about a visit.
enum Permission {
    Granted { delay: Option<Duration> },
    Denied(Outcome),
}

impl<T: Transport> Fetcher<T> {
    /// A fetcher over `transport`.
    ///
    /// # Errors
    /// When a setting makes no sense.
    pub fn new(settings: Settings, transport: T, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        settings.check()?;
        let pins = settings.network.pins();
        let pins = pins.map_err(|message| Error::Setting { section: "network", message })?;
        let rates = Rates::new(&settings.fetcher);
        Ok(Self { settings, pins, transport, clock, rates, compiled: Compiled::default() })
    }

    /// Longest time from sending a request to its last byte.
    #[must_use]
    pub fn request_max(&self) -> Duration {
        self.settings.fetcher.total_timeout.0
    }

    /// Fetches one visit. Never fails: whatever happens is in the record's outcome.
    pub async fn fetch<P: Pacing>(
        &self,
        visit: Visit,
        robots: &mut RobotsCopies,
        pace: &mut P,
    ) -> FetchOutcome {
        let mut asked = Vec::new();
        let record = match self.permit(&visit, robots, &mut asked, pace).await {
            Ok(Err(outcome)) => Some(self.unsent(visit, outcome)),
            Ok(Ok(url)) if pace.patient() => {
                self.exchange(visit, &url, self.settings.fetcher.body_max.as_len(), pace).await.ok()
            }
            Ok(Ok(_)) | Err(Postponed) => None,
        };
        let outcome = record.as_ref().map_or("postponed", |record| record.outcome.word());
        debug!(outcome, robots_requests = asked.len(), "visit done");
        FetchOutcome { record, robots: asked }
    }

    /// The URL to request, or why none is.
    async fn permit<P: Pacing>(
        &self,
        visit: &Visit,
        copies: &mut RobotsCopies,
        asked: &mut Vec<FetchRecord>,
        pace: &mut P,
    ) -> Result<Result<Url, Outcome>, Postponed> {
        let parsed = Url::parse(&visit.url)
            .map_err(|error| Outcome::Refused { reason: format!("not a URL: {error}") });
        let url = match parsed.and_then(|url| self.judge_url(&url).map(|()| url)) {
            Ok(url) => url,
            Err(outcome) => return Ok(Err(outcome)),
        };
        // robots.txt itself is always allowed (RFC 9309 section 2.2.2).
        if url.path() == "/robots.txt" {
            return Ok(Ok(url));
        }
        Ok(match self.consult(visit, &url, copies, asked, pace).await? {
            Permission::Denied(outcome) => Err(outcome),
            Permission::Granted { delay } => {
                pace.crawl_delay(delay);
                Ok(url)
            }
        })
    }

    /// What robots.txt says about `url`, asking for it if need be.
    async fn consult<P: Pacing>(
        &self,
        visit: &Visit,
        url: &Url,
        copies: &mut RobotsCopies,
        asked: &mut Vec<FetchRecord>,
        pace: &mut P,
    ) -> Result<Permission, Postponed> {
        let origin = Origin::of(url);
        if self.standing(copies, &origin) == Standing::Ask {
            // What the old file asks for holds until there is a new one, also for asking for that.
            if let Some(rules) = copies.rules(&origin, |file| self.compiled.rules(file)) {
                pace.crawl_delay(rules.crawl_delay(&self.settings.agent.name));
            }
            let (finding, hops) = self.ask(visit, url, copies, asked, pace).await?;
            if let Finding::Refused { reason } = finding {
                return Ok(Permission::Denied(Outcome::Refused { reason }));
            }
            let copy = asked.last().and_then(|last| {
                finding.apply(copies.copy(&origin), last, hops, self.clock.now(), &self.settings.fetcher)
            });
            if let Some(copy) = copy {
                copies.put(origin.clone(), copy);
            }
        }
        // Only a copy that is itself in trouble can still say Ask here, when its wait is shorter than a clock tick.
        if self.standing(copies, &origin) == Standing::Judge {
            return Ok(self.judge(url, &origin, copies));
        }
        let trouble = copies.copy(&origin).and_then(|copy| copy.trouble.clone());
        let (reason, retry_at) = trouble.map_or_else(
            || {
                let wait = self.settings.fetcher.robots_retry_min.0;
                ("robots.txt could not be judged".to_owned(), model::time::later(self.clock.now(), wait))
            },
            |trouble| (trouble.reason, trouble.retry_at),
        );
        Ok(Permission::Denied(Outcome::RobotsUnavailable { reason, retry_at }))
    }

    fn standing(&self, copies: &RobotsCopies, origin: &Origin) -> Standing {
        let limits = &self.settings.fetcher;
        copies.copy(origin).map_or(Standing::Ask, |copy| {
            copy.standing(self.clock.now(), limits.robots_age_max.0, limits.robots_stale_max.0)
        })
    }

    /// The verdict of the copy at hand.
    fn judge(&self, url: &Url, origin: &Origin, copies: &mut RobotsCopies) -> Permission {
        if let Some(rules) = copies.rules(origin, |file| self.compiled.rules(file)) {
            let agent = &self.settings.agent.name;
            let verdict = rules.judge(agent, url);
            return if verdict.allowed {
                Permission::Granted { delay: rules.crawl_delay(agent) }
            } else {
                let (rule, line) = (verdict.rule.unwrap_or_default(), verdict.line.unwrap_or_default());
                Permission::Denied(Outcome::Disallowed { rule, line })
            };
        }
        match copies.copy(origin).and_then(|copy| copy.known.as_ref()).map(|known| &known.content) {
            Some(Content::Forbidden { status }) => Permission::Denied(Outcome::Disallowed {
                rule: format!("robots.txt: status {status}"),
                line: 0,
            }),
            _ => Permission::Granted { delay: None },
        }
    }

    /// Asks for the robots.txt of `url`'s origin, following redirects; says what came of it after how many hops.
    async fn ask<P: Pacing>(
        &self,
        visit: &Visit,
        url: &Url,
        copies: &RobotsCopies,
        asked: &mut Vec<FetchRecord>,
        pace: &mut P,
    ) -> Result<(Finding, u8), Postponed> {
        let copy = copies.copy(&Origin::of(url));
        let known = copy.and_then(|copy| copy.known.as_ref());
        let mut target = url.clone();
        target.set_path("/robots.txt");
        target.set_query(None);
        let mut own = Visit {
            key: key_of(&target),
            url: target.to_string(),
            kind: ResourceKind::Robots,
            depth: 0,
            hops: 0,
            etag: known.and_then(|known| known.etag.clone()),
            last_modified: known.and_then(|known| known.last_modified.clone()),
            via: None,
            job: visit.job.clone(),
            attempts: copy
                .and_then(|copy| copy.trouble.as_ref())
                .map_or(0, |trouble| u16::try_from(trouble.failures).unwrap_or(u16::MAX)),
        };
        loop {
            let record = match self.judge_url(&target) {
                Ok(()) => self.exchange(own.clone(), &target, ROBOTS_BODY_MAX, pace).await?,
                Err(outcome) => self.unsent(own.clone(), outcome),
            };
            let finding = Finding::of(&record, own.hops, &self.settings.fetcher);
            let next = match &record.outcome {
                Outcome::Redirected { to, .. } if own.hops < ROBOTS_HOPS_MAX => Url::parse(to).ok(),
                _ => None,
            };
            asked.push(record);
            let Some(next) = next else { return Ok((finding, own.hops)) };
            let via = std::mem::replace(&mut own.url, next.to_string());
            own = Visit {
                key: key_of(&next),
                hops: own.hops + 1,
                etag: None,
                last_modified: None,
                via: Some(via),
                ..own
            };
            target = next;
        }
    }

    fn judge_url(&self, url: &Url) -> Result<(), Outcome> {
        let allow: &[IpNet] = &self.settings.network.allow;
        guard::judge_url(url, allow, self.pins.of_url(url).is_some())
            .map_err(|reason| Outcome::Refused { reason: format!("{url}: {reason}") })
    }

    /// A record of a visit for which nothing was requested.
    fn unsent(&self, visit: Visit, outcome: Outcome) -> FetchRecord {
        FetchRecord {
            visit,
            requested_at: self.clock.now(),
            duration: Duration::ZERO,
            remote: None,
            exchange: None,
            outcome,
        }
    }

    /// One request: waits for the ledger and the rates, sends, tells the ledger. Postponed, it is as if never begun.
    async fn exchange<P: Pacing>(
        &self,
        visit: Visit,
        url: &Url,
        body_max: usize,
        pace: &mut P,
    ) -> Result<FetchRecord, Postponed> {
        pace.ready(url).await?;
        let address = self.transport.address(url).await;
        let permit = match &address {
            Ok(address) => {
                // The address last: what is granted there has to leave at that instant.
                let permit = self.rates.admit().await;
                pace.admit(*address).await?;
                permit
            }
            Err(_) => None,
        };
        pace.sent();
        let (requested_at, begun) = (self.clock.now(), Instant::now());
        let answer = if let Err(failure) = address {
            Err(failure)
        } else {
            let headers = self.headers(&visit);
            self.transport.send(TransportRequest { url: url.clone(), headers, body_max }).await
        };
        drop(permit);
        let duration = begun.elapsed();
        let (outcome, exchange, remote) =
            read(answer, &visit, url, model::time::later(requested_at, duration));
        pace.answered(&outcome, duration);
        Ok(FetchRecord { visit, requested_at, duration, remote, exchange, outcome })
    }

    fn headers(&self, visit: &Visit) -> Vec<HeaderLine> {
        let agent = &self.settings.agent;
        let accept = match visit.kind {
            ResourceKind::Page => ACCEPT_PAGE,
            ResourceKind::Feed | ResourceKind::Sitemap => ACCEPT_FEED,
            ResourceKind::Robots => ACCEPT_ROBOTS,
        };
        let language = Some(self.settings.fetcher.accept_language.as_str()).filter(|text| !text.is_empty());
        let lines = [
            ("user-agent", Some(agent.user_agent())),
            ("from", agent.email().map(str::to_owned)),
            ("accept", Some(accept.to_owned())),
            ("accept-language", language.map(str::to_owned)),
            ("accept-encoding", Some(ACCEPT_ENCODING.to_owned())),
            ("if-none-match", visit.etag.clone()),
            ("if-modified-since", visit.last_modified.clone()),
        ];
        let sendable =
            |value: &String| value.bytes().all(|byte| byte == b'\t' || (0x20..0x7f).contains(&byte));
        let line = |(name, value): (&str, Option<String>)| {
            value.filter(sendable).map(|value| HeaderLine { name: name.to_owned(), value: value.into() })
        };
        lines.into_iter().filter_map(line).collect()
    }
}

/// What an answer means for its visit.
fn read(
    answer: Result<TransportResponse, TransportFailure>,
    visit: &Visit,
    url: &Url,
    at: Timestamp,
) -> (Outcome, Option<Exchange>, Option<std::net::IpAddr>) {
    let TransportResponse { exchange, remote } = match answer {
        Ok(response) => response,
        Err(failure) => return (failure.into_outcome(), None, None),
    };
    let outcome = match Outcome::of_response(&exchange.response, url, at) {
        // Nothing we hold can be meant: we did not ask conditionally.
        Outcome::NotModified if visit.etag.is_none() && visit.last_modified.is_none() => {
            Outcome::HttpError { status: 304 }
        }
        outcome => outcome,
    };
    (outcome, Some(exchange), remote)
}

/// The key of a URL that need not be one we would crawl, such as the target of a redirect.
fn key_of(url: &Url) -> UrlKey {
    CanonicalUrl::from_url(url.clone())
        .map_or_else(|_| UrlKey::new(&model::Site::of(url), url.as_str()), |url| url.key())
}

#[cfg(test)]
mod tests;
