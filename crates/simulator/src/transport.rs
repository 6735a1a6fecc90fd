//! The network as the crawl sees it.
//!
//! Invariant: every request passes the observer when it leaves and when it lands; one that is dropped on the way is noted
//! as lost.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use fetcher::{Transport, TransportFailure, TransportRequest, TransportResponse};
use model::{Body, Exchange, FailureKind, Request, Response};
use url::Url;

use crate::clock::WallClock;
use crate::freshness::Freshness;
use crate::log::Log;
use crate::observer::{Landed, Observer, Target};
use crate::web::{Answer, Web};

/// Carries requests to the simulated web.
#[derive(Clone)]
pub struct SimulatedTransport {
    /// The web.
    pub web: Arc<Web>,
    /// The machine's clock.
    pub clock: Arc<WallClock>,
    /// Who watches.
    pub observer: Arc<Observer>,
    /// What became of each article.
    pub freshness: Arc<Freshness>,
    /// Where requests are written down.
    pub log: Arc<Log>,
}

impl SimulatedTransport {
    fn target(&self, url: &Url, at: Duration) -> Option<Target> {
        let host = url.host_str()?;
        let (site, origin) = self.web.find(host)?;
        let is_robots = crate::web::is_robots(url.path());
        Some(Target {
            site,
            origin,
            address: self.web.address(host, at),
            url: url.as_str().to_owned(),
            ruled_by: (!is_robots).then(|| format!("{}://{host}/robots.txt", url.scheme())),
            path: url[url::Position::BeforePath..].to_owned(),
        })
    }
}

impl Transport for SimulatedTransport {
    async fn address(&self, url: &Url) -> Result<Option<IpAddr>, TransportFailure> {
        let at = self.clock.elapsed();
        let host = url.host_str().unwrap_or_default();
        if !self.web.resolves(host, at) {
            self.log.line(at, || format!("name {host} does not resolve"));
            if let Some((site, _)) = self.web.find(host)
                && crate::web::is_robots(url.path())
            {
                self.observer.robots_unresolved(site, url.as_str(), at);
            }
            return Err(TransportFailure::failed(FailureKind::Dns, "the name does not resolve"));
        }
        Ok(self.web.address(host, at))
    }

    async fn send(&self, request: TransportRequest) -> Result<TransportResponse, TransportFailure> {
        let at = self.clock.elapsed();
        let Some(target) = self.target(&request.url, at) else {
            return Err(TransportFailure::failed(FailureKind::Dns, "the name does not resolve"));
        };
        let (site, remote) = (target.site, target.address);
        let flight = self.observer.begin(target, self.clock.instant(Duration::ZERO));
        self.log.line(at, || format!("GET {}", request.url));
        let Answer { after, reply, robots, silence, listed, article } = self.web.answer(&request, at);
        tokio::time::sleep(after).await;
        let ended = self.clock.elapsed();
        let status = reply.as_ref().map_or(0, |reply| reply.status);
        self.log.line(ended, || format!("{status} {}", request.url));
        self.freshness.landed(site, ended, listed, article, status, robots.is_some());
        flight.land(&Landed { status, robots, silence });
        let reply = reply.map_err(|kind| TransportFailure::failed(kind, format!("simulated {kind:?}")))?;
        let response = Response {
            version: "HTTP/1.1".to_owned(),
            status: reply.status,
            headers: reply.headers,
            body: Body { raw: reply.body.into(), decoded: None, truncated: None },
        };
        let request = Request {
            method: "GET".to_owned(),
            target: request.url[url::Position::BeforePath..].to_owned(),
            headers: request.headers,
        };
        Ok(TransportResponse { exchange: Exchange { request, response }, remote })
    }
}
