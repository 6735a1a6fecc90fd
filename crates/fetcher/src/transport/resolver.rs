//! Names become addresses, and every address is judged.
//!
//! Invariant: an address that the guard refuses never reaches the connector. Of several addresses the refused ones are
//! dropped; if none is left, the name is refused.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use ipnet::IpNet;
use model::FailureKind;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::port::TransportFailure;
use crate::error::Error;
use crate::guard;
use crate::pins::Pins;
use crate::settings::{AgentSettings, CONTACT_MISSING, NetworkSettings, Settings};

/// Names kept in the resolver's cache, for as long as their records say.
const CACHE_NAMES: u64 = 10_000;
/// Longest time an address is believed, whatever its record says: a moved host is noticed within the hour.
const TTL_MAX: Duration = Duration::from_hours(1);

/// The resolver every connection goes through. Cheap to clone.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    inner: Arc<Inner>,
}

struct Inner {
    pins: Pins,
    allow: Vec<IpNet>,
    agent: AgentSettings,
    /// The proxy is the operator's choice and connected to wherever it is.
    proxy: Option<Url>,
    /// Why there is no resolver is told when one is needed: pinned names and literal addresses need none.
    dns: Result<TokioResolver, String>,
    timeout: Duration,
}

impl GuardedResolver {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let network = &settings.network;
        let wrong = |message| Error::Setting { section: "network", message };
        let pins = network.pins().map_err(wrong)?;
        let dns = dns(network).map_err(wrong)?;
        let inner = Inner {
            pins,
            allow: network.allow.clone(),
            agent: settings.agent.clone(),
            proxy: network.proxy.clone(),
            dns,
            timeout: settings.fetcher.connect_timeout.0,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether a URL may be asked for, as far as can be told without resolving.
    pub(super) fn judge_url(&self, url: &Url) -> Result<(), TransportFailure> {
        let pinned = self.inner.pins.of_url(url).is_some();
        guard::judge_url(url, &self.inner.allow, pinned).map_err(TransportFailure::refused)?;
        match guard::literal(url) {
            Some(ip) if !pinned => self.judge(ip),
            _ if self.inner.proxy.is_some() && self.inner.agent.contact.is_none() => {
                Err(TransportFailure::refused(CONTACT_MISSING))
            }
            _ => Ok(()),
        }
    }

    /// Whether an address may be connected to.
    pub(super) fn judge(&self, ip: IpAddr) -> Result<(), TransportFailure> {
        guard::judge(ip, &self.inner.allow)
            .map_err(|reason| TransportFailure::refused(format!("{ip} is a {reason}")))?;
        if self.inner.agent.lacks_contact_for(ip) {
            return Err(TransportFailure::refused(format!("{ip} is not loopback: {CONTACT_MISSING}")));
        }
        Ok(())
    }

    /// The address a URL's request goes to first; `None` when a proxy connects in our place.
    pub(super) async fn first_address(&self, url: &Url) -> Result<Option<IpAddr>, TransportFailure> {
        self.judge_url(url)?;
        if self.inner.proxy.is_some() {
            return Ok(None);
        }
        match url.host() {
            Some(url::Host::Domain(name)) => Ok(self.addresses(name).await?.first().map(SocketAddr::ip)),
            _ => Ok(guard::literal(url)),
        }
    }

    /// The port a URL's host is pinned to, if it is.
    pub(super) fn pinned_port(&self, url: &Url) -> Option<u16> {
        self.inner.pins.of_url(url)?.port
    }

    /// The addresses of a name that may be connected to, at least one. Port 0 stands for the URL's.
    async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, TransportFailure> {
        let is_proxy = self.inner.proxy.as_ref().is_some_and(|proxy| proxy.host_str() == Some(name));
        let found = self.lookup(name).await?;
        let mut refusal = None;
        let mut open = Vec::with_capacity(found.len());
        for address in found {
            match self.judge(address.ip()) {
                Err(failure) if !is_proxy => refusal = Some(failure),
                _ => open.push(address),
            }
        }
        if open.is_empty() {
            let nothing = || TransportFailure::failed(FailureKind::Dns, format!("{name} has no address"));
            return Err(refusal.unwrap_or_else(nothing));
        }
        Ok(open)
    }

    async fn lookup(&self, name: &str) -> Result<Vec<SocketAddr>, TransportFailure> {
        if let Some(pin) = self.inner.pins.of(name) {
            return Ok(vec![SocketAddr::new(pin.ip, pin.port.unwrap_or(0))]);
        }
        if guard::is_localhost(name) {
            return Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]);
        }
        let failed = |detail: String| TransportFailure::failed(FailureKind::Dns, detail);
        let dns = self.inner.dns.as_ref().map_err(|reason| failed(reason.clone()))?;
        // With its final dot the name is complete and no search domain is tried.
        let complete = format!("{}.", name.trim_end_matches('.'));
        match tokio::time::timeout(self.inner.timeout, dns.lookup_ip(complete)).await {
            Err(_) => Err(failed(format!("name servers did not answer for {name}"))),
            Ok(Err(error)) => Err(failed(format!("{name} does not resolve: {error}"))),
            Ok(Ok(found)) => Ok(found.iter().map(|ip| SocketAddr::new(ip, 0)).collect()),
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let found = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The outer error is a wrong setting, the inner one a machine without name servers.
fn dns(network: &NetworkSettings) -> Result<Result<TokioResolver, String>, String> {
    let servers = network.name_servers()?;
    let builder = if servers.is_empty() {
        match TokioResolver::builder_tokio() {
            Ok(builder) => builder,
            Err(error) => {
                return Ok(Err(format!(
                    "the system's name servers cannot be read ({error}); set [network] dns = [\"9.9.9.9\"]"
                )));
            }
        }
    } else {
        let servers = servers.into_iter().map(server).collect();
        let config = ResolverConfig::from_name_servers(servers);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let mut options = ResolverOpts::default();
    options.timeout = Duration::from_secs(3);
    options.attempts = 2;
    options.cache_size = CACHE_NAMES;
    options.positive_max_ttl = Some(TTL_MAX);
    options.negative_max_ttl = Some(Duration::from_mins(1));
    // One address family at a time keeps the address that is metered the one that is tried first.
    options.ip_strategy = LookupIpStrategy::Ipv4thenIpv6;
    Ok(builder
        .with_options(options)
        .build()
        .map_err(|error| format!("name resolution cannot start: {error}")))
}

fn server(address: SocketAddr) -> NameServerConfig {
    let connection = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    let connections = vec![connection(ConnectionConfig::udp()), connection(ConnectionConfig::tcp())];
    NameServerConfig::new(address.ip(), true, connections)
}
